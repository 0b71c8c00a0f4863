"""The catalogue on PostgreSQL: what it finds, offers instead, and how it fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.database import Database, PoolLimits
from gatehouse.base.errors import BadInput, SearchDown, SearchTimeout
from gatehouse.listings.store import RATES_SECONDS, SqlCatalogue
from gatehouse.listings.types import Limit, Listing, Near, Wish
from gatehouse.observe.labels import SEARCH_STATUSES
from gatehouse.observe.meter import REGISTRY
from gatehouse.understanding.types import LANGUAGES

Connection = psycopg.Connection[dict[str, Any]]
GIRNE = Wish(cities=("girne",), deal="rent", rent_type="long_term", price_period="month")

NO_STUDIO_THERE = replace(
    GIRNE, cities=(), districts=("girne/edremit",), property_types=("studio",), price_max=450
)
ONE_OF_A_KIND = """
INSERT INTO real_estate_listing (
    id, ref, agency_id, title, description, deal, rent_type, property_type, city, latitude,
    longitude, bedrooms, bathrooms, area_m2, price_month, currency, amenities
) SELECT gen_random_uuid(), 'T-1', min(id), 'One', 'Of a kind.', 'rent', 'long_term', 'house',
    'lefke', 35.1106, 32.8497, 1, 1, 60, 1150, 'GBP', ARRAY['gym', 'garage', 'wifi']
FROM real_estate_agency
"""


async def found(catalogue: SqlCatalogue, wish: Wish) -> tuple[Listing, ...]:
    return (await catalogue.find(wish)).found.listings


async def test_six_long_term_homes_in_girne_cost_at_most_500_pounds(
    catalogue: SqlCatalogue,
) -> None:
    homes = await found(catalogue, replace(GIRNE, price_max=500, property_types=("apartment",)))
    assert len(homes) >= 6
    assert {home.city for home in homes} == {"girne"}


@pytest.mark.parametrize("city", ["girne", "gazimagusa"])
async def test_six_flats_with_two_bedrooms_cost_at_most_600_euros(
    catalogue: SqlCatalogue, city: str
) -> None:
    wish = replace(
        GIRNE, cities=(city,), price_max=600, currency="EUR", bedrooms_min=2, bedrooms_max=2
    )
    homes = await found(catalogue, wish)
    pets = {"pets_allowed" in home.amenities for home in homes}
    assert len(homes) >= 6 and pets == {True, False}


async def test_a_search_is_one_visit_even_if_it_has_to_relax(
    stock: Database, catalogue: SqlCatalogue
) -> None:
    before = stock.visits
    await catalogue.find(GIRNE)
    assert stock.visits == before + 1
    answer = await catalogue.find(NO_STUDIO_THERE)
    assert answer.relaxed and stock.visits == before + 2


async def test_nothing_found_offers_the_wider_area_first(catalogue: SqlCatalogue) -> None:
    answer = await catalogue.find(NO_STUDIO_THERE)
    assert answer.found.listings == () and answer.found.total == 0
    assert answer.relaxed and answer.relaxed.limits == (Limit.AREA,)
    assert all(home.property_type == "studio" for home in answer.relaxed.found.listings)


async def test_nothing_found_without_a_place_offers_the_budget(catalogue: SqlCatalogue) -> None:
    cheapest = (
        await found(catalogue, replace(GIRNE, cities=(), sort="price", property_types=("villa",)))
    )[0]
    pounds = {"GBP": 1.0, "EUR": 1.146, "USD": 1.328, "TRY": 58.4}
    wish = Wish(
        deal="rent", rent_type="long_term", property_types=("villa",), currency="GBP",
        price_max=cheapest.price / pounds[cheapest.currency] * 0.9,
    )  # fmt: skip
    answer = await catalogue.find(wish)
    assert answer.relaxed and answer.relaxed.limits == (Limit.BUDGET,)


async def test_several_limits_move_only_when_no_single_one_helps(
    catalogue: SqlCatalogue, sql: Connection
) -> None:
    wish = replace(
        GIRNE, cities=("guzelyurt",), bedrooms_min=2, price_max=1000,
        amenities=("gym", "garage", "wifi"), property_types=("house",),
    )  # fmt: skip
    sql.execute(ONE_OF_A_KIND)
    try:
        answer = await catalogue.find(wish)
    finally:
        sql.execute("DELETE FROM real_estate_listing WHERE ref = 'T-1'")
    assert answer.relaxed
    assert answer.relaxed.limits == (Limit.AREA, Limit.BUDGET, Limit.BEDROOMS)
    assert [home.ref for home in answer.relaxed.found.listings] == ["T-1"]


async def test_a_newer_rate_wins(stock: Database, sql: Connection) -> None:
    clock = TurnableClock()
    catalogue = SqlCatalogue(stock, timeout_ms=5000, clock=clock)
    wish = replace(GIRNE, cities=(), price_max=100, currency="TRY")
    assert await found(catalogue, wish) == ()
    sql.execute(
        "INSERT INTO exchange_rate (day, currency, per_gbp) VALUES ('2030-01-01', 'TRY', 0.1)"
    )
    try:
        assert (
            await found(catalogue, wish) == ()
        )  # for seconds, a process goes on with what it knows
        clock.turn(RATES_SECONDS)
        homes = await found(catalogue, wish)
        assert homes and any(home.currency == "GBP" for home in homes)
    finally:
        sql.execute("DELETE FROM exchange_rate WHERE day = '2030-01-01'")


async def test_a_withdrawn_home_is_gone_at_once(catalogue: SqlCatalogue, sql: Connection) -> None:
    home = (await found(catalogue, GIRNE))[0]
    sql.execute("UPDATE real_estate_listing SET status = 'withdrawn' WHERE id = %s", [home.id])
    try:
        assert home.id not in {each.id for each in await found(catalogue, GIRNE)}
        assert await catalogue.get((home.id,)) == ()
        assert not await catalogue.is_free(home.id, date(2029, 1, 1), date(2029, 1, 2))
    finally:
        sql.execute("UPDATE real_estate_listing SET status = 'active' WHERE id = %s", [home.id])


async def test_blocked_nights_cannot_be_had_but_the_day_of_leaving_can(
    catalogue: SqlCatalogue, sql: Connection
) -> None:
    row = sql.execute(
        "SELECT listing_id, lower(during) AS first, upper(during) AS last"
        " FROM real_estate_blocked_dates ORDER BY listing_id, during LIMIT 1"
    ).fetchone()
    assert row
    home, first, last = row["listing_id"], row["first"], row["last"]
    assert not await catalogue.is_free(home, first, last)
    assert await catalogue.is_free(home, date(2030, 1, 1), date(2030, 1, 9))
    ref = (await catalogue.get((home,)))[0]
    stay = Wish(
        deal="rent", rent_type="short_term", districts=(ref.district or "",), limit=50,
        check_in=first, check_out=last,
    )  # fmt: skip
    assert home not in await _all_ids(catalogue, stay)


async def test_words_are_found_without_their_marks_and_by_their_beginning(
    catalogue: SqlCatalogue,
) -> None:
    plain = await catalogue.find(Wish(text="deniz manzarali girne"))
    marked = await catalogue.find(Wish(text="DENİZ manzaralı, Girne!"))
    assert plain.found.total == marked.found.total > 0
    assert (await catalogue.find(Wish(text="вид на МОРЕ"))).found.total > 0
    assert (await catalogue.find(Wish(text="xyzzy"))).found.total == 0


@pytest.mark.parametrize(
    "text", ["Meerblick kyrenia", "vue mer kyrenia", "WIDOK morze", "إطلالة البحر", "вид гори"]
)
async def test_words_are_found_in_every_language(catalogue: SqlCatalogue, text: str) -> None:
    assert (await catalogue.find(Wish(text=text))).found.total > 0


async def test_words_that_are_no_words_restrict_nothing(catalogue: SqlCatalogue) -> None:
    everything = await catalogue.find(Wish())
    assert (
        await catalogue.find(Wish(text="'); -- & | :* \x00"))
    ).found.total == everything.found.total


async def test_the_nearest_comes_first(catalogue: SqlCatalogue) -> None:
    near = Near(35.339, 33.32, 4.0)
    homes = await found(catalogue, Wish(near=near, sort="distance", limit=50))
    gaps = [(h.latitude - 35.339) ** 2 + ((h.longitude - 33.32) * 0.8157) ** 2 for h in homes]
    assert len(homes) == 50
    assert all(b >= a - 1e-7 for a, b in pairwise(gaps))


async def test_the_total_stops_at_a_thousand(catalogue: SqlCatalogue) -> None:
    answer = await catalogue.find(Wish())
    assert answer.found.total == 1000 and answer.found.next


async def test_a_mark_of_another_search_is_refused(catalogue: SqlCatalogue) -> None:
    mark = (await catalogue.find(Wish(limit=3))).found.next
    assert mark
    with pytest.raises(BadInput):
        await catalogue.find(Wish(cities=("girne",), after=mark))
    with pytest.raises(BadInput):
        await catalogue.find(Wish(after="x" + mark[1:]))


async def test_homes_come_in_the_order_asked_for_with_every_text(catalogue: SqlCatalogue) -> None:
    homes = await found(catalogue, replace(GIRNE, limit=3))
    asked = tuple(home.id for home in reversed(homes))
    told = await catalogue.get((*asked, uuid4()))
    assert tuple(home.id for home in told) == asked
    assert all(set(home.descriptions) == set(LANGUAGES[1:]) for home in told)
    assert await catalogue.get(()) == ()


async def test_a_search_that_takes_too_long_is_cut(stock_url: str) -> None:
    for statement_ms, call_ms in ((60, 120_000), (120_000, 60)):
        limits = PoolLimits(
            1, statement_ms, is_read_only=True, lock_timeout_ms=120_000, acquire_seconds=3
        )
        database = Database(stock_url, chat=PoolLimits(1, 1000), search=limits)
        await database.open()
        catalogue = SqlCatalogue(database, timeout_ms=call_ms)
        async with await psycopg.AsyncConnection.connect(stock_url) as locker:
            await locker.execute("LOCK TABLE real_estate_listing IN ACCESS EXCLUSIVE MODE")
            async with asyncio.timeout(60):  # only ends a test that hangs
                with pytest.raises(SearchTimeout):  # while the table is still locked
                    await catalogue.find(GIRNE)
            await locker.rollback()
        await database.close()


async def test_a_server_that_is_away_is_said_so() -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    limits = PoolLimits(1, 500, acquire_seconds=0.2)
    database = Database(url, chat=limits, search=limits)
    await database.open()
    with pytest.raises(SearchDown):
        await SqlCatalogue(database).find(GIRNE)
    await database.close()


async def test_a_caller_who_leaves_leaves_nothing_running(catalogue: SqlCatalogue) -> None:
    task = asyncio.create_task(catalogue.find(GIRNE))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await found(catalogue, GIRNE)


@pytest.mark.parametrize(
    "wrong",
    [
        Wish(price_min=2, price_max=1),
        Wish(check_in=date(2027, 1, 2), check_out=date(2027, 1, 2)),
        Wish(check_out=date(2027, 1, 2)),
        Wish(bedrooms_min=3, bedrooms_max=2),
        Wish(currency="XXX", price_max=5),
        Wish(limit=0),
    ],
)
async def test_a_wish_that_cannot_be_is_refused(catalogue: SqlCatalogue, wrong: Wish) -> None:
    with pytest.raises(BadInput):
        await catalogue.find(wrong)


async def _all_ids(catalogue: SqlCatalogue, wish: Wish) -> set[UUID]:
    ids: set[UUID] = set()
    after: str | None = None
    while True:
        page = (await catalogue.find(replace(wish, after=after))).found
        ids |= {home.id for home in page.listings}
        if page.next is None:
            return ids
        after = page.next


async def test_searches_are_counted_by_how_they_ended(catalogue: SqlCatalogue) -> None:
    before = _counted()
    await catalogue.find(GIRNE)
    await catalogue.find(Wish(cities=("girne",), price_max=1))
    with pytest.raises(BadInput):
        await catalogue.find(Wish(limit=0))
    grown = {status: count - before[status] for status, count in _counted().items()}
    assert grown == {"ok": 1, "empty": 1, "invalid": 1, "timeout": 0, "error": 0}


def _counted() -> dict[str, float]:
    read = REGISTRY.get_sample_value
    return {s: read("property_search_total", {"status": s}) or 0.0 for s in SEARCH_STATUSES}


async def test_the_places_of_the_stock_are_its_cities_and_districts(
    catalogue: SqlCatalogue,
) -> None:
    found = {place.key: place for place in await catalogue.places()}
    assert {"girne", "girne/lapta", "iskele/long-beach"} <= found.keys()
    assert 34.9 < found["girne"].latitude < 35.8
    assert 32.6 < found["girne"].longitude < 34.7
