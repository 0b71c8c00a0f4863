"""The objectives of the runbooks, each with its target and its alert, as `slo check` judges them.

Rows: R1-45 R1-51 R1-56 R2-01 R2-02 R2-03 R2-04 R2-06 R2-07 R2-08 R2-09 R2-10 R3-07 R3-08 R3-09.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry, Counter
from psycopg.rows import dict_row

from gatehouse.observe import slo_metrics
from gatehouse.observe.objectives import TABLE, render_docs
from gatehouse.observe.slo import Kept, check
from gatehouse.rollout.compliance import kept
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import METRICS
from tests.store.rollout.talks import NOW, Talk, Turn, add

Shelf = psycopg.Connection[dict[str, Any]]
Counted = tuple[str, Mapping[str, str], int]  # a counter, its labels, how much
SILENT, KEPT, MISSED, ALERT = "no_data", "pass", "fail", "fail, alert"


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def told(each: Kept) -> str:
    return f"{each.status}, alert" if each.is_alerting else each.status


def by_ledger(url: str, name: str) -> str:
    found = kept(connecting(url), profile="fast", now=NOW + 1)
    return next(told(each) for each in found if each.objective.name == name and each.arm == "all")


def talks(n: int, turn: Turn, *, ago: float = 60) -> list[Talk]:
    return [Talk([turn], ago=ago) for _ in range(n)]


# of 1,000 turns so many are like that
LATENCIES = [
    ("r2_02", "end_to_end_p95", 50, {"ms": 10_001.0}, {"ms": 12_001.0}),
    ("r2_02", "end_to_end_p99", 10, {"ms": 18_001.0}, {"ms": 20_001.0}),
    ("r2_03", "checkpointer_p95", 50, {"commit_ms": 1001.0}, {"commit_ms": 1501.0}),
    ("r2_03", "checkpointer_p99", 10, {"commit_ms": 2001.0}, {"commit_ms": 3001.0}),
    ("r2_04", "llm_p95", 50, {"model_ms": 5001.0}, {"model_ms": 7001.0}),
    ("r2_04", "llm_p99", 10, {"model_ms": 10_001.0}, {"model_ms": 12_001.0}),
]


def turn(figures: dict[str, float]) -> Turn:
    model = {"model_ms": figures.get("model_ms", 100.0)}
    rest: dict[str, Any] = {name: ms for name, ms in figures.items() if name != "model_ms"}
    return Turn(extra=model, **rest)


@pytest.mark.parametrize(
    ("name", "most", "slow", "awful"),
    [row[1:] for row in LATENCIES],
    ids=[f"{row[0]}-{row[1]}" for row in LATENCIES],
)
def test_r2_02_r2_03_r2_04_both_quantiles_are_missed_at_the_target_and_told_at_the_alert(
    clean: str, shelf: Shelf, name: str, most: int, slow: dict[str, float], awful: dict[str, float]
) -> None:
    assert by_ledger(clean, name) == SILENT
    add(shelf, *talks(1000 - most, turn({})), *talks(most, turn(slow)))
    assert by_ledger(clean, name) == KEPT, "exactly at the quantile"
    add(shelf, *talks(1, turn(slow)))
    assert by_ledger(clean, name) == MISSED
    add(shelf, *talks(2 * most, turn(awful)))
    assert by_ledger(clean, name) == ALERT


SHARES = [
    ("r1_45", "contract_failures", {"contract": "repaired"}, (5, KEPT), (6, MISSED), (11, ALERT)),
    ("r1_56", "search_timeouts", "search_timeout", (49, KEPT), (50, KEPT), (60, ALERT)),
    ("r2_06", "validation_errors", {"contract": "failed"}, (9, KEPT), (15, MISSED), (25, ALERT)),
    ("r2_09", "llm_errors", "llm_call_failed", (5, KEPT), (8, MISSED), (11, ALERT)),
    ("r3_09", "schema_repairs", {"contract": "repaired"}, (4, KEPT), (5, KEPT), (6, ALERT)),
]


@pytest.mark.parametrize(
    ("name", "trouble", "levels"),
    [(row[1], row[2], row[3:]) for row in SHARES],
    ids=[f"{row[0]}-{row[1]}" for row in SHARES],
)
def test_r1_45_r1_56_r2_06_r2_09_r3_09_so_many_of_a_thousand(
    clean: str,
    shelf: Shelf,
    name: str,
    trouble: dict[str, str] | str,
    levels: tuple[tuple[int, str], ...],
) -> None:
    good = Turn(search_ms=20, extra={"contract": "ok"})
    if isinstance(trouble, str):
        bad = Turn(search_ms=20, errors=(trouble,), extra={"contract": "ok"})
    else:
        bad = Turn(search_ms=20, extra=trouble)
    for count, expected in levels:
        shelf.execute("TRUNCATE turn_ledger")
        add(shelf, *talks(count, bad), *talks(1000 - count, good))
        assert (count, by_ledger(clean, name)) == (count, expected)


def test_r1_51_an_old_slow_hour_no_longer_alerts(clean: str, shelf: Shelf) -> None:
    """Without rate() the runbook's quantile was since the start."""
    add(shelf, *talks(200, Turn(search_ms=700), ago=60))
    assert by_ledger(clean, "search_latency_p95") == ALERT
    shelf.execute("TRUNCATE turn_ledger")
    add(shelf, *talks(200, Turn(search_ms=700), ago=3600), *talks(100, Turn(search_ms=40)))
    assert by_ledger(clean, "search_latency_p95") == KEPT


def by_metrics(monkeypatch: pytest.MonkeyPatch, name: str, *counted: Counted) -> str:
    """With so many counted by each metric with those labels."""
    registry = CollectorRegistry()
    meters: dict[str, Counter] = {}
    for metric, labels, count in counted:
        if metric not in meters:
            meters[metric] = Counter(metric, "x", tuple(labels), registry=registry)
        meter = meters[metric]
        (meter.labels(**labels) if labels else meter).inc(count)
    shot = {metric.name: tuple(metric.samples) for metric in registry.collect()}
    monkeypatch.setattr(slo_metrics, "take", lambda: shot)
    found = check(TABLE, {"metrics": slo_metrics.measure})
    return next(told(each) for each in found if each.objective.name == name and each.arm == "all")


@pytest.mark.parametrize(("refused", "expected"), [(5, KEPT), (8, MISSED), (11, ALERT)])
def test_r2_07_refused_messages_are_a_share_of_those_looked_at(
    monkeypatch: pytest.MonkeyPatch, refused: int, expected: str
) -> None:
    looked_at: Counted = ("moderation_checks_total", {}, 1000)
    told_off: Counted = ("moderation_blocks_total", {"category": "insult"}, refused)
    assert by_metrics(monkeypatch, "moderation_blocks", looked_at, told_off) == expected


@pytest.mark.parametrize(("failed", "expected"), [(1, KEPT), (3, MISSED), (6, ALERT)])
def test_r2_08_r3_08_store_errors_are_failed_visits_of_all_visits(
    monkeypatch: pytest.MonkeyPatch, failed: int, expected: str
) -> None:
    visits = [("checkpointer_ops_total", {"operation": op}, 500) for op in ("aput", "aget_tuple")]
    trouble = ("checkpointer_errors_total", {"operation": "aput", "kind": "timeout"}, failed)
    assert by_metrics(monkeypatch, "store_errors", *visits, trouble) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(7, KEPT), (14, MISSED), (20, ALERT)])
def test_r2_10_twenty_minutes_away_in_a_day_are_less_than_99_percent(
    monkeypatch: pytest.MonkeyPatch, minutes: int, expected: str
) -> None:
    probes = (
        ("availability_probe_total", {"result": "ok"}, 1440 - minutes),
        ("availability_probe_total", {"result": "failed"}, minutes),
    )
    assert by_metrics(monkeypatch, "availability", *probes) == expected


@pytest.mark.parametrize(("failed", "expected"), [(3, KEPT), (4, ALERT)])
def test_r3_07_shed_requests_are_server_errors_and_refused_ones_are_not(
    monkeypatch: pytest.MonkeyPatch, failed: int, expected: str
) -> None:
    requests = [
        ("http_requests_total", {"status": status}, count)
        for status, count in (("200", 900), ("429", 100 - failed), ("500", 1), ("503", failed - 1))
    ]
    assert by_metrics(monkeypatch, "server_errors", *requests) == expected


def test_r2_01_one_declaration_makes_document_gates_and_checks() -> None:
    assert Path("docs/objectives.md").read_text() == render_docs()
    names = [each.name for each in TABLE]
    assert len(set(names)) == len(names)
    assert all(each.alert_name and each.alert >= each.target for each in TABLE)
    ours = {"end_to_end_slow", "store_slow", "model_slow", "validation", "model_error"}
    assert ours <= set(METRICS)
