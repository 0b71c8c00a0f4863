"""Hard rules, breakers and what must never be: quick where the harm is plain, and not by chance."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from gatehouse.rollout import plans
from gatehouse.rollout.evidence import Beat
from gatehouse.rollout.gates import Ground, judge
from gatehouse.rollout.judging_minutes import _breached, tail
from gatehouse.rollout.types import Count, Evidence, GateSpec, Reading, Verdict
from tests.unit.rollout.looks import counted, minutes

RULE = GateSpec("rule", "rule", "contract", limit=0.02, minutes=10, least=50)
FUSE = GateSpec("fuse", "breaker", "breaker_open", limit=0.5, minutes=10, service="search")
HOUR_FUSE = replace(FUSE, limit=0.05, minutes=60)
NEVER = GateSpec("never", "invariant", "state_loss")
MINUTE = 60_000
GOOD = (100, 0, 900, 2)
BAD = (100, 3, 900, 2)


def ruled(*rows: tuple[int, int, int, int], ground: Ground | None = None) -> Evidence:
    return judge(RULE, Reading("contract", minutes=minutes(*rows)), ground)


def test_a_breach_must_last_and_a_pause_in_it_counts() -> None:
    assert ruled(*[GOOD] * 10, *[BAD] * 11).verdict is Verdict.FAIL
    assert ruled(*[GOOD] * 12, *[BAD] * 9).verdict is Verdict.PASS
    assert ruled(*[GOOD] * 5, *[BAD] * 9, *[GOOD] * 7).verdict is Verdict.PASS
    paused = [*[BAD] * 5, GOOD, GOOD, *[BAD] * 4]
    assert ruled(*[GOOD] * 10, *paused).verdict is Verdict.PASS


def test_a_breach_during_which_nobody_looked_is_found_afterwards() -> None:
    assert ruled(*[BAD] * 11, *[GOOD] * 8).verdict is Verdict.FAIL


def test_few_events_or_a_single_bad_one_say_nothing() -> None:
    few = (4, 1, 36, 0)
    assert ruled(*[few] * 11).verdict is Verdict.RUNNING
    one = [(10, 0, 90, 0)] * 10 + [(10, 1, 90, 0)]
    assert ruled(*one).verdict is Verdict.PASS


def test_what_the_stable_arm_suffers_as_well_is_not_blamed() -> None:
    both = ruled(*[(100, 10, 900, 90)] * 21)
    assert both.verdict is Verdict.RUNNING and both.outputs["is_shared"]
    over = ruled(*[(100, 10, 900, 90)] * 11, *[GOOD] * 10)
    assert over.verdict is Verdict.PASS and not over.outputs["is_shared"], "it is over"


def test_without_stable_conversations_the_canary_is_judged_alone() -> None:
    assert ruled(*[(1000, 30, 0, 0)] * 11).verdict is Verdict.FAIL


def test_nothing_in_the_minutes_is_no_data() -> None:
    assert ruled(*[(0, 0, 0, 0)] * 21).verdict is Verdict.NODATA
    assert ruled().verdict is Verdict.NODATA


@given(st.integers(1, 400), st.floats(0.001, 0.6), st.data())
def test_the_tail_is_that_of_the_binomial(n: int, p: float, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, n))
    assert tail(bad, n, p) == pytest.approx(oracle.binom.sf(bad - 1, n, p), abs=1e-9)


@pytest.mark.parametrize(("an_hour", "by_chance"), [(300, 30), (9000, 0)])
def test_with_its_least_count_chance_breaks_no_rule(an_hour: int, by_chance: int) -> None:
    """3.5 % slow against 5 %: the runbooks' rule rolls back up to a third of such hours."""
    least = next(gate.least for gate in plans.named("R1").gates if gate.name == "turn_p95_10m")
    draw, broken, by_runbook = random.Random(5), 0, 0
    for _ in range(150):
        hour = [_minute(draw, an_hour / 60, 0.035) for _ in range(60)]
        broken += any(True for _ in _breached(hour, 11, limit=0.05, least=least))
        over = [_ratio(hour[max(0, at - 9) : at + 1]) > 0.05 for at in range(60)]
        by_runbook += any(all(over[at : at + 11]) for at in range(9, 50))
    assert broken == 0
    assert by_runbook >= by_chance


def _minute(draw: random.Random, mean: float, rate: float) -> Beat:
    n = int(mean) + (draw.random() < mean % 1)
    return Beat(0.0, n, sum(draw.random() < rate for _ in range(n)), 0, 0)


def _ratio(beats: list[Beat]) -> float:
    n = sum(beat.canary_n for beat in beats)
    return sum(beat.canary_bad for beat in beats) / n if n else 0.0


def fused(
    *shut: tuple[float, float], openings: tuple[int, int] = (0, 0), spec: GateSpec = FUSE
) -> Evidence:
    """Shares of each minute in which the canary's and the stable breaker were not closed."""
    rows = [(MINUTE, int(c * MINUTE), MINUTE, int(s * MINUTE)) for c, s in shut]
    count = Count(0, 10_000, 4, openings[0], 4, openings[1])
    return judge(spec, Reading("breaker_open", (count,), minutes(*rows)))


SHUT, CLOSED, BOTH = (1.0, 0.0), (0.0, 0.0), (1.0, 1.0)


def test_not_closed_for_five_minutes_fails_and_for_four_only_waits() -> None:
    assert fused(*[CLOSED] * 15, *[SHUT] * 6).verdict is Verdict.FAIL
    four = fused(*[CLOSED] * 17, *[SHUT] * 4)
    assert four.verdict is Verdict.RUNNING and four.outputs["is_open_now"]
    assert fused(*[CLOSED] * 12, *[SHUT] * 4, *[CLOSED] * 5).verdict is Verdict.PASS


def test_a_half_open_breaker_of_a_quiet_site_waits_and_does_not_fail() -> None:
    waiting = fused(*[CLOSED] * 13, *[(0.5, 0.0)] * 8)
    assert waiting.verdict is Verdict.RUNNING and waiting.outputs["is_open_now"]


def test_a_breaker_that_the_stable_arm_has_open_too_is_a_dependency() -> None:
    both = fused(*[CLOSED] * 15, *[BOTH] * 6)
    assert both.verdict is Verdict.RUNNING and both.outputs["is_shared"]


def test_four_openings_fail_and_three_do_not() -> None:
    blinks = [(0.03, 0.0)] * 4 + [CLOSED] * 17
    assert fused(*blinks, openings=(4, 0)).verdict is Verdict.FAIL
    assert fused(*blinks, openings=(3, 0)).verdict is Verdict.PASS
    assert fused(*blinks, openings=(4, 4)).outputs["is_shared"]


def test_nobody_alive_is_no_data() -> None:
    assert judge(FUSE, Reading("breaker_open")).verdict is Verdict.NODATA


def test_a_window_that_was_not_watched_long_enough_does_not_fail() -> None:
    early = fused(*[CLOSED] * 20, (0.5, 0.0), CLOSED, spec=replace(HOUR_FUSE, limit=0.01))
    assert early.verdict is Verdict.RUNNING


def test_one_loss_is_one_too_many() -> None:
    assert judge(NEVER, counted("state_loss", (0, 500))).verdict is Verdict.PASS
    assert judge(NEVER, counted("state_loss", (1, 500))).verdict is Verdict.FAIL
    assert judge(NEVER, counted("state_loss", (0, 500), (1, 500))).verdict is Verdict.PASS
    assert judge(NEVER, Reading("state_loss")).verdict is Verdict.NODATA
    lived = Reading("state_loss", minutes=minutes((10, 1, 90, 0)))
    assert judge(NEVER, lived).verdict is Verdict.FAIL


def test_a_soak_keeps_the_plain_ratio_of_its_window() -> None:
    ground = Ground(is_soaking=True)
    assert ruled(*[(10, 0, 0, 0)] * 20, ground=ground).verdict is Verdict.PASS
    once = ruled(*[(10, 0, 0, 0)] * 19, (10, 3, 0, 0), ground=ground)
    assert once.verdict is Verdict.INCONCLUSIVE and once.outputs["is_breached"]
    assert ruled(*[(1, 0, 0, 0)] * 20, ground=ground).verdict is Verdict.RUNNING
    assert ruled(ground=ground).verdict is Verdict.NODATA
