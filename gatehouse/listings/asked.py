"""What was asked of the listings, in one form: equal searches are equal values. Pure."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from gatehouse.listings.search import MOST_SHOWN
from gatehouse.listings.types import Wish

FAMILY = "re:search"
_SETS = ("not_places", "property_types", "not_property_types", "amenities", "not_amenities")
_PLACES = ("cities", "districts")
_NUMBERS = ("price_min", "price_max", "area_min", "area_max")
_LONGEST_PLACE = 60


def canonical(wish: Wish) -> Wish:
    """The same search, said in one way: sets sorted, numbers as floats, single spaces."""
    starts_at_first_place = wish.sort == "distance" and wish.near is None
    sets = _SETS if starts_at_first_place else (*_SETS, *_PLACES)
    said: dict[str, object] = {name: tuple(sorted(set(getattr(wish, name)))) for name in sets}
    for name in _NUMBERS:
        value = getattr(wish, name)
        said[name] = None if value is None else float(value)
    said["currency"] = wish.currency.upper()
    said["text"] = None if wish.text is None else " ".join(wish.text.split())
    said["limit"] = min(wish.limit, MOST_SHOWN)
    return replace(wish, **said)  # type: ignore[arg-type]


def key(wish: Wish, *, epoch: str, release: str) -> str:
    """`re:search:girne:rent:<digest>`; the digest covers the whole canonical wish."""
    whole = repr((wish, epoch, release)).encode()
    digest = blake2b(whole, digest_size=12, person=b"gh-search").hexdigest()
    place = ",".join((*wish.districts, *wish.cities))[:_LONGEST_PLACE] or "any"
    return f"{FAMILY}:{place}:{wish.deal or 'any'}:{digest}"
