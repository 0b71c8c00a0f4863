"""The commands of the runbooks as they are typed; each test is named by its row."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from psycopg.rows import dict_row

from gatehouse.base.errors import BadInput, GatehouseError, NotFound
from gatehouse.rollout import audit
from gatehouse.rollout.types import Phase
from tests.store.rollout.control_room import ANNA, ControlRoom
from tests.store.rollout.talks import NOW, Talk, Turn, add

from .steered import MODEL

Typed = Callable[..., str]
Shelf = psycopg.Connection[dict[str, Any]]
BECAUSE = ("--reason", "as the runbook says")


@pytest.fixture
def typed(clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What `gatehouse` prints for a line; where it ends badly, how it says so."""
    for name, value in (("GATEHOUSE_DATABASE_URL", clean), ("GATEHOUSE_DATA", str(tmp_path)),
                        ("LOG_FILE", str(tmp_path / "app.log"))):  # fmt: skip
        monkeypatch.setenv(name, value)

    def run(line: str, *more: str) -> str:
        out = StringIO()
        try:
            call_command(*line.split(), *more, stdout=out, stderr=out)
        except CommandError as ended:
            return f"{out.getvalue()}{ended}\nexit {ended.returncode}"
        return out.getvalue()

    return run


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def talks(n: int, turn: Turn = Turn(), *, ago: float = 30, **talk: Any) -> list[Talk]:  # noqa: B008
    """Conversations so many seconds before the clock on the wall."""
    return [Talk([turn], ago=NOW - time.time() + ago, **talk) for _ in range(n)]


def test_r1_07_an_hour_is_kept_as_the_baseline(typed: Typed, shelf: Shelf) -> None:
    add(shelf, *talks(60))
    told = typed("rollout baseline --minutes 60")
    assert "turn_latency_p95: 0 of 60" in told
    assert re.search(r"kept as entry \d+ of the audit", told)
    with pytest.raises(BadInput):
        typed("rollout baseline --minutes 0")


def test_r1_18_the_objectives_of_a_phase_are_checked_at_any_time(
    typed: Typed, shelf: Shelf
) -> None:
    for turn, n, code in ((Turn(), 0, 3), (Turn(), 60, 0), (Turn(ms=1300), 60, 1)):
        add(shelf, *talks(n, turn))
        with pytest.raises(SystemExit) as ended:
            typed("slo check --phase 1")
        assert ended.value.code == code


def test_r1_46_five_percent_and_back(typed: Typed) -> None:
    told = typed("flags set RE_PROMPT_CANARY_PERCENT=5", *BECAUSE)
    assert told.startswith("RE_PROMPT_CANARY_PERCENT is stored as 5")
    assert "RE_PROMPT_CANARY_PERCENT = 5; default 100; stored 5" in typed("flags list")
    typed("flags unset RE_PROMPT_CANARY_PERCENT", *BECAUSE)
    assert "nothing is stored" in typed("flags list")


def test_r2_16_a_canary_is_started_with_five_percent(
    typed: Typed, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in MODEL.items():
        monkeypatch.setenv(name, value)
    room, line = ControlRoom.of(clean), "rollout start own --plan R1 --without-forecast"

    def weights(*more: str) -> list[float]:
        assert typed(line, *more, *BECAUSE).startswith("ro-")
        return [step["weight"] for step in room.standing().plan["steps"]]

    assert weights() == [10, 50, 100]
    assert weights("--step", "5") == [5, 50, 100]
    for refused in ("60", "0"):
        with pytest.raises(BadInput, match=r"steps\[\d\]\.weight"):
            weights("--step", refused)
    assert room.standing().plan["steps"][0]["weight"] == 5, "what was refused changed nothing"


def test_r2_24_after_a_rollback_it_is_told_whether_all_is_as_before(
    typed: Typed, clean: str, shelf: Shelf
) -> None:
    room = ControlRoom.of(clean)
    add(shelf, *talks(60, ago=600))
    typed("rollout baseline --minutes 60")
    with pytest.raises(NotFound, match="No rollout"):
        typed("rollout verify --after-rollback")
    room.submit()
    with pytest.raises(BadInput, match="was not rolled back"):
        typed("rollout verify --after-rollback")
    room.sql(
        "UPDATE rollout SET phase = %s, phase_since = to_timestamp(%s)",
        Phase.ROLLED_BACK, time.time() - 300,
    )  # fmt: skip
    assert "exit 1" in (held := typed("rollout verify --after-rollback")) and "HOLD" in held
    add(shelf, *talks(200))
    seen = {line.split()[1]: line.split()[0] for line in _lines(typed)}
    assert seen["turn_latency_p95:"] == "PASS"
    add(shelf, *talks(200, Turn(ms=9000)))
    assert {line.split()[1]: line.split()[0] for line in _lines(typed)}[
        "turn_latency_p95:"
    ] == "FAIL"


def _lines(typed: Typed) -> list[str]:
    told = typed("rollout verify --after-rollback").splitlines()
    return [line for line in told if ": " in line]


def test_r2_46_the_list_before_is_printed_with_its_evidence(typed: Typed) -> None:
    told = typed("rollout preflight --plan R2")
    for name in ("metrics work", "objectives fixed", "plan ready", "rollback rehearsed",
                 "alerting set"):  # fmt: skip
        assert re.search(rf"(ok|MISSING) +{name}: .+", told), name
    assert "not there: " in told and told.endswith("exit 1")
    assert re.search("ok +plan ready: R2: 5 % -> 10 % -> 100 %", told)


def test_r2_47_the_list_after_names_a_new_error(typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, *talks(60))
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    bad = {"event": "turn_failed", "level": "ERROR", "ts": now, "error": "ZeroDivisionError"}
    (tmp_path / "app.log").write_text(json.dumps(bad) + "\n")
    told = typed("rollout postcheck --minutes 30")
    assert "ZeroDivisionError" in told and "exit 1" in told
    (tmp_path / "app.log").write_text("")
    quiet = typed("rollout postcheck --minutes 30")
    assert "ZeroDivisionError" not in quiet
    assert re.search("ok +no unexpected errors in the log", quiet)


def test_r3_25_the_list_before_the_last_step(typed: Typed, clean: str, shelf: Shelf) -> None:
    room = ControlRoom.of(clean)
    room.submit()
    told = typed("rollout preflight --last")
    for name in ("canary healthy for 24 h", "rollback rehearsed", "changelog updated"):
        assert re.search(rf"(ok|MISSING) +{name}: .+", told), name
    assert re.search("MISSING +rollback rehearsed", told)
    audit.append(shelf, actor=ANNA, action="drill", subject="", reason="rehearsal")
    assert re.search("ok +rollback rehearsed", typed("rollout preflight --last"))


def test_r3_28_two_pages_of_figures_are_compared(typed: Typed, tmp_path: Path) -> None:
    before, after = tmp_path / "pre-rollout-metrics.json", tmp_path / "post.json"
    before.write_text(json.dumps({"latency": {"regular": {"p95": 800.0}}}))
    after.write_text(json.dumps({"latency": {"regular": {"p95": 1000.0}}}))
    told = typed(f"rollout diff {before} {after}")
    assert told == "latency.regular.p95: 800 -> 1000  +25.0%\n"
    assert typed(f"rollout diff {before} {before}") == "nothing changed\n"
    with pytest.raises(GatehouseError):
        typed(f"rollout diff {before} {tmp_path / 'none.json'}")
