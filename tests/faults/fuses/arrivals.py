"""P12: many callers at the instant of half-open, in coroutines and threads: exactly one probe."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import CircuitOpen
from gatehouse.resilience.breaker import Breaker, Judged, Permit, State, Vote
from tests.faults.lab.stage import Outcome
from tests.properties.resilience.broken import Maker

COROUTINES = 200
THREADS = 8
TIMEOUT = 2.0  # of the probed call, in seconds of the turnable clock
LEASE = TIMEOUT + 1.0
OPEN_S = 5.0
PATIENCE = 60.0  # only ends a round that hangs
ENDINGS = ("returns", "never_returns", "cancelled")


class NoLock(Breaker):
    """Looks and takes in two steps that others come between."""

    def __init__(self, service: str, **more: Any) -> None:
        super().__init__(service, **more)
        self._lock = nullcontext()  # type: ignore[assignment]

    def _wait(self, state: State, now: float) -> float:
        wait = super()._wait(state, now)
        time.sleep(0.001)
        return wait


@dataclass
class Round:
    """One rush. Whoever is let in stays until everybody has tried."""

    breaker: Breaker
    clock: TurnableClock
    tried: int = 0
    let_in: list[Permit] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    all_tried: threading.Event = field(default_factory=threading.Event)

    def attempt(self) -> None:
        """Tries to be let in, and notes it."""
        let_in: list[Permit] = []
        with suppress(CircuitOpen):
            let_in.append(self.breaker.watch(timeout_seconds=TIMEOUT).__enter__())
        with self.lock:
            self.tried += 1
            self.let_in += let_in
            if self.tried == COROUTINES + THREADS:
                self.all_tried.set()

    async def rush(self) -> None:
        """Eight threads and two hundred coroutines, let go together."""
        start = threading.Barrier(THREADS + 1, timeout=PATIENCE)

        def from_thread() -> None:
            start.wait()
            self.attempt()

        async def from_coroutine() -> None:
            await asyncio.sleep(0)
            self.attempt()

        threads = [threading.Thread(target=from_thread, daemon=True) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        tasks = [asyncio.create_task(from_coroutine()) for _ in range(COROUTINES)]
        start.wait()
        await asyncio.gather(*tasks)
        for thread in threads:
            thread.join(PATIENCE)


def opened(make: Maker, clock: TurnableClock) -> Breaker:
    """A breaker that has just opened, for `OPEN_S` seconds."""
    breaker = make("backend_search", clock=clock, jitter=lambda: 0.5, on_change=lambda _: None)
    for _ in range(5):
        with breaker.watch(timeout_seconds=TIMEOUT) as permit:
            permit.settle(Judged(Vote.FAILURE))
    return breaker


def half_open(make: Maker, clock: TurnableClock) -> Breaker:
    """A breaker that has just become half-open."""
    breaker = opened(make, clock)
    clock.turn(OPEN_S)
    return breaker


def waits_for_probe(breaker: Breaker, clock: TurnableClock) -> float | None:
    """Seconds until the next probe is let in; None: the breaker is wedged."""
    for tenths in range(int(LEASE * 10) + 12):
        try:
            with breaker.watch(timeout_seconds=TIMEOUT) as permit:
                permit.settle(Judged(Vote.OK))
            return tenths / 10
        except CircuitOpen:
            clock.turn(0.1)
    return None


async def arrivals(rounds: int, make: Maker = Breaker) -> Outcome:
    """So many rushes; in turn the probe returns, never returns, or is cancelled by its caller."""
    single = wedged = 0
    longest = 0.0
    for number in range(rounds):
        clock = TurnableClock()
        round_ = Round(half_open(make, clock), clock)
        await round_.rush()
        single += len(round_.let_in) == 1 and round_.all_tried.is_set()
        _end(round_, ENDINGS[number % len(ENDINGS)])
        waited = waits_for_probe(round_.breaker, clock)
        wedged += waited is None
        longest = max(longest, waited or 0.0)
    figures: dict[str, int | float | str] = {
        "rounds": rounds,
        "one_probe": f"{single} of {rounds}",
        "wedged": wedged,
        "longest_wait_for_next_probe_s": round(longest, 1),
        "lease_s": LEASE,
    }
    broken = [f"{rounds - single} rounds without exactly one probe"] * (single != rounds)
    broken += [f"{wedged} breakers wedged"] * bool(wedged)
    broken += ["the next probe came later than lease + 1 s"] * (longest > LEASE + 1)
    return Outcome("half-open", figures, tuple(broken))


def _end(round_: Round, how: str) -> None:
    for permit in round_.let_in:
        if how == "cancelled":
            permit.__exit__(asyncio.CancelledError, asyncio.CancelledError(), None)
        elif how == "returns":
            permit.settle(Judged(Vote.OK))
