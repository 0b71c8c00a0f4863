"""The soak's clock: a breach starts it again, silence does not count, and the verdict is earned."""

from __future__ import annotations

import pytest

from gatehouse.ops.management.commands.soak import sum_of
from gatehouse.ops.soaking import LEAST, Counters, Measure, Soak, measured, report
from gatehouse.ops.visitors.seen import Turn, Visit

WANTED = 600.0


def visit(count: int = LEAST, *, ms: float = 200, status: int = 200, is_kept: bool = True) -> Visit:
    turn = Turn(status, ms, is_context_kept=is_kept, trouble="" if status == 200 else "x")
    return Visit(0, "en", "served", (turn,) * count)


def measure(name: str, *visits: Visit, counters: Counters | None = None) -> Measure:
    return next(each for each in measured(visits, counters) if each.name == name)


def soaked(*seen: tuple[float, Visit | None], counters: Counters | None = None) -> Soak:
    """Looks at each moment, after what was seen by then."""
    soak = Soak(WANTED, began=0.0)
    for moment, each in seen:
        if each is not None:
            soak.see(each, moment)
        soak.look(moment, counters)
    return soak


def test_long_enough_without_a_breach_passes() -> None:
    soak = soaked(*((t, visit()) for t in range(60, 661, 60)))
    assert soak.is_done
    assert soak.verdict == "passed"


def test_too_short_fails() -> None:
    assert soaked((300.0, visit())).verdict == "failed"


def test_a_breach_starts_the_clock_again() -> None:
    good = [(float(t), visit()) for t in range(60, 541, 60)]
    broken = (550.0, visit(status=500))
    soak = soaked(*good, broken, (600.0, visit()), (660.0, visit()))
    assert [breach.measure.name for breach in soak.breaches] == ["server_errors"]
    assert soak.clean == pytest.approx(110)
    assert soak.verdict == "failed"


def test_after_a_breach_it_can_still_pass() -> None:
    later = ((float(t), visit()) for t in range(60, 661, 60))
    soak = soaked((10.0, visit(status=500)), *later)
    assert soak.verdict == "passed"
    assert len(soak.breaches) == 1


def test_time_without_a_reply_does_not_count() -> None:
    silent = ((float(t), None) for t in range(60, 1201, 60))
    assert soaked(*silent).clean == 0
    soak = soaked((10.0, visit()), *((float(t), None) for t in range(60, 1201, 60)))
    assert soak.clean == pytest.approx(120)
    assert soak.verdict == "failed"


def test_a_house_that_answers_nobody_never_passes() -> None:
    away = Visit(0, "en", "broken", (), trouble="ConnectError")
    soak = soaked(*((float(t), away) for t in range(60, 1201, 60)))
    assert soak.verdict == "failed"


@pytest.mark.parametrize(("ms", "is_kept"), [(1500, True), (1501, False)])
def test_the_limit_of_the_95th_percentile(ms: float, is_kept: bool) -> None:
    assert measure("ask_p95", visit(ms=ms)).is_kept is is_kept


def test_one_slow_turn_of_twenty_is_within_a_95th_percentile() -> None:
    turns = (Turn(200, 200),) * 19 + (Turn(200, 9000),)
    assert measure("ask_p95", Visit(0, "en", "served", turns)).is_kept


def test_streams_are_not_measured_by_the_limit_of_whole_answers() -> None:
    turns = (Turn(200, 9000, "stream"),) * 40
    assert measure("ask_p95", Visit(0, "en", "served", turns)).is_kept is None


@pytest.mark.parametrize("status", [500, 503, 0])
def test_server_errors_are_5xx_and_no_answer(status: int) -> None:
    assert measure("server_errors", visit(), visit(1, status=status)).is_kept is False


def test_being_told_to_slow_down_is_no_server_error() -> None:
    assert measure("server_errors", visit(), visit(1, status=429)).is_kept


def test_a_forgotten_slot_breaks_the_context() -> None:
    assert measure("context_kept", visit(), visit(2, is_kept=False)).is_kept is False
    assert measure("context_kept", visit(LEAST + 1)).is_kept


def test_counters_are_those_since_the_clock_started() -> None:
    before = Counters(1000, 50, 1000, 50)
    now = Counters(2000, 50, 1100, 51)
    assert now.since(before) == Counters(1000, 0, 100, 1)
    assert measure("store_errors", counters=now.since(before)).is_kept
    assert measure("repaired", counters=now.since(before)).is_kept is False
    restarted = Counters(30, 0, 30, 0)
    assert restarted.since(before) == restarted


def test_too_little_is_no_verdict() -> None:
    assert all(each.is_kept is None for each in measured([visit(LEAST - 1)], None))


def test_the_report_holds_what_was_found() -> None:
    told = report(soaked((60.0, visit())), 61.0, url="http://x")
    assert told["verdict"] == "failed"
    assert told["conversations"] == 1
    assert {each["name"] for each in told["measures"]} >= {"ask_p95", "server_errors"}
    assert told["url"] == "http://x"


def test_a_counter_is_summed_over_its_labels_alone() -> None:
    text = 'a_total{x="1"} 2.0\na_total{x="2"} 3.0\na_total_more{x="1"} 9\nb_total 4\n'
    assert (sum_of("a_total", text), sum_of("b_total", text), sum_of("c", text)) == (5, 4, 0)
