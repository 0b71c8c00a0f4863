"""A cache that asks its source once: the call belongs to the cache, not to whoever came first."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import DeadlinePassed, GatehouseError, Unavailable
from gatehouse.resilience.cells import Cell, Held

T = TypeVar("T")
Load = Callable[[], Awaitable[T]]


class How(StrEnum):
    """How a value was come by."""

    FRESH = "fresh"
    STALE = "stale"  # old, and being fetched anew for the next one
    STALE_ERROR = "stale_error"  # old, because the source has failed
    MISS = "miss"
    JOINED = "joined"  # another caller's call brought it
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Served(Generic[T]):
    """`as_of`: when the value was read from its source."""

    value: T
    as_of: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. A negative value (nothing was found) is fresh for `negative` at most."""

    fresh: float = 30.0
    while_revalidate: float = 300.0
    if_error: float = 86_400.0
    negative: float = 5.0
    far: float = 3_600.0  # in the shared cell, which nothing else bounds
    jitter: float = 0.1  # of the fresh time, both ways
    lease: float = 1.8  # of one call to the source: its own time-out and a second


@dataclass(frozen=True, slots=True)
class _Flight(Generic[T]):
    """A call to the source. After `until` nobody waits for it any more, come what may."""

    task: asyncio.Task[Served[T]]
    until: float


class Cache(Generic[T]):
    """`near` is looked at first; `far`, if any, is shared with other processes.

    `is_negative` tells a value that says "nothing there".
    """

    def __init__(
        self,
        near: Cell[T],
        far: Cell[T] | None = None,
        *,
        times: Times | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        is_negative: Callable[[T], bool] = lambda _: False,
    ) -> None:
        self.near = near
        self.far = far
        self.times = times or Times()
        self._clock = clock or SystemClock()
        self._chance = chance
        self._is_negative = is_negative
        self._flights: dict[str, _Flight[T]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._clearings = 0

    async def fetch(
        self, key: str, load: Load[T], *, seconds: float, is_current: bool = True
    ) -> Served[T]:
        """The value, waiting for it so many seconds at most; then DeadlinePassed.

        Not `is_current`: what is kept may have been overtaken, so the source is asked first.
        Raises what `load` raised if nothing is kept that could stand in for it.
        """
        held = await self.near.get(key)
        if held is not None and is_current:
            old_after = self._fresh_seconds(held)
            if held.age < old_after:
                return Served(held.value, held.as_of, How.FRESH)
            if held.age < old_after + self.times.while_revalidate:
                self._fly(key, load, may_look_far=False)
                return Served(held.value, held.as_of, How.STALE)
        is_own, flight = self._fly(key, load, may_look_far=is_current)
        try:
            brought = await _wait(flight.task, seconds)
        except GatehouseError as trouble:
            return await self._stand_in(key, trouble)
        return brought if is_own else replace(brought, how=How.JOINED)

    async def clear(self, pattern: str) -> int:
        """Forgets in the near cell; what is being fetched just now is not kept either."""
        self._clearings += 1
        return await self.near.clear(pattern)

    async def close(self) -> None:
        """Ends the calls under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def in_flight(self) -> int:
        """Calls to the source that have not ended."""
        return len(self._tasks)

    async def _stand_in(self, key: str, trouble: GatehouseError) -> Served[T]:
        held = await self.near.get(key) if trouble.status >= 500 else None
        if held is None or held.age >= self.times.if_error:
            raise trouble
        return Served(held.value, held.as_of, How.STALE_ERROR)

    def _fly(self, key: str, load: Load[T], *, may_look_far: bool) -> tuple[bool, _Flight[T]]:
        """The call under way for this key, or a new one: True if it is new."""
        now = self._clock.monotonic()
        flight = self._flights.get(key)
        if flight is not None and now < flight.until and not flight.task.done():
            return False, flight
        task = asyncio.create_task(self._bring(key, load, may_look_far=may_look_far))
        flight = self._flights[key] = _Flight(task, now + self.times.lease)
        self._own(task)
        task.add_done_callback(lambda _: self._land(key, flight))
        return True, flight

    async def _bring(self, key: str, load: Load[T], *, may_look_far: bool) -> Served[T]:
        clearings = self._clearings
        try:
            async with asyncio.timeout(self.times.lease) as lease:
                if may_look_far and (held := await self._look_far(key)):
                    return Served(held.value, held.as_of, How.FRESH)
                as_of = self._clock.now()  # before the call: the value is no older than this
                value = await load()
        except TimeoutError as cut:
            if not lease.expired():
                raise
            raise DeadlinePassed from cut
        if clearings == self._clearings:
            await self._keep(key, Held(value, as_of, spread=self._spread()))
        return Served(value, as_of, How.MISS)

    async def _look_far(self, key: str) -> Held[T] | None:
        """A fresh value of another process; an old one is kept in case the source fails."""
        clearings = self._clearings
        held = await self.far.get(key) if self.far else None
        if held is None or clearings != self._clearings:
            return None
        await self.near.put(key, held, seconds=self.times.if_error - held.age)
        return held if held.age < self._fresh_seconds(held) else None

    async def _keep(self, key: str, held: Held[T]) -> None:
        await self.near.put(key, held, seconds=self.times.if_error)
        if self.far is not None:  # nobody waits for that
            self._own(asyncio.create_task(self.far.put(key, held, seconds=self.times.far)))

    def _land(self, key: str, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.task.cancelled():
            flight.task.exception()  # whoever waited has it; asyncio need not report it as lost

    def _own(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fresh_seconds(self, held: Held[T]) -> float:
        fresh = self.times.fresh * held.spread
        return min(fresh, self.times.negative) if self._is_negative(held.value) else fresh

    def _spread(self) -> float:
        return 1 + self.times.jitter * (2 * self._chance() - 1)


async def _wait(task: asyncio.Task[Served[T]], seconds: float) -> Served[T]:
    """Our own patience ends our own waiting, never the call: that is not ours."""
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        raise DeadlinePassed
    if task.cancelled():
        raise Unavailable  # the house is closing
    if isinstance(trouble := task.exception(), GatehouseError):
        raise trouble.with_traceback(None)  # many raise it: their frames must not pile up
    return task.result()
