"""Places, the queue before them, and threads that nobody can stop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import DeadlinePassed, Overloaded
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.deadline import Deadline

LONG = 60.0


class Guest:
    """Takes a place and stays until it is told to go."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.leave = asyncio.Event()
        self.is_in = False
        self.task = asyncio.create_task(self._stay(bulkhead))

    async def _stay(self, bulkhead: Bulkhead) -> None:
        async with bulkhead.place():
            self.is_in = True
            await self.leave.wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_place_is_handed_on_in_the_order_of_asking() -> None:
    bulkhead = Bulkhead("search", 1, wait_seconds=LONG)
    first, second, third = (Guest(bulkhead) for _ in range(3))
    await settle()
    assert (first.is_in, second.is_in, bulkhead.waiting) == (True, False, 2)
    first.leave.set()
    await settle()
    assert (second.is_in, third.is_in) == (True, False)
    for guest in (second, third):
        guest.leave.set()
    await asyncio.gather(first.task, second.task, third.task)
    assert (bulkhead.in_flight, bulkhead.waiting) == (0, 0)


async def test_a_full_queue_refuses_at_once_with_a_time_to_come_back() -> None:
    bulkhead = Bulkhead("search", 2, wait_seconds=LONG)
    guests = [Guest(bulkhead) for _ in range(6)]
    await settle()
    with pytest.raises(Overloaded) as refused:
        async with bulkhead.place():
            pass
    assert refused.value.retry_after in range(1, 6)
    for guest in guests:
        guest.leave.set()
    await asyncio.gather(*(guest.task for guest in guests))
    assert bulkhead.in_flight == 0


async def test_waiting_in_vain_is_bounded() -> None:
    bulkhead = Bulkhead("search", 1, wait_seconds=0.001)
    guest = Guest(bulkhead)
    await settle()
    with pytest.raises(Overloaded):
        async with bulkhead.place():
            pass
    guest.leave.set()
    await guest.task
    assert (bulkhead.in_flight, bulkhead.waiting) == (0, 0)


async def test_work_that_is_already_too_late_is_dropped() -> None:
    clock = TurnableClock()
    deadline = Deadline.after(1, clock)
    clock.turn(2)
    with pytest.raises(DeadlinePassed):
        async with Bulkhead("search", 1).place(deadline):
            pass


async def test_one_who_leaves_the_queue_takes_no_place_along() -> None:
    bulkhead = Bulkhead("search", 1, wait_seconds=LONG)
    first, second, third = (Guest(bulkhead) for _ in range(3))
    await settle()
    second.task.cancel()  # and in the same step its turn comes
    first.leave.set()
    await settle()
    assert third.is_in
    third.leave.set()
    await third.task
    assert (bulkhead.in_flight, bulkhead.waiting) == (0, 0)


async def test_one_who_is_cancelled_with_the_place_in_hand_passes_it_on() -> None:
    bulkhead = Bulkhead("search", 1, wait_seconds=LONG)
    first, second, third = (Guest(bulkhead) for _ in range(3))
    await settle()
    first.task.cancel()
    await asyncio.sleep(0)  # the place is handed to the second, which has not woken up yet
    second.task.cancel()
    await settle()
    assert third.is_in
    third.leave.set()
    await third.task
    assert bulkhead.in_flight == 0


async def test_a_result_comes_out_of_a_thread() -> None:
    bulkhead = Bulkhead("pdf", 1)
    assert await bulkhead.run_in_thread(lambda: 6 * 7, Deadline.after(LONG)) == 42
    with pytest.raises(ZeroDivisionError):
        await bulkhead.run_in_thread(lambda: 1 / 0, Deadline.after(LONG))
    assert bulkhead.in_flight == 0


async def test_a_thread_whose_caller_has_gone_keeps_its_place_until_it_ends() -> None:
    bulkhead = Bulkhead("pdf", 1, wait_seconds=0.001)
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(LONG)
        ended.set()

    caller = asyncio.create_task(bulkhead.run_in_thread(work, Deadline.after(LONG)))
    await settle()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert bulkhead.in_flight == 1
    with pytest.raises(Overloaded):
        await bulkhead.run_in_thread(work, Deadline.after(LONG))
    go_on.set()
    async with asyncio.timeout(LONG):
        while bulkhead.in_flight:
            await asyncio.sleep(0.001)
    assert ended.is_set()


async def test_nobody_waits_for_a_thread_beyond_the_deadline() -> None:
    go_on = threading.Event()
    with pytest.raises(DeadlinePassed):
        await Bulkhead("pdf", 1).run_in_thread(lambda: go_on.wait(LONG), Deadline.after(0.01))
    go_on.set()


def test_a_bulkhead_without_places_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Bulkhead("search", 0)
