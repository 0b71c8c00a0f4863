"""The pin of a conversation: what moves it, and what never does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.rollout.assign import Ceiling
from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.types import WHOLE
from gatehouse.talk.streaming import live_events
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Entry, Handler
from gatehouse.web.choosing import Few

from .conftest import Rows
from .room import ROLLOUT, Room
from .stage import ALICE, BOB, TOOLS, message

pytestmark = pytest.mark.usefixtures("clean")
PIN = """
SELECT arm, version, rollout_id, bucket, share, step, hash_version, assign_reason, forced_arm,
       traffic, assigned_at IS NOT NULL AS is_assigned
FROM talk_conversation"""


async def _say(turns: TurnService, text: str, **more: Any) -> dict[str, Any]:
    accepted = await turns.accept(message(text, **more))
    meta: dict[str, Any] = json.loads(await turns.reply(accepted))["meta"]
    return meta


async def test_the_first_turn_writes_the_whole_draw(database: Database, rows: Rows) -> None:
    await _say(Room(WHOLE).process(database), "one")
    (row,) = rows("SELECT id FROM talk_conversation")
    (kept,) = rows(PIN)
    assert kept == {
        "arm": "canary", "version": "v-new", "rollout_id": ROLLOUT, "share": WHOLE, "step": 1,
        "bucket": bucket_of(ROLLOUT, str(row["id"])), "hash_version": 1,
        "assign_reason": "SPLIT", "is_assigned": True, "forced_arm": None, "traffic": "visitor",
    }  # fmt: skip


@pytest.mark.parametrize("began_at", [1, WHOLE])
async def test_a_ramp_up_and_down_moves_nobody(
    database: Database, rows: Rows, began_at: int
) -> None:
    room = Room(began_at)
    turns = room.process(database)
    first = await _say(turns, "one")
    (pinned,) = rows(PIN)
    for step, share in enumerate((10_000, 50_000, WHOLE, 50_000, 0), start=2):
        room.ramp(share, step=step)
        later = await _say(turns, f"turn {step}")
        assert (later["arm"], later["version"]) == (first["arm"], first["version"])
    assert rows(PIN) == [pinned]


async def test_a_chooser_that_forgets_the_pin_is_noticed(database: Database) -> None:
    room = Room(WHOLE)
    choose = room.choose
    forgetful = TurnService(
        database, lambda t: choose(replace(t, pin=None)), TOOLS, settings=Settings()
    )
    first = await _say(forgetful, "one")
    room.ramp(1)
    assert (await _say(forgetful, "two"))["version"] != first["version"]


async def test_migrating_moves_the_next_turn_with_its_slots_and_for_good(
    database: Database, rows: Rows
) -> None:
    room = Room()
    turns = room.process(database)
    await _say(turns, "one")
    (drawn,) = rows(PIN)
    room.roll_back("migrate_next_turn")
    moved = await _say(turns, "two")
    assert (moved["arm"], moved["version"]) == ("stable", "v-old")
    assert moved["slots"] == {"amenities": ["one", "two"]}
    assert rows(PIN) == [drawn | {"arm": "stable", "version": "v-old"}]
    told = rows("SELECT arm, version FROM turn_ledger ORDER BY turn_no")
    assert [(row["arm"], row["version"]) for row in told] == [
        ("canary", "v-new"),
        ("stable", "v-old"),
    ]


async def test_draining_lets_a_conversation_end_where_it_began(database: Database) -> None:
    room = Room()
    turns = room.process(database)
    await _say(turns, "one")
    room.roll_back("drain")
    assert (await _say(turns, "two"))["version"] == "v-new"
    assert (await _say(turns, "hello", name="new"))["version"] == "v-old"


async def _while_thinking(room: Room, database: Database, policy: Any) -> dict[str, Any]:
    """One turn during which the rollout is rolled back."""
    room.new.is_held_up = True
    turns = room.process(database)
    accepted = await turns.accept(message("one"))
    await room.new.began.acquire()
    room.roll_back(policy)
    turns.rethink(room.choose.must_stop)
    room.new.let_go.set()
    meta: dict[str, Any] = json.loads(await turns.reply(accepted))["meta"]
    return meta


async def test_an_immediate_rollback_breaks_off_the_turn_and_the_stable_version_answers(
    database: Database, rows: Rows
) -> None:
    room = Room()
    meta = await _while_thinking(room, database, "immediate")
    assert (meta["turn"], meta["arm"], meta["version"]) == (1, "stable", "v-old")
    assert room.new.broken_off == 1
    told = rows("SELECT turn_no, arm, version, outcome, errors FROM turn_ledger")
    assert told == [
        {"turn_no": 1, "arm": "stable", "version": "v-old", "outcome": "replied", "errors": []}
    ]
    (free,) = rows("SELECT lease_owner, traffic FROM talk_conversation")
    assert free["lease_owner"] is None


@pytest.mark.parametrize("policy", ["migrate_next_turn", "drain"])
async def test_other_rollbacks_let_the_turn_end(database: Database, policy: str) -> None:
    room = Room()
    meta = await _while_thinking(room, database, policy)
    assert (meta["version"], room.new.broken_off) == ("v-new", 0)


async def test_the_kill_breaks_off_the_turn_and_the_rules_answer(database: Database) -> None:
    room = Room()
    room.new.is_held_up = True
    turns = room.process(database)
    accepted = await turns.accept(message("one"))
    await room.new.began.acquire()
    room.ceiling = Ceiling(is_permitted=False)
    assert turns.rethink(room.choose.must_stop) == 1
    assert json.loads(await turns.reply(accepted))["meta"]["version"] == "rules"


async def test_a_turn_that_is_broken_off_takes_its_early_words_back(database: Database) -> None:
    room = Room()
    room.new.is_held_up = True
    turns = room.process(database)
    accepted = await turns.accept(message("one"))
    await room.new.began.acquire()
    told = []
    async for event in live_events(turns, accepted, interim="", last_event_id=None):
        told.append(event.decode())
        if "taken back" in told[-1]:
            room.roll_back("immediate")
            turns.rethink(room.choose.must_stop)
    restart = next(n for n, event in enumerate(told) if '"restart":true' in event)
    assert any("taken back" in event for event in told[:restart])
    assert not any("taken back" in event for event in told[restart:])
    assert '"version":"v-old"' in told[-1]


async def test_stable_turns_are_not_broken_off(database: Database) -> None:
    room = Room(0)
    room.old.is_held_up = True
    turns = room.process(database)
    accepted = await turns.accept(message("one"))
    await room.old.began.acquire()
    room.roll_back("immediate")
    assert turns.rethink(room.choose.must_stop) == 0
    room.old.let_go.set()
    assert json.loads(await turns.reply(accepted))["meta"]["version"] == "v-old"


async def test_a_process_that_stops_gives_back_even_a_turn_that_is_broken_off(
    database: Database, rows: Rows
) -> None:
    room = Room()
    room.new.is_held_up = room.old.is_held_up = True
    turns = room.process(database)
    await turns.accept(message("one"))
    await room.new.began.acquire()
    room.roll_back("immediate")
    turns.rethink(room.choose.must_stop)
    for task in turns._tasks:
        task.cancel()
    await asyncio.wait(turns._tasks)
    (row,) = rows("SELECT lease_owner, turn_no FROM talk_conversation")
    assert row == {"lease_owner": None, "turn_no": 0}


async def test_a_login_in_the_middle_of_a_talk_changes_nothing(
    database: Database, rows: Rows
) -> None:
    room = Room(WHOLE)
    turns = room.process(database)
    await _say(turns, "one", owner=ALICE)
    (talk,) = rows("UPDATE talk_conversation SET owner_hash = %(bob)s RETURNING id", bob=BOB)
    (pinned,) = rows(PIN)
    room.ramp(1)
    later = await _say(turns, "two", owner=BOB, conversation=UUID(str(talk["id"])))
    assert later["version"] == "v-new"
    assert rows(PIN) == [pinned]


async def test_first_messages_at_one_instant_get_one_pin(database: Database, rows: Rows) -> None:
    rooms = [Room(share) for share in (1, WHOLE, 1, WHOLE)]
    processes = [room.process(database) for room in rooms]
    told = await asyncio.gather(
        *(_say(turns, f"message {n}", name="one") for n, turns in enumerate(processes))
    )
    (pinned,) = rows(PIN)
    assert {each["version"] for each in told} == {pinned["version"]}
    assert {row["version"] for row in rows("SELECT version FROM turn_ledger")} == {
        pinned["version"]
    }


async def test_a_restart_keeps_the_pin(database: Database) -> None:
    await _say(Room(WHOLE).process(database), "one")
    assert (await _say(Room(1).process(database), "two"))["version"] == "v-new"


async def test_a_process_that_has_not_read_the_version_yet_answers_once_in_its_place(
    database: Database, rows: Rows
) -> None:
    await _say(Room(WHOLE).process(database), "one")
    (pinned,) = rows(PIN)
    begun = Room(WHOLE)
    ready = begun.choose.handlers
    begun.choose = replace(begun.choose, handlers=Few({"v-old": cast(Handler, begun.old)}))
    turns = begun.process(database)
    stood_in = await _say(turns, "two")
    assert (stood_in["arm"], stood_in["version"]) == ("stable", "v-old")
    assert rows(PIN) == [pinned]
    told = rows("SELECT arm, version FROM turn_ledger WHERE turn_no = 2")
    assert told == [{"arm": "stable", "version": "v-old"}]
    begun.choose = replace(begun.choose, handlers=ready)
    assert (await _say(begun.process(database), "three"))["version"] == "v-new"


async def test_a_process_that_died_before_its_first_commit_leaves_the_same_draw(
    database: Database, rows: Rows
) -> None:
    dying = Room(50_000)
    dying.new.is_held_up = dying.old.is_held_up = True
    dying.old.began = dying.new.began
    first = dying.process(database)
    await first.accept(message("one"))
    await dying.new.began.acquire()
    for task in tuple(first._tasks):
        task.cancel()
    await asyncio.wait(first._tasks)
    (talk,) = rows("SELECT id, assign_reason FROM talk_conversation")
    assert talk["assign_reason"] is None
    expected = "v-new" if bucket_of(ROLLOUT, str(talk["id"])) < 50_000 else "v-old"
    second = Room(50_000).process(database)
    await second.sweep()
    await asyncio.wait(second._tasks)
    (kept,) = rows(PIN)
    assert kept["version"] == expected


async def test_a_kill_switch_sends_the_next_turn_to_the_rules(database: Database) -> None:
    room = Room()
    turns = room.process(database)
    await _say(turns, "one")
    room.ceiling = Ceiling(is_permitted=False)
    assert (await _say(turns, "two"))["version"] == "rules"
    room.ceiling = Ceiling()
    assert (await _say(turns, "three"))["version"] == "rules"


async def test_the_entry_of_the_first_message_is_kept_and_later_ones_do_not_count(
    database: Database, rows: Rows
) -> None:
    turns = Room(1).process(database)
    await _say(turns, "one", entry=Entry("canary", "staff"))
    await _say(turns, "two", entry=Entry("stable", "bot"))
    (kept,) = rows(PIN)
    assert (kept["forced_arm"], kept["traffic"]) == ("canary", "staff")
    assert (kept["version"], kept["assign_reason"]) == ("v-new", "TARGETING_MATCH")
    assert kept["bucket"] is None


async def test_a_session_that_was_opened_beforehand_gets_the_entry_of_its_first_message(
    database: Database, rows: Rows
) -> None:
    turns = Room(1).process(database)
    talk = UUID(int=77)
    rows("INSERT INTO talk_conversation (id, owner_hash) VALUES (%(id)s, %(o)s)", id=talk, o=ALICE)
    await _say(turns, "one", conversation=talk, entry=Entry(None, "soak"))
    (kept,) = rows(PIN)
    assert (kept["forced_arm"], kept["traffic"], kept["version"]) == (None, "soak", "v-old")


async def test_the_pin_costs_no_visit(database: Database) -> None:
    turns = Room().process(database)
    await _say(turns, "one")
    before = database.visits
    await _say(turns, "two")
    await _say(turns, "one", name="another")
    assert database.visits - before == 4
