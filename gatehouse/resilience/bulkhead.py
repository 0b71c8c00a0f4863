"""So many calls to one dependency at once, a short queue before them, and a bounded wait in it."""

from __future__ import annotations

import asyncio
import contextvars
import random
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from gatehouse.base.errors import DeadlinePassed, Overloaded
from gatehouse.observe import meters
from gatehouse.resilience.deadline import Deadline

T = TypeVar("T")
WAITING_PER_PLACE = 2
INTERACTIVE_SECONDS = 0.25  # background work may wait longer
RETRY_AFTER = (1, 5)


class Bulkhead:
    """Places of one event loop, handed on in the order of asking."""

    def __init__(
        self,
        name: str,
        places: int,
        *,
        most_waiting: int | None = None,
        wait_seconds: float = INTERACTIVE_SECONDS,
    ) -> None:
        if places < 1:
            raise ValueError(f"{name}: a bulkhead has at least one place, not {places}")
        self.name = name
        self.places = places
        self._most_waiting = most_waiting
        self._wait_seconds = wait_seconds
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def most_waiting(self) -> int:
        given = self._most_waiting
        return WAITING_PER_PLACE * self.places if given is None else given

    @property
    def in_flight(self) -> int:
        return self._in_flight

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def resize(self, places: int) -> None:
        """Other places: more are handed out at once, fewer are not given again."""
        self.places = places
        while self._in_flight < self.places and self._hand_on():
            self._count(+1)

    @asynccontextmanager
    async def place(self, deadline: Deadline | None = None) -> AsyncIterator[None]:
        """A place for what runs inside.

        Raises Overloaded where the queue is full or the wait was in vain, and DeadlinePassed for
        work that is already too late.
        """
        await self._take(deadline)
        try:
            yield
        finally:
            self._give_back()

    async def run_in_thread(self, call: Callable[[], T], deadline: Deadline) -> T:
        """The result of `call` in a thread of its own, no later than the deadline.

        A thread cannot be stopped: one that runs on after its caller has gone keeps its place
        until it really ends. It does not keep the process from ending.
        """
        await self._take(deadline)
        try:
            work = _in_thread(call, self.name)
        except BaseException:
            self._give_back()  # no thread could be started
            raise
        work.add_done_callback(self._thread_ended)
        async with deadline.within(deadline.remaining):
            return await asyncio.shield(work)

    async def _take(self, deadline: Deadline | None) -> None:
        if deadline and deadline.has_passed:
            raise DeadlinePassed
        if self._in_flight < self.places and not self._waiting:
            self._count(+1)
        elif len(self._waiting) >= self.most_waiting:
            raise self._refusal()
        else:
            most = deadline.remaining if deadline else self._wait_seconds
            await self._queue(min(self._wait_seconds, most))

    async def _queue(self, seconds: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except BaseException as ended:
            if turn.done() and not turn.cancelled():
                self._give_back()  # the place came together with the end of waiting
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(ended, TimeoutError):
                raise self._refusal() from None
            raise

    def _give_back(self) -> None:
        """To the longest waiting, or into the stock."""
        if self._in_flight > self.places or not self._hand_on():
            self._count(-1)

    def _hand_on(self) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else it has just been cancelled, and its task does not know yet
                turn.set_result(None)
                return True
        return False

    def _thread_ended(self, work: asyncio.Future[T]) -> None:
        if not work.cancelled():
            work.exception()  # read, so that asyncio does not report it as lost
        self._give_back()

    def _count(self, change: int) -> None:
        self._in_flight += change
        meters.bulkhead_in_flight.labels(bulkhead=self.name).set(self._in_flight)

    def _refusal(self) -> Overloaded:
        meters.bulkhead_refused_total.labels(bulkhead=self.name).inc()
        return Overloaded(retry_after=random.randint(*RETRY_AFTER))  # noqa: S311 (spreads callers)


def _in_thread(call: Callable[[], T], name: str) -> asyncio.Future[T]:
    """A daemon thread; an executor's threads would be waited for when the process ends."""
    loop = asyncio.get_running_loop()
    work: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            result = context.run(call)
        except BaseException as error:  # noqa: BLE001 (handed to the caller, whatever it is)
            _tell(loop, work, error=error)
        else:
            _tell(loop, work, result=result)

    threading.Thread(target=run, name=f"bulkhead-{name}", daemon=True).start()
    return work


def _tell(
    loop: asyncio.AbstractEventLoop,
    work: asyncio.Future[T],
    *,
    result: T | None = None,
    error: BaseException | None = None,
) -> None:
    def settle() -> None:
        if error is not None:
            work.set_exception(error)
        else:
            work.set_result(result)  # type: ignore[arg-type]

    with suppress(RuntimeError):  # the loop has ended, and nobody waits
        loop.call_soon_threadsafe(settle)
