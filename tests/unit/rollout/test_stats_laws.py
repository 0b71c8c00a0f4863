"""What makes a verdict safe to look at, computed exactly: no randomness, no tolerance.

The chance that a path ever crosses a boundary is followed state by state (conversations, bad
ones), so that a looser test than ours is caught by its figure and not by luck.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import optimize, special
from scipy import stats as oracle

from gatehouse.rollout import stats, stats_intervals, stats_scores, stats_watch

ALPHA = 0.05
Fails = Callable[[int, int], bool]
Seen = tuple[tuple[int, int], ...]  # bad ones and conversations of each step
RATES = some.sampled_from([0.002, 0.005, 0.02, 0.05, 0.2, 0.45, 0.7, 0.9])


def chance_of_failing(fails: Fails, *, rate: float, horizon: int) -> float:
    """That a test which is looked at after each of `horizon` conversations ever fails."""
    alive, lost = {0: 1.0}, 0.0
    for n in range(1, horizon + 1):
        after: dict[int, float] = {}
        for bad, chance in alive.items():
            after[bad] = after.get(bad, 0.0) + chance * (1 - rate)
            after[bad + 1] = after.get(bad + 1, 0.0) + chance * rate
        gone = [bad for bad in after if fails(bad, n)]
        lost += sum(after.pop(bad) for bad in gone)
        alive = {bad: chance for bad, chance in after.items() if chance > 1e-15}
    return lost


def slo(p0: float) -> Fails:
    return lambda bad, n: stats.log_e_slo(bad, n, p0) >= stats.threshold(ALPHA)


def z_test(p0: float) -> Fails:
    """What a person does who looks at a z-test whenever it is convenient."""
    return lambda bad, n: n >= 30 and bad - n * p0 > 1.6449 * math.sqrt(n * p0 * (1 - p0))


def threshold_rule(p0: float) -> Fails:
    return lambda bad, n: n >= 50 and bad > p0 * n


@pytest.mark.parametrize("p0", [0.005, 0.05, 0.3, 0.7])
def test_a_canary_at_its_objective_is_failed_at_most_as_often_as_promised(p0: float) -> None:
    assert chance_of_failing(slo(p0), rate=p0, horizon=600) <= ALPHA


@pytest.mark.parametrize("broken", [z_test, threshold_rule])
def test_a_test_that_peeks_is_caught(broken: Callable[[float], Fails]) -> None:
    assert chance_of_failing(broken(0.05), rate=0.05, horizon=600) > 3 * ALPHA


def test_a_healthy_canary_is_hardly_ever_failed() -> None:
    assert chance_of_failing(slo(0.005), rate=0.0025, horizon=1000) <= 0.01


def test_half_of_the_threshold_is_caught() -> None:
    def loose(bad: int, n: int) -> bool:
        return stats.log_e_slo(bad, n, 0.05) >= stats.threshold(ALPHA) / 2

    assert chance_of_failing(loose, rate=0.05, horizon=600) > ALPHA


@pytest.mark.parametrize("p_max", [0.05, 0.3])
def test_a_canary_at_the_limit_is_certified_at_most_as_often_as_promised(p_max: float) -> None:
    def passes(bad: int, n: int) -> bool:
        return stats.log_e_certify(bad, n, p_max) >= stats.threshold(ALPHA)

    assert chance_of_failing(passes, rate=p_max, horizon=500) <= ALPHA


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_two_equal_arms_are_told_apart_at_most_as_often_as_promised(share: float) -> None:
    """A bad conversation is the canary's by its share, whatever the rate of both arms does."""

    def fails(canary: int, events: int) -> bool:
        return stats.log_e_worse([(share, canary, events - canary)]) >= stats.threshold(ALPHA)

    assert chance_of_failing(fails, rate=share, horizon=500) <= ALPHA


def test_a_comparison_by_the_share_of_another_step_is_caught() -> None:
    """Events of a 25 % step judged by the 10 % of the step before it."""

    def fails(canary: int, events: int) -> bool:
        return stats.log_e_worse([(0.1, canary, events - canary)]) >= stats.threshold(ALPHA)

    assert chance_of_failing(fails, rate=0.25, horizon=100) > ALPHA


def test_a_proper_draw_is_called_improper_at_most_as_often_as_promised() -> None:
    def is_alarm(canary: int, n: int) -> bool:
        return stats.log_e_srm([(0.1, canary, n - canary)]) >= stats.threshold(0.001)

    assert chance_of_failing(is_alarm, rate=0.1, horizon=800) <= 0.001


def test_evidence_begun_anew_at_each_step_keeps_the_promise() -> None:
    """Two steps of 60 conversations; followed over both counts, looked at after each."""
    restarts, limit, lost = stats.Restarts((0.5, 0.5)), stats.threshold(ALPHA), 0.0
    alive: dict[Seen, float] = {((0, 0),): 1.0}
    for k in range(120):
        after: dict[Seen, float] = {}
        for seen, chance in alive.items():
            steps = seen if len(seen) == 1 + k // 60 else (*seen, (0, 0))
            bad, n = steps[-1]
            for more, part in ((0, 0.95), (1, 0.05)):
                new = (*steps[:-1], (bad + more, n + 1))
                after[new] = after.get(new, 0.0) + chance * part
        kept = {seen: c for seen, c in after.items() if _restarted(restarts, seen) < limit}
        lost += sum(after.values()) - sum(kept.values())
        alive = {seen: chance for seen, chance in kept.items() if chance > 1e-9}
    assert 0.0 < lost <= ALPHA


def _restarted(restarts: stats.Restarts, seen: Seen) -> float:
    return restarts.log_e(
        seen, lambda s: stats.log_e_slo(sum(b for b, _ in s), sum(n for _, n in s), 0.05)
    )


@given(p0=RATES, n=some.integers(0, 300), below=some.floats(0.05, 1.0))
def test_the_mean_of_the_evidence_is_at_most_one_below_the_objective(
    p0: float, n: int, below: float
) -> None:
    logs = oracle.binom.logpmf(range(n + 1), n, p0 * below)
    mean = sum(math.exp(log + stats.log_e_slo(bad, n, p0)) for bad, log in enumerate(logs))
    assert mean <= 1 + 1e-6


@given(p=RATES, n=some.integers(0, 300), above=some.floats(0.0, 1.0))
def test_the_mean_of_a_certificate_is_at_most_one_above_the_limit(
    p: float, n: int, above: float
) -> None:
    logs = oracle.binom.logpmf(range(n + 1), n, p + (1 - p) * above)
    mean = sum(math.exp(log + stats.log_e_certify(bad, n, p)) for bad, log in enumerate(logs))
    assert mean <= 1 + 1e-6


@given(p0=RATES, n=some.integers(1, 10_000), share=some.floats(0, 1))
def test_more_bad_ones_never_look_better(p0: float, n: int, share: float) -> None:
    bad = int(share * (n - 1))
    assert stats.log_e_slo(bad, n, p0) <= stats.log_e_slo(bad + 1, n, p0)
    assert stats.log_e_certify(bad, n, p0) >= stats.log_e_certify(bad + 1, n, p0)
    assert stats.log_e_slo(bad, n, p0) >= stats.log_e_slo(bad, n + 1, p0)


@given(p0=RATES, n=some.integers(0, 5_000), share=some.floats(0, 1))
def test_no_counts_both_fail_and_certify(p0: float, n: int, share: float) -> None:
    bad, limit = int(share * n), stats.threshold(ALPHA)
    both = stats.log_e_slo(bad, n, p0) >= limit, stats.log_e_certify(bad, n, p0) >= limit
    assert both != (True, True)


@given(
    logs=some.lists(some.floats(-50, 50), min_size=1, max_size=6),
    parts=some.lists(some.floats(0.01, 1), min_size=6, max_size=6),
)
def test_the_combination_is_never_behind_its_parts_alone(
    logs: list[float], parts: list[float]
) -> None:
    chosen = parts[: len(logs)]
    weights = [part / sum(chosen) for part in chosen]
    found = stats.combine(logs, weights)
    alone = max(log + math.log(w) for log, w in zip(logs, weights, strict=True))
    assert alone - 1e-9 <= found <= max(logs) + 1e-9


def test_weights_beyond_the_whole_budget_are_refused() -> None:
    with pytest.raises(ValueError, match="one error budget"):
        stats.combine([0.0, 0.0], [0.6, 0.5])


@given(outcomes=some.lists(some.booleans(), max_size=120), cut=some.integers(0, 120), p0=RATES)
def test_the_watch_of_runs_is_the_watch_of_single_outcomes(
    outcomes: list[bool], cut: int, p0: float
) -> None:
    watch, values = stats_watch.ShiryaevRoberts(p0), [0.0] * len(stats.slo_lines(p0))
    watch.feed(bytes(outcomes[:cut]))
    watch.feed(bytes(outcomes[cut:]))
    peaks = [0.0]
    for is_bad in outcomes:
        factors = (math.exp(up if is_bad else down) for _, up, down in stats.slo_lines(p0))
        values = [(value + 1) * factor for value, factor in zip(values, factors, strict=True)]
        peaks.append(sum(values) / len(values))
    assert watch.value == pytest.approx(peaks[-1], rel=1e-9)
    at_bad = [peak for peak, is_bad in zip(peaks[1:], outcomes, strict=True) if is_bad]
    assert max([*at_bad, peaks[-1]]) * (1 - 1e-9) <= watch.peak <= max(peaks) * (1 + 1e-9)


@given(runs=some.lists(some.integers(0, 90), max_size=60), looks=some.lists(some.integers(0, 60)))
def test_a_history_that_is_remembered_gives_the_same_bits(
    runs: list[int], looks: list[int]
) -> None:
    for end in sorted(min(look, len(runs)) for look in looks):
        stats_watch.watched(0.02, runs[:end])
    remembered, plain = stats_watch.watched(0.02, runs), stats_watch.ShiryaevRoberts(0.02)
    if runs:
        plain.feed(b"\x01".join(bytes(run) for run in runs))
    assert (remembered.values, remembered.peak) == (plain.values, plain.peak)


@given(n=some.integers(1, 5_000), part=some.floats(0, 1), alpha=some.sampled_from([0.05, 0.001]))
def test_the_interval_is_that_of_an_oracle(n: int, part: float, alpha: float) -> None:
    bad = int(part * n)
    low, high = stats_intervals.interval(bad, n, alpha)
    assert 0 <= low <= bad / n <= high <= 1

    def log_mixture(p: float) -> float:
        mixed = float(special.betaln(1 + bad, 99 + n - bad) - special.betaln(1, 99))
        return mixed - float(special.xlogy(bad, p) + special.xlog1py(n - bad, -p)) + math.log(alpha)

    for end, outside in ((low, 0.0), (high, 1.0)):
        if end not in (0.0, 1.0):
            inside = min(max(bad / n, 1e-12), 1 - 1e-12)
            edge = min(max(outside, 1e-300), 1 - 1e-16)
            assert end == pytest.approx(optimize.brentq(log_mixture, inside, edge), abs=1e-6)


@given(
    canary=some.integers(0, 40), stable=some.integers(0, 40), share=some.sampled_from([0.1, 0.5])
)
def test_the_interval_of_a_ratio_holds_what_the_counts_say(
    canary: int, stable: int, share: float
) -> None:
    low, high = stats_intervals.ratio_interval([(share, canary, stable)], ALPHA)
    assert low <= high
    if canary and stable:
        assert low <= canary / stable * (1 - share) / share <= high


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_mirror_of_worse_is_better(share: float) -> None:
    many, few = [(share, 40, 10)], [(share, 0, 60)]
    assert stats.log_e_worse(many) > 3 > 0 > stats.log_e_better(many)
    assert stats.log_e_better(few) > 1 > 0 > stats.log_e_worse(few)


def test_steps_with_one_arm_say_nothing_about_two() -> None:
    assert stats.log_e_worse([(1.0, 50, 0), (0.0, 0, 9)]) == pytest.approx(0.0)
    assert stats.log_e_srm([(1.0, 50, 0), (0.0, 0, 9)]) == 0.0


@pytest.mark.parametrize("tenths", [0, 2, 5, 8, 10])
def test_the_bounds_of_a_mean_enclose_it_and_close_in(tenths: int) -> None:
    widths = []
    for rounds in (5, 20):
        scores = [float(k % 10 < tenths) for k in range(0, 70 * rounds, 7)]
        low, high = stats_scores.mean_above(scores, ALPHA), stats_scores.mean_below(scores, ALPHA)
        assert low <= tenths / 10 <= high
        widths.append(high - low)
    assert widths[1] < widths[0]


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5)])
def test_counts_that_are_none_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no count"):
        stats.log_e_slo(*counts, 0.05)
    with pytest.raises(ValueError, match="no count"):
        stats_intervals.interval(*counts)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_rate_that_cannot_be_tested_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.log_e_slo(1, 5, rate)
