"""The catalogue behind its fuse: who votes, who is refused, and how often the database is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import (
    BadInput,
    CircuitOpen,
    GatehouseError,
    Overloaded,
    SearchDown,
    SearchTimeout,
)
from gatehouse.listings.guarded import GuardedCatalogue
from gatehouse.listings.types import Answer, Found, Listing, Wish
from gatehouse.resilience.breaker import Breaker, State
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.retry import Backoff

ANYTHING = Wish()
NOTHING = Answer(Found((), 0, None, 0.1))


class Twin:
    """A catalogue that answers nothing, after the errors that the test lines up."""

    def __init__(self, *troubles: type[GatehouseError]) -> None:
        self.troubles = list(troubles)
        self.calls = 0
        self.gate: asyncio.Event | None = None

    async def find(self, wish: Wish) -> Answer:
        await self._visit()
        return NOTHING

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        await self._visit()
        return ()

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        await self._visit()
        return True

    def rates(self) -> Mapping[str, float]:
        return {"EUR": 1.2}

    async def _visit(self) -> None:
        self.calls += 1
        if self.gate:
            await self.gate.wait()
        if self.troubles:
            raise self.troubles.pop(0)(retry_after=2)


class Room:
    """A guarded twin; nothing waits on a real clock but the queue."""

    def __init__(self, *troubles: type[GatehouseError], places: int = 8) -> None:
        self.clock = TurnableClock()
        self.twin = Twin(*troubles)
        self.breaker = Breaker("backend_search", clock=self.clock, jitter=lambda: 0.5)
        self.catalogue = GuardedCatalogue(
            self.twin,
            self.breaker,
            bulkhead=Bulkhead("search", places, wait_seconds=0.001),
            timeout_ms=60_000,
            clock=self.clock,
            backoff=Backoff(chance=lambda: 0.0),
        )


async def test_one_failure_is_tried_again_once() -> None:
    room = Room(SearchDown)
    assert await room.catalogue.find(ANYTHING) is NOTHING
    assert room.twin.calls == 2


async def test_never_more_than_two_attempts() -> None:
    room = Room(SearchDown, SearchDown)
    with pytest.raises(SearchDown):
        await room.catalogue.find(ANYTHING)
    assert room.twin.calls == 2


@pytest.mark.parametrize("trouble", [SearchDown, SearchTimeout])
async def test_five_failures_open_the_breaker_and_then_nobody_asks_the_database(
    trouble: type[GatehouseError],
) -> None:
    room = Room(*[trouble] * 1000)
    for _ in range(20):
        with pytest.raises((trouble, CircuitOpen)):
            await room.catalogue.find(ANYTHING)
    assert room.twin.calls == 5
    with pytest.raises(CircuitOpen) as refused:
        await room.catalogue.get((uuid4(),))
    assert refused.value.retry_after == 5 + 2  # the open time, and half of the spread


async def test_it_heals_by_itself() -> None:
    room = Room(*[SearchDown] * 5)
    for _ in range(5):
        with pytest.raises((SearchDown, CircuitOpen)):
            await room.catalogue.find(ANYTHING)
    room.clock.turn(5)
    await room.catalogue.find(ANYTHING)
    assert await room.catalogue.is_free(uuid4(), date(2026, 1, 1), date(2026, 1, 2))
    assert room.breaker.standing.state is State.CLOSED


async def test_a_wish_that_is_wrong_says_nothing_about_the_database() -> None:
    room = Room(*[BadInput] * 50)
    for _ in range(50):
        with pytest.raises(BadInput):
            await room.catalogue.find(ANYTHING)
    assert room.breaker.standing.state is State.CLOSED
    assert room.twin.calls == 50


async def test_an_open_breaker_refuses_before_any_wait_for_a_place() -> None:
    room = Room(places=1)
    room.twin.gate = asyncio.Event()
    busy = asyncio.create_task(room.catalogue.find(ANYTHING))
    while not room.twin.calls:
        await asyncio.sleep(0)
    room.breaker.force("forced_open", seconds=60, reason="test")
    with pytest.raises(CircuitOpen):
        await room.catalogue.find(ANYTHING)
    room.twin.gate.set()
    await busy


async def test_more_searches_than_places_and_queue_are_refused_and_do_not_vote() -> None:
    room = Room(places=1)
    room.twin.gate = asyncio.Event()
    busy = asyncio.create_task(room.catalogue.find(ANYTHING))
    while not room.twin.calls:
        await asyncio.sleep(0)
    refused = await asyncio.gather(
        *(room.catalogue.find(ANYTHING) for _ in range(20)), return_exceptions=True
    )
    assert {type(each) for each in refused} == {Overloaded}
    room.twin.gate.set()
    await busy
    assert room.breaker.standing.state is State.CLOSED
    assert room.twin.calls == 1


async def test_rates_and_an_empty_list_ask_nobody() -> None:
    room = Room()
    assert room.catalogue.rates() == {"EUR": 1.2}
    assert await room.catalogue.get(()) == ()
    assert room.twin.calls == 0


async def test_a_catalogue_that_never_answers_is_cut_and_votes() -> None:
    twin = Twin()
    twin.gate = asyncio.Event()
    breaker = Breaker("backend_search")
    catalogue = GuardedCatalogue(twin, breaker, bulkhead=Bulkhead("search", 8), timeout_ms=100)
    for _ in range(5):
        with pytest.raises(SearchTimeout):
            await catalogue.find(ANYTHING)
    assert breaker.standing.state is State.OPEN
