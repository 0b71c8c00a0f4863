"""P14: what a failing backend gets on top of its requests because of retries."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from gatehouse.base.errors import SearchDown
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.retry import FULL, Backoff, RetryBudget, retrying
from tests.faults.lab.stage import Outcome

from .virtual import LoopClock, in_virtual_time

PER_SECOND = 20
CALL_SECONDS = 0.02
TURN_SECONDS = 20.0
MOST_AT_TOTAL, MOST_AT_PART = 1.10, 1.20
Fault = Literal["", "no_budget", "two_layers"]


class Bottomless(RetryBudget):
    """A budget that never ends."""

    def failed(self) -> None:
        self._tokens = FULL


@dataclass
class Traffic:
    """Steady requests to a backend that fails with a fixed chance. The breaker is left out."""

    failing: float
    fault: Fault
    random: Random
    requests: int = 0
    calls: int = 0
    most_attempts: int = 0
    budget: RetryBudget = field(init=False)

    def __post_init__(self) -> None:
        make = Bottomless if self.fault == "no_budget" else RetryBudget
        self.budget = make("backend_search")

    async def run(self, seconds: float) -> None:
        """As many requests as come in that time, each on its own."""
        visitors = []
        for _ in range(int(seconds * PER_SECOND)):
            visitors.append(asyncio.create_task(self._visitor()))
            await asyncio.sleep(1 / PER_SECOND)
        await asyncio.gather(*visitors)

    async def _visitor(self) -> None:
        attempts = 0

        async def call() -> None:
            nonlocal attempts
            attempts += 1
            self.calls += 1
            await asyncio.sleep(CALL_SECONDS)
            if self.random.random() < self.failing:
                raise SearchDown

        self.requests += 1
        with suppress(SearchDown):
            await self._layers(call)
        self.most_attempts = max(self.most_attempts, attempts)

    async def _layers(self, call: Callable[[], Awaitable[None]]) -> None:
        async def inner() -> None:
            await self._retrying(call)

        async def unseen() -> None:  # in a context of its own the outer layer is not noticed
            await asyncio.create_task(inner(), context=contextvars.Context())

        is_doubled = self.fault == "two_layers"
        await self._retrying(unseen if is_doubled else inner)

    async def _retrying(self, call: Callable[[], Awaitable[None]]) -> None:
        await retrying(
            call,
            budget=RetryBudget("backend_search") if self.fault == "two_layers" else self.budget,
            deadline=Deadline.after(TURN_SECONDS, LoopClock()),
            backoff=Backoff(chance=self.random.random),
        )


def amplification(seconds: float, *, seed: int, fault: Fault = "") -> Outcome:
    """Calls per request at total failure, then at 30 %; two nested layers of our own around."""
    total = Traffic(1.0, fault, Random(seed))
    part = Traffic(0.3, fault, Random(seed))
    for traffic in (total, part):
        in_virtual_time(traffic.run(seconds))
    at_total, at_part = total.calls / total.requests, part.calls / part.requests
    most = max(total.most_attempts, part.most_attempts)
    figures: dict[str, int | float | str] = {
        "virtual_seconds": seconds,
        "requests": total.requests,
        "at_100_percent": round(at_total, 4),
        "at_30_percent": round(at_part, 4),
        "most_attempts": most,
    }
    broken = [f"{at_total:.2f} calls per request at total failure"] * (at_total > MOST_AT_TOTAL)
    broken += [f"{at_part:.2f} calls per request at 30 %"] * (at_part > MOST_AT_PART)
    broken += [f"{most} attempts in one turn"] * (most > 2)
    return Outcome("amplification", figures, tuple(broken))
