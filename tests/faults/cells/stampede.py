"""P40: many equal searches at one instant ask the listings once, whatever becomes of the first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from time import perf_counter

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import SearchDown
from gatehouse.resilience.cache import Cache, Served, Times
from gatehouse.resilience.cells import MemoryCell
from tests.faults.lab.stage import Outcome

LEASE_S, PATIENCE_S = 20.0, 20.0
HUNG_LEASE_S = 0.3
LATENESS_S = 5.0  # of a busy machine; only the lease can end a hung call
Make = Callable[[TurnableClock, float], "Cache[str]"]


class NoFlight(Cache[str]):
    """Control: whoever finds nothing asks for himself."""

    async def fetch(
        self,
        key: str,
        load: Callable[[], Awaitable[str]],
        *,
        seconds: float,
        is_current: bool = True,
    ) -> Served[str]:
        return await super().fetch(f"{key}{id(asyncio.current_task())}", load, seconds=seconds)


class FirstOwns(Cache[str]):
    """Control: the call belongs to whoever came first, as in many libraries."""

    async def fetch(
        self,
        key: str,
        load: Callable[[], Awaitable[str]],
        *,
        seconds: float,
        is_current: bool = True,
    ) -> Served[str]:
        _, flight = self._fly(key, load, may_look_far=False)
        return await flight.task  # a cancelled caller cancels what he awaits


def sound(clock: TurnableClock, lease: float) -> Cache[str]:
    return Cache(MemoryCell(len, clock=clock), times=Times(lease=lease), clock=clock)


def no_flight(clock: TurnableClock, lease: float) -> Cache[str]:
    return NoFlight(MemoryCell(len, clock=clock), times=Times(lease=lease), clock=clock)


def first_owns(clock: TurnableClock, lease: float) -> Cache[str]:
    return FirstOwns(MemoryCell(len, clock=clock), times=Times(lease=lease), clock=clock)


class Crowd:
    """So many callers of one key, and a source that waits until it is let go."""

    def __init__(self, size: int, make: Make, *, lease: float = LEASE_S) -> None:
        self.size = size
        self.clock = TurnableClock()
        self.cache = make(self.clock, lease)
        self.calls = 0
        self.gate = asyncio.Event()
        self.trouble: Exception | None = None

    async def load(self) -> str:
        self.calls += 1
        await self.gate.wait()
        if self.trouble:
            raise self.trouble
        return "homes"

    async def gather(self, *, cancel_first: bool = False) -> Counter[str]:
        """What became of each: "served", or the name of the error."""
        callers = [
            asyncio.create_task(self.cache.fetch("k", self.load, seconds=PATIENCE_S))
            for _ in range(self.size)
        ]
        while not self.calls:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        if cancel_first:
            callers[0].cancel()
        await asyncio.sleep(0)
        self.gate.set()
        results = await asyncio.gather(*callers, return_exceptions=True)
        told = results[1:] if cancel_first else results
        return Counter(
            type(each).__name__ if isinstance(each, BaseException) else "served" for each in told
        )


async def stampede(size: int, make: Make = sound) -> Outcome:
    """Cold, expired, and the first caller cancelled, failing and hanging."""
    cold = Crowd(size, make)
    served = (await cold.gather())["served"]
    at_first = cold.calls
    cold.clock.turn(400)  # past fresh and while-revalidate
    await cold.gather()
    left = Crowd(size, make)
    harmed = size - 1 - (await left.gather(cancel_first=True))["served"]
    failed = Crowd(size, make)
    failed.trouble = SearchDown()
    shared = (await failed.gather())["SearchDown"]
    calls = {
        "cold": at_first,
        "expired": cold.calls - at_first,
        "leader cancelled": left.calls,
        "leader failed": failed.calls,
    }
    is_over = await _asks_again(failed)
    hung_s = await _hang(min(size, 200), make)
    figures: dict[str, int | float | str] = {
        "equal searches": size,
        **{f"backend calls, {name}": count for name, count in calls.items()},
        "served": served,
        "harmed by a cancelled leader": harmed,
        "shared the leader's error": shared,
        "worst wait for a hung call s": round(hung_s, 2),
    }
    broken = [f"{name}: {n} backend calls instead of 1" for name, n in calls.items() if n != 1]
    broken += [f"{harmed} harmed by a cancelled leader"] * (harmed > 0)
    broken += [f"{size - served} not served"] * (served != size)
    broken += ["an error outlived its call"] * (not is_over)
    late = hung_s > HUNG_LEASE_S + LATENESS_S
    broken += [f"a hung call held its callers for {hung_s:.1f} s"] * late
    return Outcome(f"stampede ({make.__name__})", figures, tuple(broken))


async def _asks_again(failed: Crowd) -> bool:
    """The next caller after a shared error gets a value."""
    failed.trouble = None
    return (await failed.cache.fetch("k", failed.load, seconds=PATIENCE_S)).value == "homes"


async def _hang(size: int, make: Make) -> float:
    """Seconds until the last of the callers of a call that never returns has been told."""
    crowd = Crowd(size, make, lease=HUNG_LEASE_S)
    began = perf_counter()
    callers = [crowd.cache.fetch("k", crowd.load, seconds=PATIENCE_S) for _ in range(size)]
    await asyncio.gather(*callers, return_exceptions=True)
    return perf_counter() - began
