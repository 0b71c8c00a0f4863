"""Keeps the gazetteer in step with the stock: a city that only a listing names is heard too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from gatehouse.base.errors import GatehouseError
from gatehouse.understanding.places import Gazetteer, StockPlace, places_of_stock

EVERY_SECONDS = 60.0


class Stock(Protocol):
    """Who knows where the homes on offer are."""

    async def places(self) -> Iterable[StockPlace]: ...


class StockPlaces:
    """Reads the stock's cities and districts now and then; what is new is learnt."""

    def __init__(
        self, stock: Stock, gazetteer: Gazetteer, *, every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._stock = stock
        self._gazetteer = gazetteer
        self._seconds = every_seconds

    async def run(self) -> None:
        """Until cancelled. A stock that is away is asked again the next time."""
        while True:
            with suppress(GatehouseError):  # the search tells; the places known stay known
                await self.refresh()
            await asyncio.sleep(self._seconds)

    async def refresh(self) -> int:
        """How many places were new."""
        return self._gazetteer.learn(places_of_stock(await self._stock.places()))
