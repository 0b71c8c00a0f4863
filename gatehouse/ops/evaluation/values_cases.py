"""A case of the values measurement: what a text should give, what it gave, and which half."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gatehouse.ops.evaluation.report import Figure
from gatehouse.understanding.values.types import Value

HALVES = ("develop", "check")
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Expected:
    """One value that must be found; `start` and `end` (exclusive) None where not given.

    `normals` are right each: a gold may be ambiguous, as a date of the past or to come.
    """

    normals: tuple[Any, ...]
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One judged case; `sets` are the figures it counts for."""

    sets: tuple[str, ...]
    text: str
    wanted: Sequence[Any]
    found: Sequence[Any]
    error: str | None  # None: right

    @property
    def half(self) -> str:
        """Which half the text falls into, by its hash."""
        return HALVES[hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()[0] % 2]

    def as_line(self) -> Mapping[str, Any]:
        """For --predictions."""
        return {
            "sets": self.sets, "half": self.half, "text": self.text, "right": self.error is None,
            "error": self.error, "wanted": [str(w) for w in self.wanted],
            "found": [str(f) for f in self.found],
        }  # fmt: skip


Key = Callable[[Value], Any]  # a value in the terms of the gold


def _normal(value: Value) -> Any:
    return value.normal


def judged(
    sets: tuple[str, ...],
    text: str,
    *,
    wanted: Sequence[Expected],
    found: Sequence[Value],
    key: Key = _normal,
) -> Outcome:
    """Right if just the wanted values were found, each with its place where that is given."""
    return Outcome(sets, text, wanted, found, _error(wanted, found, key))


def _error(wanted: Sequence[Expected], found: Sequence[Value], key: Key) -> str | None:
    if len(found) < len(wanted):
        return "missed"
    if len(found) > len(wanted):
        return "found too much" if wanted else "found where nothing is"
    for one, other in zip(wanted, found, strict=True):
        if not any(is_same(n, key(other)) for n in one.normals):
            return "another value"
        if one.start is not None and (one.start, one.end) != (other.span.start, other.span.end):
            return "other characters"
    return None


def is_same(one: Any, other: Any) -> bool:
    """Equal, numbers up to rounding."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)
    if isinstance(one, tuple) and isinstance(other, tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(is_same(a, b) for a, b in pairs)
    return bool(one == other)


def figures(outcomes: Iterable[Outcome], targets: Mapping[str, float]) -> Iterator[Figure]:
    """The share right of each set, then of each half of it."""
    by_set: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for name in outcome.sets:
            by_set[name].append(outcome)
    for name in sorted(by_set, key=lambda n: (n not in targets, n)):
        cases = by_set[name]
        yield Figure(name, _share(cases), len(cases), target=targets.get(name))
        for half in HALVES:
            part = [c for c in cases if c.half == half]
            if part:
                yield Figure(f"  {name} ({half})", _share(part), len(part))


def _share(cases: Sequence[Outcome]) -> float:
    return sum(c.error is None for c in cases) / len(cases)


def errors(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often each kind of error occurred, by set."""
    return Counter(f"{o.sets[0]}: {o.error}" for o in outcomes if o.error)
