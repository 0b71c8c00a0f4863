"""A second attempt, where it can help: within a budget, within the deadline, in one layer only."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from gatehouse.observe import meters
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.votes import Judge, Vote, judge

T = TypeVar("T")
FULL = 10.0
NONE_AT = 5.0  # no second attempts at this many tokens or fewer
PER_FAILURE = 1.0
PER_SUCCESS = 0.1
FAILED = (Vote.FAILURE, Vote.THROTTLED)
REMEMBERED = 64  # durations that the typical one is the median of

_is_retrying: ContextVar[bool] = ContextVar("is_retrying", default=False)


class RetryBudget:
    """One per dependency. Ten tokens: a failure takes one, a success brings back a tenth.

    So a dependency that fails as a whole gets hardly more calls than it has requests. Also knows
    how long a call typically takes (`typical_seconds` until the first one has succeeded).
    """

    def __init__(self, service: str, *, typical_seconds: float = 0.1) -> None:
        self.service = service
        self._lock = threading.Lock()
        self._tokens = FULL
        self._durations: deque[float] = deque([typical_seconds], maxlen=REMEMBERED)
        self._has_begun = False

    @property
    def tokens(self) -> float:
        return self._tokens

    @property
    def allows(self) -> bool:
        """May anything be tried again now?"""
        return self._tokens > NONE_AT

    @property
    def typical_seconds(self) -> float:
        """Median duration of the last successes."""
        with self._lock:
            return median(self._durations)

    def failed(self) -> None:
        """Takes a token."""
        with self._lock:
            self._tokens = max(0.0, self._tokens - PER_FAILURE)

    def succeeded(self, seconds: float) -> None:
        """Brings back a tenth of a token and notes how long it took."""
        with self._lock:
            self._tokens = min(FULL, self._tokens + PER_SUCCESS)
            if not self._has_begun:
                self._durations.clear()
                self._has_begun = True
            self._durations.append(seconds)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full jitter: evenly from 0 to `first` · 2ⁿ seconds, at most `longest`."""

    first: float = 0.2
    longest: float = 2.0
    chance: Callable[[], float] = random.random  # from 0 to 1
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def seconds(self, attempt: int) -> float:
        """Pause after the attempt of this number, the first being 0."""
        return self.chance() * min(self.longest, self.first * 2.0 ** min(attempt, 32))


BACKOFF = Backoff()


async def retrying(
    call: Callable[[], Awaitable[T]],
    *,
    budget: RetryBudget,
    deadline: Deadline,
    attempts: int = 2,
    reserve: float = 0.0,
    backoff: Backoff = BACKOFF,
    judge: Judge = judge,
    is_shown: Callable[[], bool] = lambda: False,
) -> T:
    """The result of `call`, tried again only after a failure of the dependency.

    Not tried again: what `judge` holds for the caller's own, a misconfiguration or an open
    breaker; once `is_shown()` says that the visitor has seen something; when the budget is spent;
    or when pause, typical duration and `reserve` (seconds) do not fit into the deadline. A
    Retry-After that fits is waited for. Inside another `retrying` there is one attempt: one layer
    retries.
    """
    most = 1 if _is_retrying.get() else attempts
    marked = _is_retrying.set(True)
    try:
        for attempt in range(most - 1):
            try:
                return await _once(call, budget, deadline=deadline, judge=judge)
            except Exception as error:
                wait = judge(error).pause + backoff.seconds(attempt)
                needed = wait + budget.typical_seconds + reserve
                can_help = judge(error).vote in FAILED and not is_shown()
                if not (can_help and _allows(budget, needed, deadline)):
                    raise
            meters.retry_total.labels(service=budget.service).inc()
            await backoff.sleep(wait)
        return await _once(call, budget, deadline=deadline, judge=judge)
    finally:
        _is_retrying.reset(marked)


async def _once(
    call: Callable[[], Awaitable[T]], budget: RetryBudget, *, deadline: Deadline, judge: Judge
) -> T:
    began = deadline.clock.monotonic()
    try:
        result = await call()
    except Exception as error:
        if judge(error).vote in FAILED:
            budget.failed()
        raise
    budget.succeeded(deadline.clock.monotonic() - began)
    return result


def _allows(budget: RetryBudget, seconds: float, deadline: Deadline) -> bool:
    """Is there a token, and time for so many seconds? A refusal is counted."""
    if budget.allows and deadline.remaining >= seconds:
        return True
    meters.retry_refused_total.labels(service=budget.service).inc()
    return False
