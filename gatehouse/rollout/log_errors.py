"""Errors in the journal that were never there before: what a change brought with it (R2-47)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

MOST_BYTES: Final = 64 * 1024 * 1024  # of the end of the log; older lines are not looked at
_BAD: Final = frozenset(("ERROR", "CRITICAL"))


@dataclass(frozen=True, slots=True)
class Signature:
    """What makes two errors the same: the event, the exception, and where it was raised."""

    event: str
    error: str
    place: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.event, self.error, self.place) if part)


@dataclass(frozen=True, slots=True)
class Errors:
    """Of a window: all with their number, and those that were not in the log before it."""

    counts: dict[Signature, int]
    new: tuple[Signature, ...]
    is_readable: bool = True


def errors_since(path: Path, since: float) -> Errors:
    """What the log file says from `since` (Unix seconds) on."""
    try:
        lines = list(_tail(path))
    except OSError:
        return Errors({}, (), is_readable=False)
    before, after = Counter[Signature](), Counter[Signature]()
    for line in _entries(lines):
        if str(line.get("level")) in _BAD:
            (after if _at(line) >= since else before)[_signature(line)] += 1
    return Errors(dict(after), tuple(each for each in after if each not in before))


def _tail(path: Path) -> Iterator[bytes]:
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - MOST_BYTES))
        yield from log


def _entries(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith(b"{"):
            try:
                entry = json.loads(line)
            except ValueError:  # cut at its beginning, or still being written
                continue
            if isinstance(entry, dict):
                yield entry


def _at(line: dict[str, Any]) -> float:
    """A line without a time belongs to no window."""
    try:
        return datetime.fromisoformat(str(line.get("ts"))).timestamp()
    except ValueError:
        return 0.0


def _signature(line: dict[str, Any]) -> Signature:
    trace = line.get("trace")
    last = str(trace[-1]) if isinstance(trace, list) and trace else ""
    return Signature(
        str(line.get("event", "")),
        str(line.get("error", "")),
        last.split(":", 1)[0],  # without the number of the line, which changes with each release
    )
