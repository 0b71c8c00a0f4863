"""The objectives over the ledger, the breakers and the metrics; silence where little happened."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg.rows import dict_row

from gatehouse.observe import meters
from gatehouse.observe.objectives import TABLE, objectives, of_phase
from gatehouse.observe.slo import Kept
from gatehouse.rollout.compliance import Compliance, kept
from gatehouse.rollout.connecting import connecting
from tests.store.rollout.talks import NOW, SHOWN, Talk, Turn, add

Shelf = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def told(url: str, name: str, **asked: Any) -> dict[str, Kept]:
    """By arm."""
    profile = asked.pop("profile", "fast")
    found = kept(connecting(url), profile=profile, now=NOW + 1, **asked)
    return {each.arm: each for each in found if each.objective.name == name}


def many(n: int, turn: Turn, **talk: Any) -> list[Talk]:
    return [Talk([turn], ago=60, rollout=None, **talk) for _ in range(n)]


def test_before_any_traffic_there_is_nothing_to_tell(clean: str) -> None:
    found = kept(connecting(clean), profile="fast", now=NOW)
    assert {each.objective.name for each in found} == {each.name for each in TABLE}
    ledger = [each for each in found if each.objective.source in ("ledger", "breaker")]
    assert {each.status for each in ledger} == {"no_data"}


def test_fewer_than_fifty_events_say_nothing_and_for_p99_two_hundred(
    clean: str, shelf: Shelf
) -> None:
    add(shelf, *many(49, Turn()))
    assert told(clean, "turn_latency_p95")["all"].status == "no_data"
    add(shelf, *many(1, Turn()))
    assert told(clean, "turn_latency_p95")["all"].status == "pass"
    assert told(clean, "checkpointer_p99")["all"].status == "no_data"
    add(shelf, *many(150, Turn()))
    assert told(clean, "checkpointer_p99")["all"].status == "pass"


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("turn_latency_p95", Turn(ms=1201), Turn(ms=1200)),
        ("search_latency_p95", Turn(search_ms=451), Turn(search_ms=450)),
        ("search_timeouts", Turn(search_ms=9, errors=("search_timeout",)), Turn(search_ms=9)),
        ("end_to_end_p95", Turn(ms=900, waited_ms=9101), Turn(ms=900, waited_ms=9099)),
        ("checkpointer_p95", Turn(commit_ms=1001), Turn(commit_ms=1000)),
        ("llm_p95", Turn(extra={"model_ms": 5001}), Turn(extra={"model_ms": 5000})),
    ],
)
def test_at_five_in_a_hundred_an_objective_is_kept_and_above_missed(
    clean: str, shelf: Shelf, name: str, bad: Turn, good: Turn
) -> None:
    add(shelf, *many(5, bad), *many(95, good))
    assert (told(clean, name)["all"].value, told(clean, name)["all"].status) == (0.05, "pass")
    add(shelf, *many(1, bad))
    assert told(clean, name)["all"].status == "fail"


@pytest.mark.parametrize("per_second", [0.1, 20.0])
def test_r1_21_one_bad_answer_in_a_hundred_is_one_percent_at_any_speed(
    clean: str, shelf: Shelf, per_second: float
) -> None:
    """The runbook's rate() was failures a second: 0.001 in one case and 0.2 in the other."""
    answers = [Turn(extra={"contract": "ok"})] * 99 + [Turn(extra={"contract": "repaired"})]
    add(shelf, *(Talk([a], ago=1 + i / per_second) for i, a in enumerate(answers)))
    found = told(clean, "contract_failures", since=NOW - 2000)["all"]
    assert found.value == 0.01 and found.status == "fail" and not found.is_alerting


def test_arms_are_told_apart_without_any_rollout(clean: str, shelf: Shelf) -> None:
    add(shelf, *many(60, Turn(ms=5000), arm="canary"), *many(600, Turn()))
    found = told(clean, "turn_latency_p95")
    assert {arm: each.status for arm, each in found.items()} == {
        "all": "fail", "stable": "pass", "canary": "fail",
    }  # fmt: skip
    assert found["canary"].value == 1.0


def test_a_window_forgets_what_is_older(clean: str, shelf: Shelf) -> None:
    add(shelf, *(Talk([Turn(ms=9000)], ago=900) for _ in range(100)), *many(50, Turn()))
    assert told(clean, "turn_latency_p95")["all"].value == 0
    assert told(clean, "turn_latency_p95", since=NOW - 1000)["all"].status == "fail"


def test_what_must_stay_zero_fails_with_one(clean: str, shelf: Shelf) -> None:
    add(shelf, *many(1, Turn(extra={"reask": True})))
    assert told(clean, "slot_reasks")["all"].status == "fail"
    assert told(clean, "state_losses")["all"].status == "pass"


def test_conversion_counts_talks_that_are_over(clean: str, shelf: Shelf) -> None:
    full = Turn(extra={"slots_complete": True})
    add(shelf, *(Talk([full, SHOWN], ago=4000) for _ in range(79)))
    add(shelf, *(Talk([full], ago=4000) for _ in range(21)), *many(50, full))
    found = told(clean, "conversion")["all"]
    assert (found.measured.n, found.value, found.status) == (100, 0.21, "fail")


def test_a_slow_model_has_its_own_edges() -> None:
    fast, slow = ({each.name: each.edge_ms for each in objectives(p)} for p in ("fast", "slow-llm"))
    assert (fast["turn_latency_p95"], slow["turn_latency_p95"]) == (1200, 10_000)
    assert fast["search_latency_p95"] == slow["search_latency_p95"]


def test_each_phase_keeps_what_the_phase_before_promised() -> None:
    names = [{each.name for each in of_phase(TABLE, phase)} for phase in (1, 2, 3)]
    assert names[0] < names[1] < names[2]
    assert "conversion" in names[0] and "search_cache_misses" in names[1]


def test_each_edge_is_an_edge_of_its_histogram() -> None:
    """So that metrics and ledger tell the same share."""
    ladders = {each.name: each.ladder for each in meters.table()}
    for each in objectives("fast") + objectives("slow-llm"):
        name = re.match(r"\w+", each.total)
        if each.source == "metrics" and each.edge_ms is not None and each.total != "delta" and name:
            assert {each.edge_ms, each.alert_edge_ms} <= set(ladders[name[0]]), each.name


def test_names_are_unique() -> None:
    assert len({each.name for each in TABLE}) == len(TABLE)


def test_the_page_answers_while_the_database_is_away() -> None:
    away = Compliance(connecting("postgresql://nobody@127.0.0.1:1/x"), "fast")
    found = away.told()
    assert found["overall"] in ("pass", "fail", "no_data") and "cannot be read" in found["trouble"]


def test_the_page_asks_the_database_once_in_five_seconds(clean: str, shelf: Shelf) -> None:
    now = NOW
    page = Compliance(connecting(clean), "fast", clock=lambda: now)
    assert page.told()["items"]["slot_reasks"]["status"] == "no_data"
    add(shelf, *many(1, Turn()))
    assert page.told()["items"]["slot_reasks"]["status"] == "no_data"
    now = NOW + 6
    assert page.told()["items"]["slot_reasks"]["status"] == "pass"


def slo(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("slo", "check", *words, stdout=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue()


def test_the_command_says_what_is_kept_and_ends_accordingly(
    clean: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", clean)
    ago = NOW - time.time() + 30  # thirty seconds before the clock on the wall
    add(shelf, *(Talk([Turn()], ago=ago) for _ in range(60)))
    code, text = slo("--phase", "1")
    assert code == 0 and "overall: pass" in text
    assert "turn_latency_p95" in text and "server_errors" not in text
    add(shelf, *(Talk([Turn(ms=2000)], ago=ago, arm="canary") for _ in range(60)))
    code, text = slo("--phase", "1", "--json")
    item = json.loads(text)["items"]["turn_latency_p95"]
    assert code == 1 and item["status"] == "fail" and item["arms"]["canary"]["value"] == 1.0
