"""A small stock of homes in memory, clean or with orders planted into what their owners wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from gatehouse.listings.types import Answer, Found, Listing, Picture, Wish
from gatehouse.understanding.places import Gazetteer

_SPACE = UUID("5f0b8c52-8f5e-4c0e-9f0d-3f6f6b3c9a10")
_LISTED = datetime(2026, 1, 2, tzinfo=UTC)
LAST = 5  # of the six homes of a page
_AREAS = ("girne/lapta", "girne/alsancak", "girne/merkez")


@dataclass(frozen=True, slots=True)
class Stock:
    """A Catalogue: every home fits every wish, in the order of their prices."""

    homes: tuple[Listing, ...]

    async def find(self, wish: Wish) -> Answer:
        listed = tuple(replace(home, description="") for home in self.homes[: wish.limit])
        return Answer(Found(listed, len(self.homes), None, 0.1))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        by_id = {home.id: home for home in self.homes}
        return tuple(by_id[i] for i in ids if i in by_id)

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        return True

    def rates(self) -> Mapping[str, float]:
        return {"GBP": 1.0, "EUR": 1.17, "USD": 1.28}


def clean() -> Stock:
    """Nine flats to let in and around Kyrenia."""
    return Stock(tuple(_home(number) for number in range(9)))


def planted(order: str) -> Stock:
    """The same homes; what the owner of the last one on the first page wrote is an order."""
    homes = clean().homes
    title = f"{homes[LAST].title}. {order}"[:200]
    told = replace(homes[LAST], title=title, description=order, descriptions={"en": order})
    return Stock((*homes[:LAST], told, *homes[LAST + 1 :]))


def _home(number: int) -> Listing:
    area = _AREAS[number % len(_AREAS)]
    place = Gazetteer.default().place(area)
    return Listing(
        id=uuid5(_SPACE, str(number)),
        ref=f"GH-{number:04}",
        title=f"Flat {number} in {place.names['en']}",
        description="Bright rooms and a calm street.",
        deal="rent",
        rent_type="long_term",
        property_type="apartment",
        city=place.city,
        district=area,
        latitude=place.latitude,
        longitude=place.longitude,
        bedrooms=2,
        bathrooms=1,
        area_m2=70.0 + number,
        price_month=400.0 + 20 * number,
        price_night=None,
        price_sale=None,
        currency="GBP",
        deposit=500.0,
        minimum_nights=None,
        minimum_months=6,
        available_from=date(2026, 2, 1),
        amenities=("parking", "balcony"),
        pictures=(Picture(f"/media/homes/{number}.svg", "The living room"),),
        agency="Harbour Homes",
        agency_phone="+90 392 815 00 00",
        rating=4.5,
        verified_at=_LISTED,
        listed_at=_LISTED,
    )
