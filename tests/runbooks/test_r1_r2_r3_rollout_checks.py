"""The lists before and after a change; a missing item fails them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.base.config import load
from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit, baselines, checks, incidents, metric_changes, plans
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import Actor
from tests.store.rollout.talks import HOUR, Talk, Turn, add, standing
from tests.store.rollout.talks import NOW as THEN
from tests.store.rollout.tampering import tamper

Shelf = psycopg.Connection[dict[str, Any]]
ALICE = Actor("person", "alice")
VERSION = "v-000000000001"
# The audit stamps its entries with the time of the machine; so do these tests.
NOW = datetime.now(UTC).timestamp()
SHIFT = THEN - NOW  # of `ago`, which counts from the talks' own clock


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def talks(n: int, turn: Turn = Turn(), *, ago: float = 60) -> list[Talk]:  # noqa: B008 - frozen
    return [Talk([turn], ago=SHIFT + ago) for _ in range(n)]


@pytest.fixture
def asked(clean: str, shelf: Shelf, tmp_path: Path) -> checks.Asked:
    """A house in which everything is ready."""
    add(shelf, *talks(60))
    shelf.execute(
        "INSERT INTO rollout_version (id, bundle, created_by) VALUES (%s, '{}', 'alice')",
        (VERSION,),
    )
    shelf.execute(
        "INSERT INTO rollout_worker SELECT 'a', revision, to_timestamp(%s), '{}' "
        "FROM rollout_control",
        (NOW,),
    )
    audit.append(shelf, actor=ALICE, action="rollback", subject="ro_00", reason="rehearsal")
    connect = connecting(clean)
    seen = baselines.capture(connect, profile="fast", minutes=60, now=NOW)
    baselines.store(connect, seen, subject="", actor=ALICE, reason="before")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.0 - today\n\n## 1.1.0\n")
    return checks.Asked(
        connect,
        load({}, notify_slack_url="https://hooks.example/x", re_prompt_canary_percent=100,
             use_re_prompt_driven=True),
        NOW,
        plan=plans.to_json(plans.named("default")),
        version=VERSION,
        changelog=tmp_path / "CHANGELOG.md",
        release="1.2.0",
        log=tmp_path / "app.log",
    )  # fmt: skip


def missing(items: tuple[checks.Item, ...]) -> set[str]:
    return {item.name for item in items if not item.is_ok}


def test_r2_46_everything_ready_passes(asked: checks.Asked) -> None:
    items = checks.preflight(asked)
    assert missing(items) == set() and checks.is_all_ok(items)
    assert all(item.evidence for item in items)


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        ("TRUNCATE turn_ledger", "metrics work"),
        ("DELETE FROM rollout_version", "version stored"),
        ("DELETE FROM rollout_audit WHERE action = 'rollback'", "rollback rehearsed"),
        ("DELETE FROM rollout_audit WHERE action = 'baseline'", "baseline captured"),
        ("DELETE FROM rollout_worker", "processes follow"),
        ("UPDATE rollout_worker SET revision = -1", "processes follow"),
    ],
)
def test_r2_46_each_missing_item_fails_it(
    asked: checks.Asked, shelf: Shelf, spoil: str, name: str
) -> None:
    tamper(shelf, spoil)
    assert missing(checks.preflight(asked)) >= {name}


def test_r2_46_alerting_plan_and_objectives_are_asked_for(asked: checks.Asked) -> None:
    silent = replace(asked, settings=load({}, re_prompt_canary_percent=100))
    assert "alerting set" in missing(checks.preflight(silent))
    assert missing(checks.preflight(replace(asked, plan=None))) == {
        "plan ready", "objectives fixed",
    }  # fmt: skip
    low = replace(
        asked, settings=load({}, re_prompt_canary_percent=5, notify_slack_url="https://x.example")
    )
    assert "plan ready" in missing(checks.preflight(low))


def test_r1_24_an_open_severe_incident_fails_preflight(asked: checks.Asked) -> None:
    incidents.register(asked.connect, 3, title="mild", actor=ALICE)
    assert "no severe incident" not in missing(checks.preflight(asked))
    incidents.register(asked.connect, 1, title="all is down", actor=ALICE)
    assert "no severe incident" in missing(checks.preflight(asked))


def test_r3_11_an_active_alert_blocks_before_the_first_step_and_before_the_last(
    asked: checks.Asked, shelf: Shelf
) -> None:
    watched = standing(observing_since=NOW - 25 * HOUR)
    assert "no alert is active" not in missing(checks.preflight(asked))
    add(shelf, *talks(20, Turn(ms=1600)))
    for items in (checks.preflight(asked), checks.preflight_last(asked, watched)):
        (alerts,) = [item for item in items if item.name == "no alert is active"]
        assert alerts.is_ok is False and "TurnLatencyHigh" in alerts.evidence
    shelf.execute("TRUNCATE turn_ledger")
    add(shelf, *talks(60), *talks(20, Turn(ms=1600), ago=2 * HOUR))
    assert "no alert is active" not in missing(checks.preflight(asked)), "that hour is over"


def test_r3_25_the_last_step_wants_a_healthy_day_a_rehearsal_and_a_changelog(
    asked: checks.Asked, shelf: Shelf
) -> None:
    watched = standing(observing_since=NOW - 25 * HOUR)
    assert missing(checks.preflight_last(asked, watched)) == set()
    early = standing(observing_since=NOW - 23 * HOUR)
    assert missing(checks.preflight_last(asked, early)) == {"canary healthy for 24 h"}
    other = replace(asked, release="1.3.0")
    assert missing(checks.preflight_last(other, watched)) == {"changelog updated"}
    tamper(shelf, "DELETE FROM rollout_audit")
    assert missing(checks.preflight_last(asked, watched)) == {"rollback rehearsed"}
    shelf.execute(
        "INSERT INTO rollout_judgement (rollout_id, step, phase, gate, verdict, evidence, at) "
        "VALUES ('ro_01', 0, 'ramping', 'turn_error', 'ERROR', '{}', to_timestamp(%s))",
        (NOW - HOUR,),
    )
    assert "canary healthy for 24 h" in missing(checks.preflight_last(asked, watched))


def line(error: str, at: float, **more: Any) -> str:
    told = {"event": "turn_failed", "level": "ERROR", "error": error, "trace": ["talk/turn.py:7 x"]}
    return json.dumps(told | {"ts": datetime.fromtimestamp(at, UTC).isoformat()} | more) + "\n"


def test_r2_47_all_well_passes(asked: checks.Asked) -> None:
    asked.log.write_text(line("KeyError", NOW - HOUR * 2) + line("KeyError", NOW - 60))
    items = checks.postcheck(asked, minutes=30)
    unknown = {item.name for item in items if item.is_ok is None}
    assert not {item.name for item in items if item.is_ok is False}, items
    assert unknown == set()


def test_r2_47_a_new_kind_of_error_is_reported(asked: checks.Asked) -> None:
    asked.log.write_text(line("KeyError", NOW - HOUR * 2) + line("ZeroDivisionError", NOW - 60))
    items = checks.postcheck(asked, minutes=30)
    (log,) = [item for item in items if item.name == "no unexpected errors in the log"]
    assert log.is_ok is False and "ZeroDivisionError talk/turn.py" in log.evidence
    moved = line("KeyError", NOW - HOUR * 2) + line("KeyError", NOW, trace=["talk/turn.py:99 x"])
    asked.log.write_text(moved)
    assert "no unexpected errors in the log" not in missing(checks.postcheck(asked)), (
        "another line number is no other error"
    )


def test_r2_47_a_log_that_cannot_be_read_is_unknown_not_fine(asked: checks.Asked) -> None:
    items = {item.name: item.is_ok for item in checks.postcheck(asked)}
    assert items["no unexpected errors in the log"] is None


def test_r2_47_slow_turns_and_a_slow_store_are_told_apart(
    asked: checks.Asked, shelf: Shelf
) -> None:
    asked.log.write_text("")
    add(shelf, *talks(60, Turn(ms=400, commit_ms=1100)))
    items = checks.postcheck(asked)
    assert missing(items) >= {"conversation store stable"}
    assert "errors in their targets" not in missing(items)


def test_r2_24_after_a_rollback_pass_hold_and_fail_are_told(
    asked: checks.Asked, shelf: Shelf
) -> None:
    before = baselines.latest(asked.connect)
    turn = "turn_latency_p95"

    def answer(since: float) -> str:
        told = baselines.verify_after_rollback(
            asked.connect, before, profile="fast", since=since, now=NOW
        )
        return {each.name: each.answer for each in told}[turn]

    shelf.execute("TRUNCATE turn_ledger")
    assert answer(NOW - 1800) == "HOLD", "nothing happened since"
    add(shelf, *talks(30, ago=20))
    assert answer(NOW - 1800) == "HOLD", "too few"
    add(shelf, *talks(60, ago=20))
    assert answer(NOW - 1800) == "PASS"
    add(shelf, *talks(60, Turn(ms=5000), ago=10))
    assert answer(NOW - 1800) == "FAIL"


def test_r2_24_the_worst_item_is_the_answer() -> None:
    good = baselines.returned("a", (1, 100), (1, 100), target=0.05)
    short = baselines.returned("b", (1, 100), (0, 10), target=0.05)
    bad = baselines.returned("c", (0, 100), (1, 100), target=0.0)
    assert [each.answer for each in (good, short, bad)] == ["PASS", "HOLD", "FAIL"]
    assert baselines.overall((good, short)) == "HOLD"
    assert baselines.overall((good, short, bad)) == "FAIL"
    assert baselines.overall(()) == "HOLD"


def test_r1_07_a_baseline_is_kept_and_found_again(clean: str, shelf: Shelf) -> None:
    connect = connecting(clean)
    with pytest.raises(NotFound, match="rollout baseline"):
        baselines.latest(connect)
    add(shelf, *talks(60))
    seen = baselines.capture(connect, profile="fast", minutes=60, now=NOW)
    baselines.store(connect, seen, subject="ro_01", actor=ALICE, reason="before the canary")
    assert baselines.latest(connect, "ro_01") == baselines.latest(connect) == seen
    assert seen.items["turn_latency_p95"] == (0, 60)
    with pytest.raises(BadInput):
        baselines.capture(connect, profile="fast", minutes=0, now=NOW)


def test_r3_28_two_snapshots_are_compared_figure_by_figure(tmp_path: Path) -> None:
    before = {"latency": {"regular": {"p95": 800.0}}, "schema": "1.0", "alerts": []}
    after = {"latency": {"regular": {"p95": 1000.0}}, "schema": "1.0", "alerts": ["SlotReask"]}
    for name, told in (("a.json", before), ("b.json", after)):
        (tmp_path / name).write_text(json.dumps(told))
    found = metric_changes.diff(
        metric_changes.load(tmp_path / "a.json"), metric_changes.load(tmp_path / "b.json")
    )
    assert [str(each) for each in found] == [
        "alerts:  -> SlotReask",
        "latency.regular.p95: 800 -> 1000  +25.0%",
    ]
    assert metric_changes.diff(before, before) == []
    with pytest.raises(BadInput):
        metric_changes.load(tmp_path / "none.json")
