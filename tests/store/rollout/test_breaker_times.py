"""The time that breakers were not closed, arm by arm, from rows that each change leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.base.clock import TurnableClock
from gatehouse.resilience.standing import Change, State
from gatehouse.rollout.breaker_times import Turn, Watched, reading
from gatehouse.rollout.breaker_turns import MOST_KEPT, BreakerTurns
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.readings import LedgerReadings
from gatehouse.rollout.types import GateSpec, Minute
from tests.store.rollout.talks import NOW, standing

Shelf = psycopg.Connection[dict[str, Any]]
CANARY = standing().canary_version
GATE = GateSpec("fuse", "breaker", "breaker_open", limit=0.5, service="llm_contract", minutes=10)


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def watched(*turns: Turn, workers: tuple[str, ...] = ("a",), now: float = NOW) -> Watched:
    return Watched(NOW - 3600, now, dict.fromkeys(workers, now), turns)


def turn(state: str, ago: float, *, version: str = CANARY, worker: str = "a") -> Turn:
    return Turn(worker, "llm_contract", version, state, NOW - ago)


def minutes(seen: Watched, spec: GateSpec = GATE) -> dict[int, Minute]:
    told = reading(seen, standing(), spec).minutes
    return {round(NOW - minute.at.timestamp()) // 60: minute for minute in told}


def shares(seen: Watched, ago: int) -> tuple[float, float]:
    minute = minutes(seen)[ago]
    return minute.canary_bad / minute.canary_n, minute.stable_bad / minute.stable_n


def test_the_open_time_is_weighed_not_sampled() -> None:
    """A scrape every 15 s may see nothing of four openings of two seconds."""
    cycle = [
        each for begin in (290, 275, 260, 245) for each in
        (turn("open", begin), turn("half_open", begin - 1.5), turn("closed", begin - 2))
    ]  # fmt: skip
    seen = watched(*cycle)
    assert shares(seen, 5)[0] == pytest.approx(4 * 1.75 / 60, abs=1e-4)
    assert reading(seen, standing(), GATE).counts[0].canary_bad == 4


def test_open_for_the_whole_of_a_minute_is_all_of_it() -> None:
    seen = watched(turn("open", 400), turn("closed", 90))
    assert [shares(seen, ago)[0] for ago in (6, 5, 3, 2, 1)] == [1, 1, 1, 0.5, 0]


def test_a_breaker_of_one_version_concerns_its_arm_alone_and_a_shared_one_both() -> None:
    assert shares(watched(turn("open", 180)), 2) == (1, 0)
    assert shares(watched(turn("open", 180, version="rules")), 2) == (0, 1)
    assert shares(watched(turn("open", 180, version="")), 2) == (1, 1)
    assert shares(watched(turn("open", 180, version="v-other")), 2) == (0, 0)


def test_another_service_does_not_concern_the_gate() -> None:
    search = Turn("a", "backend_search", "", "open", NOW - 180)
    assert shares(watched(search), 2) == (0, 0)


def test_processes_are_averaged() -> None:
    seen = watched(turn("open", 180), workers=("a", "b", "c", "d"))
    assert shares(seen, 2)[0] == 0.25


def test_what_was_open_before_the_window_still_is() -> None:
    assert shares(watched(turn("open", 3000)), 10)[0] == 1


def test_a_process_that_is_gone_says_nothing_more() -> None:
    gone = Watched(NOW - 3600, NOW, {"a": NOW, "b": NOW - 300}, (turn("open", 400, worker="b"),))
    assert shares(gone, 6)[0] == 0.5
    assert shares(gone, 2)[0] == 0


def test_half_open_counts_half_as_in_the_gauge() -> None:
    assert shares(watched(turn("half_open", 180)), 2)[0] == 0.5


def test_without_any_process_nothing_is_claimed() -> None:
    told = reading(watched(workers=()), standing(), GATE)
    assert (told.counts, told.minutes, told.trouble) == ((), (), "")


def change(state: State, version: str = CANARY) -> Change:
    return Change("llm_contract", State.CLOSED, state, "test", 1, 0.0, version)


def test_each_change_becomes_a_row_and_a_reading(clean: str, shelf: Shelf) -> None:
    clock = TurnableClock(at=datetime.fromtimestamp(NOW - 120, UTC))
    turns = BreakerTurns(connecting(clean), "a", clock)
    shelf.execute("INSERT INTO rollout_worker VALUES ('a', 1, to_timestamp(%s), '{}')", (NOW,))
    turns.heard(change(State.OPEN))
    clock.at = datetime.fromtimestamp(NOW - 60, UTC)
    turns.heard(change(State.CLOSED))
    turns.store()
    told = LedgerReadings(connecting(clean)).read(standing(), [GATE], now=NOW)["fuse"]
    by_minute = {round(NOW - m.at.timestamp()): m.canary_bad for m in told.minutes}
    assert (by_minute[120], by_minute[60]) == (60_000, 0)
    assert told.counts[0].canary_bad == 1 and told.counts[0].stable_bad == 0


def test_changes_wait_for_a_database_that_is_away(clean: str, shelf: Shelf) -> None:
    away = BreakerTurns(connecting("postgresql://nobody@127.0.0.1:1/x"), "a", TurnableClock())
    away.heard(change(State.OPEN))
    away.heard(change(State.HALF_OPEN))
    away.store()
    assert [row["state"] for row in away.waiting] == ["open", "half_open"]
    back = BreakerTurns(connecting(clean), "a", TurnableClock(), waiting=away.waiting)
    back.store()
    rows = shelf.execute("SELECT state FROM rollout_breaker_turn ORDER BY id").fetchall()
    assert [row["state"] for row in rows] == ["open", "half_open"] and not back.waiting


def test_no_more_waits_than_memory_allows() -> None:
    away = BreakerTurns(connecting("postgresql://nobody@127.0.0.1:1/x"), "a", TurnableClock())
    for _ in range(MOST_KEPT + 10):
        away.heard(change(State.OPEN))
    assert len(away.waiting) == MOST_KEPT
