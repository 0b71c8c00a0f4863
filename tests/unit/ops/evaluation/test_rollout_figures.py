"""`gatehouse evaluate rollout` in small, and that it catches what it is there to catch."""

from __future__ import annotations

import io
import json
from random import Random

import pytest
from django.core.management import CommandError, call_command

from gatehouse.ops.evaluation.kinds import rollout
from gatehouse.ops.evaluation.rollout import clusters, paths, peers, phase, ramp, sizes, swings
from gatehouse.ops.evaluation.rollout.table import Row, Table, Tables, null_row
from gatehouse.ops.management.commands.evaluate import Command
from gatehouse.rollout import stats

RUNS = 300


@pytest.mark.parametrize("cases", [sizes.NULLS[:2], sizes.FAILS, sizes.CERTIFICATIONS])
def test_sizes_are_those_of_the_tables(cases: tuple[sizes.Size, ...]) -> None:
    assert Tables((sizes.measured("sizes", cases, runs=2_000),)).broken == ()


def test_two_arms_take_the_sizes_of_the_table() -> None:
    cases = tuple(case for case in sizes.COMPARISONS if case.name.endswith(("RR 10", "60 %")))
    assert Tables((sizes.measured("sizes", cases, runs=RUNS * 3),)).broken == ()


def test_a_boundary_that_is_too_near_is_caught() -> None:
    """Evidence against half of the objective, as if one mistook the unit."""
    case = sizes.Size("too near", sizes._slo(0.025, 0.05, horizon=5_000), 0.03)
    assert Tables((sizes.measured("null", (case,), runs=RUNS),)).broken


def test_paths_meet_the_boundary_where_the_evidence_does() -> None:
    """The tables that make paths quick are the evidence itself, at each boundary and beside it."""
    limit = stats.threshold(0.05)
    failing = paths.Failing.of(0.05, horizon=400)
    for bad, n in enumerate(failing.most, start=1):
        assert n < bad or stats.log_e_slo(bad, n, 0.05) >= limit
        assert stats.log_e_slo(bad, max(bad, n + 1), 0.05) < limit
    certifying = paths.Certifying.of(0.05, horizon=400)
    for bad, n in enumerate(certifying.fewest):
        assert stats.log_e_certify(bad, n, 0.05) >= limit > stats.log_e_certify(bad, n - 1, 0.05)


def test_paths_have_the_rate_they_were_asked_for() -> None:
    dice = Random(7)
    gaps = [paths.gap(dice, -0.01005033585) for _ in range(20_000)]
    assert 97 < sum(gaps) / len(gaps) < 103


def test_turns_that_count_alone_are_caught_as_false_alarms() -> None:
    crowd = clusters.Crowd.of(0.333)
    by_turn = clusters.false_alarms(crowd, clusters.turns_count, runs=RUNS)
    by_conversation = clusters.false_alarms(crowd, clusters.one_turn_counts, runs=RUNS)
    assert not null_row("turns", by_turn, RUNS, reference=0.05).is_kept
    assert null_row("conversations", by_conversation, RUNS, reference=0.05).is_kept


def test_the_crowd_has_the_rate_and_the_correlation_it_was_asked_for() -> None:
    crowd = clusters.Crowd.of(1 / 3)
    chances = [b - a for a, b in zip((0.0, *crowd.sums), crowd.sums, strict=False)]
    bad = [len(pattern) for pattern in crowd.patterns]
    mean = sum(c * k for c, k in zip(chances, bad, strict=True))
    pairs = sum(c * k * (k - 1) for c, k in zip(chances, bad, strict=True)) / 30
    assert mean / 6 == pytest.approx(0.05)
    assert (pairs - 0.05**2) / (0.05 * 0.95) == pytest.approx(1 / 3)


def test_both_arms_suffering_is_nobodys_fault() -> None:
    same = list(swings.paths(runs=100))
    assert sum(map(swings.two_arms(swings.WEIGHT), same)) <= 4
    assert sum(map(swings.one_arm, same)) == 100
    assert sum(map(swings.z_test_each_hour, same)) > 40
    assert sum(map(swings.before_and_after, same)) > 80


def test_a_canary_twice_as_bad_is_found_in_the_same_days() -> None:
    assert sum(map(swings.two_arms(swings.WEIGHT), swings.paths(runs=40, ratio=2.0))) >= 36


def test_a_ramp_is_no_mismatch_unless_one_forgets_its_shares() -> None:
    assert ramp.alarms(ramp.is_mismatch, runs=RUNS // 6) == 0
    assert ramp.alarms(ramp.is_mismatch_now, runs=RUNS // 6) == RUNS // 6


def test_a_wrong_draw_is_found() -> None:
    case = next(case for case in sizes.MISMATCHES if "true .15" in case.name)
    assert Tables((sizes.measured("srm", (case,), runs=RUNS),)).broken == ()


def test_rules_that_count_minutes_roll_healthy_canaries_back() -> None:
    """1,500 conversations an hour with half of the errors that are allowed."""
    hours = list(phase.hours(0.0025, 1500, runs=RUNS))
    ours = phase.verdict(0.005, most=6_000)
    false = {name: sum(rule(hour, 0.005) is not None for hour in hours) for name, rule in
             {**peers.RULES, "ours": ours}.items()}  # fmt: skip
    assert false["ours"] <= 3
    assert false["Argo, limit 0"] > 0.9 * RUNS
    assert false["Flagger, 5"] > 0.2 * RUNS
    assert false["runbook rule"] > 0.05 * RUNS


def test_a_figure_outside_ends_with_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table("told", (Row("far away", 0.3, 0.05, high=0.06),))
    monkeypatch.setattr(rollout, "PARTS", {"null": lambda runs: iter((table,))})
    out = io.StringIO()
    with pytest.raises(CommandError, match="told: far away") as caught:
        call_command(Command(), "rollout", "null", stdout=out)
    assert caught.value.returncode == 1
    assert "must be at most 0.06: NO" in out.getvalue()


def test_figures_are_told_to_programs_as_well() -> None:
    out = io.StringIO()
    call_command(Command(), "rollout", "clustering", "--runs", "200", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["is_kept"] is True
    assert len(told["tables"]) == 2


def test_too_few_paths_are_refused() -> None:
    with pytest.raises(CommandError, match="--runs must be 100") as caught:
        call_command(Command(), "rollout", "null", "--runs", "5")
    assert caught.value.returncode == 2
