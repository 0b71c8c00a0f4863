"""The handler of a conversation is stored with it, and its wishes go along when it changes."""

from __future__ import annotations

import json
from typing import Any, Literal, cast

import pytest

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Handler
from gatehouse.web.wiring import chooser_of

from .conftest import Rows
from .stage import TOOLS, Echo, message

pytestmark = pytest.mark.usefixtures("clean")


class Prompted(Echo):
    """Answers as `Echo`, under the other name."""

    name: Literal["prompted"] = "prompted"  # type: ignore[assignment]
    version = "p-1"


def turns(database: Database, percent: int) -> TurnService:
    settings = Settings(re_prompt_canary_percent=percent)
    chooser = chooser_of(Echo(), cast(Handler, Prompted()), settings)
    return TurnService(database, chooser, TOOLS, settings=settings)


async def _say(service: TurnService, text: str) -> dict[str, Any]:
    accepted = await service.accept(message(text))
    reply: dict[str, Any] = json.loads(await service.reply(accepted))
    return reply


async def test_the_first_turn_pins_arm_and_version(database: Database, rows: Rows) -> None:
    reply = await _say(turns(database, 100), "one")
    assert (reply["meta"]["arm"], reply["meta"]["version"]) == ("canary", "p-1")
    (kept,) = rows("SELECT arm, version FROM talk_conversation")
    assert kept == {"arm": "canary", "version": "p-1"}
    (told,) = rows("SELECT arm, handler, version FROM turn_ledger")
    assert told == {"arm": "canary", "handler": "prompted", "version": "p-1"}


async def test_a_lower_share_leaves_a_running_conversation_where_it_is(database: Database) -> None:
    await _say(turns(database, 100), "one")
    assert (await _say(turns(database, 1), "two"))["meta"]["arm"] == "canary"


async def test_share_0_moves_a_running_conversation_with_its_slots_and_for_good(
    database: Database,
) -> None:
    await _say(turns(database, 100), "one")
    moved = await _say(turns(database, 0), "two")
    assert (moved["meta"]["arm"], moved["meta"]["version"]) == ("stable", "rules")
    assert moved["meta"]["slots"] == {"amenities": ["one", "two"]}
    assert (await _say(turns(database, 100), "three"))["meta"]["arm"] == "stable"
