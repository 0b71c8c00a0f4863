"""`GuardedCatalogue`: the stock room behind a fuse, with so many places and one second attempt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import BadInput, DeadlinePassed, SearchTimeout
from gatehouse.listings.types import Answer, Catalogue, Listing, Wish
from gatehouse.resilience.breaker import Breaker, Judged, Vote
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.retry import BACKOFF, Backoff, RetryBudget, retrying
from gatehouse.resilience.votes import judge

T = TypeVar("T")
SERVICE = "backend_search"
PLACES = 8
ATTEMPTS = 2
TYPICAL_SECONDS = 0.05
CUT_MARGIN_SECONDS = 0.05  # the catalogue cuts itself, and counts that; this is for one that cannot


class GuardedCatalogue:
    """A `Catalogue` around another. `timeout_ms` is the whole time of a call, both attempts.

    Raises what the inner one raises; CircuitOpen at once while the breaker is open; Overloaded
    where no place became free in time.
    """

    def __init__(
        self,
        inner: Catalogue,
        breaker: Breaker,
        *,
        bulkhead: Bulkhead,
        timeout_ms: int = 800,
        clock: Clock | None = None,
        backoff: Backoff = BACKOFF,
    ) -> None:
        self._inner = inner
        self._breaker = breaker
        self._bulkhead = bulkhead
        self._budget = RetryBudget(SERVICE, typical_seconds=TYPICAL_SECONDS)
        self._seconds = timeout_ms / 1000
        self._clock = clock or SystemClock()
        self._backoff = backoff

    async def find(self, wish: Wish) -> Answer:
        """See `Catalogue`."""
        return await self._guarded(lambda: self._inner.find(wish))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        """See `Catalogue`."""
        if not ids:
            return ()
        return await self._guarded(lambda: self._inner.get(ids))

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        """See `Catalogue`."""
        return await self._guarded(lambda: self._inner.is_free(listing_id, check_in, check_out))

    def rates(self) -> Mapping[str, float]:
        """See `Catalogue`; asks no database."""
        return self._inner.rates()

    def retune(self, *, timeout_ms: int, places: int) -> None:
        """Another time-out and other places, from the next call on."""
        self._seconds = timeout_ms / 1000
        self._bulkhead.resize(places)

    async def _guarded(self, visit: Callable[[], Awaitable[T]]) -> T:
        """Refused before it waits for a place, so that an open breaker answers at once."""
        self._breaker.refuse_if_shut()
        deadline = Deadline.after(self._seconds, self._clock)

        async def attempt() -> T:
            with self._breaker.watch(timeout_seconds=self._seconds, judge=verdict):
                return await self._cut(visit, deadline)

        async with self._bulkhead.place(deadline):
            return await retrying(
                attempt,
                budget=self._budget,
                deadline=deadline,
                attempts=ATTEMPTS,
                backoff=self._backoff,
                judge=verdict,
            )

    async def _cut(self, visit: Callable[[], Awaitable[T]], deadline: Deadline) -> T:
        try:
            async with deadline.sooner(-CUT_MARGIN_SECONDS).within(self._seconds * 2):
                return await visit()
        except DeadlinePassed:
            raise SearchTimeout(retry_after=2) from None


def verdict(error: Exception) -> Judged:
    """A search that the caller got wrong says nothing about the database.

    The `retry_after` of our own search errors is advice to visitors, not a wish of the database.
    """
    return Judged(Vote.NONE if isinstance(error, BadInput) else judge(error).vote)
