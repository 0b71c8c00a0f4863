"""A fuse around one dependency: after enough failures nobody calls it, and one probe asks again.

Its lock guards a few assignments and is never held across a call; so it serves coroutines and
threads alike. Time-driven changes are a function of the clock, and reading changes nothing.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import BadInput, CircuitOpen
from gatehouse.resilience.permit import Permit, Ticket
from gatehouse.resilience.rules import Rules, Window
from gatehouse.resilience.standing import AFTER, Change, Standing, State, tell, time_left
from gatehouse.resilience.votes import Judge, Judged, Vote, judge

__all__ = ["Breaker", "Judged", "Permit", "Rules", "Standing", "State", "Vote", "judge"]

NEVER = math.inf
LONGEST_FORCED_SECONDS = 86_400.0


class Breaker:
    """One per dependency, class of endpoint and account. `jitter` gives numbers from 0 to 1."""

    def __init__(
        self,
        service: str,
        *,
        rules: Rules | None = None,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
        on_change: Callable[[Change], None] = tell,
        version: str = "",
    ) -> None:
        self.service = service
        self.version = version
        self.rules = rules or Rules()
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state, self._reason = State.CLOSED, ""
        self._generation = 0  # one more with every change
        self._until = NEVER  # then an open or forced state ends
        self._gate_until = -NEVER  # 429: no call before
        self._lease_until = -NEVER  # a probe is under way until
        self._probe = 0
        self._successes = 0
        self._in_a_row = 0
        self._window = Window(self.rules)
        self._not_before = -NEVER  # the latest Retry-After of this generation's failures
        self._backoff = 0
        self._closed_since = self._clock.monotonic()
        self._opens_total = 0

    def watch(self, *, timeout_seconds: float | None = None, judge: Judge = judge) -> Permit:
        """`with breaker.watch(timeout_seconds=0.8): …` around one call, awaits included.

        Entering raises CircuitOpen. `timeout_seconds` is the call's own limit: what takes over
        80 % of it is slow, and a probe's lease ends one second after it. Put the time-out itself
        inside: one around the outside looks like a caller that went away, and counts nothing.
        """
        return Permit(lambda: self.admit(timeout_seconds), self.settle, judge)

    @property
    def standing(self) -> Standing:
        """As it stands now. Takes no permit and changes nothing."""
        with self._lock:
            now = self._clock.monotonic()
            state = self._state_at(now)
            wait = self._wait(state, now)
            is_gated = state is State.CLOSED and wait > 0
            return Standing(
                state, "throttled" if is_gated else self._reason, self._opens_total, time_left(wait)
            )

    def refuse_if_shut(self) -> None:
        """Raises CircuitOpen if a call would be refused now. Takes no permit, like `standing`."""
        with self._lock:
            now = self._clock.monotonic()
            wait = self._wait(self._state_at(now), now)
        if wait > 0:
            raise self._refusal(wait)

    def force(self, state: State | str, *, seconds: float, reason: str) -> None:
        """Overrides the state for so many seconds. Raises BadInput."""
        if state not in (State.FORCED_OPEN, State.FORCED_CLOSED):
            raise BadInput(f"state: must be forced_open or forced_closed, not {state}")
        if not 0 < seconds <= LONGEST_FORCED_SECONDS:
            raise BadInput(f"seconds: must be from 1 to {LONGEST_FORCED_SECONDS:.0f}")
        if not reason.strip():
            raise BadInput("reason: must not be empty")
        with self._lock:
            now = self._clock.monotonic()
            self._follow(now)
            self._change(State(state), reason, at=now, until=now + seconds)

    def release(self, *, reason: str) -> None:
        """Ends an override now: after forced-open a probe decides, after forced-closed all pass."""
        with self._lock:
            now = self._clock.monotonic()
            self._follow(now)
            if self._state in (State.FORCED_OPEN, State.FORCED_CLOSED):
                self._change(AFTER[self._state], reason, at=now)

    @property
    def override(self) -> tuple[State, float, str] | None:
        """What is forced upon it, for how many seconds more, and why; None: nothing."""
        with self._lock:
            now = self._clock.monotonic()
            state = self._state_at(now)
            is_forced = state in (State.FORCED_OPEN, State.FORCED_CLOSED)
            return (state, self._until - now, self._reason) if is_forced else None

    def keep_time(self) -> None:
        """Makes due changes seen in metrics and journal where no call comes along."""
        with self._lock:
            self._follow(self._clock.monotonic())

    def admit(self, timeout: float | None) -> Ticket:
        """Lets a call in, or raises CircuitOpen. `watch` does this for you."""
        with self._lock:
            now = self._clock.monotonic()
            self._follow(now)
            wait = self._wait(self._state, now)
            if wait <= 0:
                return Ticket(self._generation, now, timeout, self._lease(now, timeout))
        raise self._refusal(wait)

    def settle(self, ticket: Ticket, judged: Judged) -> None:
        """Counts the end of a call. `watch` does this for you."""
        with self._lock:
            now = self._clock.monotonic()
            self._follow(now)
            if judged.vote is Vote.THROTTLED:
                self._shut_gate(now, judged)
            if ticket.generation != self._generation:
                return  # of before the last change: it says nothing about now
            if self._state is State.HALF_OPEN:
                self._settle_probe(ticket, judged, now=now)
            elif self._state is State.CLOSED:
                self._settle_call(ticket, judged, now=now)

    def _state_at(self, now: float) -> State:
        return AFTER[self._state] if now >= self._until else self._state

    def _wait(self, state: State, now: float) -> float:
        """Seconds until the next call may be let in; 0 or less: now."""
        if state is State.FORCED_CLOSED:
            return 0.0
        gate = self._gate_until - now
        if state in (State.OPEN, State.FORCED_OPEN):
            return max(gate, self._until - now)
        if state is State.HALF_OPEN:
            return max(gate, self._lease_until - now)
        return gate

    def _refusal(self, wait: float) -> CircuitOpen:
        """Never sooner than the next call is let in, and not everybody at the same moment."""
        later = round(self._jitter() * self.rules.spread_seconds)
        return CircuitOpen(f"{self.service} is resting", retry_after=time_left(wait) + later)

    def _lease(self, now: float, timeout: float | None) -> int:
        if self._state is not State.HALF_OPEN:
            return 0
        is_bounded = timeout is not None and math.isfinite(timeout)
        seconds = timeout if timeout and is_bounded else self.rules.lease_seconds
        self._lease_until = now + seconds + self.rules.lease_margin_seconds
        self._probe += 1
        return self._probe

    def _shut_gate(self, now: float, judged: Judged) -> None:
        pause = min(judged.pause, self.rules.longest_retry_after) or self.rules.throttled_seconds
        self._gate_until = max(self._gate_until, now + pause)

    def _settle_probe(self, ticket: Ticket, judged: Judged, *, now: float) -> None:
        if ticket.probe != self._probe:
            return  # its lease ran out, and another probe was let in
        self._lease_until = -NEVER
        if judged.vote is Vote.MISCONFIGURED:
            self._open("misconfigured", now)
        elif judged.vote is Vote.FAILURE:
            self._heed(judged, now)
            self._open("probe_failed", now)
        elif judged.vote is Vote.OK and self._is_slow(ticket, now):
            self._open("probe_slow", now)
        elif judged.vote is Vote.OK:
            self._successes += 1
            if self._successes >= self.rules.successes_to_close:
                self._change(State.CLOSED, "probes_succeeded", at=now)

    def _settle_call(self, ticket: Ticket, judged: Judged, *, now: float) -> None:
        if judged.vote is Vote.MISCONFIGURED:
            self._open("misconfigured", now)
        if judged.vote not in (Vote.OK, Vote.FAILURE):
            return
        has_failed = judged.vote is Vote.FAILURE
        self._in_a_row = self._in_a_row + 1 if has_failed else 0
        self._window.add(now, is_bad=has_failed or self._is_slow(ticket, now))
        self._heed(judged, now)
        if self._in_a_row >= self.rules.in_a_row:
            self._open("failures_in_a_row", now)
        elif self._window.is_sick:
            self._open("share_failed_or_slow", now)

    def _is_slow(self, ticket: Ticket, now: float) -> bool:
        limit = ticket.timeout
        return limit is not None and now - ticket.began > self.rules.slow_share * limit

    def _heed(self, judged: Judged, now: float) -> None:
        pause = min(judged.pause, self.rules.longest_retry_after)
        self._not_before = max(self._not_before, now + pause)

    def _open(self, reason: str, now: float) -> None:
        if reason == "misconfigured":
            until = now + self.rules.misconfigured_seconds
        else:
            if self._state is State.CLOSED and self._is_healthy_at(now):
                self._backoff = 0
            until = now + self.rules.open_time(self._backoff, self._jitter())
            self._backoff += 1
        self._opens_total += 1
        self._change(State.OPEN, reason, at=now, until=max(until, self._not_before))

    def _is_healthy_at(self, now: float) -> bool:
        return now - self._closed_since >= self.rules.healthy_seconds

    def _follow(self, now: float) -> None:
        state = self._state_at(now)
        if state is not self._state:
            reason = "period_over" if self._state is State.OPEN else "override_over"
            self._change(state, reason, at=self._until)

    def _change(self, to: State, reason: str, *, at: float, until: float = NEVER) -> None:
        before, self._state, self._reason = self._state, to, reason
        self._generation += 1
        self._until, self._lease_until, self._not_before = until, -NEVER, -NEVER
        self._successes = self._in_a_row = 0
        self._window.clear()
        if to is State.CLOSED:
            self._closed_since = at
        seconds = 0.0 if until == NEVER else until - at
        self._on_change(
            Change(self.service, before, to, reason, self._opens_total, seconds, self.version)
        )
