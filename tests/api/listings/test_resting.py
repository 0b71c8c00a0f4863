"""The search endpoint while the listings rest: told at once, with the time to come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.base.errors import SearchDown
from gatehouse.listings import api
from gatehouse.listings.guarded import GuardedCatalogue
from gatehouse.listings.types import Answer, Listing, Wish
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.web import edge

SEARCH = "/api/v1/real_estate/search"


class Away:
    """A catalogue whose database cannot be reached; counts who tried."""

    def __init__(self) -> None:
        self.calls = 0

    async def find(self, wish: Wish) -> Answer:
        self.calls += 1
        raise SearchDown(retry_after=2)

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        raise SearchDown

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        raise SearchDown

    def rates(self) -> Mapping[str, float]:
        return {}


@pytest.fixture
def away() -> Away:
    return Away()


@pytest.fixture
async def client(away: Away) -> AsyncIterator[httpx.AsyncClient]:
    breaker = Breaker("backend_search", clock=TurnableClock())
    app = FastAPI()
    app.include_router(api.router(GuardedCatalogue(away, breaker, bulkhead=Bulkhead("search", 8))))
    edge.install(app, load())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened


async def test_an_open_breaker_is_503_with_retry_after_and_asks_nobody(
    client: httpx.AsyncClient, away: Away
) -> None:
    for _ in range(5):
        assert (await client.get(SEARCH)).status_code == 503
    assert away.calls == 5
    answer = await client.get(SEARCH)
    assert away.calls == 5
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["error"] == "circuit-open"
    assert 4 <= int(answer.headers["retry-after"]) == told["retry_after"] <= 10


async def test_a_wrong_wish_is_still_told_what_is_wrong(client: httpx.AsyncClient) -> None:
    assert (await client.get(SEARCH, params={"bedrooms": "two"})).status_code == 422
