"""HTTP traffic over a window and over a lifetime, from differences of the metrics."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gatehouse.base.clock import Clock
from gatehouse.observe import exposition

WINDOW_SECONDS = 600
STEP_SECONDS = 15
_METRICS = ("http_requests_total", "http_request_duration_ms", "rate_limited_total")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counts since the start of the instance, at one moment."""

    at: float = 0.0  # seconds of the epoch
    requests: Mapping[str, float] = field(default_factory=dict)  # "route status" -> count
    spent_ms: Mapping[str, float] = field(default_factory=dict)  # route -> sum of durations
    buckets: Mapping[str, float] = field(default_factory=dict)  # upper edge in ms -> count below it
    rate_limited: float = 0.0


def read_traffic(at: float) -> Traffic:
    """The present counts of all worker processes."""
    requests: dict[str, float] = defaultdict(float)
    spent: dict[str, float] = defaultdict(float)
    buckets: dict[str, float] = defaultdict(float)
    limited = 0.0
    for name, labels, value, *_ in exposition.samples(*_METRICS):
        if name == "http_requests_total":
            requests[f"{labels['route']} {labels['status']}"] += value
        elif name == "http_request_duration_ms_sum":
            spent[labels["route"]] += value
        elif name == "http_request_duration_ms_bucket":
            buckets[labels["le"]] += value
        elif name == "rate_limited_total":
            limited += value
    return Traffic(at, dict(requests), dict(spent), dict(buckets), limited)


def since(before: Traffic, now: Traffic) -> Traffic:
    """What came between two readings; all of `now` if the counts were reset in between."""
    if any(count > now.requests.get(key, 0.0) for key, count in before.requests.items()):
        return now
    return Traffic(
        at=now.at,
        requests=_minus(now.requests, before.requests),
        spent_ms=_minus(now.spent_ms, before.spent_ms),
        buckets=_minus(now.buckets, before.buckets),
        rate_limited=max(0.0, now.rate_limited - before.rate_limited),
    )


def summarize(traffic: Traffic) -> dict[str, Any]:
    """The JSON form of runbooks 3f. Durations in seconds; ratios null without requests."""
    total = sum(traffic.requests.values())
    failed = {s: n for s, n in _by(traffic.requests, 1).items() if s.startswith("5") and n}
    errors = sum(failed.values())
    return {
        "requests_total": int(total),
        "requests_by_endpoint": _endpoints(traffic),
        "errors_total": int(errors),
        "errors_by_type": {status: int(n) for status, n in sorted(failed.items())},
        "error_rate": errors / total if total else None,
        "avg_response_time": sum(traffic.spent_ms.values()) / total / 1000 if total else None,
        "response_time": {
            **{f"p{q}": quantile(traffic.buckets, q / 100) for q in (50, 95, 99)},
            "buckets": {_seconds(edge): int(n) for edge, n in traffic.buckets.items()},
        },
        "cache_hits": 0,
        "cache_misses": 0,
        "cache_hit_rate": None,
        "rate_limited_total": int(traffic.rate_limited),
    }


def quantile(buckets: Mapping[str, float], share: float) -> float | None:
    """Seconds below which `share` of the requests stayed, interpolated inside one bucket.

    The last finite edge if it lies above that; None without requests.
    """
    edges = [float(edge) for edge in buckets]
    counts = list(buckets.values())
    if not counts or not counts[-1]:
        return None
    rank = share * counts[-1]
    place = bisect_left(counts, rank)
    if place == len(edges) - 1:
        return edges[-2] / 1000
    low, below = (edges[place - 1], counts[place - 1]) if place else (0.0, 0.0)
    inside = counts[place] - below
    return (low + (edges[place] - low) * ((rank - below) / inside if inside else 1)) / 1000


class TrafficRing:
    """Readings of the last ten minutes, shared by the worker processes through one small file."""

    def __init__(self, clock: Clock, folder: Path | None) -> None:
        self._clock = clock
        self._file = folder / "traffic.json" if folder else None
        self._kept: list[Traffic] = []

    @classmethod
    def of_instance(cls, clock: Clock) -> TrafficRing:
        """The ring that all worker processes of this instance share."""
        return cls(clock, exposition.shared_folder())

    def keep(self) -> None:
        """Adds a reading and lets the oldest go; called by one process only."""
        now = self._clock.now().timestamp()
        before = [t for t in self.readings() if t.at > now - WINDOW_SECONDS - 2 * STEP_SECONDS]
        self._kept = [*before, read_traffic(now)]
        if self._file:
            fresh = self._file.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps([asdict(each) for each in self._kept]))
            fresh.replace(self._file)

    def readings(self) -> list[Traffic]:
        """Oldest first."""
        if not self._file or not self._file.exists():
            return self._kept
        try:
            return [Traffic(**each) for each in json.loads(self._file.read_text())]
        except (OSError, ValueError, TypeError):
            return self._kept

    def report(self) -> dict[str, Any]:
        """The window and the lifetime, side by side."""
        now = self._clock.now().timestamp()
        present = read_traffic(now)
        old = [t for t in self.readings() if t.at <= now - WINDOW_SECONDS]
        window = since(old[-1], present) if old else present
        return {
            **summarize(window),
            "window_seconds": WINDOW_SECONDS,
            "lifetime": summarize(present),
        }


def _minus(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {key: value - before.get(key, 0.0) for key, value in now.items()}


def _by(requests: Mapping[str, float], part: int) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for key, count in requests.items():
        sums[key.rsplit(" ", 1)[part]] += count
    return sums


def _endpoints(traffic: Traffic) -> dict[str, dict[str, float | int | None]]:
    failed = {key: n for key, n in traffic.requests.items() if key.rsplit(" ", 1)[1][0] == "5"}
    errors = _by(failed, 0)
    return {
        route: {
            "count": int(count),
            "errors": int(errors.get(route, 0)),
            "avg_duration": traffic.spent_ms.get(route, 0.0) / count / 1000,
        }
        for route, count in sorted(_by(traffic.requests, 0).items())
        if count
    }


def _seconds(edge: str) -> str:
    return edge if edge == "+Inf" else f"{float(edge) / 1000:g}"
