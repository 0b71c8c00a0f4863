"""R1: what is read of a canary; each test is named by its row of the catalogue."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.observe import exposition
from gatehouse.resilience.breaker import Breaker, Rules, State
from gatehouse.rollout import incidents, plans
from gatehouse.rollout.around import surroundings
from gatehouse.rollout.compliance import kept
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.folding import fold
from gatehouse.rollout.gates import judge
from gatehouse.rollout.moves import next_move
from gatehouse.rollout.outcomes import BIT
from gatehouse.rollout.readings import LedgerReadings
from gatehouse.rollout.types import Actor, GateSpec, Reading, Verdict
from tests.conformance.readings.fake_prometheus import FakePrometheus, Sample, samples, serving
from tests.store.rollout.talks import HOUR, NOW, ROLLOUT, SHOWN, Talk, Turn, add, gate, standing

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed here")
Shelf = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def shelf(clean: str) -> Iterator[Shelf]:
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def curl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["curl", "-s", "--max-time", "10", *words], capture_output=True, text=True, check=False
    )


def corrected(url: str, query: str) -> list[Any]:
    """The values that the corrected command prints."""
    told = curl("-G", f"{url}/api/v1/query", "--data-urlencode", f"query={query}")
    assert told.returncode == 0, told.stderr
    return [float(row["value"][1]) for row in json.loads(told.stdout)["data"]["result"]]


def quantile(name: str, labels: str = "") -> str:
    return f"histogram_quantile(0.95,sum(rate({name}_bucket{labels}[10m]))by(le))"


@needs_curl
@pytest.mark.parametrize(
    ("name", "slow", "quick"),
    [
        ("re_turn_total_ms", Turn(ms=1900), Turn(ms=300)),
        ("re_backend_search_ms", Turn(search_ms=700), Turn(search_ms=60)),
    ],
    ids=["r1_19", "r1_20"],
)
def test_r1_19_r1_20_the_literal_command_prints_nothing_and_the_corrected_one_a_number(
    name: str, slow: Turn, quick: Turn
) -> None:
    talks = [Talk([slow], arm="canary", ago=60)] * 10 + [Talk([quick], ago=60)] * 190
    with serving(FakePrometheus(list(samples(talks)))) as url:
        literal = curl(f"{url}/api/v1/query?query={quantile(name)}")
        assert (literal.returncode, literal.stdout) == (3, ""), "curl reads [10m] as a range"
        (everybody,) = corrected(url, quantile(name))
        (canary,) = corrected(url, quantile(name, '{arm="canary"}'))
    edge = 1200 if name == "re_turn_total_ms" else 450
    assert everybody <= edge < canary, "the quick turns of the other arm hide the canary"


@needs_curl
def test_r1_19_r1_20_no_data_is_no_number_and_the_gate_holds() -> None:
    with serving(FakePrometheus()) as url:
        assert corrected(url, quantile("re_turn_total_ms")) == []
    silent = judge(gate("turn_slow", edge_ms=1200, limit=0.05), Reading("turn_slow"))
    assert silent.verdict is Verdict.NODATA


@pytest.mark.parametrize("per_second", [0.1, 20.0])
def test_r1_21_one_bad_answer_of_a_hundred_is_one_percent_at_any_speed(
    clean: str, shelf: Shelf, per_second: float
) -> None:
    answers = [Turn(extra={"contract": "failed" if i % 100 == 0 else "ok"}) for i in range(200)]
    talks = [Talk([a], arm="canary", ago=1 + i / per_second) for i, a in enumerate(answers)]
    add(shelf, *talks)
    found = kept(connecting(clean), profile="fast", now=NOW + 1, since=NOW - 3000)
    by_name = {each.objective.name: each.value for each in found if each.arm == "canary"}
    assert by_name["contract_failures"] == 0.01


@needs_curl
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_r1_22_three_states_are_seen_through_the_corrected_command(value: float) -> None:
    state = Sample("re_circuit_breaker_state", {"service": "backend_search"}, NOW - 1, value)
    query = 're_circuit_breaker_state{service="backend_search"}'
    with serving(FakePrometheus([state])) as url:
        literal = curl(f"{url}/api/v1/query?query={query}")
        assert '"success"' not in literal.stdout, "curl takes the braces away"
        assert corrected(url, query) == [value]


def test_r1_22_a_scrape_takes_no_permit_of_a_probe() -> None:
    clock = TurnableClock()
    breaker = Breaker("backend_search", rules=Rules(in_a_row=1), clock=clock)
    breaker.force(State.FORCED_OPEN, seconds=5, reason="test")
    clock.ticks += 6
    for _ in range(3):
        exposition.text()
        assert breaker.standing.state is State.HALF_OPEN
    breaker.admit(1.0)


def test_r1_32_nine_hits_of_ten_lookups_are_told_as_such(clean: str, shelf: Shelf) -> None:
    """Not by the histogram of executed searches, in which no hit is ever seen."""
    searches = [Turn(search_ms=5, extra={"cached": i > 0}) for i in range(10)]
    add(shelf, *(Talk([turn], ago=60) for turn in searches * 10))
    found = kept(connecting(clean), profile="fast", now=NOW + 1)
    (misses,) = [each for each in found if each.objective.name == "search_cache_misses"]
    assert (misses.value, misses.measured.n, misses.status) == (0.1, 100, "pass")


def engaged(n: int, share: float, arm: str) -> list[Talk]:
    asked = Turn(20, act="CLARIFY", move="answer_home")
    return [
        Talk([SHOWN, asked] if i < share * n else [SHOWN], arm=arm, bucket=None, share=50_000)
        for i in range(n)
    ]


def clicking(n: int, share: float, arm: str) -> list[Talk]:
    """Nobody says a word about a home; so many open a card."""
    return [
        Talk([SHOWN], arm=arm, share=50_000, clicked=40.0 if i < share * n else None)
        for i in range(n)
    ]


@pytest.mark.parametrize("interest", [engaged, clicking])
@pytest.mark.parametrize(("share", "verdict"), [(0.2, Verdict.FAIL), (0.7, None)])
def test_r1_38_worse_engagement_fails_and_the_same_does_not(
    clean: str,
    shelf: Shelf,
    interest: Callable[[int, float, str], list[Talk]],
    share: float,
    verdict: Verdict | None,
) -> None:
    add(shelf, *interest(300, share, "canary"), *interest(300, 0.7, "stable"))
    spec = GateSpec("engagement", "worse", "not_engaged", weight=1.0)
    at = standing(share=50_000)
    reading = LedgerReadings(connecting(clean)).read(at, [spec], now=NOW)["engagement"]
    count = reading.counts[0]
    assert (count.canary_n, count.canary_bad) == (300, round(300 * (1 - share)))
    assert (count.stable_n, count.stable_bad) == (300, 90)
    told = judge(spec, reading).verdict
    assert told is verdict if verdict is not None else told is not Verdict.FAIL


def test_r1_38_worse_conversion_fails_and_the_same_does_not(clean: str, shelf: Shelf) -> None:
    full = Turn(extra={"slots_complete": True})

    def talks(n: int, converted: int, arm: str) -> list[Talk]:
        shown = replace(SHOWN, at=20.0)
        return [
            Talk([full, shown] if i < converted else [full], arm=arm, share=50_000)
            for i in range(n)
        ]

    spec, at = GateSpec("c", "worse", "not_converted", weight=1.0), standing(share=50_000)
    reader = LedgerReadings(connecting(clean))
    add(shelf, *talks(300, 250, "canary"), *talks(300, 250, "stable"))
    assert judge(spec, reader.read(at, [spec], now=NOW)["c"]).verdict is not Verdict.FAIL
    add(shelf, *talks(300, 120, "canary"), *talks(300, 250, "stable"))
    assert judge(spec, reader.read(at, [spec], now=NOW)["c"]).verdict is Verdict.FAIL


def test_r1_38_a_click_after_the_talk_was_folded_is_seen_by_the_next_fold(
    clean: str, shelf: Shelf
) -> None:
    (talk,) = clicking(1, 0.0, "canary")
    add(shelf, talk)
    fold(connecting(clean), ROLLOUT)
    shelf.execute("INSERT INTO talk_card_click (conversation_id) VALUES (%s)", (talk.id,))
    bad = "SELECT bad & %s AS bad FROM rollout_unit"
    assert shelf.execute(bad, (BIT["not_engaged"],)).fetchone() == {"bad": BIT["not_engaged"]}
    fold(connecting(clean), ROLLOUT)
    assert shelf.execute(bad, (BIT["not_engaged"],)).fetchone() == {"bad": 0}


def test_r1_24_an_open_severe_incident_holds_the_step_and_a_later_one_proposes_a_rollback(
    clean: str,
) -> None:
    connect, plan = connecting(clean), plans.named("default")
    alice, begun = Actor("person", "alice"), time.time() - HOUR
    at = standing(
        plan=plans.to_json(plan), created_at=begun, phase_since=begun, step_since=begun,
        observing_since=begun,
    )  # fmt: skip

    def held() -> tuple[str | None, str]:
        with connect() as connection:
            around = surroundings(
                connection, at, plan, settings=load({}, re_prompt_canary_percent=100,
                                                    use_re_prompt_driven=True), now=time.time()
            )  # fmt: skip
        move = next_move(at, plan, None, around, time.time())
        return move.held, move.reason

    incidents.register(connect, 3, title="a picture is missing", actor=alice)
    assert held()[0] != "incident"
    severe = incidents.register(connect, 2, title="the model lies", actor=alice)
    why, told = held()
    assert why == "incident" and "the model lies" in told and "roll" in told
    incidents.close(connect, severe.id, reason="it was the prompt", actor=alice)
    assert held()[0] != "incident"
