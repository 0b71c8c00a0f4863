"""What is read of a rollout: counts per arm and step, minutes, the bake, and honest silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.readings import LedgerReadings
from gatehouse.rollout.types import Count, GateSpec, Phase, Reading, Standing
from tests.store.rollout.talks import HOUR, NOW, SHOWN, Talk, Turn, add, gate, standing

Shelf = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def readings(clean: str) -> LedgerReadings:
    return LedgerReadings(connecting(clean))


def read(readings: LedgerReadings, spec: GateSpec, *, at: Standing | None = None) -> Reading:
    return readings.read(at or standing(), [spec], now=NOW)[spec.name]


FAILED = Turn(outcome="failed")


def test_both_arms_are_counted_per_step_and_share(shelf: Shelf, readings: LedgerReadings) -> None:
    add(
        shelf,
        Talk(arm="canary"),
        Talk([FAILED], arm="canary"),
        Talk(),
        Talk([FAILED]),
        Talk(),
        Talk(arm="canary", step=1, share=50_000),
    )
    told = read(readings, gate("turn_error"))
    assert told.counts == (Count(0, 10_000, 2, 1, 3, 1), Count(1, 50_000, 1, 0, 0, 0))
    assert told.trouble == ""


def test_nothing_seen_is_no_count_and_no_trouble(readings: LedgerReadings) -> None:
    told = read(readings, gate("turn_error"))
    assert told.counts == () and told.trouble == ""
    assert all(m.canary_n == m.stable_n == 0 for m in told.minutes)


def test_a_database_that_cannot_be_asked_is_trouble_not_an_exception() -> None:
    away = LedgerReadings(connecting("postgresql://nobody@127.0.0.1:1/none"))
    told = away.read(standing(), [gate("turn_error"), gate("reask")], now=NOW)
    assert all(reading.trouble and not reading.counts for reading in told.values())
    assert set(told) == {"turn_error", "reask"}


def test_a_metric_that_nobody_measures_is_trouble(readings: LedgerReadings) -> None:
    assert "no such metric" in read(readings, gate("happiness")).trouble
    assert "edge_ms" in read(readings, gate("turn_slow")).trouble


def test_a_quick_metric_counts_when_the_talk_has_settled(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    add(shelf, Talk(ago=299), Talk([FAILED], ago=100), Talk(ago=301))
    assert read(readings, gate("turn_error")).counts == (Count(0, 10_000, 0, 0, 1, 0),)


def test_a_failure_does_not_let_a_talk_count_earlier(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    """Counting the bad ones early would make each rollout look worse than it is."""
    add(shelf, *(Talk([FAILED], arm="canary", ago=60) for _ in range(5)))
    assert read(readings, gate("turn_error")).counts == ()


def test_an_outcome_that_takes_time_waits_for_half_an_hour_of_silence(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    slots = Turn(extra={"slots_complete": True})
    add(
        shelf, Talk([slots], ago=1790), Talk([slots, Turn(1000)], ago=2000), Talk([slots], ago=1900)
    )
    assert read(readings, gate("not_converted")).counts == (Count(0, 10_000, 0, 0, 1, 1),)


def test_a_closed_talk_is_over_at_once(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, Talk([SHOWN, Turn(20, move="goodbye", act="CLARIFY")], ago=60))
    assert read(readings, gate("not_completed")).counts == (Count(0, 10_000, 0, 0, 1, 1),)


def test_the_plan_says_how_long_is_waited(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, Talk(ago=70))
    quick = standing(plan={"mature_after": 60})
    assert read(readings, gate("not_completed"), at=quick).counts[0].stable_n == 1
    assert read(readings, gate("turn_error"), at=quick).counts[0].stable_n == 1
    assert read(readings, gate("turn_error")).counts == ()


@pytest.mark.parametrize(("metric", "fact"), [("reask", "reask"), ("state_loss", "lost")])
def test_what_must_never_happen_counts_at_once(
    shelf: Shelf, readings: LedgerReadings, metric: str, fact: str
) -> None:
    add(shelf, Talk([Turn(extra={fact: True})], arm="canary", ago=2))
    assert read(readings, gate(metric, kind="invariant")).counts == (Count(0, 10_000, 1, 1, 0, 0),)


@pytest.mark.parametrize(
    ("metric", "turn"),
    [
        ("turn_slow", Turn(ms=1201)),
        ("search_slow", Turn(search_ms=1201)),
        ("model_slow", Turn(extra={"model_ms": 1201})),
        ("end_to_end_slow", Turn(ms=900, waited_ms=301)),
        ("store_slow", Turn(commit_ms=1201)),
        ("cost", Turn(tokens=1201)),
    ],
)
def test_above_its_edge_a_figure_is_bad_and_on_it_is_not(
    shelf: Shelf, readings: LedgerReadings, metric: str, turn: Turn
) -> None:
    add(shelf, Talk([turn], arm="canary"))
    bad = [read(readings, gate(metric, edge_ms=edge)).counts[0].canary_bad for edge in (1200, 1201)]
    assert bad == [1, 0]


def test_two_gates_of_one_metric_have_edges_of_their_own(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    add(shelf, Talk([Turn(ms=1300)], arm="canary"))
    specs = [gate("turn_slow", name=f"over_{e}", edge_ms=e) for e in (1200, 1500)]
    told = readings.read(standing(), specs, now=NOW)
    assert [told[spec.name].counts[0].canary_bad for spec in specs] == [1, 0]


def test_a_talk_that_cannot_be_told_is_not_counted(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, Talk([SHOWN]), Talk([Turn()]))
    assert read(readings, gate("search_slow", edge_ms=450)).counts[0].stable_n == 1
    assert read(readings, gate("contract")).counts == ()


def test_with_an_equal_baseline_only_the_slice_is_compared(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    add(shelf, Talk(arm="canary"), Talk(bucket=95_000), Talk(bucket=50_000))
    equal = standing(plan={"steps": [{"baseline": "equal"}]})
    assert read(readings, gate("turn_error"), at=equal).counts == (Count(0, 50_000, 1, 0, 1, 0),)


def test_the_guard_compares_the_slice_with_the_rest_of_stable(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    add(shelf, Talk(arm="canary"), Talk([FAILED], bucket=95_000), Talk(bucket=50_000), Talk())
    told = readings.guard(standing(), [gate("turn_error")], now=NOW)["turn_error"]
    assert told.counts == (Count(0, 11_111, 1, 1, 2, 0),)


def test_units_are_counted_as_they_were_drawn(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, Talk(arm="canary", ago=1), Talk(bucket=95_000, ago=1), Talk(ago=1))
    add(shelf, Talk(arm="canary", step=1, share=50_000), Talk(traffic="soak", arm="canary"))
    told = [(u.step, u.share, u.canary, u.stable, u.slice) for u in readings.units(standing())]
    assert told == [(0, 10_000, 1, 2, 1), (1, 50_000, 1, 0, 0)]


def test_the_soak_is_read_from_its_own_visitors(shelf: Shelf, readings: LedgerReadings) -> None:
    soaked = Talk([FAILED], arm="canary", traffic="soak", reason="TARGETING_MATCH", share=0)
    add(shelf, soaked, Talk(), Talk(arm="canary"))
    soaking = standing(phase=Phase.SOAKING)
    assert read(readings, gate("turn_error"), at=soaking).counts == (Count(-1, 0, 1, 1, 0, 0),)
    assert read(readings, gate("turn_error")).counts == (Count(0, 10_000, 1, 0, 1, 0),)


def test_the_bake_is_told_in_the_order_in_which_talks_began(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    whole: dict[str, Any] = {"arm": "canary", "share": 100_000, "step": 1}
    add(shelf, Talk([FAILED], ago=4000, **whole), Talk(ago=3000, **whole))
    add(shelf, Talk([FAILED], ago=2000, **whole), Talk([FAILED], ago=20, **whole))
    baking = standing(phase=Phase.BAKING, phase_since=NOW - 3500)
    assert read(readings, gate("turn_error"), at=baking).bake == b"\x00\x01"
    assert read(readings, gate("turn_error")).bake == b""


def test_minutes_are_of_turns_and_have_no_gaps(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, Talk([Turn(), replace(FAILED, at=1), Turn(120)], arm="canary", ago=180))
    add(shelf, Talk([FAILED], ago=30), Talk([FAILED], ago=30, traffic="bot"))
    told = read(readings, gate("turn_error", kind="rule", minutes=10)).minutes
    assert [m.at.timestamp() for m in told] == [NOW - 60 * i for i in range(21, -1, -1)]
    seen = {NOW - m.at.timestamp(): (m.canary_n, m.canary_bad, m.stable_n, m.stable_bad)
            for m in told if m.canary_n or m.stable_n}  # fmt: skip
    assert seen == {180: (2, 1, 0, 0), 60: (1, 0, 1, 1)}


def test_a_failing_minute_is_told_long_before_the_talk_counts(
    shelf: Shelf, readings: LedgerReadings
) -> None:
    add(shelf, *(Talk([FAILED], arm="canary", ago=5) for _ in range(3)))
    told = read(readings, gate("turn_error", kind="rule"))
    assert told.counts == () and told.minutes[-2].canary_bad == 3


def test_reading_twice_tells_the_same(shelf: Shelf, readings: LedgerReadings) -> None:
    add(shelf, *(Talk([SHOWN], ago=HOUR + i, arm="canary") for i in range(10)))
    specs = [gate("turn_error"), gate("search_slow", edge_ms=50), gate("not_engaged")]
    first = readings.read(standing(), specs, now=NOW)
    assert readings.read(standing(), specs, now=NOW) == first
    assert LedgerReadings(readings._connect).read(standing(), specs, now=NOW) == first
