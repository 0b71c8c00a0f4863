"""What a plan is said to take: the reference sizes, and refusals that name what to change."""

from __future__ import annotations

import pytest

from gatehouse.rollout import plans, stats
from gatehouse.rollout.forecast import SiteTraffic, check, forecast, lines
from gatehouse.rollout.sizes import NEVER, to_certify, to_fail, to_tell_worse
from tests.unit.rollout.looks import small

WHOLE_ALPHA = stats.threshold(0.05)
BUSY, QUIET = SiteTraffic(1500), SiteTraffic(20)


@pytest.mark.parametrize(
    ("limit", "rate", "median", "p90"),
    [(0.005, 0.02, 255, 677), (0.005, 0.05, 49, 132), (0.05, 0.10, 146, 396), (0.05, 0.2, 22, 59)],
)
def test_detection_takes_the_reference_sizes(
    limit: float, rate: float, median: int, p90: int
) -> None:
    found = to_fail(rate, limit, log_e=WHOLE_ALPHA, paths=2000)
    assert found.median == pytest.approx(median, rel=0.15, abs=1)
    assert found.p90 == pytest.approx(p90, rel=0.2)


@pytest.mark.parametrize(
    ("most", "rate", "median", "p90"),
    [(0.01, 0.0025, 652, 1591), (0.01, 0.0005, 379, 652), (0.05, 0.02, 247, 550)],
)
def test_certification_takes_the_reference_sizes(
    most: float, rate: float, median: int, p90: int
) -> None:
    found = to_certify(rate, most, log_e=WHOLE_ALPHA, paths=2000)
    assert found.median == pytest.approx(median, rel=0.15, abs=1)
    assert found.p90 == pytest.approx(p90, rel=0.2)


@pytest.mark.parametrize(
    ("share", "ratio", "median"), [(0.1, 4, 287), (0.5, 4, 616), (0.1, 10, 68), (0.5, 10, 166)]
)
def test_two_arms_take_the_reference_sizes(share: float, ratio: float, median: int) -> None:
    found = to_tell_worse(0.005, share, ratio=ratio, log_e=WHOLE_ALPHA, paths=800)
    assert found.median == pytest.approx(median, rel=0.15)


def test_a_healthy_rate_at_the_limit_is_never_shown_to_be_below_it() -> None:
    assert to_certify(0.02, 0.005, log_e=WHOLE_ALPHA, paths=50).median == NEVER


def test_smaller_weights_and_more_steps_take_longer() -> None:
    alone = to_fail(0.02, 0.005, log_e=WHOLE_ALPHA).median
    assert to_fail(0.02, 0.005, log_e=stats.threshold(0.05, 0.4)).median > alone


@pytest.mark.parametrize("name", plans.SHIPPED)
def test_the_shipped_plans_fit_a_busy_site_and_are_refused_on_a_quiet_one(name: str) -> None:
    plan = plans.named(name)
    told = check(plan, BUSY)
    assert told.refusals == () and 0 < told.hours < 48
    with pytest.raises(plans.PlanRefused, match="max_duration"):
        check(plan, QUIET)


def test_a_site_whose_own_rate_is_too_high_is_told_so_at_once() -> None:
    busy = SiteTraffic(1500, rates={"turn_error": 0.03})
    with pytest.raises(plans.PlanRefused, match=r"errors: here 3\.00% are bad already"):
        check(small(), busy)


def test_an_objective_that_is_missed_today_is_told() -> None:
    flags = forecast(small(), SiteTraffic(1500, rates={"turn_slow": 0.08})).flags
    assert any("slow: 8.00% are bad here today" in flag for flag in flags)


def test_a_later_step_counts_what_the_earlier_ones_have_seen() -> None:
    told = forecast(plans.named("default"), BUSY)
    assert told.steps[1].ready_hours < told.steps[0].ready_hours


def test_a_metric_that_few_conversations_have_takes_as_much_longer() -> None:
    def hours(part: float) -> float | None:
        site = SiteTraffic(1500, parts={"not_converted": part})
        found = forecast(plans.named("R1"), site).gates
        return next(each.detected_hours for each in found if each.gate == "conversion")

    all_of_them, a_tenth = hours(1.0), hours(0.1)
    assert all_of_them is not None and a_tenth == pytest.approx(10 * all_of_them)


def test_the_forecast_reads_as_sentences() -> None:
    text = "\n".join(lines(small(), forecast(small(), QUIET)))
    assert "step 1: 10 %" in text and "is found after" in text and "REFUSED" in text
