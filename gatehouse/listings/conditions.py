"""A wish as SQL conditions with bind parameters only. Pure: text in, text out, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import cos, radians
from typing import Any

from gatehouse.listings.folding import prefix_query
from gatehouse.listings.money import NIGHTS_PER_MONTH, Bound, variants
from gatehouse.listings.types import Near, Wish
from gatehouse.understanding.places import Gazetteer

KM_PER_DEGREE = 111.1949
_EARTH_KM = 6371.0088

# Great-circle distance in kilometres from a point to the home.
_HAVERSINE = (
    f"{2 * _EARTH_KM} * asin(least(1, sqrt("
    "power(sin(radians(latitude - %({0}_lat)s) / 2), 2) + cos(radians(%({0}_lat)s))"
    " * cos(radians(latitude)) * power(sin(radians(longitude - %({0}_lon)s) / 2), 2))))"
)


@dataclass(slots=True)
class Conditions:
    """Conditions joined by AND, and the values that they bind."""

    parts: list[str] = field(default_factory=lambda: ["status = 'active'"])
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, part: str, **values: Any) -> None:
        """One more condition."""
        self.parts.append(part)
        self.values.update(values)

    def sql(self) -> str:
        return " AND ".join(self.parts)


def conditions(wish: Wish, bounds: tuple[Bound, ...] | None) -> Conditions:
    """All filters of the wish. `bounds` None: the statement binds variant and price itself."""
    found = Conditions()
    if bounds is not None:
        _offer(found, wish)
        _price(found, wish, bounds)
    _places(found, wish)
    _sizes(found, wish)
    _kinds(found, wish)
    _stay(found, wish)
    if query := prefix_query(wish.text or ""):
        found.add("search @@ to_tsquery('simple', %(text)s)", text=query)
    return found


def distance(name: str) -> str:
    """The distance in km to the point bound as `<name>_lat` and `<name>_lon`."""
    return _HAVERSINE.format(name)


def circle(name: str, near: Near) -> tuple[str, dict[str, float]]:
    """Within the circle: a box for the index, then the exact distance."""
    high = near.radius_km / KM_PER_DEGREE
    wide = min(180.0, high / max(0.01, cos(radians(near.latitude))))
    part = (
        f"(point(longitude, latitude) <@ box(point(%({name}_west)s, %({name}_south)s),"
        f" point(%({name}_east)s, %({name}_north)s)) AND {distance(name)} <= %({name}_km)s)"
    )
    return part, {
        f"{name}_lat": near.latitude,
        f"{name}_lon": near.longitude,
        f"{name}_km": near.radius_km,
        f"{name}_west": near.longitude - wide,
        f"{name}_east": near.longitude + wide,
        f"{name}_south": near.latitude - high,
        f"{name}_north": near.latitude + high,
    }


def _offer(found: Conditions, wish: Wish) -> None:
    offered = variants(wish)
    if len(offered) == 1:
        found.add("variant = %(variant)s", variant=offered[0])
    elif len(offered) == 2:
        found.add("variant = ANY(%(variants)s::text[])", variants=list(offered))


def _price(found: Conditions, wish: Wish, bounds: tuple[Bound, ...]) -> None:
    """One branch per currency (and per variant where they differ): each can use its index."""
    if wish.price_min is None and wish.price_max is None:
        return
    branches = dict.fromkeys((b.currency, b.low, b.high) for b in bounds)
    differ = len(branches) > len({b.currency for b in bounds})
    texts = []
    for n, bound in enumerate(bounds if differ else bounds[: len(branches)]):
        parts = [f"currency = %(c{n})s"]
        found.values[f"c{n}"] = bound.currency
        if differ:
            parts.insert(0, f"variant = %(v{n})s")
            found.values[f"v{n}"] = bound.variant
        for name, sign, value in (("l", ">=", bound.low), ("h", "<=", bound.high)):
            if value is not None:
                parts.append(f"price {sign} %({name}{n})s::numeric")
                found.values[f"{name}{n}"] = value
        texts.append(f"({' AND '.join(parts)})")
    found.add(f"({' OR '.join(texts)})")


def _places(found: Conditions, wish: Wish) -> None:
    parts, values = _anywhere(wish)
    if parts:
        found.add(parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})", **values)
    if wish.not_places:
        found.add(
            "city <> ALL(%(not_here)s::text[])"
            " AND (district IS NULL OR district <> ALL(%(not_here)s::text[]))",
            not_here=list(wish.not_places),
        )
    if wish.near:
        part, values = circle("near", wish.near)
        found.add(part, **values)


def _anywhere(wish: Wish) -> tuple[list[str], dict[str, Any]]:
    """Cities, districts and landmarks: a home in any of them will do."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    named = [*wish.cities, *wish.districts]
    gazetteer = Gazetteer.default()
    marks = [k for k in named if k in gazetteer and gazetteer.place(k).kind == "landmark"]
    areas = {
        "city": [k for k in wish.cities if k not in marks],
        "district": [k for k in wish.districts if k not in marks],
    }
    for column, keys in areas.items():
        if keys:
            single = len(keys) == 1
            parts.append(f"{column} = " + (f"%({column})s" if single else f"ANY(%({column})s)"))
            values[column] = keys[0] if single else keys
    for n, key in enumerate(marks):
        mark = gazetteer.place(key)
        part, bound = circle(f"m{n}", Near(mark.latitude, mark.longitude, mark.radius_km))
        parts.append(part)
        values |= bound
    return parts, values


_SIZES = (
    ("bedrooms", ">=", "bedrooms_min"),
    ("bedrooms", "<=", "bedrooms_max"),
    ("bathrooms", ">=", "bathrooms_min"),
    ("area_m2", ">=", "area_min"),
    ("area_m2", "<=", "area_max"),
)


def _sizes(found: Conditions, wish: Wish) -> None:
    for column, sign, name in _SIZES:
        value = getattr(wish, name)
        if value is not None:
            found.add(f"{column} {sign} %({name})s", **{name: value})


def _kinds(found: Conditions, wish: Wish) -> None:
    if wish.property_types:
        found.add("property_type = ANY(%(types)s::text[])", types=list(wish.property_types))
    if wish.not_property_types:
        shunned = list(wish.not_property_types)
        found.add("property_type <> ALL(%(not_types)s::text[])", not_types=shunned)
    if wish.amenities:
        found.add("amenities @> %(amenities)s::text[]", amenities=list(wish.amenities))
    if wish.not_amenities:
        shunned = list(wish.not_amenities)
        found.add("NOT amenities && %(not_amenities)s::text[]", not_amenities=shunned)


def _stay(found: Conditions, wish: Wish) -> None:
    """Dates must be free; the minimum stay must allow what is wanted."""
    first, last = stay_dates(wish)
    if first and last:
        found.add(
            "NOT EXISTS (SELECT FROM real_estate_blocked_dates b"
            " WHERE b.listing_id = home.id"
            " AND b.during && daterange(%(first)s::date, %(last)s::date))"
            " AND (available_from IS NULL OR available_from <= %(first)s::date)",
            first=first,
            last=last,
        )
    if wish.available_by:
        by = wish.available_by
        found.add("(available_from IS NULL OR available_from <= %(by)s::date)", by=by)
    nights, months = longest_stay(wish)
    if nights is not None:
        found.add("(minimum_nights IS NULL OR minimum_nights <= %(nights)s)", nights=nights)
    if months is not None:
        found.add("(minimum_months IS NULL OR minimum_months <= %(months)s)", months=months)


def stay_dates(wish: Wish) -> tuple[date | None, date | None]:
    """First day and day of leaving; an arrival alone asks for its first night, or the stay said."""
    if not wish.check_in:
        return None, None
    nights = wish.stay_nights or 1
    return wish.check_in, wish.check_out or wish.check_in + timedelta(days=max(1, nights))


def longest_stay(wish: Wish) -> tuple[int | None, int | None]:
    """Nights and months that the visitor would stay, as far as said.

    For a long-term rent, dates say when it begins rather than how long it lasts.
    """
    if wish.stay_months is not None:
        return wish.stay_months * NIGHTS_PER_MONTH, wish.stay_months
    if wish.stay_nights is not None:
        return wish.stay_nights, wish.stay_nights // NIGHTS_PER_MONTH
    if wish.check_in and wish.check_out:
        nights = (wish.check_out - wish.check_in).days
        return nights, None if wish.rent_type == "long_term" else nights // NIGHTS_PER_MONTH
    return None, None
