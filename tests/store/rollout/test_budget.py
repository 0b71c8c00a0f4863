"""A month in which too much failed holds every rollout; a canary has gates of its own."""

from __future__ import annotations

import pytest

from gatehouse.rollout.budget import PAUSE_SECONDS, Budget
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.types import Phase
from tests.store.rollout.control_room import ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes


@pytest.fixture
def room(clean: str) -> ControlRoom:
    return ControlRoom.of(clean)


def turns(room: ControlRoom, *, failed: int, of: int, arm: str = "stable", days: int = 1) -> None:
    """So many turns, `days` ago."""
    room.sql(
        "INSERT INTO turn_ledger (turn_id, conversation_id, turn_no, received_at, claimed_at, act,"
        " move, language, arm, handler, version, total_ms, commit_ms, cards, messages, tokens_in,"
        " tokens_out, degraded, errors, outcome, is_recomputed, extra)"
        " SELECT gen_random_uuid(), gen_random_uuid(), 1, at, at, 'ASK_SLOT', 'ask', 'en', %s,"
        " 'rules', '', 1, 1, 0, 1, 0, 0, '{}', '{}',"
        " CASE WHEN n <= %s THEN 'failed' ELSE 'replied' END, false, '{}'"
        " FROM generate_series(1, %s) n, LATERAL (SELECT to_timestamp(%s) AS at) then_",
        arm, failed, of, room.now - days * 86400,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("failed", "of", "arm", "days", "is_spent"),
    [
        (5, 1000, "stable", 1, False),
        (6, 1000, "stable", 1, True),
        (60, 999, "stable", 1, False),
        (60, 1000, "canary", 1, False),
        (60, 1000, "stable", 31, False),
    ],
)
def test_what_spends_a_months_budget(
    room: ControlRoom, failed: int, of: int, arm: str, days: int, is_spent: bool
) -> None:
    turns(room, failed=failed, of=of, arm=arm, days=days)
    assert Budget(room.connect).is_spent(room.now) == is_spent


@pytest.mark.parametrize(("traffic", "is_spent"), [("soak", False), ("visitor", True)])
def test_simulated_visitors_spend_no_budget(
    room: ControlRoom, traffic: str, is_spent: bool
) -> None:
    turns(room, failed=60, of=1000)
    room.sql(
        "INSERT INTO talk_conversation (id, owner_hash, arm, version, traffic)"
        " SELECT conversation_id, '\\x00', 'stable', 'rules', %s FROM turn_ledger",
        traffic,
    )
    assert Budget(room.connect).is_spent(room.now) == is_spent


def test_a_spent_budget_holds_and_goes_on_when_it_has_come_back(room: ControlRoom) -> None:
    turns(room, failed=60, of=1000)
    controller = Controller(room.connect, room.settings, ScriptedEyes(), clock=room.clock)
    room.submit()
    for _ in range(3):
        room.follow()
        controller.tick()
        room.clock.turn(61)
    assert (room.standing().held, room.standing().phase) == ("error_budget", Phase.DRAFT)
    room.sql("DELETE FROM turn_ledger")
    room.clock.turn(PAUSE_SECONDS)
    room.follow()
    controller.tick()
    controller.close()
    assert (room.standing().held, room.standing().phase) == (None, Phase.RAMPING)
