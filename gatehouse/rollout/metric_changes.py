"""What differs between two snapshots of /api/metrics/observability (R3-28)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatehouse.base.errors import BadInput


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure; None: it is not in that snapshot, or was unknown."""

    name: str  # the way to it, with dots
    before: float | str | None
    after: float | str | None

    def __str__(self) -> str:
        return f"{self.name}: {_told(self.before)} -> {_told(self.after)}{self._share()}"

    def _share(self) -> str:
        before, after = _number(self.before), _number(self.after)
        return f"  {after / before - 1:+.1%}" if before and after is not None else ""


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every figure that is not the same, in the order of its name."""
    one, other = dict(_leaves(before)), dict(_leaves(after))
    return [
        Difference(name, one.get(name), other.get(name))
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def load(path: Path) -> Mapping[str, Any]:
    """A snapshot as `curl … > file` left it. Raises BadInput."""
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError) as trouble:
        raise BadInput(f"{path}: {trouble}") from trouble
    if not isinstance(told, dict):
        raise BadInput(f"{path}: is not a snapshot of metrics")
    return told


def _leaves(told: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, float | str | None]]:
    for name, value in told.items():
        here = f"{way}.{name}" if way else str(name)
        if isinstance(value, Mapping):
            yield from _leaves(value, here)
        elif isinstance(value, list):
            yield here, ", ".join(map(str, value))
        elif isinstance(value, (bool, int, float, str)) or value is None:
            yield here, value


def _number(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not _is_flag(value) else None


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _told(value: float | str | None) -> str:
    number = _number(value)
    return f"{number:g}" if number is not None else "–" if value is None else str(value)
