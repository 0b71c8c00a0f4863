"""What to offer when nothing matches: which limit moves first, and how far. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import asin, cos, radians, sin, sqrt

from gatehouse.listings.types import Limit, Near, Wish
from gatehouse.understanding.places import Gazetteer, Place

AREA_KM = 20.0
BUDGET_FACTOR = 1.2
_EARTH_KM = 6371.0088


def relaxations(wish: Wish) -> Iterator[tuple[tuple[Limit, ...], Wish]]:
    """Each limit alone, in the order of `Limit`; then the first two together, then all three."""
    possible = [limit for limit in Limit if relax(wish, limit) is not None]
    for limits in [(limit,) for limit in possible] + [
        tuple(possible[:n]) for n in range(2, len(possible) + 1)
    ]:
        wider: Wish | None = wish
        for limit in limits:
            wider = relax(wider, limit) if wider else None
        if wider:
            yield limits, wider


def relax(wish: Wish, limit: Limit) -> Wish | None:
    """The wish with that limit moved; None if it has no such limit."""
    fresh = replace(wish, after=None)
    match limit:
        case Limit.AREA:
            circle = _wider(wish)
            return replace(fresh, cities=(), districts=(), near=circle) if circle else None
        case Limit.BUDGET:
            most = wish.price_max
            return None if most is None else replace(fresh, price_max=most * BUDGET_FACTOR)
        case Limit.BEDROOMS:
            least = wish.bedrooms_min
            return replace(fresh, bedrooms_min=least - 1) if least else None


def _wider(wish: Wish) -> Near | None:
    """20 km around the place; around the middle of several, 20 km beyond the outermost."""
    if wish.near and not (wish.cities or wish.districts):
        return replace(wish.near, radius_km=AREA_KM) if wish.near.radius_km < AREA_KM else None
    gazetteer = Gazetteer.default()
    places = [gazetteer.place(k) for k in (*wish.cities, *wish.districts) if k in gazetteer]
    if not places:
        return None
    latitude = sum(p.latitude for p in places) / len(places)
    longitude = sum(p.longitude for p in places) / len(places)
    reach = max(_km(p, latitude, longitude) for p in places)
    return Near(latitude, longitude, round(AREA_KM + reach, 3))


def _km(place: Place, latitude: float, longitude: float) -> float:
    half_north = sin(radians(place.latitude - latitude) / 2) ** 2
    half_east = sin(radians(place.longitude - longitude) / 2) ** 2
    scale = cos(radians(latitude)) * cos(radians(place.latitude))
    return 2 * _EARTH_KM * asin(sqrt(half_north + scale * half_east))
