"""One absolute deadline, handed down; each hop takes what is left of it and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import DeadlinePassed


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` in seconds of the clock's monotonic hand."""

    at: float
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def after(cls, seconds: float, clock: Clock | None = None) -> Deadline:
        """So many seconds from now."""
        clock = clock or SystemClock()
        return cls(clock.monotonic() + seconds, clock)

    @property
    def remaining(self) -> float:
        """Seconds left; never below 0."""
        return max(0.0, self.at - self.clock.monotonic())

    @property
    def has_passed(self) -> bool:
        return self.remaining <= 0.0

    def allow(self, cap: float, *, reserve: float = 0.0) -> float:
        """Seconds that one hop may take: its own cap, or what is left without the reserve."""
        return max(0.0, min(cap, self.remaining - reserve))

    def sooner(self, seconds: float) -> Deadline:
        """The same deadline that many seconds earlier: a reserve for whoever hands it down."""
        return Deadline(self.at - seconds, self.clock)

    @asynccontextmanager
    async def within(self, cap: float, *, reserve: float = 0.0) -> AsyncIterator[None]:
        """Cuts what runs inside. Raises DeadlinePassed, at once where nothing is left."""
        seconds = self.allow(cap, reserve=reserve)
        if seconds <= 0.0:
            raise DeadlinePassed
        try:
            async with asyncio.timeout(seconds) as limit:
                yield
        except TimeoutError as cut:
            if not limit.expired():
                raise  # somebody else's time-out
            raise DeadlinePassed from cut
