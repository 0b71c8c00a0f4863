"""`CachedCatalogue`: equal searches ask the stock room once, and never show what it took back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from time import perf_counter
from typing import Any, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from gatehouse.base.clock import Clock
from gatehouse.base.errors import DeadlinePassed, SearchTimeout
from gatehouse.listings.asked import canonical, key
from gatehouse.listings.types import Answer, Catalogue, Found, Listing, Wish
from gatehouse.observe import arms, journal, meters
from gatehouse.resilience.cache import Cache, How, Served, Times
from gatehouse.resilience.cells import Codec, MemoryCell, RedisCell
from gatehouse.resilience.redis_link import RedisLink

MARGIN_SECONDS = 0.2  # after the search's own time-out a caller waits no longer than this
LEASE_SECONDS = 1.0  # and nobody waits for the call itself after this
HITS = (How.FRESH, How.JOINED)  # a stale answer saves its caller the wait, not the database
_LISTING_BYTES = 3_000  # of a home in memory, without its texts


class Epoch(Protocol):
    """What is known of the state of the listings; `is_current` is False when news are lost."""

    @property
    def epoch(self) -> str: ...

    @property
    def is_current(self) -> bool: ...


class CachedCatalogue:
    """A `Catalogue` around another. Only `find` is kept: who asks about a home sees it as it is.

    A stale answer of a day at most stands in for a failing search, and has `as_of` set.
    """

    def __init__(
        self,
        inner: Catalogue,
        epoch: Epoch,
        *,
        cache: Cache[Answer],
        release: str,
        timeout_ms: int = 800,
    ) -> None:
        self._inner = inner
        self._epoch = epoch
        self._release = release
        self._seconds = timeout_ms / 1000 + MARGIN_SECONDS
        self.cache = cache
        self._tally = {"lookups": 0, "hits": 0}

    async def find(self, wish: Wish) -> Answer:
        """See `Catalogue`."""
        wanted = canonical(wish)
        if self.cache.times.fresh <= 0:
            self._count(How.OFF)
            return await self._inner.find(wanted)
        began = perf_counter()
        try:
            served = await self._fetch(wanted)
        except DeadlinePassed as late:
            self._count(How.MISS)
            raise SearchTimeout(retry_after=2) from late
        except Exception:
            self._count(How.MISS)
            raise
        self._count(served.how)
        if served.how in HITS:
            status = "ok" if served.value.found.listings else "empty"
            meters.property_search_total.labels(status=status).inc()
        return _answer(served, began)

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        """See `Catalogue`."""
        return await self._inner.get(ids)

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        """See `Catalogue`."""
        return await self._inner.is_free(listing_id, check_in, check_out)

    def rates(self) -> Mapping[str, float]:
        """See `Catalogue`."""
        return self._inner.rates()

    def retune(self, *, timeout_ms: int, fresh_seconds: float) -> None:
        """Other times, from the next call on; what is kept is judged by them, too."""
        self._seconds = timeout_ms / 1000 + MARGIN_SECONDS
        lease = timeout_ms / 1000 + LEASE_SECONDS
        self.cache.times = replace(self.cache.times, fresh=fresh_seconds, lease=lease)

    async def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """What `gatehouse cache` asks every process. Raises ValueError for anything else."""
        match question:
            case {"do": "clear", "pattern": str(pattern)}:
                removed = await self.cache.clear(pattern)
                journal.event("cache_cleared", pattern=pattern, removed=removed)
                return {"removed": removed}
            case {"do": "show"}:
                return {"entries": len(await self.cache.near.keys())} | self._tally
        raise ValueError("not a question that the cache knows")

    def _count(self, how: How) -> None:
        meters.cache_results_total.labels(result=how.value).inc()
        if how is How.OFF:
            return
        arm = arms.serving.get()
        meters.re_search_cache_lookups_total.labels(arm=arm).inc()
        self._tally["lookups"] += 1
        if how in HITS:
            meters.re_search_cache_hits_total.labels(arm=arm).inc()
            self._tally["hits"] += 1

    async def _fetch(self, wanted: Wish) -> Served[Answer]:
        """Before this process knows any rates it asks the stock room, which reads them."""
        return await self.cache.fetch(
            key(wanted, epoch=self._epoch.epoch, release=self._release),
            partial(self._inner.find, wanted),
            seconds=self._seconds,
            is_current=self._epoch.is_current and bool(self._inner.rates()),
        )


def cache_of_searches(
    *,
    fresh_seconds: float,
    timeout_ms: int,
    link: RedisLink | None = None,
    clock: Clock | None = None,
) -> Cache[Answer]:
    """In memory, and in Redis beside it where there is one."""
    return Cache(
        MemoryCell(weight, clock=clock),
        RedisCell(link, codec()) if link else None,
        times=Times(fresh=fresh_seconds, lease=timeout_ms / 1000 + LEASE_SECONDS),
        clock=clock,
        is_negative=lambda answer: not answer.found.listings,
    )


def codec() -> Codec[Answer]:
    """Answers as JSON."""
    adapter = TypeAdapter(Answer)
    return Codec(write=adapter.dump_json, read=adapter.validate_json)


def weight(answer: Answer) -> int:
    """Bytes of an answer in memory, roughly and rather too many."""
    relaxed = answer.relaxed.found if answer.relaxed else None
    return 1_000 + _found_weight(answer.found) + (_found_weight(relaxed) if relaxed else 0)


def _found_weight(found: Found) -> int:
    return sum(
        _LISTING_BYTES
        + 4 * (len(home.title) + len(home.description))
        + sum(4 * len(text) for text in (*home.titles.values(), *home.descriptions.values()))
        for home in found.listings
    )


def _answer(served: Served[Answer], began: float) -> Answer:
    if served.how is How.MISS:
        return served.value
    spent_ms = round((perf_counter() - began) * 1000, 3)
    return replace(
        served.value,
        found=replace(served.value.found, took_ms=spent_ms),
        as_of=served.as_of if served.how is How.STALE_ERROR else None,
        is_cached=True,
    )
