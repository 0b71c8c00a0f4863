"""Conversations of a rollout become one observation each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.folding import FOLD, fold
from gatehouse.rollout.outcomes import BIT
from tests.store.rollout.talks import NOW, ROLLOUT, SHOWN, Talk, Turn, add

Shelf = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def connect(clean: str) -> Connect:
    return connecting(clean)


def unit(shelf: Shelf, talk: Talk) -> dict[str, Any]:
    row = shelf.execute(
        "SELECT * FROM rollout_unit WHERE conversation_id = %s", (talk.id,)
    ).fetchone()
    assert row is not None
    return row


def is_bad(shelf: Shelf, talk: Talk, metric: str) -> bool | None:
    row = unit(shelf, talk)
    return bool(row["bad"] & BIT[metric]) if row["seen"] & BIT[metric] else None


def test_a_conversation_of_many_turns_is_one_observation(shelf: Shelf, connect: Connect) -> None:
    talk = Talk([Turn(), Turn(60), Turn(120, errors=("search_timeout",), search_ms=800)])
    add(shelf, talk)
    assert fold(connect, ROLLOUT).units == 1
    row = unit(shelf, talk)
    assert (row["turns"], row["arm"], row["step"], row["share"]) == (3, "stable", 0, 10_000)
    assert is_bad(shelf, talk, "turn_error") and is_bad(shelf, talk, "search_timeout")
    assert is_bad(shelf, talk, "contract") is None, "no model was asked"


def test_folding_again_changes_nothing(shelf: Shelf, connect: Connect) -> None:
    add(shelf, *(Talk([Turn(), SHOWN], ago=600 + i) for i in range(5)))
    assert fold(connect, ROLLOUT).units == 5
    before = shelf.execute("SELECT * FROM rollout_unit ORDER BY 1").fetchall()
    assert fold(connect, ROLLOUT).units == 0
    assert fold(connect, ROLLOUT, since=0).units == 0
    assert shelf.execute("SELECT * FROM rollout_unit ORDER BY 1").fetchall() == before


def test_a_later_turn_changes_the_one_observation(shelf: Shelf, connect: Connect) -> None:
    talk = Talk([Turn()], ago=600)
    add(shelf, talk, Talk(ago=500))
    fold(connect, ROLLOUT)
    assert is_bad(shelf, talk, "turn_error") is False
    add(shelf, replace(talk, turns=[Turn(), Turn(550, outcome="failed")]))
    assert fold(connect, ROLLOUT).units == 1
    assert is_bad(shelf, talk, "turn_error") is True


def test_a_message_answered_hours_late_is_not_missed(shelf: Shelf, connect: Connect) -> None:
    add(shelf, Talk(ago=60))
    fold(connect, ROLLOUT)
    late = Talk([Turn(waited_ms=4 * 3_600_000)], ago=30)
    add(shelf, late)
    assert fold(connect, ROLLOUT).units == 1
    assert unit(shelf, late)["turns"] == 1


@pytest.mark.parametrize(
    "stranger",
    [
        Talk(rollout=None),
        Talk(rollout="ro_00"),
        Talk(reason="TARGETING_MATCH", arm="canary"),
        Talk(reason="ERROR"),
        Talk(traffic="bot"),
        Talk(traffic="staff"),
    ],
)
def test_only_what_the_draw_gave_to_a_visitor_counts(
    shelf: Shelf, connect: Connect, stranger: Talk
) -> None:
    add(shelf, stranger)
    assert fold(connect, ROLLOUT).units == 0


def test_who_was_moved_back_counts_where_it_was_drawn(shelf: Shelf, connect: Connect) -> None:
    talk = Talk(arm="stable", bucket=5)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert unit(shelf, talk)["arm"] == "canary"


def test_the_slice_is_anchored_at_the_other_end(shelf: Shelf, connect: Connect) -> None:
    inside, outside = Talk(bucket=90_000), Talk(bucket=89_999)
    half = Talk(bucket=75_000, share=50_000, step=1)
    below = Talk(bucket=74_999, share=50_000, step=1)
    add(shelf, inside, outside, half, below)
    fold(connect, ROLLOUT)
    assert [unit(shelf, t)["is_slice"] for t in (inside, outside, half, below)] == [
        True, False, True, False,
    ]  # fmt: skip
    fold(connect, ROLLOUT, equal_steps=(1,), since=0)
    assert unit(shelf, below)["is_slice"], "an equal slice at one half is the other half"


def full(turn: Turn) -> Turn:
    return replace(turn, extra={"slots_complete": True})


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([Turn()], None),
        ([full(Turn())], True),
        ([full(SHOWN)], False),
        ([full(Turn()), full(Turn()), full(SHOWN)], False),
        ([full(Turn()), full(Turn()), full(Turn()), full(SHOWN)], True),
        ([full(replace(SHOWN, cards=0))], True),
    ],
)
def test_homes_within_two_turns_of_full_slots_convert(
    shelf: Shelf, connect: Connect, turns: list[Turn], expected: bool | None
) -> None:
    talk = Talk(turns)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert is_bad(shelf, talk, "not_converted") is expected


@pytest.mark.parametrize(
    ("turns", "completed", "engaged"),
    [
        ([Turn()], False, None),
        ([SHOWN], False, False),
        ([SHOWN, Turn(move="answer_home", act="CLARIFY")], True, True),
        ([Turn(move="answer_home", act="CLARIFY"), SHOWN], False, False),
        ([Turn(move="handed_over", act="ESCALATE")], True, None),
        ([SHOWN, Turn(move="viewing_stored", act="ESCALATE")], True, True),
    ],
)
def test_a_talk_is_complete_with_homes_and_a_next_step_or_a_hand_over(
    shelf: Shelf, connect: Connect, turns: list[Turn], completed: bool, engaged: bool | None
) -> None:
    talk = Talk(turns)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert is_bad(shelf, talk, "not_completed") is not completed
    assert is_bad(shelf, talk, "not_engaged") == (None if engaged is None else not engaged)


@pytest.mark.parametrize(
    ("extra", "bad"),
    [
        ({"contract": "ok"}, set()),
        ({"contract": "repaired"}, {"contract", "repaired"}),
        ({"contract": "failed"}, {"contract", "validation"}),
        ({"contract": "failed", "ungrounded": True}, {"contract", "validation", "ungrounded"}),
        ({"contract": "ok", "ungrounded": False, "reask": False, "lost": False}, set()),
        ({"contract": "ok", "reask": True}, {"reask"}),
        ({"contract": "ok", "lost": True}, {"state_loss"}),
    ],
)
def test_each_fault_of_an_answer_is_its_own_metric(
    shelf: Shelf, connect: Connect, extra: dict[str, Any], bad: set[str]
) -> None:
    talk = Talk([Turn(), Turn(10, extra=extra)])
    add(shelf, talk)
    fold(connect, ROLLOUT)
    asked = ("contract", "repaired", "validation", "ungrounded", "reask", "state_loss")
    assert {name for name in asked if is_bad(shelf, talk, name)} == bad


def test_a_thumb_given_later_is_found(shelf: Shelf, connect: Connect) -> None:
    talk = Talk(ago=600)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert is_bad(shelf, talk, "negative_feedback") is None
    add(shelf, replace(talk, turns=[replace(talk.turns[0], score=-1)]))
    fold(connect, ROLLOUT)
    assert is_bad(shelf, talk, "negative_feedback") is True


def test_one_designated_turn_speaks_for_the_whole_talk(shelf: Shelf, connect: Connect) -> None:
    talks = [Talk([Turn(at=i, ms=100.0 * (i + 1)) for i in range(4)]) for _ in range(40)]
    add(shelf, *talks)
    fold(connect, ROLLOUT)
    chosen = [unit(shelf, talk)["facts"]["turn_slow"] for talk in talks]
    assert set(chosen) == {100.0, 200.0, 300.0, 400.0}, "any of the turns, chosen by a hash"


def test_a_turn_after_the_talk_was_counted_is_not_designated(
    shelf: Shelf, connect: Connect
) -> None:
    talks = [Talk([Turn(), Turn(600, ms=9000, search_ms=700)]) for _ in range(20)]
    add(shelf, *talks)
    fold(connect, ROLLOUT, settle_seconds=300)
    facts = [unit(shelf, talk)["facts"] for talk in talks]
    assert {each["turn_slow"] for each in facts} == {400.0}
    assert not any("search_slow" in each for each in facts)


def test_without_the_conflict_clause_a_second_fold_would_break(shelf: Shelf) -> None:
    """The negative control of folding again: the statement without its last part."""
    add(shelf, Talk())
    values = {"rollout": ROLLOUT, "equal": [], "settle": 300.0, "since": 0.0}
    naive = FOLD.split("ON CONFLICT")[0]
    shelf.execute(naive, values)
    with pytest.raises(psycopg.errors.UniqueViolation):
        shelf.execute(naive, values)


def test_simulated_visitors_of_the_soak_have_a_step_of_their_own(
    shelf: Shelf, connect: Connect
) -> None:
    talk = Talk(arm="canary", traffic="soak", reason="TARGETING_MATCH", share=0)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert (unit(shelf, talk)["step"], unit(shelf, talk)["arm"]) == (-1, "canary")


def test_the_time_of_the_last_turn_includes_its_thinking(shelf: Shelf, connect: Connect) -> None:
    talk = Talk([Turn(ms=2500)], ago=600)
    add(shelf, talk)
    fold(connect, ROLLOUT)
    assert unit(shelf, talk)["last_turn_at"].timestamp() == pytest.approx(NOW - 597.5)


def test_many_may_fold_at_once(shelf: Shelf, connect: Connect) -> None:
    add(shelf, *(Talk([Turn(), SHOWN], ago=600 + i) for i in range(100)))
    with ThreadPoolExecutor(4) as pool:
        folded = [pool.submit(fold, connect, ROLLOUT, since=0) for _ in range(8)]
    assert sum(each.result().units for each in folded) == 100
    row = shelf.execute("SELECT count(*) AS n, sum(turns) AS turns FROM rollout_unit").fetchone()
    assert row == {"n": 100, "turns": 200}


def test_a_clock_that_runs_ahead_hides_nobody(shelf: Shelf, connect: Connect) -> None:
    ahead = NOW - time.time() - 3600  # an hour ahead of the database's own clock
    add(shelf, Talk(ago=ahead))
    fold(connect, ROLLOUT)
    honest = Talk(ago=NOW - time.time())
    add(shelf, honest)
    assert fold(connect, ROLLOUT).units == 1
    assert unit(shelf, honest)["turns"] == 1
