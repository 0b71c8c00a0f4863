"""P13: what must not move a breaker: cancelled callers, callers' errors, the date, and readers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, CircuitOpen
from gatehouse.resilience.breaker import Breaker, State
from tests.faults.lab.stage import Outcome
from tests.properties.resilience.broken import Maker

from .arrivals import OPEN_S, TIMEOUT, half_open, opened

HOUR, DECADE = timedelta(hours=1), timedelta(days=3652)
JUMPS = (HOUR, -HOUR, DECADE, -DECADE)
ALLOWED_ERROR_S = 0.1
TICK_S = 0.01


async def innocence(cancellations: int, reads: int, make: Maker = Breaker) -> Outcome:
    """The four of them, counted."""
    false_openings = await _openings_by_cancelled(cancellations, make)
    false_openings += _openings_by_callers_errors(cancellations, make)
    errors = [_open_period_error(jump, make) for jump in JUMPS]
    worst = max(errors)
    probes = _probes_after_reading(reads, make)
    figures = {
        "cancellations": cancellations,
        "callers_errors": cancellations,
        "false_openings": false_openings,
        "worst_open_period_error_ms": round(worst * 1000),
        "reads": reads,
        "probes_after_reading": probes,
    }
    broken = [f"opened {false_openings} times for nothing"] * bool(false_openings)
    broken += [f"the open period was wrong by {worst:.1f} s"] * (worst > ALLOWED_ERROR_S)
    broken += [f"{probes} probes let in after {reads} reads, not 1"] * (probes != 1)
    return Outcome("innocence", figures, tuple(broken))


def _closed(make: Maker) -> Breaker:
    return make("backend_search", clock=TurnableClock(), on_change=lambda _: None)


async def _openings_by_cancelled(count: int, make: Maker) -> int:
    """Visitors who close the page in the middle of a call."""
    breaker = _closed(make)

    async def call() -> None:
        with breaker.watch(timeout_seconds=TIMEOUT):
            await asyncio.get_running_loop().create_future()

    tasks = [asyncio.create_task(call()) for _ in range(count)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return breaker.standing.opens_total


def _openings_by_callers_errors(count: int, make: Maker) -> int:
    breaker = _closed(make)
    for _ in range(count):
        try:
            with breaker.watch(timeout_seconds=TIMEOUT):
                raise BadInput
        except BadInput:
            continue
        except CircuitOpen:
            break
    return breaker.standing.opens_total


def _open_period_error(jump: timedelta, make: Maker) -> float:
    """Seconds by which the open period is wrong when somebody sets the date in it."""
    clock = TurnableClock()
    breaker = opened(make, clock)
    clock.at += jump
    for tick in range(int(3 * OPEN_S / TICK_S)):
        if breaker.standing.state is State.HALF_OPEN:
            return abs(tick * TICK_S - OPEN_S)
        clock.turn(TICK_S)
    return 2 * OPEN_S  # still open after three times the period: wrong by at least this


def _probes_after_reading(reads: int, make: Maker) -> int:
    """How many of ten callers get in at half-open after so many looks at the status."""
    breaker = half_open(make, TurnableClock())
    for _ in range(reads):
        _look(breaker)
    let_in = 0
    for _ in range(10):
        try:
            breaker.watch(timeout_seconds=TIMEOUT).__enter__()
            let_in += 1
        except CircuitOpen:
            continue
    return let_in


def _look(breaker: Breaker) -> None:
    try:
        _ = breaker.standing
    except CircuitOpen:
        return  # a reader that is refused: only a broken breaker does that
