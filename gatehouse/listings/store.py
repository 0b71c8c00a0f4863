"""`SqlCatalogue`: the stock room on PostgreSQL. One visit per call, cut at its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import date
from time import perf_counter
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakSet

import psycopg
from psycopg.rows import tuple_row

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.database import Database
from gatehouse.base.errors import (
    BadInput,
    GatehouseError,
    SearchDown,
    SearchTimeout,
    StoreDown,
)
from gatehouse.listings import cursors
from gatehouse.listings.money import Rates
from gatehouse.listings.relaxing import relaxations
from gatehouse.listings.rows import listing
from gatehouse.listings.search import COLUMNS, MOST_COUNTED, MOST_SHOWN, check, statement, texts
from gatehouse.listings.types import Answer, Found, Listing, Relaxed, Wish
from gatehouse.observe import meters
from gatehouse.understanding.places import StockPlace

Rows = psycopg.AsyncCursor[tuple[Any, ...]]
T = TypeVar("T")

NEWEST_RATES = """
SELECT DISTINCT ON (currency) currency, per_gbp::float8 FROM exchange_rate
ORDER BY currency, day DESC
"""

GET = f"""
SELECT {COLUMNS}, {texts("title")}, {texts("description")}
FROM real_estate_listing home JOIN real_estate_agency agency ON agency.id = home.agency_id
WHERE home.id = ANY(%(ids)s::uuid[]) AND status = 'active'
ORDER BY array_position(%(ids)s::uuid[], home.id)
"""  # noqa: S608 (names from this room)

IS_FREE = """
SELECT EXISTS (
    SELECT FROM real_estate_listing home
    WHERE home.id = %(id)s AND status = 'active'
    AND (available_from IS NULL OR available_from <= %(first)s)
    AND NOT EXISTS (
        SELECT FROM real_estate_blocked_dates b
        WHERE b.listing_id = home.id AND b.during && daterange(%(first)s::date, %(last)s::date)
    )
)
"""

# Where the homes are, each city and each district once, with its middle.
PLACES = """
SELECT key, avg(latitude)::float8, avg(longitude)::float8
FROM real_estate_listing home, unnest(ARRAY[city, district]) AS key
WHERE status = 'active' AND key IS NOT NULL
GROUP BY key ORDER BY key
"""

# Homes are in memory or on an SSD. PostgreSQL's default (4) is the seek of a turning disk, and
# makes it read the whole table where an index in the wanted order is at hand.
TUNE = "SET random_page_cost = 1.1"

RATES_SECONDS = 5.0  # so long a process goes on with the rates it has read


class SqlCatalogue:
    """Implements `Catalogue`. `timeout_ms` is the whole time of one call, waiting included."""

    def __init__(
        self, database: Database, *, timeout_ms: int = 800, clock: Clock | None = None
    ) -> None:
        self._database = database
        self._seconds = timeout_ms / 1000
        self._clock = clock or SystemClock()
        self._rates: Rates | None = None
        self._rates_until = 0.0
        self._tuned: WeakSet[psycopg.AsyncConnection[Any]] = WeakSet()
        self._leftover: set[asyncio.Task[Any]] = set()

    async def find(self, wish: Wish) -> Answer:
        """The page; if nothing matches at all, also the first relaxation that finds a home.

        Raises BadInput, SearchTimeout, SearchDown.
        """
        try:
            check(wish)
            answer = await self._within(self._find(wish))
        except (BadInput, SearchTimeout, SearchDown) as trouble:
            _count(_TROUBLE[type(trouble)])
            raise
        _count("ok" if answer.found.listings else "empty")
        return answer

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        """Those on offer, in the order asked for, with their texts in every language."""
        if not ids:
            return ()
        return await self._within(self._get(ids))

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        """Is it on offer, and is no night from check_in up to check_out blocked?"""
        if check_out <= check_in:
            raise BadInput("check_out: the day of leaving comes after check_in")
        return await self._within(self._is_free(listing_id, check_in, check_out=check_out))

    async def places(self) -> tuple[StockPlace, ...]:
        """The cities and districts of the homes on offer."""
        return await self._within(self._places())

    def rates(self) -> Mapping[str, float]:
        """Units of each currency for one pound, as last read; empty before the first visit."""
        return self._rates.per_gbp if self._rates else {}

    def retune(self, *, timeout_ms: int) -> None:
        """Another time-out, from the next call on."""
        self._seconds = timeout_ms / 1000

    def forget_rates(self) -> None:
        """The next visit reads them anew."""
        self._rates_until = 0.0

    async def _find(self, wish: Wish) -> Answer:
        async with self._visit() as cur:
            rates = await self._newest_rates(cur)
            found = await _page(cur, wish, rates)
            if found.listings or wish.after:
                return Answer(found)
            return Answer(found, await _relaxed(cur, wish, rates))

    async def _get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        async with self._visit() as cur:
            await self._newest_rates(cur)
            await cur.execute(GET, {"ids": list(ids)})
            return tuple([listing(row) for row in await cur.fetchall()])

    async def _is_free(self, listing_id: UUID, check_in: date, *, check_out: date) -> bool:
        async with self._visit() as cur:
            await cur.execute(IS_FREE, {"id": listing_id, "first": check_in, "last": check_out})
            row = await cur.fetchone()
            return bool(row and row[0])

    async def _places(self) -> tuple[StockPlace, ...]:
        async with self._visit() as cur:
            await cur.execute(PLACES)
            return tuple([StockPlace(*row) for row in await cur.fetchall()])

    async def _newest_rates(self, cur: Rows) -> Rates:
        if self._rates is None or self._clock.monotonic() >= self._rates_until:
            await cur.execute(NEWEST_RATES)
            self._rates = Rates(dict(await cur.fetchall()))
            self._rates_until = self._clock.monotonic() + RATES_SECONDS
        return self._rates

    @asynccontextmanager
    async def _visit(self) -> AsyncIterator[Rows]:
        try:
            async with self._database.visit("search") as cur:
                cur.row_factory = tuple_row  # type: ignore[assignment]
                if cur.connection not in self._tuned:
                    await cur.execute(TUNE)
                    self._tuned.add(cur.connection)
                yield cur  # type: ignore[misc]
        except StoreDown as away:
            if isinstance(away.__cause__, psycopg.errors.QueryCanceled):
                raise SearchTimeout(retry_after=2) from away
            raise SearchDown(retry_after=2) from away

    async def _within(self, call: Coroutine[Any, Any, T]) -> T:
        """Not longer than the time-out, even if the server has stopped answering altogether.

        Cancelling a statement on a frozen server can hang; so the caller does not wait for that.
        """
        task = asyncio.create_task(call)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._seconds)
        except asyncio.CancelledError:
            self._leave(task)
            raise
        if not done:
            self._leave(task)
            raise SearchTimeout(retry_after=2)
        return task.result()

    def _leave(self, task: asyncio.Task[Any]) -> None:
        self._leftover.add(task)
        task.add_done_callback(self._forget)
        task.cancel()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        """Its answer came too late; reading the error keeps asyncio from reporting it as lost."""
        self._leftover.discard(task)
        if not task.cancelled():
            task.exception()


_TROUBLE: dict[type[GatehouseError], str] = {
    BadInput: "invalid",
    SearchTimeout: "timeout",
    SearchDown: "error",
}


def _count(status: str) -> None:
    meters.property_search_total.labels(status=status).inc()


async def _page(cur: Rows, wish: Wish, rates: Rates) -> Found:
    begun = perf_counter()
    asked = statement(wish, rates)
    await cur.execute(asked.sql, asked.values)
    rows = await cur.fetchall()
    shown = rows[: min(wish.limit, MOST_SHOWN)]
    total = asked.mark.total if asked.mark else min(rows[0][0], MOST_COUNTED) if rows else 0
    has_more = len(rows) > len(shown)
    return Found(
        listings=tuple([listing(row[2:]) for row in shown]),
        total=total,
        next=cursors.write(cursors.Mark(shown[-1][1], shown[-1][2], total), wish)
        if has_more
        else None,
        took_ms=round((perf_counter() - begun) * 1000, 3),
    )


async def _relaxed(cur: Rows, wish: Wish, rates: Rates) -> Relaxed | None:
    for limits, wider in relaxations(wish):
        found = await _page(cur, wider, rates)
        if found.listings:
            return Relaxed(limits, wider, found)
    return None
