"""Breakers forced by an operator: a small file that every process of the instance follows.

It needs no database, and each entry ends by itself. Times in it are of the wall clock, in seconds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import BadInput
from gatehouse.observe import journal
from gatehouse.observe.labels import SERVICES
from gatehouse.resilience.breaker import LONGEST_FORCED_SECONDS, State
from gatehouse.resilience.breakers import Breakers

FILE = "breakers.json"
FORCED = (State.FORCED_OPEN, State.FORCED_CLOSED)


@dataclass(frozen=True, slots=True)
class Override:
    """One forced breaker, until a moment of the wall clock (seconds since 1970)."""

    state: str
    until: float
    reason: str


class Overrides:
    """The file, as the command writes it and as a process follows it."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._path = folder / FILE
        self._clock = clock or SystemClock()
        self._seen: tuple[int, int] | None = None
        self._applied: dict[str, Override] = {}

    def now(self) -> float:
        return self._clock.now().timestamp()

    def read(self) -> dict[str, Override]:
        """Those that have not ended. Raises BadInput where the file cannot be understood."""
        try:
            told = json.loads(self._path.read_text())
            found = {name: _read(**each) for name, each in told.items()}
            return {name: each for name, each in found.items() if each.until > self.now()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as wrong:
            raise BadInput(f"{self._path}: cannot be read as overrides ({wrong})") from wrong

    def force(self, service: str, state: str, *, seconds: float, reason: str) -> Override:
        """Writes an override for all processes. Raises BadInput."""
        check(service, state, seconds=seconds, reason=reason)
        made = Override(state, self.now() + seconds, reason.strip())
        self._write({**self.read(), service: made})
        return made

    def release(self, service: str) -> bool:
        """Takes an override back; was there one?"""
        kept = self.read()
        was_there = kept.pop(service, None) is not None
        if was_there:
            self._write(kept)
        return was_there

    def follow(self, breakers: Breakers) -> None:
        """Applies what has changed in the file; one that cannot be read changes nothing."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            wanted = self.read()
        except BadInput as wrong:
            journal.event("breaker_overrides_unreadable", message=str(wrong), level="ERROR")
            return
        for service, override in wanted.items():
            if self._applied.get(service) != override:
                self._apply(breakers, service, override)
        for service in self._applied.keys() - wanted.keys():
            for breaker in breakers.every(service):
                breaker.release(reason="override taken back")
        self._applied = wanted

    def _apply(self, breakers: Breakers, service: str, override: Override) -> None:
        seconds = min(override.until - self.now(), LONGEST_FORCED_SECONDS)
        try:
            check(service, override.state, seconds=seconds, reason=override.reason)
        except BadInput as wrong:
            journal.event("breaker_overrides_unreadable", message=str(wrong), level="ERROR")
            return
        for breaker in breakers.every(service):
            breaker.force(override.state, seconds=seconds, reason=override.reason)

    def _stamp(self) -> tuple[int, int] | None:
        with suppress(OSError):
            told = self._path.stat()
            return told.st_mtime_ns, told.st_ino
        return None

    def _write(self, overrides: Mapping[str, Override]) -> None:
        """In one step: no process ever sees half a file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        told = {name: asdict(each) for name, each in overrides.items()}
        with NamedTemporaryFile("w", dir=self._path.parent, delete=False) as draft:
            json.dump(told, draft, indent=2)
        Path(draft.name).chmod(0o644)  # whoever the processes run as may read it
        Path(draft.name).replace(self._path)


def _read(state: object, until: object, reason: object) -> Override:
    return Override(str(state), float(str(until)), str(reason))


def check(service: str, state: str, *, seconds: float, reason: str) -> None:
    """Raises BadInput, naming what is wrong and what is allowed."""
    if service not in SERVICES:
        raise BadInput(f"no breaker {service}; there are {', '.join(SERVICES)}")
    if state not in FORCED:
        raise BadInput(f"state: must be {' or '.join(FORCED)}, not {state}")
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST_FORCED_SECONDS):
        raise BadInput(f"seconds: must be from 1 to {LONGEST_FORCED_SECONDS:.0f}")
    if not reason.strip():
        raise BadInput("reason: must not be empty")
