"""What a measurement found: figures with their targets and intervals, and the errors by kind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

RESAMPLES = 1_000
_SEED = 20190301
_MOST_KINDS = 10
Group = TypeVar("Group")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured share or mean (0..1 unless the name says otherwise) and what was aimed at.

    `low` and `high` bound the 95 % interval found by drawing whole dialogues (or whatever
    belongs together) again; None where the units are independent and few words suffice.
    """

    name: str
    value: float
    count: int
    low: float | None = None
    high: float | None = None
    target: float | None = None
    is_limit: bool = False  # the value must not exceed the target

    @property
    def is_reached(self) -> bool:
        """Does the value meet its target? True if none was set."""
        if self.target is None:
            return True
        return self.value <= self.target if self.is_limit else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Report:
    """All that one measurement found."""

    title: str
    figures: tuple[Figure, ...]
    errors: Mapping[str, int] = field(default_factory=dict)  # kind of error -> how often
    predictions: Sequence[Mapping[str, Any]] = ()  # one JSON object per judged unit
    details: Sequence[str] = ()  # lines for people, below everything else

    def as_json(self) -> dict[str, Any]:
        """Figures and the commonest kinds of errors, for programs."""
        return {
            "title": self.title,
            "figures": [
                {
                    "name": f.name,
                    "value": round(f.value, 4),
                    "low": None if f.low is None else round(f.low, 4),
                    "high": None if f.high is None else round(f.high, 4),
                    "target": f.target,
                    "reached": f.is_reached,
                    "count": f.count,
                }
                for f in self.figures
            ],
            "errors": dict(commonest(self.errors)),
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield self.title
        width = max((len(f.name) for f in self.figures), default=0)
        yield from (f"  {_line(f, width=width)}" for f in self.figures)
        if self.errors:
            yield "commonest kinds of errors"
            yield from (f"  {times:>5}  {kind}" for kind, times in commonest(self.errors))
        yield from self.details


def commonest(errors: Mapping[str, int]) -> list[tuple[str, int]]:
    """The ten commonest kinds, the most frequent first."""
    return Counter(errors).most_common(_MOST_KINDS)


def interval(
    groups: Sequence[Group], statistic: Callable[[Sequence[Group]], float], *, seed: int = _SEED
) -> tuple[float, float]:
    """95 % percentile bootstrap over whole groups (Efron and Tibshirani 1993, chapter 13)."""
    if not groups:
        return (0.0, 0.0)
    dice = random.Random(seed)  # noqa: S311  resampling, no secrets
    found = sorted(statistic(dice.choices(groups, k=len(groups))) for _ in range(RESAMPLES))
    return found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES) - 1]


def _line(figure: Figure, *, width: int) -> str:
    value = f"{figure.value:.4f}" if figure.value <= 1 else f"{figure.value:g}"
    said = f"{figure.name:<{width}}  {value}"
    if figure.low is not None and figure.high is not None:
        said += f"  [{figure.low:.4f}, {figure.high:.4f}]"
    said += f"  of {figure.count}"
    if figure.target is None:
        return said
    sign = "≤" if figure.is_limit else "≥"
    return f"{said}  target {sign} {figure.target:g}: {'yes' if figure.is_reached else 'NO'}"
