"""The house opens and closes in good order also on a database without its tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gatehouse.base.config import load
from gatehouse.base.errors import GatehouseError
from gatehouse.listings.stock_places import StockPlaces
from gatehouse.web import wiring
from tests.conftest import scratch_database


async def test_a_house_without_tables_closes_without_trouble(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()
    refresh = StockPlaces.refresh

    async def watched(places: StockPlaces) -> int:
        try:
            return await refresh(places)
        finally:
            asked.set()

    monkeypatch.setattr(StockPlaces, "refresh", watched)
    with scratch_database(server_url) as url:
        monkeypatch.setenv("GATEHOUSE_DATABASE_URL", url)
        house = wiring.build(load({"GATEHOUSE_DATA": str(tmp_path)}))
        async with house.open(), asyncio.timeout(30):
            await asked.wait()  # and failed, for there is no such table


@pytest.mark.parametrize("part", ["turns", "keeping", "pulse"])
async def test_what_cannot_be_closed_keeps_nothing_else_open(
    part: str, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> None:
        raise GatehouseError(part)

    with scratch_database(server_url) as url:
        monkeypatch.setenv("GATEHOUSE_DATABASE_URL", url)
        house = wiring.build(load({"GATEHOUSE_DATA": str(tmp_path)}))
        closed = noting(house.database.close)
        monkeypatch.setattr(house.database, "close", closed)
        owner, name = (house.turns, "stop") if part == "turns" else (getattr(house, part), "close")
        monkeypatch.setattr(type(owner), name, lambda _: fails())
        with pytest.raises(GatehouseError, match=part):
            async with house.open():
                pass
        assert closed.calls == 1


class noting:
    """An asynchronous call that is counted."""

    def __init__(self, call: Callable[[], Awaitable[None]]) -> None:
        self._call = call
        self.calls = 0

    async def __call__(self) -> None:
        self.calls += 1
        await self._call()
