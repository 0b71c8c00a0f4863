"""What a metric is: a name, a unit, closed labels; one child a label set, kept at hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic, Literal, Protocol, TypeVar

import prometheus_client as prom

from gatehouse.observe import quick
from gatehouse.observe.labels import OTHER

Kind = Literal["counter", "gauge", "histogram"]
Labels = Mapping[str, Collection[str]]
REGISTRY = prom.CollectorRegistry()
ZEROED_AT_MOST = 120  # label sets of one metric that start at 0; wider ones start with a spine

prom.disable_created_metrics()  # type: ignore[no-untyped-call]
quick.install()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One row of the table in docs/metrics.md."""

    name: str
    kind: Kind
    labels: Labels
    help: str
    ladder: tuple[float, ...] = ()  # upper edges of a histogram, without +Inf


class Counted(Protocol):
    """A counter of one label set."""

    def inc(self, amount: float = 1) -> None: ...


class Gauged(Protocol):
    """A gauge of one label set."""

    def set(self, value: float) -> None: ...


class Observed(Protocol):
    """A histogram of one label set."""

    def observe(self, amount: float) -> None: ...


class Refused:
    """Stands where a label value was outside its list: takes everything, keeps nothing."""

    def inc(self, amount: float = 1) -> None:
        """Ignored."""

    def set(self, value: float) -> None:
        """Ignored."""

    def observe(self, amount: float) -> None:
        """Ignored."""


C = TypeVar("C")


class Meter(Generic[C]):
    """A declared metric. `labels()` is a dictionary look-up after the first call of a label set.

    An unknown label value becomes "other" where the list has it; elsewhere the sample is refused
    and counted through `on_refusal(metric)`. Wrong label names raise TypeError: that is a bug.
    """

    on_refusal: Callable[[str], None] = staticmethod(lambda name: None)

    def __init__(self, declaration: Declaration, make: Callable[..., C], refused: C) -> None:
        self.declaration = declaration
        self._make = make
        self._refused = refused
        self._at_hand: dict[tuple[tuple[str, str | int], ...], C] = {}

    def labels(self, **values: str | int) -> C:
        key = tuple(values.items())
        child = self._at_hand.get(key)
        return child if child is not None else self._fetch(key, values)

    def zero(self) -> None:
        """Makes the label sets that are to be seen before the first event."""
        for values in starting_label_sets(self.declaration.labels):
            self.labels(**values)

    def _fetch(self, key: tuple[tuple[str, str | int], ...], values: dict[str, str | int]) -> C:
        declared = self.declaration.labels
        if values.keys() != declared.keys():
            raise TypeError(f"{self.declaration.name} has the labels {tuple(declared)}")
        folded = {name: fold(str(values[name]), declared[name]) for name in declared}
        if None in folded.values():
            Meter.on_refusal(self.declaration.name)
            return self._refused
        child = self._make(*folded.values()) if folded else self._make()
        if all(str(values[name]) == folded[name] for name in declared):
            self._at_hand[key] = child
        return child


def fold(value: str, allowed: Collection[str]) -> str | None:
    """The value itself, "other", or None if the list has neither."""
    if value in allowed:
        return value
    return OTHER if OTHER in allowed else None


def starting_label_sets(labels: Labels) -> Iterator[dict[str, str]]:
    """All label sets if they are few; else each value once beside the others' last values."""
    names, lists = list(labels), [list(values) for values in labels.values()]
    size = 1
    for values in lists:
        size *= len(values)
    if size <= ZEROED_AT_MOST:
        yield from (dict(zip(names, chosen, strict=True)) for chosen in product(*lists))
        return
    last = {name: values[-1] for name, values in zip(names, lists, strict=True)}
    for name, values in zip(names, lists, strict=True):
        yield from ({**last, name: value} for value in values)


class CounterMeter(Meter[Counted]):
    """Only grows."""

    def inc(self, amount: float = 1) -> None:
        """For a counter without labels."""
        self.labels().inc(amount)


class GaugeMeter(Meter[Gauged]):
    """Goes up and down; a dead worker's value disappears."""

    def set(self, value: float) -> None:
        """For a gauge without labels."""
        self.labels().set(value)


class HistogramMeter(Meter[Observed]):
    """Counts values under the edges of its ladder."""

    def observe(self, amount: float) -> None:
        """For a histogram without labels."""
        self.labels().observe(amount)


def counter(row: Declaration) -> CounterMeter:
    """Registers a counter."""
    metric = prom.Counter(row.name, row.help, tuple(row.labels), registry=REGISTRY)
    make: Callable[..., Any] = metric.labels if row.labels else lambda: metric
    return CounterMeter(row, lambda *values: quick.QuickCounter(make(*values)), Refused())


def gauge(row: Declaration) -> GaugeMeter:
    """Registers a gauge; of several worker processes the greatest living value is shown."""
    metric = prom.Gauge(
        row.name, row.help, tuple(row.labels), registry=REGISTRY, multiprocess_mode="livemax"
    )
    return GaugeMeter(row, metric.labels if row.labels else lambda: metric, Refused())


def histogram(row: Declaration) -> HistogramMeter:
    """Registers a histogram."""
    metric = prom.Histogram(
        row.name, row.help, tuple(row.labels), registry=REGISTRY, buckets=row.ladder
    )
    make: Callable[..., Any] = metric.labels if row.labels else lambda: metric
    return HistogramMeter(row, lambda *values: quick.QuickHistogram(make(*values)), Refused())
