"""A wall clock that was set: time that nobody knows has not passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatehouse.base.clock import Clock

MOST_SECONDS: Final = 30.0  # a clock that is only corrected, or a thread that waited, is no jump


@dataclass(slots=True)
class Hands:
    """Both hands of a clock as they stood at the last look."""

    clock: Clock
    _wall: float | None = None
    _steady: float = 0.0

    def jumped(self) -> float:
        """Seconds by which the wall clock went other than the time since the last look; else 0.

        A machine that slept has jumped, too.
        """
        wall, steady = self.clock.now().timestamp(), self.clock.monotonic()
        before, self._wall = self._wall, wall
        passed, self._steady = steady - self._steady, steady
        jump = 0.0 if before is None else wall - before - passed
        return jump if abs(jump) > MOST_SECONDS else 0.0
