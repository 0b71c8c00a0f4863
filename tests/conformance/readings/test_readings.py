"""One suite for every source of readings: the ledger, and a Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.prometheus import PrometheusReadings, Untellable, query_of, ratio_of
from gatehouse.rollout.readings import LedgerReadings, Readings
from gatehouse.rollout.types import Count, GateSpec, Reading
from tests.conformance.readings.fake_prometheus import FakePrometheus, samples, serving
from tests.store.rollout.talks import NOW, SHOWN, Talk, Turn, add, gate, standing

FAILED = Turn(errors=("search_timeout",), search_ms=800)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of readings, and how traffic gets into it."""

    readings: Readings
    happened: Callable[..., None]
    away: Readings

    def read(self, spec: GateSpec) -> Reading:
        return self.readings.read(standing(), [spec], now=NOW)[spec.name]


@pytest.fixture(params=["ledger", "prometheus"])
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    made: Iterator[Source] = (
        _ledger(request.getfixturevalue("clean")) if request.param == "ledger" else _prometheus()
    )
    yield from made


def _ledger(url: str) -> Iterator[Source]:
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as shelf:
        away = LedgerReadings(connecting("postgresql://nobody@127.0.0.1:1/x"))
        yield Source(LedgerReadings(connecting(url)), lambda *talks: add(shelf, *talks), away)


def _prometheus() -> Iterator[Source]:
    fake = FakePrometheus()
    with serving(fake) as url:
        away = PrometheusReadings("http://127.0.0.1:1", seconds=0.5)
        yield Source(PrometheusReadings(url), lambda *talks: fake.kept.extend(samples(talks)), away)


def test_each_arm_has_its_count(source: Source) -> None:
    source.happened(
        *(Talk([turn], arm=arm) for arm, turn, times in (
            ("canary", Turn(), 7), ("canary", FAILED, 3), ("stable", Turn(), 20),
            ("stable", FAILED, 1)) for _ in range(times))
    )  # fmt: skip
    told = source.read(gate("turn_error"))
    assert told.counts == (Count(0, 10_000, 10, 3, 21, 1),) and told.trouble == ""


def test_without_traffic_there_is_no_count_and_no_trouble(source: Source) -> None:
    told = source.read(gate("turn_error"))
    assert (told.counts, told.trouble) == ((), "")


def test_one_arm_alone_is_counted_beside_an_empty_one(source: Source) -> None:
    source.happened(*(Talk([Turn()]) for _ in range(5)))
    assert source.read(gate("turn_error")).counts == (Count(0, 10_000, 0, 0, 5, 0),)


def test_no_errors_yet_is_zero_and_not_absent(source: Source) -> None:
    source.happened(Talk([Turn(extra={"contract": "ok"})], arm="canary"))
    assert source.read(gate("contract")).counts == (Count(0, 10_000, 1, 0, 0, 0),)


@pytest.mark.parametrize(
    ("metric", "turn", "edge"),
    [
        ("turn_slow", Turn(ms=1200.1), 1200),
        ("search_slow", Turn(search_ms=450.1), 450),
        ("model_slow", Turn(extra={"model_ms": 5000.1}), 5000),
    ],
)
def test_above_the_edge_is_bad_and_on_it_is_not(
    source: Source, metric: str, turn: Turn, edge: int
) -> None:
    on_edge = {
        "turn_slow": replace(turn, ms=edge),
        "search_slow": replace(turn, search_ms=edge),
        "model_slow": replace(turn, extra={"model_ms": edge}),
    }[metric]
    source.happened(Talk([turn], arm="canary"), *(Talk([on_edge], arm="canary") for _ in range(3)))
    told = source.read(gate(metric, edge_ms=edge))
    assert told.counts == (Count(0, 10_000, 4, 1, 0, 0),)


@pytest.mark.parametrize(
    ("metric", "bad", "good"),
    [
        ("contract", Turn(extra={"contract": "repaired"}), Turn(extra={"contract": "ok"})),
        ("validation", Turn(extra={"contract": "failed"}), Turn(extra={"contract": "repaired"})),
        ("repaired", Turn(extra={"contract": "repaired"}), Turn(extra={"contract": "failed"})),
        ("search_timeout", FAILED, Turn(search_ms=10)),
        ("reask", Turn(extra={"reask": True}), Turn()),
        ("no_recommendation", Turn(), SHOWN),
    ],
)
def test_each_metric_means_the_same(source: Source, metric: str, bad: Turn, good: Turn) -> None:
    source.happened(Talk([bad], arm="canary"), *(Talk([good], arm="canary") for _ in range(4)))
    assert source.read(gate(metric)).counts == (Count(0, 10_000, 5, 1, 0, 0),)


def test_minutes_have_no_gaps_and_hold_the_turns_of_that_minute(source: Source) -> None:
    source.happened(
        *(Talk([FAILED], arm="canary", ago=90) for _ in range(2)), Talk([Turn()], ago=150)
    )
    told = source.read(gate("turn_error", kind="rule", minutes=5)).minutes
    assert [m.at.timestamp() for m in told] == [NOW - 60 * i for i in range(11, -1, -1)]
    seen = {round(NOW - m.at.timestamp()): (m.canary_n, m.canary_bad, m.stable_n) for m in told}
    assert seen[120] == (2, 2, 0) and seen[180] == (0, 0, 1) and seen[60] == (0, 0, 0)


def test_a_source_that_is_away_is_trouble_for_each_gate_and_never_an_exception(
    source: Source,
) -> None:
    told = source.away.read(standing(), [gate("turn_error"), gate("reask")], now=NOW)
    assert set(told) == {"turn_error", "reask"}
    assert all(reading.trouble and not reading.counts for reading in told.values())


def test_what_cannot_be_told_is_trouble_for_that_gate_alone(source: Source) -> None:
    source.happened(Talk([Turn()], arm="canary"))
    specs = [gate("happiness"), gate("turn_error"), gate("turn_slow")]
    told = source.readings.read(standing(), specs, now=NOW)
    assert {name: bool(reading.trouble) for name, reading in told.items()} == {
        "happiness": True, "turn_error": False, "turn_slow": True,
    }  # fmt: skip


def test_reading_again_tells_the_same(source: Source) -> None:
    source.happened(*(Talk([FAILED], arm="canary") for _ in range(4)))
    assert source.read(gate("turn_error")) == source.read(gate("turn_error"))


def test_the_twin_refuses_what_it_does_not_understand() -> None:
    """The control of this suite: a wrong query must not look like no data."""
    with serving(FakePrometheus()) as url:
        asking = PrometheusReadings(url)
        with pytest.raises(Untellable):
            asking._instant("sum(rate(re_turn_total_ms_count))", NOW)


def test_an_edge_between_two_buckets_is_refused() -> None:
    with pytest.raises(Untellable, match="no edge"):
        ratio_of(gate("turn_slow", edge_ms=1234))


def test_queries_are_ratios_of_increases_summed_over_all_but_the_arm() -> None:
    ratio = ratio_of(gate("turn_slow", edge_ms=1200))
    total, bad = (query_of(each, 600) for each in (ratio.total, ratio.bad))
    assert total == "sum by (arm) (increase(re_turn_total_ms_count[600s]))"
    assert bad == (
        f'{total} - (sum by (arm) (increase(re_turn_total_ms_bucket{{le=~"1200([.]0)?"}}[600s])) '
        f"or {total} * 0)"
    )


def test_a_rate_per_second_would_not_pass_as_a_share() -> None:
    """R1-21 as it was written: the same one percent looks different at each speed of traffic."""
    told: list[tuple[Any, Any]] = []
    for per_second in (0.1, 20.0):
        answers = [Turn(extra={"contract": "repaired" if i % 100 == 0 else "ok"})
                   for i in range(200)]  # fmt: skip
        talks = [Talk([turn], arm="canary", ago=1 + i / per_second)
                 for i, turn in enumerate(answers)]  # fmt: skip
        fake = FakePrometheus(list(samples(talks)))
        literal = fake.query("rate(re_json_parse_fail_total[10m])", NOW)
        with serving(fake) as url:
            read = PrometheusReadings(url).read(standing(), [gate("contract")], now=NOW)
        count = read["contract"].counts[0]
        told.append((count.canary_bad / count.canary_n, literal.get((("arm", "canary"),), 0.0)))
    (slow_share, slow_rate), (fast_share, fast_rate) = told
    assert slow_share == fast_share == 0.01
    assert slow_rate != fast_rate
