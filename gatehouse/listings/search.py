"""A wish as one statement: the page, and on the first page the total. Pure.

Ids come first, in order, mostly from an index alone; only the homes of the page are read in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gatehouse.base.errors import BadInput
from gatehouse.listings import cursors
from gatehouse.listings.conditions import Conditions, conditions, distance, stay_dates
from gatehouse.listings.money import Rates, bounds
from gatehouse.listings.types import Near, Wish
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES

MOST_COUNTED = 1000
MOST_SHOWN = 50

# The fields of a Listing, in its order; `row.listing` reads them by position.
COLUMNS = """home.id, ref, title, description, deal, rent_type, property_type, city, district,
latitude, longitude, bedrooms, bathrooms, area_m2, price_month::float8, price_night::float8,
price_sale::float8, currency, deposit::float8, minimum_nights, minimum_months, available_from,
amenities, pictures::text, agency.name, agency.phone, rating, verified_at, listed_at"""
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


def texts(part: Literal["title", "description"]) -> str:
    """That part in every language but English, which has columns of its own."""
    return ", ".join(f"translations #>> '{{{language},{part}}}'" for language in TRANSLATED)


_PAGE = """
WITH hits AS MATERIALIZED ({hits})
SELECT page.total, page.key, {columns}, {titles}
FROM (
    SELECT id, key, (SELECT count(*) FROM hits) AS total
    FROM hits ORDER BY key {way}, id {way} LIMIT %(limit)s
) page
JOIN real_estate_listing home ON home.id = page.id
JOIN real_estate_agency agency ON agency.id = home.agency_id
ORDER BY page.key {way}, page.id {way}
"""

_HITS = """
SELECT home.id, {key} AS key FROM real_estate_listing home
WHERE {where} ORDER BY {key} {way}, home.id {way} LIMIT %(count)s
"""

# Prices of one variant and currency lie in order in one index. Each such row gives its first
# few; the merge of them is the order over all currencies, at the newest rates.
_HITS_BY_PRICE = """
SELECT id, key FROM unnest(
    %(r_variant)s::text[], %(r_currency)s::text[], %(r_rate)s::float8[],
    %(r_low)s::numeric[], %(r_high)s::numeric[]
) AS shelf(variant, currency, rate, low, high)
CROSS JOIN LATERAL (
    SELECT home.id, price::float8 / shelf.rate AS key FROM real_estate_listing home
    WHERE variant = shelf.variant AND currency = shelf.currency{bounds} AND {where}
    ORDER BY price {way}, home.id {way} LIMIT %(count)s
) found
ORDER BY key {way}, id {way} LIMIT %(count)s
"""

# Sort: the key's expression and its direction.
_ORDERS = {
    "best": ("rank", "DESC"),
    "newest": ("listed_at", "DESC"),
    "area": ("area_m2", "DESC"),
    "distance": (distance("from"), "ASC"),
    "price": ("price", "ASC"),
    "-price": ("price", "DESC"),
}
_SLACK = 1e-9  # a rounding error of the converted price must not skip a home


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its bind parameters; `mark` is where the page before ended."""

    sql: str
    values: dict[str, Any]
    mark: cursors.Mark | None


def statement(wish: Wish, rates: Rates) -> Statement:
    """The search. Raises BadInput for a wish that cannot be."""
    check(wish)
    mark = cursors.read(wish.after, wish) if wish.after else None
    by_price = wish.sort in ("price", "-price")
    priced = bounds(wish, rates)
    found = conditions(wish, None if by_price else priced)
    limit = min(wish.limit, MOST_SHOWN) + 1
    found.values |= {"limit": limit, "count": limit if mark else MOST_COUNTED}
    key, way = _order(wish, found)
    if by_price:
        hits = _by_price(wish, found, rates=rates, mark=mark)
    else:
        _after(found, key, way=way, mark=mark)
        hits = _HITS.format(key=key, way=way, where=found.sql())
    sql = _PAGE.format(hits=hits, way=way, columns=COLUMNS, titles=texts("title"))
    return Statement(sql, found.values, mark)


def check(wish: Wish) -> None:
    """Raises BadInput if bounds cross each other."""
    first, last = stay_dates(wish)
    if wish.check_out and (not first or (last and last <= first)):
        raise BadInput("check_out: the day of leaving comes after check_in")
    if wish.limit < 1:
        raise BadInput("limit: a number from 1 on")
    for name in ("price", "bedrooms", "area"):
        low, high = getattr(wish, f"{name}_min"), getattr(wish, f"{name}_max")
        if low is not None and high is not None and low > high:
            raise BadInput(f"{name}_min: not more than {name}_max")


def _order(wish: Wish, found: Conditions) -> tuple[str, str]:
    """The key and its direction; "distance" without any place falls back to the best first."""
    if wish.sort == "distance":
        start = wish.near or _first_place(wish)
        if start is None:
            return _ORDERS["best"]
        found.values |= {"from_lat": start.latitude, "from_lon": start.longitude}
    return _ORDERS[wish.sort]


def _first_place(wish: Wish) -> Near | None:
    gazetteer = Gazetteer.default()
    known = (gazetteer.place(k) for k in (*wish.districts, *wish.cities) if k in gazetteer)
    place = next(known, None)
    return Near(place.latitude, place.longitude, place.radius_km) if place else None


def _after(found: Conditions, key: str, *, way: str, mark: cursors.Mark | None) -> None:
    if mark:
        sign = "<" if way == "DESC" else ">"
        found.add(
            f"({key}, home.id) {sign} (%(after_key)s, %(after_id)s)",
            after_key=mark.key,
            after_id=mark.id,
        )


def _by_price(wish: Wish, found: Conditions, *, rates: Rates, mark: cursors.Mark | None) -> str:
    shelves = bounds(wish, rates)
    found.values |= {
        "r_variant": [s.variant for s in shelves],
        "r_currency": [s.currency for s in shelves],
        "r_rate": [rates.per_gbp[s.currency] for s in shelves],
        "r_low": [s.low for s in shelves],
        "r_high": [s.high for s in shelves],
    }
    way = _ORDERS[wish.sort][1]
    limits = " AND price >= shelf.low" if wish.price_min is not None else ""
    limits += " AND price <= shelf.high" if wish.price_max is not None else ""
    if mark:
        _after(found, "price::float8 / shelf.rate", way=way, mark=mark)
        sign, slack = ("<=", 1 + _SLACK) if way == "DESC" else (">=", 1 - _SLACK)
        limits += f" AND price {sign} (%(after_key)s * shelf.rate * {slack})::numeric"
    return _HITS_BY_PRICE.format(bounds=limits, where=found.sql(), way=way)
