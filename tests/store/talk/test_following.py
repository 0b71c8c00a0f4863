"""Matches promised while the listings were away come once, by themselves, whoever sends them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.base.errors import CircuitOpen, SearchDown, SearchTimeout
from gatehouse.observe import meter
from gatehouse.talk.claims import Incoming
from gatehouse.talk.following import PAUSES_SECONDS, pause
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Market, Tools
from tests.conversations.stock import Twin, seeded
from tests.unit.understanding.notation import EAR

from .conftest import Rows
from .stage import always, message

pytestmark = pytest.mark.usefixtures("clean")
WISH = "a flat in Kyrenia up to 900 pounds a month, long term"
DUE = "UPDATE talk_follow_up SET due_at = now() - interval '1 s', lease_until = NULL"
RULES = RulesHandler()


@pytest.fixture
def stock() -> Twin:
    return seeded()


def turns(database: Database, stock: Twin) -> TurnService:
    tools = Tools(stock, EAR, Market())
    return TurnService(database, always(RULES), tools, settings=Settings())


async def say(service: TurnService, text: str, **about: Any) -> dict[str, Any]:
    incoming: Incoming = message(text, **about)
    reply: dict[str, Any] = json.loads(await service.reply(await service.accept(incoming)))
    return reply


async def kept(service: TurnService, rows: Rows) -> int:
    """A round, when every promise is due; ends when its turns are stored."""
    rows(DUE)
    count = await service.keep_promises()
    while service._thinking:
        await asyncio.sleep(0.01)
    return count


def replies(rows: Rows) -> list[dict[str, Any]]:
    return [json.loads(r["reply"]) for r in rows("SELECT reply FROM talk_turn ORDER BY turn_no")]


async def promised(service: TurnService, stock: Twin) -> dict[str, Any]:
    stock.trouble = SearchDown
    return await say(service, WISH)


@pytest.mark.parametrize("trouble", [SearchDown, CircuitOpen])
async def test_a_whole_wish_without_listings_is_promised_and_owed(
    database: Database, rows: Rows, stock: Twin, trouble: Any
) -> None:
    stock.trouble = trouble
    reply = await say(turns(database, stock), WISH)
    assert "I'll send matches when they are back." in reply["summary"]
    assert reply["meta"]["degraded"] == ["search"]
    assert reply["meta"]["follow_up"] is True
    (owed,) = rows("SELECT turn_id, attempts FROM talk_follow_up")
    assert (str(owed["turn_id"]), owed["attempts"]) == (reply["meta"]["message_id"], 0)


async def test_a_search_that_was_cut_is_offered_again_and_not_promised(
    database: Database, rows: Rows, stock: Twin
) -> None:
    stock.trouble = SearchTimeout
    reply = await say(turns(database, stock), WISH)
    assert "slow to answer" in reply["summary"]
    assert "follow_up" not in reply["meta"]
    assert rows("SELECT 1 FROM talk_follow_up") == []


async def test_a_question_about_a_home_is_not_promised(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await say(service, WISH)
    stock.trouble = SearchDown
    reply = await say(service, "tell me more about the first one")
    assert reply["meta"]["degraded"] == ["search"]
    assert "send" not in reply["summary"]
    assert rows("SELECT 1 FROM talk_follow_up") == []


async def test_the_matches_come_by_themselves_when_the_listings_are_back(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    assert await kept(service, rows) == 0
    stock.trouble = None
    assert await kept(service, rows) == 1
    _, sent = replies(rows)
    assert sent["summary"].startswith("The listings answer again.")
    assert (len(sent["cards"]), sent["meta"]["turn"]) == (6, 2)
    assert sent["meta"]["degraded"] == []
    assert await kept(service, rows) == 0
    assert len(replies(rows)) == 2


async def test_at_most_one_is_owed_to_a_conversation(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    latest = await say(service, "two bedrooms")
    (owed,) = rows("SELECT turn_id FROM talk_follow_up")
    assert str(owed["turn_id"]) == latest["meta"]["message_id"]
    stock.trouble = None
    await kept(service, rows)
    assert len(replies(rows)) == 3
    assert stock.wishes[-1].bedrooms_min == 2


async def test_what_the_visitor_got_by_asking_again_is_not_sent_as_well(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    stock.trouble = None
    assert (await say(service, "yes, please"))["cards"]
    assert await kept(service, rows) == 0
    assert len(replies(rows)) == 2


async def test_who_starts_afresh_is_owed_nothing(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    await say(service, "start over")
    assert rows("SELECT 1 FROM talk_follow_up") == []


async def test_a_promise_survives_small_talk(database: Database, rows: Rows, stock: Twin) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    await say(service, "thank you")
    stock.trouble = None
    assert await kept(service, rows) == 1
    assert replies(rows)[-1]["cards"]


async def test_many_processes_send_it_once(database: Database, rows: Rows, stock: Twin) -> None:
    several = [turns(database, stock) for _ in range(4)]
    for owner in (b"a" * 32, b"b" * 32, b"c" * 32):
        stock.trouble = SearchDown
        await say(several[0], WISH, owner=owner)
    stock.trouble = None
    rows(DUE)
    counts = await asyncio.gather(*(each.keep_promises() for each in several))
    await asyncio.gather(*(each.sweep() for each in several))
    while any(each._thinking for each in several):
        await asyncio.sleep(0.01)
    assert sum(counts) == 3
    assert len(replies(rows)) == 6


async def test_a_process_that_died_over_it_costs_only_its_lease(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    stock.trouble = None
    rows("UPDATE talk_follow_up SET due_at = now(), lease_until = now() + interval '1 h'")
    assert await service.keep_promises() == 0
    assert await kept(service, rows) == 1


async def test_listings_that_fail_once_more_leave_it_owed_and_the_visitor_undisturbed(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    stock.trouble = None
    found = stock.find

    async def fails_the_second_time(wish: Any) -> Any:
        answer = await found(wish)
        stock.trouble = SearchDown
        return answer

    stock.find = fails_the_second_time  # type: ignore[method-assign]
    await kept(service, rows)
    assert len(replies(rows)) == 1
    assert len(rows("SELECT 1 FROM talk_follow_up")) == 1
    assert rows("SELECT 1 FROM talk_inbox WHERE turn_id IS NULL") == []
    stock.find = found  # type: ignore[method-assign]
    stock.trouble = None
    assert await kept(service, rows) == 1
    assert replies(rows)[-1]["cards"]


async def test_a_message_that_comes_first_is_answered_and_the_promise_then_dropped(
    database: Database, rows: Rows, stock: Twin
) -> None:
    """The visitor's own search wins over the house's message behind it."""
    service = turns(database, stock)
    await promised(service, stock)
    stock.trouble = None
    held = await service.store.accept(message("yes, please"))
    rows(DUE)
    await service.keep_promises()
    assert held.claim is not None
    service._work(held.claim)
    while service._thinking:
        await asyncio.sleep(0.01)
    assert [bool(reply["cards"]) for reply in replies(rows)] == [False, True]
    assert rows("SELECT 1 FROM talk_inbox WHERE turn_id IS NULL") == []


async def test_the_gauge_tells_how_many_are_owed(
    database: Database, rows: Rows, stock: Twin
) -> None:
    service = turns(database, stock)
    await promised(service, stock)
    await service.keep_promises()
    assert meter.REGISTRY.get_sample_value("follow_ups_owed") == 1
    stock.trouble = None
    await kept(service, rows)
    assert meter.REGISTRY.get_sample_value("follow_ups_owed") == 0


def test_attempts_come_slower_and_never_stop() -> None:
    first, last = PAUSES_SECONDS
    assert pause(1) <= first
    assert last * 2 / 3 <= pause(50) <= last
