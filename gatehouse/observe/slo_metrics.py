"""Objectives measured on the metrics of all processes, since the instance was started."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.samples import Sample

from gatehouse.observe import exposition
from gatehouse.observe.objectives import Objective
from gatehouse.observe.slo import Arms, Measured

_SELECTOR: Final = re.compile(r'(?P<name>\w+)(?:\{(?P<label>\w+)="(?P<value>[^"]*)"\})?')
_DELTA: Final = 'chat_request_duration_ms{lane="%s"}'
_P95: Final = 0.95
Shot = Mapping[str, tuple[Sample, ...]]  # by name, without _total
Buckets = dict[float, float]  # upper edge in ms -> count at or below it


@dataclass(slots=True)
class Counts:
    """One metric of one arm: a counter's value, or a histogram's buckets."""

    value: float = 0.0
    buckets: Buckets = field(default_factory=lambda: defaultdict(float))


def measure(objectives: tuple[Objective, ...]) -> dict[str, Arms]:
    """Counters as they stand; a metric with the label `arm` is told per arm."""
    shot = take()
    return {each.name: _measured(each, shot) for each in objectives}


def take() -> Shot:
    """All metrics at one moment: adding up the files of all processes costs more than reading."""
    return {metric.name: tuple(metric.samples) for metric in exposition.gather().collect()}


def _measured(objective: Objective, shot: Shot) -> Arms:
    if objective.total == "delta":
        return _delta(objective, shot)
    total = read(shot, objective.total)
    if objective.edge_ms is not None:
        seen = {arm: _above(each.buckets, objective) for arm, each in total.items()}
        return {arm: measured for arm, measured in seen.items() if measured.n}
    bad = read(shot, objective.bad)
    return {
        arm: Measured(round(each.value), *(2 * [round(bad[arm].value if arm in bad else 0.0)]))
        for arm, each in total.items()
        if each.value
    }


def read(shot: Shot, selector: str) -> dict[str, Counts]:
    """By arm ("stable" for metrics without one). The one label of a selector is compared by its
    beginning: {status="5"} are all of 5xx."""
    asked = _SELECTOR.fullmatch(selector)
    if asked is None:
        raise ValueError(f"not a selector: {selector}")
    name, label, value = asked["name"], asked["label"], asked["value"]
    told: dict[str, Counts] = defaultdict(Counts)
    for sample in shot.get(name.removesuffix("_total"), ()):
        if label and not sample.labels.get(label, "").startswith(value):
            continue
        counts = told[sample.labels.get("arm", "stable")]
        if sample.name == name:
            counts.value += sample.value
        elif sample.name == f"{name}_bucket":
            counts.buckets[float(sample.labels["le"])] += sample.value
    return dict(told)


def _above(buckets: Mapping[float, float], objective: Objective) -> Measured:
    n = round(max(buckets.values(), default=0.0))
    edges = (objective.edge_ms or 0, objective.alert_edge_ms or 0)
    return Measured(n, *(n - round(at_most(buckets, edge)) for edge in edges))


def at_most(buckets: Mapping[float, float], edge: float) -> float:
    """How many stayed at or below `edge`, in proportion inside a bucket."""
    below, low = 0.0, 0.0
    for upper in sorted(buckets):
        if upper >= edge:
            inside = buckets[upper] - below
            width = upper - low
            return below + (inside * (edge - low) / width if width < float("inf") else 0.0)
        below, low = buckets[upper], upper
    return below


def _delta(objective: Objective, shot: Shot) -> Arms:
    """Enhanced requests beyond the regular ones' 95th percentile and `edge_ms` more."""
    regular = _together(read(shot, _DELTA % "regular").values())
    enhanced = _together(read(shot, _DELTA % "enhanced").values())
    n = round(max(enhanced.values(), default=0.0))
    if not n or not max(regular.values(), default=0.0):
        return {}
    limit = quantile(regular, _P95) + (objective.edge_ms or 0)
    bad = n - round(at_most(enhanced, limit))
    return {"stable": Measured(n, bad, bad)}


def quantile(buckets: Mapping[float, float], share: float) -> float:
    """Milliseconds, interpolated inside one bucket; the last finite edge if it lies above."""
    rank = share * max(buckets.values())
    below, low = 0.0, 0.0
    for upper in sorted(buckets):
        if buckets[upper] >= rank:
            inside = buckets[upper] - below
            return low if upper == float("inf") else low + (upper - low) * (rank - below) / inside
        below, low = buckets[upper], upper
    return low


def _together(arms: Iterable[Counts]) -> Buckets:
    total: Buckets = defaultdict(float)
    for each in arms:
        for edge, count in each.buckets.items():
            total[edge] += count
    return total
