"""Admission for coroutines: a seat is held while work competes, and lent while it waits."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from gatehouse.base.clock import Clock
from gatehouse.base.errors import Overloaded
from gatehouse.observe import journal, meters
from gatehouse.resilience.admission import Room, Rules, Standing, Ticket
from gatehouse.resilience.deadline import Deadline

RETRY_SECONDS = (1, 5)
STEPS_A_SECOND = 10
_held: ContextVar[Hold | None] = ContextVar("held", default=None)


def retry_seconds() -> int:
    """Spread, so that those who were turned away together do not come back together."""
    return random.randint(*RETRY_SECONDS)  # noqa: S311 - jitter


@dataclass(slots=True, eq=False)
class Seat:
    """One place among the work in flight, shared by a request and the turn that it began."""

    room: Room
    ticket: Ticket
    holders: int = 0

    def hold(self) -> Hold:
        """One more who needs it."""
        self.holders += 1
        return Hold(self)


@dataclass(slots=True, eq=False)
class Hold:
    """One holder's part in a seat; the last one who releases frees it."""

    seat: Seat
    is_released: bool = False

    def release(self) -> None:
        """A second time does nothing."""
        if not self.is_released:
            self.is_released = True
            self.seat.holders -= 1
            if self.seat.holders == 0:
                self.seat.room.leave(self.seat.ticket)


@dataclass(slots=True)
class Admission:
    """The door of one process."""

    room: Room = field(default_factory=Room)
    refused: Counter[str] = field(default_factory=Counter)  # since the last line in the log
    _steps: int = 0

    @classmethod
    def of(cls, most: int, *, sheds: bool = True, clock: Clock | None = None) -> Admission:
        """`most` requests at once; `sheds` False is the negative control."""
        rules = Rules(most=most, sheds=sheds)
        return cls(Room(rules, clock) if clock else Room(rules))

    def retune(self, most: int) -> None:
        """So many requests at once at most; whoever is inside stays."""
        self.room.retune(most)

    def would_refuse(self, work: str) -> bool:
        """Reading changes nothing."""
        return self.room.would_refuse(work)

    def refusal(self, work: str) -> Overloaded:
        """The error for one who is turned away, counted."""
        self.refused[work] += 1
        self.room.note_refusal()
        meters.shed_total.labels(**{"class": work}).inc()
        return Overloaded(retry_after=retry_seconds())

    async def enter(self, work: str, *, deadline: Deadline | None = None) -> Hold:
        """A seat for this work. Raises Overloaded; then nothing of it has begun."""
        left = deadline.remaining if deadline is not None else None
        ticket = self.room.ask(work, seconds=left)
        if ticket.standing is Standing.WAITING:
            await wait_in_line(self.room, ticket)
        if ticket.standing is not Standing.INSIDE:
            raise self.refusal(work)
        return Seat(self.room, ticket).hold()

    @asynccontextmanager
    async def seated(self, work: str) -> AsyncIterator[Hold]:
        """`enter` for what runs inside, whose turns and waits find the seat by themselves."""
        hold = await self.enter(work)
        before = _held.set(hold)
        try:
            yield hold
        finally:
            _held.reset(before)
            hold.release()

    async def run(self) -> None:
        """Adapts the limit and tells the figures, until cancelled."""
        clock, step = self.room.clock, self.room.rules.step
        due = clock.monotonic() + step
        while True:
            await asyncio.sleep(max(0.0, due - clock.monotonic()))
            late = max(0.0, clock.monotonic() - due)
            due = clock.monotonic() + step
            self.step(late)

    def step(self, lateness: float) -> None:
        """One step of `run`; `lateness` of the event loop in seconds."""
        self.room.step(lateness)
        meters.admission_limit.set(self.room.tide.limit)
        meters.admission_in_flight.set(self.room.in_flight)
        self._steps += 1
        if self._steps % STEPS_A_SECOND == 0 and self.refused:
            self._tell()

    def _tell(self) -> None:
        """One line a second for all who were turned away."""
        journal.event(
            "shed",
            level="WARNING",
            refused=dict(self.refused),
            limit=self.room.tide.limit,
            in_flight=self.room.in_flight,
        )
        self.refused.clear()


async def wait_in_line(room: Room, ticket: Ticket) -> None:
    """Returns when the ticket waits no longer; cancelled, it steps out of the line."""
    loop = asyncio.get_running_loop()
    called: asyncio.Future[None] = loop.create_future()
    ticket.wake = _waker(called)
    seconds = ticket.until - room.clock.monotonic()
    alarm = loop.call_later(seconds + 0.002, room.expire) if seconds < float("inf") else None
    try:
        await called
    except asyncio.CancelledError:
        room.leave(ticket)
        raise
    finally:
        if alarm is not None:
            alarm.cancel()


def _waker(called: asyncio.Future[None]) -> Callable[[], None]:
    def wake() -> None:
        if not called.done():
            called.set_result(None)

    return wake


def carry() -> Hold | None:
    """The present request's seat for work that outlives it; None outside of any request."""
    hold = _held.get()
    return hold.seat.hold() if hold is not None and hold.seat.holders else None


def rest() -> None:
    """The present request only waits from now on: its seat is free unless a turn holds it."""
    hold = _held.get()
    if hold is not None:
        hold.release()


@asynccontextmanager
async def away() -> AsyncIterator[None]:
    """Around waiting for a model: the seat is somebody else's meanwhile, and had back first."""
    hold = _held.get()
    if hold is None or hold.seat.ticket.standing is not Standing.INSIDE:
        yield
        return
    room, ticket = hold.seat.room, hold.seat.ticket
    room.go_away(ticket)
    try:
        yield
    except BaseException:
        room.come_back(ticket, is_urgent=True)  # a deadline that has passed waits for nobody
        raise
    room.come_back(ticket)
    if ticket.standing is Standing.WAITING:
        await wait_in_line(room, ticket)
