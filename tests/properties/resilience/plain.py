"""The breaker's rules a second time, as plainly as they can be written: the reference model.

It keeps every vote of the present phase and counts them anew each time. Times are in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

AFTER = {"open": "half_open", "forced_open": "half_open", "forced_closed": "closed"}


@dataclass
class Call:
    """A call that was let in."""

    phase: int
    began: float
    timeout: float


@dataclass
class Plain:
    """One breaker; `chance` (0 to 1) is what its jitter always draws."""

    chance: float
    phase: str = "closed"
    number: int = 0  # of the phase
    since: float = 0.0
    ends: float = math.inf
    votes: list[tuple[float, bool, bool]] = field(default_factory=list)  # time, failed, bad
    asked_until: float = 0.0  # the latest Retry-After among them
    gate: float = 0.0
    probe: Call | None = None
    probe_ends: float = 0.0
    doublings: int = 0
    opens: int = 0

    def enter(self, phase: str, now: float, ends: float = math.inf) -> None:
        """A new phase, in which nothing of the old one counts."""
        self.phase, self.since, self.ends, self.number = phase, now, ends, self.number + 1
        self.votes, self.asked_until, self.probe = [], 0.0, None

    def come_to(self, now: float) -> None:
        """Lets phases that have ended end."""
        while now >= self.ends:
            self.enter(AFTER[self.phase], self.ends)

    def wait(self, now: float) -> float:
        """Seconds until a call would be let in."""
        self.come_to(now)
        if self.phase == "forced_closed":
            return 0.0
        waits = [0.0, self.gate - now]
        if self.phase in ("open", "forced_open"):
            waits.append(self.ends - now)
        if self.probe:
            waits.append(self.probe_ends - now)
        return max(waits)

    def begin(self, now: float, timeout: float) -> Call | int:
        """The call, or the whole seconds of its refusal."""
        if wait := self.wait(now):
            return math.ceil(wait) + round(self.chance * 4)
        call = Call(self.number, now, timeout)
        if self.phase == "half_open":
            self.probe, self.probe_ends = call, now + timeout + 1
        return call

    def end(self, call: Call, vote: str, now: float, *, retry_after: float = 0.0) -> None:
        """What the end of a call does."""
        self.come_to(now)
        if vote == "throttled":
            self.gate = max(self.gate, now + (min(retry_after, 3600) or 5))
        is_probe = call is self.probe
        if call.phase != self.number or (self.phase == "half_open" and not is_probe):
            return
        self.probe = None
        if self.phase == "forced_closed":
            return
        if vote == "misconfigured":
            self.open(now, now + 300)
        if vote not in ("ok", "failure"):
            return
        failed = vote == "failure"
        bad = failed or now - call.began > 0.8 * call.timeout
        self.votes.append((now, failed, bad))
        self.asked_until = max(self.asked_until, now + min(retry_after, 3600))
        if self.is_enough(now):
            seconds = min(60, 5 * 2.0 ** self.times_before(now))
            self.doublings = self.times_before(now) + 1
            self.open(now, now + seconds * (1 - 0.2 + 2 * 0.2 * self.chance))
        elif self.phase == "half_open" and len(self.votes) == 2:
            self.enter("closed", now)

    def is_enough(self, now: float) -> bool:
        """Do the votes of this phase open the breaker?"""
        if self.phase == "half_open":
            return self.votes[-1][2]
        in_a_row = len(self.votes) >= 5 and all(failed for _, failed, _ in self.votes[-5:])
        recent = [bad for at, _, bad in self.votes if at > now - 30]
        return in_a_row or (len(recent) >= 10 and sum(recent) * 2 >= len(recent))

    def times_before(self, now: float) -> int:
        """Openings that the next one is doubled for."""
        is_healthy = self.phase == "closed" and now - self.since >= 60
        return 0 if is_healthy else self.doublings

    def open(self, now: float, ends: float) -> None:
        """No calls until `ends`, or as long as the dependency asked for."""
        self.opens += 1
        self.enter("open", now, max(ends, self.asked_until))

    def standing(self, now: float) -> tuple[str, int, int]:
        """State, openings so far, whole seconds until a call would be let in."""
        wait = self.wait(now)
        return self.phase, self.opens, math.ceil(wait)
