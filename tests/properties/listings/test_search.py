"""Laws of the search: it finds exactly what an oracle in Python finds, each home once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from gatehouse.listings import conditions
from gatehouse.listings.cards import card
from gatehouse.listings.store import SqlCatalogue
from gatehouse.listings.types import Deal, Listing, Near, RentType, Sort, Variant, Wish
from gatehouse.understanding.types import LANGUAGES

Row = dict[str, Any]
PER_GBP = {"GBP": 1.0, "EUR": 1.146, "USD": 1.328, "TRY": 58.4, "RUB": 108.5, "UAH": 56.2}
DAY = date(2026, 11, 20)
CITIES = ("girne", "lefkosa", "gazimagusa", "iskele", "guzelyurt")
DISTRICTS = ("girne/lapta", "girne/merkez", "iskele/long-beach", "gazimagusa/sakarya")
TYPES = ("apartment", "villa", "studio", "house", "penthouse")
AMENITIES = ("pool", "pets_allowed", "furnished", "sea_view", "garden", "lift")
OFFERS: tuple[tuple[Deal | None, RentType | None], ...] = (
    (None, None), ("rent", None), ("rent", "long_term"), ("rent", "short_term"), ("buy", None),
)  # fmt: skip
SORTS: tuple[Sort, ...] = ("best", "price", "-price", "newest", "area", "distance")

run = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(
        st.just(()), st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)
    )


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Wishes that visitors could have; the bounds never cross."""
    maybe = st.none
    deal, rent_type = draw(st.sampled_from(OFFERS))
    low = draw(maybe() | st.sampled_from([20.0, 45.5, 300.0, 90_000.0]))
    high = draw(maybe() | st.sampled_from([70.0, 480.0, 900.0, 250_000.0]))
    if low and high and low > high:
        low, high = high, low
    stay = draw(maybe() | st.tuples(st.integers(0, 200), st.integers(1, 30)))
    first = DAY + timedelta(days=stay[0]) if stay else None
    return Wish(
        cities=draw(some(*CITIES)),
        districts=draw(some(*DISTRICTS)),
        not_places=draw(some("girne", "girne/lapta", "iskele/long-beach")),
        deal=deal,
        rent_type=rent_type,
        property_types=draw(some(*TYPES)),
        not_property_types=draw(some("villa", "land")),
        bedrooms_min=draw(maybe() | st.integers(0, 3)),
        bedrooms_max=draw(maybe() | st.integers(3, 5)),
        bathrooms_min=draw(maybe() | st.integers(0, 3)),
        area_min=draw(maybe() | st.sampled_from([40.0, 75.0])),
        area_max=draw(maybe() | st.sampled_from([80.0, 150.0])),
        price_min=low,
        price_max=high,
        currency=draw(st.sampled_from(sorted(PER_GBP))),
        price_period=draw(st.sampled_from([None, "night", "month", "total"])),
        check_in=first,
        check_out=first + timedelta(days=stay[1])
        if first and stay and draw(st.booleans())
        else None,
        available_by=draw(maybe() | st.just(DAY + timedelta(days=20))),
        stay_months=draw(maybe() | st.sampled_from([1, 6])),
        amenities=draw(some(*AMENITIES)),
        not_amenities=draw(some(*AMENITIES)),
        near=draw(maybe() | st.sampled_from([Near(35.34, 33.3, 4.0), Near(35.2, 33.6, 40.0)])),
        sort=draw(st.sampled_from(SORTS)),
        limit=draw(st.integers(1, 50)),
    )


@cache
def rows(url: str) -> tuple[Row, ...]:
    """All homes as plain rows, with their blocked ranges."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        blocked: dict[Any, list[tuple[date, date]]] = {}
        for each in connection.execute(
            "SELECT listing_id, lower(during) AS first, upper(during) AS last"
            " FROM real_estate_blocked_dates"
        ):
            blocked.setdefault(each["listing_id"], []).append((each["first"], each["last"]))
        homes = connection.execute("SELECT * FROM real_estate_listing").fetchall()
    return tuple(home | {"blocked": blocked.get(home["id"], [])} for home in homes)


def fits(row: Row, wish: Wish) -> bool:
    """The oracle: one plain rule after another."""
    return all(rule(row, wish) for rule in RULES)


def fits_place(row: Row, wish: Wish) -> bool:
    inside = not (wish.cities or wish.districts)
    inside = inside or row["city"] in wish.cities or row["district"] in wish.districts
    return inside and not {row["city"], row["district"]} & set(wish.not_places)


def fits_offer(row: Row, wish: Wish) -> bool:
    return wish.deal in (None, row["deal"]) and wish.rent_type in (None, row["rent_type"])


def fits_price(row: Row, wish: Wish) -> bool:
    if wish.price_min is None and wish.price_max is None:
        return True
    variant: Variant = row["variant"]
    spoken: dict[str | None, Variant] = {
        "night": "short_term",
        "month": "long_term",
        "total": "sale",
    }
    meant = spoken.get(wish.price_period)
    is_sure = bool(wish.rent_type) or wish.deal == "buy"
    if meant and not is_sure and variant != meant and not (meant == "sale" and wish.deal == "rent"):
        return False
    own = float(row["price"]) / PER_GBP[row["currency"]] * PER_GBP[wish.currency]
    nights = {"long_term": 30}
    if wish.price_period in ("night", "month"):
        own = own / nights.get(variant, 1) * nights.get(meant or variant, 1)
    low, high = wish.price_min or 0, wish.price_max or float("inf")
    return bool(low - 1e-6 <= own <= high + 1e-6)


def fits_size(row: Row, wish: Wish) -> bool:
    most = 99 if wish.bedrooms_max is None else wish.bedrooms_max
    return bool(
        (wish.bedrooms_min or 0) <= row["bedrooms"] <= most
        and row["bathrooms"] >= (wish.bathrooms_min or 0)
        and (wish.area_min or 0) <= row["area_m2"] <= (wish.area_max or 1e9)
    )


def fits_kind(row: Row, wish: Wish) -> bool:
    has = set(row["amenities"])
    return (
        (not wish.property_types or row["property_type"] in wish.property_types)
        and row["property_type"] not in wish.not_property_types
        and set(wish.amenities) <= has
        and not has & set(wish.not_amenities)
    )


def fits_stay(row: Row, wish: Wish) -> bool:
    free_from = row["available_from"] or date.min
    first, last = wish.check_in, wish.check_out
    if first:
        last = last or first + timedelta(days=1)
        if free_from > first or any(a < last and first < b for a, b in row["blocked"]):
            return False
    if wish.available_by and free_from > wish.available_by:
        return False
    nights = months = 10_000
    if wish.stay_months is not None:
        nights, months = wish.stay_months * 30, wish.stay_months
    elif first and wish.check_out:
        nights = (wish.check_out - first).days
        months = 10_000 if wish.rent_type == "long_term" else nights // 30
    return (row["minimum_nights"] or 0) <= nights and (row["minimum_months"] or 0) <= months


def fits_circle(row: Row, wish: Wish) -> bool:
    return wish.near is None or km(row, wish.near) <= wish.near.radius_km


def km(row: Row, near: Near) -> float:
    north = radians(row["latitude"] - near.latitude) / 2
    east = radians(row["longitude"] - near.longitude) / 2
    scale = cos(radians(near.latitude)) * cos(radians(row["latitude"]))
    return 2 * 6371.0088 * asin(sqrt(sin(north) ** 2 + scale * sin(east) ** 2))


RULES: tuple[Callable[[Row, Wish], bool], ...] = (
    fits_place, fits_offer, fits_price, fits_size, fits_kind, fits_stay, fits_circle,
)  # fmt: skip


@run
@given(wish=wishes())
async def test_what_is_found_is_what_fits(
    wish: Wish, catalogue: SqlCatalogue, stock_url: str
) -> None:
    fitting = {row["id"] for row in rows(stock_url) if fits(row, wish)}
    found = (await catalogue.find(wish)).found
    ids = [home.id for home in found.listings]
    assert set(ids) <= fitting
    assert found.total == min(len(fitting), 1000)
    assert len(ids) == len(set(ids)) == min(len(fitting), wish.limit)
    assert (found.next is not None) == (len(fitting) > wish.limit)


@pytest.mark.parametrize("forgotten", ["_stay", "_kinds", "_sizes", "_price", "_places"])
async def test_the_oracle_notices_a_forgotten_filter(
    forgotten: str, catalogue: SqlCatalogue, stock_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = Wish(
        cities=("girne",), deal="rent", rent_type="short_term", bedrooms_min=2, price_max=110,
        amenities=("pool",), check_in=DAY + timedelta(days=20), check_out=DAY + timedelta(days=23),
    )  # fmt: skip
    fitting = {row["id"] for row in rows(stock_url) if fits(row, wish)}
    assert (await catalogue.find(wish)).found.total == len(fitting) > 0
    monkeypatch.setattr(conditions, forgotten, lambda *_: None)
    assert (await catalogue.find(wish)).found.total > len(fitting)


@run
@given(wish=wishes())
async def test_pages_show_each_home_once_and_none_is_missing(
    wish: Wish, catalogue: SqlCatalogue, stock_url: str
) -> None:
    wide = replace(wish, amenities=(), not_amenities=(), area_min=None, limit=50)
    fitting = {row["id"] for row in rows(stock_url) if fits(row, wide)}
    seen: list[Listing] = []
    mark: str | None = None
    while True:
        page = (await catalogue.find(replace(wide, after=mark))).found
        seen += page.listings
        assert page.total == min(len(fitting), 1000)
        if page.next is None:
            break
        mark = page.next
    assert len(seen) == len(fitting) and {home.id for home in seen} == fitting
    assert is_ordered(seen, wide)


def is_ordered(homes: list[Listing], wish: Wish) -> bool:
    keys: dict[Sort, Callable[[Listing], Any]] = {
        "price": lambda h: h.price / PER_GBP[h.currency],
        "-price": lambda h: -h.price / PER_GBP[h.currency],
        "newest": lambda h: -h.listed_at.timestamp(),
        "area": lambda h: -h.area_m2,
    }
    values = [keys[wish.sort](home) for home in homes] if wish.sort in keys else []
    return all(a <= b + 1e-9 for a, b in pairwise(values))


@run
@given(wish=wishes(), language=st.sampled_from(LANGUAGES))
async def test_every_value_of_a_card_is_the_rows_own(
    wish: Wish, language: str, catalogue: SqlCatalogue, stock_url: str
) -> None:
    by_id = {str(row["id"]): row for row in rows(stock_url)}
    for home in (await catalogue.find(replace(wish, limit=5))).found.listings:
        shown = card(home, say=str, language=language)
        row = by_id[shown["id"]]
        title = row["title"] if language == "en" else row["translations"][language]["title"]
        assert shown["title"] == title
        assert (shown["price"], shown["currency"]) == (float(row["price"]), row["currency"])
        assert (shown["variant"], shown["rating"]) == (row["variant"], row["rating"])
        assert shown["area"] == shown["metadata"]["sqm"] == row["area_m2"]
        assert shown["galleryImages"] == [p["url"] for p in row["pictures"]]
        assert shown["metadata"]["bedrooms"] == row["bedrooms"]
        assert shown["metadata"]["bathrooms"] == row["bathrooms"]
        assert shown["metadata"]["amenities"] == row["amenities"]
        verified = row["verified_at"]
        assert shown["verified_at"] == (verified.isoformat() if verified else None)


@run
@given(wish=wishes())
async def test_a_relaxation_finds_homes_and_names_what_moved(
    wish: Wish, catalogue: SqlCatalogue
) -> None:
    answer = await catalogue.find(wish)
    if answer.relaxed is None:
        return
    assert not answer.found.listings and answer.relaxed.found.listings
    assert answer.relaxed.limits and answer.relaxed.wish != wish
    assert answer.relaxed.wish.property_types == wish.property_types
    assert answer.relaxed.wish.amenities == wish.amenities
