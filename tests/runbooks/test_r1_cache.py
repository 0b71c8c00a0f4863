"""R1: the cache of searches; each test is named by its row of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.listings.cached import CachedCatalogue, cache_of_searches
from gatehouse.listings.types import Answer, Found, Wish
from gatehouse.observe import arms
from gatehouse.observe.meter import REGISTRY
from tests.conversations.stock import home


class Stock:
    """One home whatever is wished for; it is its own news."""

    epoch, is_current = "1", True

    async def find(self, wish: Wish) -> Answer:
        return Answer(Found((home(1, "girne/lapta", price=450),), 1, None, 1.0))

    def rates(self) -> dict[str, float]:
        return {"GBP": 1.0}


def catalogue(clock: TurnableClock, ttl: float) -> CachedCatalogue:
    stock: Any = Stock()
    cache = cache_of_searches(fresh_seconds=ttl, timeout_ms=5000, clock=clock)
    return CachedCatalogue(stock, stock, cache=cache, release="r", timeout_ms=5000)


def counted(arm: str = "stable") -> tuple[float, float]:
    names = ("re_search_cache_lookups_total", "re_search_cache_hits_total")
    lookups, hits = (REGISTRY.get_sample_value(name, {"arm": arm}) or 0.0 for name in names)
    return lookups, hits


async def test_r1_32_ten_equal_searches_are_nine_hits_of_ten_lookups() -> None:
    asked, before = catalogue(TurnableClock(), 30), counted()
    for number in range(10):
        amenities = ("wifi", "gym") if number % 2 else ("gym", "wifi")
        await asked.find(Wish(cities=("girne",), amenities=amenities))
    after = counted()
    assert (after[0] - before[0], after[1] - before[1]) == (10, 9)


async def test_r1_32_lookups_are_counted_by_the_arm_that_searched() -> None:
    asked, before = catalogue(TurnableClock(), 30), counted("canary")
    token = arms.serving.set("canary")
    try:
        await asked.find(Wish())
    finally:
        arms.serving.reset(token)
    assert counted("canary")[0] - before[0] == 1


@pytest.mark.parametrize(("ttl", "hits"), [(30, 0), (60, 1)])
async def test_r1_53_a_search_after_45_seconds_is_a_hit_only_with_60(ttl: int, hits: int) -> None:
    clock = TurnableClock()
    asked = catalogue(clock, ttl)
    await asked.find(Wish())
    clock.turn(45)
    before = counted()
    await asked.find(Wish())
    assert counted()[1] - before[1] == hits
    await asked.cache.close()
