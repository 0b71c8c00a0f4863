"""P15: a dependency comes back after a minute, and five hundred visitors still want an answer."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from gatehouse.base.errors import GatehouseError, SearchDown
from gatehouse.listings.guarded import PLACES, GuardedCatalogue
from gatehouse.listings.types import Answer, Found, Listing, Wish
from gatehouse.resilience.breaker import Breaker, Rules
from gatehouse.resilience.bulkhead import Bulkhead
from tests.faults.lab.stage import Outcome

from .virtual import LoopClock, in_virtual_time

PER_SECOND = 100  # steady, evenly spaced
ANSWER_SECONDS = 0.05
DOWN_AT, UP_AT, ENDS_AT = 10.0, 70.0, 190.0
QUEUED = 500
MOST_PEAK, MOST_SECONDS = 2.0, 10.0
Fault = Literal["", "no_places", "same_moment"]
Manners = Literal["patient", "impatient"]
IMPATIENT_SECONDS = 0.1


@dataclass
class Backend:
    """A catalogue that fails for a minute; notes when it was asked."""

    asked: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    async def find(self, wish: Wish) -> Answer:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        await asyncio.sleep(ANSWER_SECONDS)
        if DOWN_AT <= now < UP_AT:
            raise SearchDown(retry_after=2)
        self.answered.append(now)
        return Answer(Found((), 0, None, 1.0))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        return ()

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        return True

    def rates(self) -> Mapping[str, float]:
        return {}


@dataclass
class Crowd:
    """Steady visitors, and five hundred who come back until they have their answer."""

    catalogue: GuardedCatalogue
    manners: Manners
    waiting: int = 0
    served_at: float = 0.0

    async def run(self) -> None:
        """From before the fault until long after it."""
        tasks = []
        for number in range(int(ENDS_AT * PER_SECOND)):
            stays = number / PER_SECOND >= DOWN_AT and self.waiting < QUEUED
            self.waiting += stays
            tasks.append(asyncio.create_task(self._stay() if stays else self._ask()))
            await asyncio.sleep(1 / PER_SECOND)
        await asyncio.gather(*tasks)

    async def _ask(self) -> None:
        with suppress(GatehouseError):
            await self.catalogue.find(Wish())

    async def _stay(self) -> None:
        while True:
            try:
                await self.catalogue.find(Wish())
            except GatehouseError as refused:
                told = refused.retry_after or 1
                await asyncio.sleep(told if self.manners == "patient" else IMPATIENT_SECONDS)
            else:
                self.served_at = asyncio.get_running_loop().time()
                return


def herd(*, seed: int, manners: Manners = "patient", fault: Fault = "") -> Outcome:
    """Calls per 100 ms that reach the backend once it is back, beside the steady rate."""
    before = random.getstate()
    random.seed(seed)  # the spread of Retry-After and the jitter of the open time
    try:
        backend, crowd = in_virtual_time(_recovery(manners, fault))
    finally:
        random.setstate(before)
    return _judged(backend, crowd)


async def _recovery(manners: Manners, fault: Fault) -> tuple[Backend, Crowd]:
    backend, clock = Backend(), LoopClock()
    rules = Rules(spread_seconds=0) if fault == "same_moment" else Rules()
    catalogue = GuardedCatalogue(
        backend,
        Breaker("backend_search", rules=rules, clock=clock, on_change=lambda _: None),
        bulkhead=Bulkhead("search", 10_000 if fault else PLACES),
        clock=clock,
    )
    crowd = Crowd(catalogue, manners)
    await crowd.run()
    return backend, crowd


def _judged(backend: Backend, crowd: Crowd) -> Outcome:
    steady = PER_SECOND / 10
    seen_at = min(at for at in backend.answered if at >= UP_AT)
    slots = Counter(int(at * 10) for at in backend.asked if at >= UP_AT)
    peak = max(slots.values()) / steady
    seconds = Counter(int(at) for at in backend.asked if at >= UP_AT)
    busy = [second for second, count in seconds.items() if count > 1.1 * PER_SECOND]
    steady_after = max(busy, default=seen_at) + 1 - seen_at
    down = sum(DOWN_AT <= at < UP_AT for at in backend.asked)
    figures: dict[str, int | float | str] = {
        "visitors": crowd.manners,
        "queued": crowd.waiting,
        "asked_while_down": down,
        "noticed_after_s": round(seen_at - UP_AT, 1),
        "peak_of_steady": round(peak, 2),
        "steady_again_after_s": round(steady_after, 1),
        "last_served_after_s": round(crowd.served_at - seen_at, 1),
    }
    broken = [f"peak of {peak:.1f} times the steady rate"] * (peak > MOST_PEAK)
    broken += [f"steady only after {steady_after:.0f} s"] * (steady_after > MOST_SECONDS)
    return Outcome("recovery", figures, tuple(broken))
