"""The statistics reproduce reference values that were computed independently of this code."""

from __future__ import annotations

import math

import pytest

from gatehouse.rollout import (
    stats,
    stats_burn,
    stats_intervals,
    stats_quantiles,
    stats_scores,
    stats_watch,
)

TIGHT = 1e-8
FAIL = stats.threshold(0.05)


@pytest.mark.parametrize(
    ("bad", "n", "p0", "log_e"),
    [
        (0, 0, 0.005, 0.0),
        (1, 1, 0.005, 1.933933958),
        (0, 1000, 0.005, -4.229781524),
        (3, 100, 0.005, 2.054748789),
        (5, 100, 0.005, 5.827225796),
        (12, 2300, 0.005, -2.588157031),
        (20, 1500, 0.005, 5.712961478),
        (10, 100, 0.05, 1.149184415),
        (30, 400, 0.05, 0.887397879),
    ],
)
def test_the_evidence_against_an_slo(bad: int, n: int, p0: float, log_e: float) -> None:
    assert stats.log_e_slo(bad, n, p0) == pytest.approx(log_e, abs=TIGHT)


@pytest.mark.parametrize(
    ("p0", "most"),
    [
        (0.005, [22, 67, 127, 201, 285, 378, 475, 577, 685]),
        (0.01, [11, 34, 64, 101, 143, 190, 238, 290, 343]),
        (0.05, [2, 8, 14, 22, 31, 41, 51, 61, 73]),
    ],
)
def test_how_many_bad_ones_among_how_many_fail(p0: float, most: list[int]) -> None:
    assert [stats.most_to_fail(s, p0, log_e=FAIL) for s in range(2, 11)] == most


@pytest.mark.parametrize("p0", [0.005, 0.01, 0.05])
def test_one_bad_conversation_never_fails(p0: float) -> None:
    assert stats.most_to_fail(1, p0, log_e=FAIL) == -1


@pytest.mark.parametrize(
    ("p_max", "fewest"),
    [
        (0.005, [760, 1306, 1749, 2142]),
        (0.01, [379, 652, 873, 1069]),
        (0.02, [189, 325, 435, 533]),
        (0.05, [75, 128, 172, 211]),
        (0.10, [36, 63, 85, 104]),
        (0.30, [11, 19, 26, 32]),
    ],
)
def test_how_many_good_ones_certify(p_max: float, fewest: list[int]) -> None:
    found = [stats.fewest_to_certify(bad, p_max, log_e=FAIL) for bad in range(4)]
    assert found == fewest


@pytest.mark.parametrize(
    ("bad", "n", "p_max", "log_e"),
    [
        (0, 378, 0.01, 2.987607639),
        (0, 379, 0.01, 2.996268163),
        (3, 1500, 0.01, 6.136944593),
        (5, 500, 0.05, 11.024706260),
    ],
)
def test_the_evidence_of_certification(bad: int, n: int, p_max: float, log_e: float) -> None:
    assert stats.log_e_certify(bad, n, p_max) == pytest.approx(log_e, abs=TIGHT)


@pytest.mark.parametrize(
    ("splits", "log_e"),
    [
        ([(0.5, 8, 2)], 1.466232260),
        ([(0.1, 5, 15)], 1.194954355),
        ([(0.1, 4, 4), (0.5, 6, 3)], 2.746619436),
    ],
)
def test_the_evidence_of_two_arms(splits: list[stats.Split], log_e: float) -> None:
    assert stats.log_e_worse(splits) == pytest.approx(log_e, abs=TIGHT)


@pytest.mark.parametrize(("share", "events"), [(0.1, 3), (0.25, 4), (0.5, 7)])
def test_how_many_events_of_the_canary_alone_fail(share: float, events: int) -> None:
    assert stats.log_e_worse([(share, events, 0)]) >= FAIL
    assert stats.log_e_worse([(share, events - 1, 0)]) < FAIL


def test_two_arms_with_denominators() -> None:
    block = stats_scores.Block(canary_n=1, canary_bad=1, stable_n=1, stable_bad=0)
    e = math.exp(stats_scores.log_e_block(block, 0.3, 0.1))
    assert e == pytest.approx(1.6875, abs=TIGHT)


def test_the_mixture_sprt() -> None:
    found = stats_scores.msprt(2000, (0.02, 0.03), tau2=1e-4)
    assert found == pytest.approx(2.307150140, abs=TIGHT)


@pytest.mark.parametrize(
    ("is_one_sided", "width", "rho"),
    [(False, 0.106375470, 0.039840067), (True, 0.099688351, 0.035577689)],
)
def test_the_asymptotic_half_width(is_one_sided: bool, width: float, rho: float) -> None:
    found = stats_intervals.half_width(1000, n_star=5000, alpha=0.05, is_one_sided=is_one_sided)
    assert found == pytest.approx(width, abs=TIGHT)
    alpha = 0.1 if is_one_sided else 0.05
    assert stats_intervals.tuned_for(5000, alpha) == pytest.approx(rho, abs=TIGHT)


@pytest.mark.parametrize(
    ("scores", "log_k"),
    [((0, 1, 1, 0, 1), 0.296795983), ((1, 1, 1, 0, 1, 1), 2.408584199)],
)
def test_the_bet_on_a_mean(scores: tuple[float, ...], log_k: float) -> None:
    assert stats_scores.log_wealth(scores, 0.3)[-1] == pytest.approx(log_k, abs=TIGHT)


@pytest.mark.parametrize(("first", "log_e"), [(51, 1.614889148), (1, -1.015453944)])
def test_the_quantiles_of_two_arms(first: int, log_e: float) -> None:
    one, other = range(1, 101), range(first, first + 100)
    found = stats_quantiles.log_e_quantile(one, other, 0.95)
    assert found == pytest.approx(log_e, abs=TIGHT)


@pytest.mark.parametrize(
    ("bad", "n", "ends"),
    [(12, 2300, (0.001896235, 0.011107134)), (20, 100, (0.043839137, 0.472207452))],
)
def test_the_rates_that_are_not_refuted(bad: int, n: int, ends: tuple[float, float]) -> None:
    assert stats_intervals.interval(bad, n) == pytest.approx(ends, abs=1e-6)


@pytest.mark.parametrize(("p", "n"), [(0.005, 1095), (0.01, 473), (0.02, 204), (0.05, 69)])
def test_how_many_without_a_bad_one_bound_the_rate(p: float, n: int) -> None:
    assert stats_intervals.interval(0, n)[1] < p <= stats_intervals.interval(0, n - 1)[1]


@pytest.mark.parametrize(("alpha", "c"), [(0.05, 8.1227), (0.025, 8.6227), (0.01, 9.2835)])
def test_the_constant_of_the_band(alpha: float, c: float) -> None:
    assert stats_quantiles.band_constant(alpha) == pytest.approx(c, abs=0.002)


@pytest.mark.parametrize(
    ("n", "radius"),
    [(100, 0.26672), (300, 0.15538), (1000, 0.08581), (3000, 0.04986), (10000, 0.02747)],
)
def test_the_radius_of_the_band(n: int, radius: float) -> None:
    assert stats_quantiles.band_radius(n, 0.05) == pytest.approx(radius, abs=1e-4)


@pytest.mark.parametrize(
    ("canary", "n", "share", "log_e"),
    [
        (130, 1000, 0.1, 1.988121467),
        (600, 5000, 0.1, 7.872840199),
        (1150, 2000, 0.5, 14.480654018),
        (100, 1000, 0.1, -0.346994884),
    ],
)
def test_the_evidence_of_a_mismatched_sample(
    canary: int, n: int, share: float, log_e: float
) -> None:
    found = stats.log_e_srm([(share, canary, n - canary)])
    assert found == pytest.approx(log_e, abs=TIGHT)
    assert (found >= stats.threshold(0.001)) == (log_e >= 6.907755279)


def test_the_watch_for_late_harm() -> None:
    watch = stats_watch.ShiryaevRoberts(0.005)
    watch.feed(b"\0" * 50)
    found = [watch.value]
    for _ in range(4):
        watch.feed(b"\1")
        found.append(watch.value)
    expected = [31.598855, 141.8557, 1276.5297, 18251.3941, 316666.8805]
    assert found == pytest.approx(expected, rel=1e-6)
    assert found[3] < 20_000 <= found[4]


@pytest.mark.parametrize(("ratio", "minutes"), [(0.1, 43.2), (0.2, 21.6), (0.5, 8.64)])
def test_how_long_a_burn_takes_to_fire(ratio: float, minutes: float) -> None:
    found = stats_burn.minutes_to_fire(stats_burn.TIERS[0], budget=0.005, ratio=ratio)
    assert found == pytest.approx(minutes, abs=TIGHT)


@pytest.mark.parametrize("ratio", [0.02, 0.05])
def test_a_burn_that_is_too_slow_never_fires(ratio: float) -> None:
    found = stats_burn.minutes_to_fire(stats_burn.TIERS[0], budget=0.005, ratio=ratio)
    assert math.isinf(found)


@pytest.mark.parametrize(
    ("factor", "objective"), [(14.4, 0.9306), (6.0, 0.8334), (3.0, 0.6667), (1.0, 0.001)]
)
def test_a_factor_is_reachable_above_its_objective(factor: float, objective: float) -> None:
    assert stats_burn.is_reachable(factor, 1 - objective)
    assert not stats_burn.is_reachable(factor, 1.001 / factor)
    assert stats_burn.effective_factor(factor, 0.6) * 0.6 <= 0.6


def test_requests_that_are_drawn_one_by_one_mix_versions() -> None:
    assert stats_burn.mixed_share(5, 0.1) == pytest.approx(0.4095, abs=1e-12)
