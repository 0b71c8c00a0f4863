"""The gazetteer learns the places of the stock, and the ear hears them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from gatehouse.base.errors import SearchDown
from gatehouse.listings.stock_places import StockPlaces
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer, StockPlace
from gatehouse.understanding.types import DialogueState, PlaceName, Slot

SOMEWHERE = (
    StockPlace("girne", 35.3, 33.3),
    StockPlace("paphos", 34.77, 32.42),
    StockPlace("paphos/coral-bay", 34.85, 32.37),
)


class FakeStock:
    def __init__(self, places: Iterable[StockPlace], *, away: int = 0) -> None:
        self._places, self._away = places, away
        self.asked = 0

    async def places(self) -> Iterable[StockPlace]:
        self.asked += 1
        if self.asked <= self._away:
            raise SearchDown(retry_after=1)
        return self._places


def heard_places(ear: RuleEar, text: str) -> list[str]:
    heard = ear.hear(text, state=DialogueState(), language=None)
    values = [c.value for c in heard.changes if c.slot is Slot.LOCATION]
    return [p.key for v in values if isinstance(v, tuple) for p in v if isinstance(p, PlaceName)]


async def test_a_city_of_the_stock_is_heard_once_it_is_learnt() -> None:
    gazetteer = Gazetteer(Gazetteer.default())
    ear = RuleEar(gazetteer, today=lambda: date(2026, 4, 15), timezone="Asia/Nicosia")
    places = StockPlaces(FakeStock(SOMEWHERE), gazetteer)
    assert heard_places(ear, "a flat in coral bay") == []
    assert await places.refresh() == 2  # the city that was known is left as it is
    assert heard_places(ear, "a flat in coral bay") == ["paphos/coral-bay"]
    assert heard_places(ear, "Paphos'ta daire") == ["paphos"]
    assert gazetteer.display("paphos/coral-bay", "tr") == "Coral Bay"
    assert gazetteer.display("girne", "en") == "Kyrenia"
    assert await places.refresh() == 0


async def test_a_stock_that_is_away_is_asked_again() -> None:
    stock = FakeStock(SOMEWHERE, away=2)
    gazetteer = Gazetteer(())
    running = asyncio.create_task(StockPlaces(stock, gazetteer, every_seconds=0).run())
    while "paphos" not in gazetteer:
        await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert stock.asked >= 3


def test_the_places_of_the_stock_stand_beside_those_delivered() -> None:
    gazetteer = Gazetteer.from_stock(SOMEWHERE)
    assert gazetteer.resolve("Coral Bay") == "paphos/coral-bay"
    assert gazetteer.resolve("Кирении") == "girne"
    assert len(Gazetteer.from_stock(SOMEWHERE, beside=())) == 3
