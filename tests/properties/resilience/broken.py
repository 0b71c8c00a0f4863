"""Breakers broken on purpose: each fault was found in a library or product, or is easily made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any

from gatehouse.base.clock import Clock
from gatehouse.resilience.breaker import Breaker, Judged, Standing, State, Vote
from gatehouse.resilience.permit import Permit, Ticket
from gatehouse.resilience.votes import Judge, judge


class UnlimitedHalfOpen(Breaker):
    """Everybody is a probe."""

    def _lease(self, now: float, timeout: float | None) -> int:
        return self._probe


class WallClock(Breaker):
    """Reckons with the time of day."""

    def __init__(self, service: str, *, clock: Clock, **more: Any) -> None:
        super().__init__(service, clock=_Wall(clock), **more)


class _Wall:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.now().timestamp()


class _Counting(Permit):
    __slots__ = ()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, asyncio.CancelledError):
            self.settle(Judged(Vote.FAILURE))
        super().__exit__(kind, error, trace)


class CountsCancellations(Breaker):
    """A visitor who closes the page is a failure."""

    def watch(self, *, timeout_seconds: float | None = None, judge: Judge = judge) -> Permit:
        return _Counting(lambda: self.admit(timeout_seconds), self.settle, judge)


class ReadingTakesThePermit(Breaker):
    """The status page asks "may I?", which takes the only permit."""

    @property
    def standing(self) -> Standing:
        told = super().standing
        if told.state is State.HALF_OPEN and told.retry_after == 0:
            self.admit(None)
        return told


class LeaseForEver(Breaker):
    """A probe that never returns is waited for, always."""

    def _lease(self, now: float, timeout: float | None) -> int:
        probe = super()._lease(now, timeout)
        if probe:
            self._lease_until = now + 1e9
        return probe


class HeedsLateResults(Breaker):
    """A call of before the last change still votes."""

    def settle(self, ticket: Ticket, judged: Judged) -> None:
        super().settle(Ticket(self._generation, ticket.began, ticket.timeout, self._probe), judged)


class NeverCalmsDown(Breaker):
    """The open time keeps doubling, however long all was well between."""

    def _is_healthy_at(self, now: float) -> bool:
        return False


class ThrottlingVotes(Breaker):
    """A 429 is a failure, too."""

    def settle(self, ticket: Ticket, judged: Judged) -> None:
        if judged.vote is Vote.THROTTLED:
            judged = Judged(Vote.FAILURE, judged.retry_after)
        super().settle(ticket, judged)


class OneSuccessCloses(Breaker):
    """The first good probe is believed."""

    def _settle_probe(self, ticket: Ticket, judged: Judged, *, now: float) -> None:
        self._successes = 1
        super()._settle_probe(ticket, judged, now=now)


Maker = Callable[..., Breaker]
BROKEN: dict[str, Maker] = {
    "unlimited_half_open": UnlimitedHalfOpen,
    "wall_clock": WallClock,
    "counts_cancellations": CountsCancellations,
    "reading_takes_the_permit": ReadingTakesThePermit,
    "lease_for_ever": LeaseForEver,
    "heeds_late_results": HeedsLateResults,
    "never_calms_down": NeverCalmsDown,
    "throttling_votes": ThrottlingVotes,
    "one_success_closes": OneSuccessCloses,
}
