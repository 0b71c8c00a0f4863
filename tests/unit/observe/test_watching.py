"""Traffic windows, health states, the watch."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.base.database import Database
from gatehouse.observe import journal, meter, meters, probes, traffic
from gatehouse.observe.parts import Parts
from gatehouse.observe.pulse import Beat
from gatehouse.observe.report import Report
from gatehouse.observe.traffic import Traffic, TrafficRing


class Told:
    """A gauge that remembers what it was set to."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def set(self, value: float) -> None:
        self.values.append(value)


class FixedPulse:
    """A database in a chosen state."""

    def __init__(self, beat: Beat) -> None:
        self.beat = beat

    async def feel(self) -> Beat:
        return self.beat


BUCKETS = {"50.0": 50.0, "100.0": 90.0, "250.0": 99.0, "+Inf": 100.0}


@pytest.mark.parametrize(
    ("share", "seconds"), [(0.5, 0.05), (0.7, 0.075), (0.95, 0.1833), (0.999, 0.25)]
)
def test_a_quantile_is_read_from_the_buckets(share: float, seconds: float) -> None:
    assert traffic.quantile(BUCKETS, share) == pytest.approx(seconds, abs=1e-3)


def test_without_requests_ratios_are_null() -> None:
    told = traffic.summarize(Traffic())
    assert told["requests_total"] == told["errors_total"] == 0
    assert told["error_rate"] is None and told["avg_response_time"] is None
    assert told["response_time"]["p95"] is None and told["cache_hit_rate"] is None


def test_an_error_is_a_5xx_and_is_counted_once() -> None:
    told = traffic.summarize(
        Traffic(
            requests={"/a 200": 6, "/a 404": 1, "/a 503": 2, "/b 500": 1},
            spent_ms={"/a": 900, "/b": 100},
            buckets=BUCKETS,
        )
    )
    assert told["errors_total"] == 3
    assert told["errors_by_type"] == {"500": 1, "503": 2}
    assert told["error_rate"] == 0.3
    assert told["avg_response_time"] == 0.1
    assert told["requests_by_endpoint"]["/a"] == {
        "count": 9,
        "errors": 2,
        "avg_duration": pytest.approx(0.1),
    }


@given(st.dictionaries(st.sampled_from(["/a 200", "/b 500"]), st.integers(0, 50), min_size=1))
def test_a_difference_is_never_negative_even_after_a_reset(counts: dict[str, int]) -> None:
    high = Traffic(requests={"/a 200": 51.0})
    found = traffic.since(high, Traffic(requests={k: float(v) for k, v in counts.items()}))
    assert all(value >= 0 for value in found.requests.values())


def test_the_window_forgets_what_is_older_than_ten_minutes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock, seen = TurnableClock(), {"/a 200": 5.0}
    monkeypatch.setattr(traffic, "read_traffic", lambda at: Traffic(at, dict(seen)))
    ring = TrafficRing(clock, tmp_path)
    for _ in range(60):
        ring.keep()
        clock.turn(15)
    seen["/a 200"] = 12.0
    other_worker = TrafficRing(clock, tmp_path)
    told = other_worker.report()
    assert told["requests_total"] == 7
    assert told["lifetime"]["requests_total"] == 12
    assert told["window_seconds"] == 600
    assert len(other_worker.readings()) <= 44


def test_a_young_instance_counts_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "read_traffic", lambda at: Traffic(at, {"/a 200": 3.0}))
    ring = TrafficRing(TurnableClock(), None)
    ring.keep()
    assert ring.report()["requests_total"] == 3


def test_a_broken_file_of_readings_is_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "traffic.json").write_text('[{"at": 1')
    assert TrafficRing(TurnableClock(), tmp_path).readings() == []


def test_the_worst_value_is_shown_for_one_to_two_periods() -> None:
    gauge = Told()
    worst = probes.Worst(gauge)
    for value in (3, 9, 4):
        worst.note(value)
    worst.turn_page()
    worst.note(2)
    worst.turn_page()
    assert gauge.values == [3, 9, 9, 2]


async def test_a_late_loop_is_noted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, gauge, said = TurnableClock(), Told(), []
    monkeypatch.setattr(journal, "event", lambda name, **fields: said.append((name, fields)))
    delays = iter([0.1, 0.15, 0.9])

    async def sleep(seconds: float) -> None:
        try:
            clock.turn(next(delays))
        except StopIteration:
            raise asyncio.CancelledError from None

    with pytest.raises(asyncio.CancelledError):
        await probes.watch_loop(probes.Worst(gauge), clock, sleep=sleep)
    assert gauge.values == [pytest.approx(50), pytest.approx(800)]
    assert said == [("loop_blocked", {"level": "WARNING", "latency_ms": 800})]


def test_pool_waits_show_the_longest() -> None:
    waits = probes.PoolWaits()
    waits.on_wait("chat", 12.5)
    waits.on_wait("chat", 3.0)
    assert waits.by_pool["chat"].shown == 12.5
    waits.turn_page()
    waits.turn_page()
    assert waits.by_pool["chat"].shown == 0


HOLD = """
import sys
from pathlib import Path
from gatehouse.observe.probes import Turn
turn = Turn(Path(sys.argv[1]))
print(turn.is_mine(), flush=True)
sys.stdin.read()
"""


def test_one_process_has_the_turn_until_it_dies(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    ours = probes.Turn(tmp_path)
    assert not ours.is_mine()
    holder.kill()
    holder.communicate()
    assert ours.is_mine()


def report(beat: Beat, **settings: Any) -> Report:
    clock = TurnableClock()
    chosen = load({}, **settings)
    return Report(chosen, FixedPulse(beat), TrafficRing(clock, None), clock)


UP, DOWN, STANDBY = Beat(True, True), Beat(False, False), Beat(True, False)


@pytest.mark.parametrize(
    ("beat", "is_ready", "database", "store"),
    [(UP, True, "ok", "ok"), (DOWN, False, "down", "down"), (STANDBY, False, "ok", "down")],
)
async def test_readiness_follows_the_store(
    beat: Beat, is_ready: bool, database: str, store: str
) -> None:
    found, told = await report(beat).readiness()
    assert found is is_ready
    assert told["health_checks"]["database"] == database
    assert told["health_checks"]["conversation_store"] == store


async def test_health_is_unhealthy_without_a_database() -> None:
    is_well, told = await report(DOWN).health()
    assert not is_well
    assert (told["status"], told["database"]) == ("unhealthy", "disconnected")


def test_the_echo_tells_what_is_effective_and_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RE_SEARCH_TIMEOUT_MS", "650")
    told = report(UP, re_search_timeout_ms=650)
    assert told.config_echo()["re_search_timeout_ms"] == 650
    assert told.config_source()["re_search_timeout_ms"] == {
        "env": "650",
        "stored": None,
        "kill": None,
        "effective": 650,
    }
    assert told.config_source()["turn_deadline_ms"]["env"] is None
    assert told.config_echo()["re_prompt_driven"] is False
    assert told.config_echo()["re_prompt_canary_percent"] == 0


def test_no_secret_is_in_any_report(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "canary-Zx81Qm5Tk7Rb3Wn9Lp2Vd6Hs4Jf0Cg"
    for name in ("SECRET_KEY", "OPS_TOKEN", "DB_PASSWORD"):
        monkeypatch.setenv(name, secret)
    told = report(UP, secret_key=secret, ops_token=secret, db_password=secret)
    shown = json.dumps([told.config_echo(), told.config_source(), told.version()])
    assert secret not in shown


def test_the_digest_changes_with_an_echoed_setting() -> None:
    one, other = report(UP), report(UP, turn_deadline_ms=19000)
    assert one.config_digest() == report(UP).config_digest() != other.config_digest()


async def test_a_bad_step_is_logged_and_the_watch_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[str] = []
    monkeypatch.setattr(journal, "failure", lambda name, error: failures.append(name))
    naps = iter(range(2))

    async def nap(seconds: float) -> None:
        if next(naps, None) is None:
            raise asyncio.CancelledError

    class BrokenRing(TrafficRing):
        def keep(self) -> None:
            raise OSError("no space left")

    clock = TurnableClock()
    watch = probes.Watch(
        clock,
        FixedPulse(UP),
        cast(Database, None),
        BrokenRing(clock, None),
        probes.Turn(None),
        sleep=nap,
    )
    with pytest.raises(asyncio.CancelledError):
        await watch._step_by_step()
    assert failures == ["watch_failed"] * 3


def test_probe_results_are_from_the_closed_list() -> None:
    assert set(meters.availability_probe_total.declaration.labels["result"]) == {"ok", "failed"}


def test_the_free_part_of_the_disk_is_shown(tmp_path: Path) -> None:
    clock = TurnableClock()
    ring, waits = TrafficRing(clock, None), probes.PoolWaits()
    watch = probes.Watch(
        clock, FixedPulse(UP), cast(Database, None), ring, probes.Turn(None), waits, data=tmp_path
    )
    watch._look_at_disk()
    shown = meter.REGISTRY.get_sample_value("disk_free_ratio", {"volume": "data"})
    assert shown is not None and 0 < shown <= 1


async def test_parts_that_are_away_make_the_house_degraded_and_not_unready() -> None:
    away = Parts(llm="disconnected", redis="connected", resting=("backend_search", "llm_primary"))
    told = replace(report(UP), parts=lambda: away)
    is_well, health = await told.health()
    is_ready, ready = await told.readiness()
    assert is_well and is_ready
    assert (health["status"], health["llm"]) == ("degraded", "disconnected")
    assert health["degraded"] == ready["degraded"] == ["llm", "search", "llm_primary"]
    assert (ready["health_checks"]["llm"], ready["health_checks"]["redis"]) == ("down", "ok")
