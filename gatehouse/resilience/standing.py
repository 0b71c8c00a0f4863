"""The states of a breaker, how it stands, and how its changes are told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from gatehouse.observe import journal, meters


class State(StrEnum):
    """What a breaker does with the next call."""

    CLOSED = "closed"  # lets it through
    HALF_OPEN = "half_open"  # lets one through at a time, as a probe
    OPEN = "open"  # refuses it
    FORCED_OPEN = "forced_open"
    FORCED_CLOSED = "forced_closed"


GAUGE = {
    State.CLOSED: 0.0,
    State.HALF_OPEN: 0.5,
    State.OPEN: 1.0,
    State.FORCED_OPEN: 3.0,
    State.FORCED_CLOSED: 4.0,
}
AFTER = {  # what a state with an end turns into
    State.OPEN: State.HALF_OPEN,
    State.FORCED_OPEN: State.HALF_OPEN,
    State.FORCED_CLOSED: State.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A look at a breaker. `retry_after` in whole seconds; 0: a call would be let in now."""

    state: State
    reason: str  # of the last change; "throttled" while a 429 shuts the gate of a closed one
    opens_total: int
    retry_after: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a breaker. `seconds`: how long the new state lasts at most; 0: open-ended."""

    service: str
    before: State
    to: State
    reason: str
    opens_total: int
    seconds: float
    version: str = ""  # of the agent, where each version has a breaker of its own


def time_left(seconds: float) -> int:
    """Whole seconds, rounded up, for Retry-After; 0 only when nothing is left."""
    return math.ceil(max(0.0, seconds))


WORST_FIRST = (
    State.OPEN, State.FORCED_OPEN, State.HALF_OPEN, State.FORCED_CLOSED, State.CLOSED,
)  # fmt: skip


def tell(change: Change, *, shown: State | None = None) -> None:
    """Metrics and a line in the journal, at the time of the change. Never raises.

    `shown`: what the gauge tells, where several breakers share its service.
    """
    gauge = meters.re_circuit_breaker_state.labels(service=change.service)
    gauge.set(GAUGE[shown or change.to])
    meters.re_circuit_breaker_transitions_total.labels(service=change.service, to=change.to).inc()
    journal.event(
        "breaker_transition",
        message=f"breaker {change.service} {change.before} -> {change.to}: {change.reason}",
        level=_level(change),
        dependency=change.service,
        **({"version": change.version} if change.version else {}),
        before=change.before,
        to=change.to,
        reason=change.reason,
        opens_total=change.opens_total,
        seconds=round(change.seconds, 3),
    )


def _level(change: Change) -> journal.Level:
    if change.reason == "misconfigured":
        return "ERROR"  # somebody must act: waiting does not help
    return "WARNING" if change.to in (State.OPEN, State.FORCED_OPEN) else "INFO"
