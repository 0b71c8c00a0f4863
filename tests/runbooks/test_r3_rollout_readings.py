"""R3: the chat's latency by lane; each test is named by its row of the catalogue."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Histogram

from gatehouse.observe import meters, slo_metrics
from gatehouse.observe.objectives import TABLE
from gatehouse.observe.slo import Kept, check

NAME = "chat_request_duration_ms"


def served(**lanes: list[float]) -> slo_metrics.Shot:
    """The metrics of an instance that answered these requests, in milliseconds by lane."""
    registry = CollectorRegistry()
    ladder = next(each.ladder for each in meters.table() if each.name == NAME)
    histogram = Histogram(NAME, "x", ("lane", "arm"), buckets=ladder, registry=registry)
    for lane, spent in lanes.items():
        for ms in spent:
            histogram.labels(lane=lane, arm="stable").observe(ms)
    return {metric.name: tuple(metric.samples) for metric in registry.collect()}


def kept(monkeypatch: pytest.MonkeyPatch, name: str, shot: slo_metrics.Shot) -> Kept:
    monkeypatch.setattr(slo_metrics, "take", lambda: shot)
    found = check(TABLE, {"metrics": slo_metrics.measure})
    return next(each for each in found if each.objective.name == name and each.arm == "all")


@pytest.mark.parametrize(
    ("name", "lane", "edge"),
    [("chat_p95", "regular", 1500), ("chat_enhanced_p95", "enhanced", 1600)],
    ids=["r3_04", "r3_05"],
)
def test_r3_04_r3_05_five_in_a_hundred_may_take_longer(
    monkeypatch: pytest.MonkeyPatch, name: str, lane: str, edge: float
) -> None:
    fine = kept(monkeypatch, name, served(**{lane: [edge] * 95 + [edge + 1] * 5}))
    assert (fine.value, fine.status) == (0.05, "pass")
    slow = kept(monkeypatch, name, served(**{lane: [edge] * 94 + [edge + 1] * 6}))
    assert (slow.value, slow.status, slow.is_alerting) == (0.06, "fail", False)
    awful = kept(monkeypatch, name, served(**{lane: [edge] * 90 + [2500] * 10}))
    assert awful.is_alerting


def test_r3_04_the_other_lane_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    shot = served(regular=[100] * 100, enhanced=[9000] * 100)
    assert kept(monkeypatch, "chat_p95", shot).status == "pass"
    assert kept(monkeypatch, "chat_enhanced_p95", shot).status == "fail"
    assert kept(monkeypatch, "enhanced_delta", shot).status == "fail"
    alike = served(regular=[900] * 100, enhanced=[910] * 100)
    assert kept(monkeypatch, "enhanced_delta", alike).status == "pass"


def test_r3_04_before_traffic_there_is_nothing_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(monkeypatch, "chat_p95", served()).status == "no_data"
    assert kept(monkeypatch, "chat_p95", served(regular=[1.0] * 49)).status == "no_data"
