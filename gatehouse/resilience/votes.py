"""What the end of a call says about the health of the dependency that was called."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gatehouse.base.errors import CircuitOpen, GatehouseError, Overloaded


class Vote(StrEnum):
    """How one call counts."""

    OK = "ok"
    FAILURE = "failure"  # connect error, time-out, 5xx, 529, protocol error
    NONE = "none"  # cancelled by its caller, or the caller's own mistake
    THROTTLED = "throttled"  # 429: shuts the rate gate, says nothing about health
    MISCONFIGURED = "misconfigured"  # 401, 403: trying again cannot help


@dataclass(frozen=True, slots=True)
class Judged:
    """A vote, and for how many seconds the dependency asked to be left alone."""

    vote: Vote
    retry_after: float = 0.0

    @property
    def pause(self) -> float:
        """`retry_after`, or 0 where a server sent nonsense."""
        is_sound = math.isfinite(self.retry_after) and self.retry_after > 0
        return self.retry_after if is_sound else 0.0


Judge = Callable[[Exception], Judged]


def judge(error: Exception) -> Judged:
    """How an exception counts where the caller names no judge of its own.

    Our own refusals reached no dependency, and errors below 500 are the caller's.
    """
    if isinstance(error, CircuitOpen | Overloaded):
        return Judged(Vote.NONE)
    if isinstance(error, GatehouseError):
        vote = Vote.FAILURE if error.status >= 500 else Vote.NONE
        return Judged(vote, float(error.retry_after or 0))
    return Judged(Vote.FAILURE)


def judge_status(status: int, retry_after: float = 0.0) -> Judged:
    """How an HTTP status counts; `retry_after` in seconds, as the answer's header has it."""
    if status == 429:
        return Judged(Vote.THROTTLED, retry_after)
    if status in (401, 403):
        return Judged(Vote.MISCONFIGURED, retry_after)
    if status >= 500 or status == 408:
        return Judged(Vote.FAILURE, retry_after)
    return Judged(Vote.NONE if status >= 400 else Vote.OK)
