"""The turn as a whole: every accepted message is answered once, whatever becomes of its worker."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gatehouse.base.database import Database, PoolLimits
from gatehouse.talk import turn as turn_module
from gatehouse.talk.turn import ReplyLate, TurnService

from .conftest import Rows
from .stage import BOB, Broken, Slow, message, service

pytestmark = pytest.mark.usefixtures("clean")
DEAD = "UPDATE talk_conversation SET lease_owner = %(token)s"


async def _say(turns: TurnService, text: str, **kwargs: Any) -> dict[str, Any]:
    accepted = await turns.accept(message(text, **kwargs))
    reply: dict[str, Any] = json.loads(await turns.reply(accepted))
    return reply


async def test_a_message_gets_its_reply(database: Database) -> None:
    reply = await _say(service(database), "hello")
    assert reply["summary"] == "You said: hello. That was it."
    assert reply["meta"]["turn"] == 1


async def test_a_turn_costs_two_visits_and_the_handlers_own(database: Database) -> None:
    turns = service(database)
    await _say(turns, "one")
    before = database.visits
    await _say(turns, "two")
    assert database.visits - before == 2


async def test_a_repeated_request_gets_the_same_bytes(database: Database) -> None:
    turns = service(database)
    first = await turns.reply(await turns.accept(message(key="k")))
    again = await turns.accept(message(key="k"))
    assert again.is_replay
    assert await service(database).reply(again) == first


async def test_a_restart_between_turns_keeps_the_state(database: Database) -> None:
    await _say(service(database), "one")
    reply = await _say(service(database), "two")
    assert reply["meta"]["slots"] == {"amenities": ["one", "two"]}
    assert reply["meta"]["turn"] == 2


async def test_messages_that_arrive_while_thinking_share_the_next_turn(
    database: Database, rows: Rows
) -> None:
    slow = Slow()
    turns = service(database, slow)
    accepted = [await turns.accept(message("one"))]
    await slow.began.acquire()
    accepted += [await turns.accept(message(text)) for text in ("two", "three")]
    slow.let_go.set()
    first, second, third = [await turns.reply(each) for each in accepted]
    assert json.loads(first)["summary"].startswith("You said: one")
    assert second == third
    assert json.loads(third)["summary"].startswith("You said: two\nthree")
    spans = rows("SELECT first_seq, last_seq FROM talk_turn ORDER BY turn_no")
    assert [tuple(span.values()) for span in spans] == [(1, 1), (2, 3)]


async def test_nothing_is_held_while_a_handler_thinks(clean: str) -> None:
    limits = PoolLimits(size=1, statement_timeout_ms=2000)
    database = Database(clean, chat=limits, search=limits)
    await database.open()
    try:
        slow = Slow()
        turns = service(database, slow)
        accepted = [await turns.accept(message(name=name)) for name in ("one", "two")]
        for _ in accepted:
            await slow.began.acquire()  # both think at once, on a pool of one connection
        slow.let_go.set()
        await asyncio.gather(*map(turns.reply, accepted))
    finally:
        await database.close()


async def test_a_client_that_goes_away_does_not_stop_its_turn(
    database: Database, rows: Rows
) -> None:
    slow = Slow()
    turns = service(database, slow)
    accepted = await turns.accept(message())
    client = asyncio.create_task(turns.reply(accepted))
    await slow.began.acquire()
    client.cancel()
    slow.let_go.set()
    await asyncio.wait([client])
    assert client.cancelled()
    await turns.reply(accepted)
    assert len(rows("SELECT 1 FROM talk_turn")) == 1


@pytest.mark.parametrize("process", ["gone", "reborn", "from another boot"])
async def test_a_dead_workers_conversation_is_taken_over_at_once(
    database: Database, rows: Rows, process: str
) -> None:
    slow = Slow()
    stopped, alive = service(database, slow), service(database)
    accepted = await stopped.accept(message())
    host, boot, pid, started, rest = _token(rows).split(":", 4)
    token = {
        "gone": f"{host}:{boot}:4194999:{started}:{rest}",
        "reborn": f"{host}:{boot}:{pid}:1:{rest}",
        "from another boot": f"{host}:other:{pid}:{started}:{rest}",
    }[process]
    rows(DEAD, token=token)
    assert await alive.sweep() == 1
    assert json.loads(await alive.reply(accepted))["meta"]["turn"] == 1
    slow.let_go.set()
    await stopped.stop()


async def test_a_living_workers_conversation_is_left_alone(database: Database, rows: Rows) -> None:
    slow = Slow()
    busy, idle = service(database, slow), service(database)
    accepted = await busy.accept(message())
    assert await idle.sweep() == 0
    assert await busy.sweep() == 0
    rows(DEAD, token="another-host:b:1:1:r:1")
    assert await idle.sweep() == 0
    rows("UPDATE talk_conversation SET lease_until = now() - interval '1 s'")
    assert await idle.sweep() == 1
    await idle.reply(accepted)
    slow.let_go.set()
    await busy.stop()


async def test_a_claim_whose_answer_was_lost_is_found_again(database: Database, rows: Rows) -> None:
    turns = service(database)
    claim = (await turns.store.accept(message())).claim
    assert claim is not None
    turns.store.drop(claim)  # as when the connection broke before the claim was known
    assert await turns.sweep() == 1
    await turns.stop()


async def test_whoever_loses_the_lease_gives_the_winners_reply(
    database: Database, rows: Rows
) -> None:
    slow = Slow()
    loser, winner = service(database, slow), service(database)
    accepted = await loser.accept(message())
    await slow.began.acquire()
    rows("UPDATE talk_conversation SET lease_until = now() - interval '1 s'")
    await winner.sweep()
    theirs = await winner.reply(accepted)
    slow.let_go.set()
    assert await loser.reply(accepted) == theirs
    await loser.stop()
    assert len(rows("SELECT 1 FROM talk_turn")) == 1
    assert rows("SELECT is_recomputed FROM turn_ledger") == [{"is_recomputed": True}]


async def test_a_long_turn_renews_its_lease(database: Database, rows: Rows) -> None:
    slow = Slow()
    turns = service(database, slow, lease_seconds=2)
    accepted = await turns.accept(message())
    (before,) = rows("SELECT lease_until FROM talk_conversation")
    async with asyncio.timeout(5):
        while rows("SELECT lease_until FROM talk_conversation")[0] == before:
            await asyncio.sleep(0.05)
    slow.let_go.set()
    await turns.reply(accepted)


async def test_a_worker_that_cannot_renew_stops_before_it_commits(
    database: Database, rows: Rows
) -> None:
    slow = Slow()
    turns = service(database, slow, lease_seconds=2)
    await turns.accept(message())
    await slow.began.acquire()
    rows("UPDATE talk_conversation SET epoch = epoch + 1, lease_until = now() + interval '9 s'")
    async with asyncio.timeout(5):
        while turns._tasks:
            await asyncio.sleep(0.05)
    assert rows("SELECT 1 FROM talk_turn") == []


async def test_a_bug_in_the_handler_still_gets_a_reply(database: Database) -> None:
    reply = await _say(service(database, Broken()), "hello")
    assert reply["meta"]["degraded"] == ["handler"]
    assert reply["summary"]
    assert (await _say(service(database), "hello"))["meta"]["turn"] == 2


async def test_a_handler_past_its_deadline_still_gets_a_reply(database: Database) -> None:
    turns = service(database, Slow(), turn_deadline_ms=1000)
    reply = await _say(turns, "hello")
    assert reply["meta"]["degraded"] == ["handler"]


async def test_a_reply_that_does_not_come_leaves_the_message_saved(
    database: Database, rows: Rows
) -> None:
    turns = service(database, turn_deadline_ms=1000)
    accepted = await turns.store.accept(message())  # claimed, and nobody thinks
    with pytest.raises(ReplyLate) as late:
        await turns.reply(accepted)
    assert late.value.retry_after
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1


async def test_a_shutdown_gives_the_conversation_back(
    database: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_module, "FINISH_SECONDS", 0)
    slow = Slow()
    stopping, other = service(database, slow), service(database)
    accepted = await stopping.accept(message())
    await slow.began.acquire()
    await stopping.stop()
    assert rows("SELECT lease_owner FROM talk_conversation") == [{"lease_owner": None}]
    await other.sweep()
    await other.reply(accepted)


async def test_bursts_over_two_processes_are_answered_in_order_and_once(
    database: Database, rows: Rows
) -> None:
    processes = [service(database), service(database)]
    gate = asyncio.Semaphore(16)

    async def send(talk: int, n: int) -> str:
        turns = processes[n % 2]
        async with gate:
            accepted = await turns.accept(message(f"{n}", name=f"talk-{talk}"))
        return await turns.reply(accepted)

    replies = await asyncio.gather(*(send(talk, n) for talk in range(50) for n in range(5)))
    assert len(replies) == 250
    told = rows(
        "SELECT array_agg(i.text ORDER BY i.seq) AS said, c.state->'slots'->'amenities'->'value' "
        "AS remembered, bool_and(i.seq BETWEEN t.first_seq AND t.last_seq) AS is_within "
        "FROM talk_conversation c JOIN talk_inbox i ON i.conversation_id = c.id "
        "JOIN talk_turn t ON t.id = i.turn_id GROUP BY c.id"
    )
    assert len(told) == 50
    assert all(row["said"] == row["remembered"] and row["is_within"] for row in told)
    assert all(len(row["said"]) == 5 for row in told)


async def test_two_visitors_do_not_share_a_conversation(database: Database) -> None:
    turns = service(database)
    await _say(turns, "hers", name="home")
    reply = await _say(turns, "his", name="home", owner=BOB)
    assert reply["meta"]["slots"] == {"amenities": ["his"]}


def _token(rows: Rows) -> str:
    return str(rows("SELECT lease_owner FROM talk_conversation")[0]["lease_owner"])
