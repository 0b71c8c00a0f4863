"""Places, limits and rules that change while work is under way."""

from __future__ import annotations

import asyncio

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import Overloaded
from gatehouse.resilience.admission import Room, Rules, Standing
from gatehouse.resilience.breaker import Rules as Fuse
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.seats import Admission


async def test_more_places_are_handed_to_those_who_wait() -> None:
    hull, inside, leave = Bulkhead("search", 1, wait_seconds=60), [0], asyncio.Event()

    async def work() -> None:
        async with hull.place():
            inside[0] += 1
            await leave.wait()

    tasks = [asyncio.create_task(work()) for _ in range(3)]
    while hull.waiting < 2:
        await asyncio.sleep(0)
    hull.resize(2)
    while inside[0] < 2:
        await asyncio.sleep(0)
    assert (hull.in_flight, hull.waiting) == (2, 1)
    leave.set()
    await asyncio.gather(*tasks)
    assert (hull.in_flight, hull.waiting) == (0, 0)


async def test_fewer_places_are_not_given_again() -> None:
    hull, leave = Bulkhead("search", 3, most_waiting=0), asyncio.Event()

    async def work() -> None:
        async with hull.place():
            await leave.wait()

    tasks = [asyncio.create_task(work()) for _ in range(3)]
    while hull.in_flight < 3:
        await asyncio.sleep(0)
    hull.resize(1)
    with pytest.raises(Overloaded):
        async with hull.place():
            pass
    leave.set()
    await asyncio.gather(*tasks)
    async with hull.place():
        assert hull.in_flight == 1
        with pytest.raises(Overloaded):
            async with hull.place():
                pass


def test_a_lower_end_of_admission_counts_at_once_and_puts_nobody_out() -> None:
    room = Room(Rules(most=64), TurnableClock())
    inside = [room.ask("existing") for _ in range(16)]
    Admission(room).retune(8)
    assert {each.standing for each in inside} == {Standing.INSIDE}
    assert (room.tide.limit, room.rules.most, room.tide.rules.most) == (8, 8, 8)
    assert room.ask("existing").standing is not Standing.INSIDE


def test_breakers_made_before_and_after_have_the_new_rules() -> None:
    breakers = Breakers({"backend_search": Fuse(in_a_row=5)})
    before = breakers.of("backend_search")
    breakers.retune("backend_search", Fuse(in_a_row=9))
    assert (before.rules.in_a_row, breakers.of("backend_search", "v-1").rules.in_a_row) == (9, 9)
    assert breakers.of("redis").rules == Fuse()
