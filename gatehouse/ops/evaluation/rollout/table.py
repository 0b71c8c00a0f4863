"""What a simulation found beside what was promised: rows, tables, and whether all of it holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from gatehouse.ops.evaluation.report import Figure

MEDIAN_ROOM, P90_ROOM, POWER_ROOM = 0.15, 0.20, 0.02
ALPHA = 0.05
_ERRORS = 3  # standard errors that a rate may lie above its promise


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `low` and `high` are the ends between which it must lie, None without limit.

    `expected`: the reference value, or the promise.
    """

    name: str
    found: float
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        """Does it lie where it must?"""
        above = self.low is None or self.found >= self.low
        return above and (self.high is None or self.found <= self.high)

    @property
    def is_checked(self) -> bool:
        """Could it fail at all?"""
        return self.low is not None or self.high is not None

    def line(self, width: int) -> str:
        """For people."""
        said = f"{self.name:<{width}}  {_number(self.found):>9}{self.unit}"
        if self.expected is not None:
            said += f"  reference {_number(self.expected)}"
        if not self.is_checked:
            return said
        ends = [f"at least {_number(self.low)}"] if self.low is not None else []
        ends += [f"at most {_number(self.high)}"] if self.high is not None else []
        return f"{said}  must be {' and '.join(ends)}: {'yes' if self.is_kept else 'NO'}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All that was measured; takes the place of a `Report` in `gatehouse evaluate`."""

    tables: tuple[Table, ...]
    predictions: Sequence[Mapping[str, Any]] = ()

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of all figures that lie where they must not."""
        return tuple(
            f"{table.title}: {row.name}"
            for table in self.tables
            for row in table.rows
            if not row.is_kept
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The same as plain figures, without their lower ends."""
        return tuple(
            Figure(f"{t.title}: {r.name}", r.found, 1, target=r.high, is_limit=True)
            for t in self.tables
            for r in t.rows
        )

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "is_kept": not self.broken,
            "tables": [
                {"title": t.title, "rows": [_as_json(r) for r in t.rows]} for t in self.tables
            ],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        for table in self.tables:
            yield f"\n{table.title}"
            width = max(len(row.name) for row in table.rows)
            yield from (f"  {row.line(width)}" for row in table.rows)
        checked = sum(row.is_checked for table in self.tables for row in table.rows)
        yield f"\n{checked - len(self.broken)} of {checked} figures are where they must be"


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "found": row.found,
        "expected": row.expected,
        "low": row.low,
        "high": row.high,
        "is_kept": row.is_kept,
    }


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 10 else f"{value:.0f}"


def null_row(name: str, alarms: int, runs: int, *, most: float = ALPHA, reference: float) -> Row:
    """A rate of false alarms: at most what was promised and three standard errors."""
    high = most + _ERRORS * math.sqrt(most * (1 - most) / runs)
    return Row(name, alarms / runs, reference, high=high)


def share_row(name: str, found: float, reference: float, *, room: float = POWER_ROOM) -> Row:
    """A share of paths, as near to the reference as told."""
    low, high = max(0.0, reference - room), min(1.0, reference + room)
    return Row(name, found, reference, low=low, high=high)


def size_rows(
    name: str, sizes: Sequence[int], *, reference: tuple[int, int | None]
) -> tuple[Row, Row]:
    """Median and 90th percentile of how many conversations a decision took."""
    found = sorted(sizes)
    p90 = found[min(len(found) - 1, math.ceil(0.9 * len(found)) - 1)]
    return (
        _size_row(f"{name}, median", median(found), reference[0], room=MEDIAN_ROOM),
        _size_row(f"{name}, p90", p90, reference[1], room=P90_ROOM),
    )


def _size_row(name: str, found: float, reference: int | None, *, room: float) -> Row:
    if reference is None:
        return Row(name, found)
    most = max(1.0, room * reference)  # whole conversations: one more or less is no error
    return Row(name, found, reference, low=reference - most, high=reference + most)
