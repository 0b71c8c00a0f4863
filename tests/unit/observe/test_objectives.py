"""The objectives as a table, and how a share becomes an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatehouse.observe import slo_metrics
from gatehouse.observe.objectives import TABLE, Objective, render_docs
from gatehouse.observe.slo import Kept, Measured, check, compliance, overall

FIVE = Objective("x", "of x", target=0.05, alert=0.1, window=600)


def test_the_document_says_what_the_code_says() -> None:
    assert Path("docs/objectives.md").read_text() == render_docs()


@pytest.mark.parametrize(
    ("n", "bad", "status", "is_alerting"),
    [
        (49, 49, "no_data", False),
        (50, 2, "pass", False),
        (100, 5, "pass", False),
        (100, 6, "fail", False),
        (100, 10, "fail", False),
        (100, 11, "fail", True),
        (0, 0, "no_data", False),
    ],
)
def test_at_the_target_it_is_kept_and_above_the_alert_somebody_is_told(
    n: int, bad: int, status: str, is_alerting: bool
) -> None:
    kept = Kept(FIVE, "all", Measured(n, bad, bad))
    assert (kept.status, kept.is_alerting) == (status, is_alerting)


def test_one_miss_is_a_miss_of_the_whole_and_silence_is_none() -> None:
    good, bad = (Kept(FIVE, "all", Measured(100, b, b)) for b in (0, 50))
    silent = Kept(FIVE, "all", Measured())
    assert [overall(each) for each in ((good, silent), (good, bad), (silent,), ())] == [
        "pass", "fail", "no_data", "no_data",
    ]  # fmt: skip


def test_a_sick_canary_is_seen_beside_a_healthy_whole() -> None:
    arms = {"stable": Measured(1000, 10, 10), "canary": Measured(100, 20, 20)}
    told = compliance(check((FIVE,), {"ledger": lambda _: {"x": arms}}))
    item = told["items"]["x"]
    assert (told["overall"], item["status"]) == ("pass", "pass")
    assert item["arms"]["canary"]["status"] == "fail"
    assert {"value", "target", "alert", "n", "status"} <= set(item)


def test_what_this_house_has_not_is_silent_and_says_why() -> None:
    kept = {each.objective.name: each for each in check(TABLE, {}) if each.arm == "all"}
    assert kept["vision_p95"].status == "no_data" and kept["vision_p95"].why
    assert kept["completion"].why.startswith("compared")


@pytest.mark.parametrize(("edge", "expected"), [(100, 10), (150, 15), (200, 20), (9999, 20)])
def test_inside_a_bucket_requests_are_spread_evenly(edge: float, expected: float) -> None:
    assert slo_metrics.at_most({100.0: 10, 200.0: 20, float("inf"): 25}, edge) == expected


def test_a_quantile_is_interpolated_and_never_beyond_the_last_edge() -> None:
    buckets = {100.0: 50.0, 200.0: 100.0, float("inf"): 100.0}
    assert slo_metrics.quantile(buckets, 0.75) == 150
    assert slo_metrics.quantile({100.0: 1.0, float("inf"): 10.0}, 0.95) == 100


def test_a_selector_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a selector"):
        slo_metrics.read({}, "sum(x)")
