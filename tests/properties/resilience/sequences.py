"""Random sequences of everything that can happen to a breaker, beside the reference model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import CircuitOpen
from gatehouse.resilience.breaker import Breaker, Judged, Vote
from gatehouse.resilience.permit import Permit

from .broken import Maker
from .plain import Call, Plain

STEPS = 60
MOODS = (  # weights of ok, slow, failure, throttled, misconfigured, cancelled
    (70, 5, 15, 3, 0, 7),
    (5, 5, 80, 3, 1, 6),
    (35, 10, 40, 5, 1, 9),
    (30, 45, 10, 3, 0, 12),
    (2, 0, 2, 1, 0, 95),
)
ENDS = ("ok", "slow", "failure", "throttled", "misconfigured", "cancelled")
TIMEOUTS = (0.5, 1.0, 4.0)
PAUSES = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 7.0, 13.0, 29.0, 30.0, 61.0)
JUMPS = (3600, -3600, 86_400 * 3652, -86_400 * 3652)  # of the wall clock alone


@dataclass
class Walk:
    """One sequence, on both sides. Raises Diverged at the first difference."""

    random: Random
    breaker: Breaker
    model: Plain
    clock: TurnableClock
    open_calls: list[tuple[Permit, Call]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    mood: tuple[int, ...] = MOODS[0]

    def step(self) -> None:
        """Something happens; then both sides are compared."""
        kinds: dict[Callable[[], None], int] = {
            self.call: 40, self.begin: 12, self.end: 14, self.lose: 1, self.wait: 16,
            self.jump: 5, self.read: 8, self.force: 2, self.release: 1, self.keep_time: 2,
            self.change_mood: 2,
        }  # fmt: skip
        self.random.choices(list(kinds), list(kinds.values()))[0]()
        self.compare()

    @property
    def now(self) -> float:
        return self.clock.ticks

    def call(self) -> None:
        self.begin()
        if self.open_calls and self.random.random() < 0.95:
            self.end(last=True)

    def begin(self) -> None:
        timeout = self.random.choice(TIMEOUTS)
        expected = self.model.begin(self.now, timeout)
        permit = self.breaker.watch(timeout_seconds=timeout)
        try:
            permit.__enter__()
        except CircuitOpen as refused:
            self.note("begin", refused.retry_after, expected)
            return
        self.note("begin", "let in", "let in" if isinstance(expected, Call) else expected)
        assert isinstance(expected, Call)
        self.open_calls.append((permit, expected))

    def end(self, *, last: bool = False) -> None:
        if not self.open_calls:
            return
        at = -1 if last else self.random.randrange(len(self.open_calls))
        permit, call = self.open_calls.pop(at)
        how = self.random.choices(ENDS, self.mood)[0]
        self.told.append(how)
        if how == "slow":
            self.clock.turn(call.timeout)
        retry_after = self.random.choice((0.0, 0.0, 0.0, 3.0, 40.0))
        if how == "cancelled":
            permit.__exit__(asyncio.CancelledError, asyncio.CancelledError(), None)
            self.model.end(call, "none", self.now)
            return
        vote = Vote.OK if how == "slow" else Vote(how)
        retry_after = 0.0 if vote is Vote.OK else retry_after
        permit.settle(Judged(vote, retry_after))
        self.model.end(call, vote.value, self.now, retry_after=retry_after)

    def lose(self) -> None:
        """A call that never returns."""
        if self.open_calls:
            self.open_calls.pop()

    def wait(self) -> None:
        self.clock.turn(self.random.choice(PAUSES))

    def jump(self) -> None:
        """Somebody sets the machine's date."""
        self.clock.at += timedelta(seconds=self.random.choice(JUMPS))
        if abs((self.clock.at - TurnableClock().at).days) > 8 * 3652:
            self.clock.at = TurnableClock().at

    def read(self) -> None:
        for _ in range(3):
            self.compare()

    def force(self) -> None:
        to = self.random.choice(("forced_open", "forced_closed"))
        seconds = self.random.choice((1.0, 10.0, 120.0))
        self.breaker.force(to, seconds=seconds, reason="trial")
        self.model.come_to(self.now)
        self.model.enter(to, self.now, self.now + seconds)

    def release(self) -> None:
        self.breaker.release(reason="trial")
        self.model.come_to(self.now)
        if self.model.phase.startswith("forced"):
            self.model.ends = self.now

    def keep_time(self) -> None:
        self.breaker.keep_time()

    def change_mood(self) -> None:
        self.mood = self.random.choice(MOODS)

    def compare(self) -> None:
        stands = self.breaker.standing
        actual = (stands.state.value, stands.opens_total, stands.retry_after)
        self.note("standing", actual, self.model.standing(self.now))

    def note(self, what: str, actual: object, expected: object) -> None:
        if actual != expected:
            told = " ".join(self.told[-12:])
            raise Diverged(f"{what}: is {actual}, should be {expected}, after {told}")
        self.told.append(f"{what}={actual}@{self.now:g}")


class Diverged(Exception):
    """The breaker did not do what the model does."""


def walk(seed: int, make: Maker = Breaker) -> str | None:
    """One sequence; None, or where the two sides part."""
    random = Random(seed)
    chance = random.choice((0.0, 0.25, 0.5, 1.0))
    clock = TurnableClock()
    breaker = make(
        "backend_search", clock=clock, jitter=lambda: chance, on_change=lambda change: None
    )
    walking = Walk(random, breaker, Plain(chance), clock, mood=random.choice(MOODS))
    try:
        for _ in range(STEPS):
            walking.step()
    except Diverged as found:
        return f"seed {seed}: {found}"
    return None


def divergences(count: int, *, seed: int, make: Maker = Breaker, most: int = 3) -> list[str]:
    """The first few sequences of so many whose sides part."""
    found: list[str] = []
    for number in range(count):
        if told := walk(seed * 10_000_000 + number, make):
            found.append(told)
            if len(found) >= most:
                break
    return found
