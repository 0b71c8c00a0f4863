"""A catalogue in memory that keeps the Catalogue port, with homes known by construction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from math import asin, cos, radians, sin, sqrt
from uuid import UUID, uuid5

from gatehouse.base.errors import GatehouseError
from gatehouse.listings.types import (
    Answer,
    Found,
    Limit,
    Listing,
    Near,
    Picture,
    Relaxed,
    RentType,
    Wish,
)
from gatehouse.understanding.places import Gazetteer

SPACE = UUID("6f1c1f3e-8a43-4a8a-9d5c-0f4b6f6f0c11")
IN_POUNDS = {"GBP": 1.0, "EUR": 0.85, "USD": 0.78, "TRY": 0.02, "RUB": 0.009, "UAH": 0.019}
LISTED = datetime(2026, 1, 2, tzinfo=UTC)
AREAS = ("girne/lapta", "girne/alsancak", "girne/merkez", "gazimagusa/sakarya", "iskele/bogaz")


@dataclass
class Twin:
    """Counts its calls; raises `trouble` if given."""

    homes: tuple[Listing, ...]
    trouble: type[GatehouseError] | None = None
    calls: list[str] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)

    async def find(self, wish: Wish) -> Answer:
        self._called("find")
        self.wishes.append(wish)
        found = self._page(wish)
        return Answer(found, None if found.listings else self._relaxed(wish))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        self._called("get")
        by_id = {home.id: home for home in self.homes}
        return tuple(by_id[i] for i in ids if i in by_id)

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        self._called("is_free")
        return check_in.month != 8

    def rates(self) -> Mapping[str, float]:
        return {currency: 1 / pounds for currency, pounds in IN_POUNDS.items()}

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.trouble:
            raise self.trouble

    def _page(self, wish: Wish) -> Found:
        fits = [home for home in self.homes if matches(home, wish)]
        if wish.sort == "price":
            fits.sort(key=lambda home: home.price)
        return Found(tuple(fits[: wish.limit]), len(fits), None, 0.1)

    def _relaxed(self, wish: Wish) -> Relaxed | None:
        for limit, looser in loosened(wish):
            found = self._page(looser)
            if found.listings:
                return Relaxed((limit,), looser, found)
        return None


def loosened(wish: Wish) -> Iterator[tuple[Limit, Wish]]:
    """One step each, in the order of the runbook."""
    places = [Gazetteer.default().place(key) for key in (*wish.cities, *wish.districts)]
    if places:
        around = Near(places[0].latitude, places[0].longitude, 20.0)
        yield Limit.AREA, replace(wish, cities=(), districts=(), near=around)
    if wish.price_max:
        yield Limit.BUDGET, replace(wish, price_max=wish.price_max * 1.2)
    if wish.bedrooms_min:
        yield Limit.BEDROOMS, replace(wish, bedrooms_min=wish.bedrooms_min - 1)


def matches(home: Listing, wish: Wish) -> bool:
    """Does the home keep every limit of the wish?"""
    return all(
        (
            _is_there(home, wish),
            not {home.city, home.district} & set(wish.not_places),
            wish.deal in (None, home.deal),
            wish.rent_type in (None, home.rent_type),
            not wish.property_types or home.property_type in wish.property_types,
            home.property_type not in wish.not_property_types,
            _within(home.bedrooms, wish.bedrooms_min, wish.bedrooms_max),
            _within(home.bathrooms, wish.bathrooms_min, None),
            _within(home.area_m2, wish.area_min, wish.area_max),
            _is_affordable(home, wish),
            set(wish.amenities) <= set(home.amenities),
            not set(wish.not_amenities) & set(home.amenities),
        )
    )


def _is_there(home: Listing, wish: Wish) -> bool:
    if wish.near:
        return _km(home, wish.near) <= wish.near.radius_km
    if not (wish.cities or wish.districts):
        return True
    return home.city in wish.cities or home.district in wish.districts


def _is_affordable(home: Listing, wish: Wish) -> bool:
    pounds = home.price * IN_POUNDS[home.currency]
    if wish.price_period == "month" and home.variant == "short_term":
        pounds *= 30
    if wish.price_period == "night" and home.variant == "long_term":
        pounds /= 30
    rate = IN_POUNDS[wish.currency]
    low = wish.price_min * rate if wish.price_min else None
    high = wish.price_max * rate if wish.price_max else None
    return _within(pounds, low, high)


def _within(number: float, low: float | None, high: float | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _km(home: Listing, near: Near) -> float:
    lat1, lon1, lat2, lon2 = map(
        radians, (home.latitude, home.longitude, near.latitude, near.longitude)
    )
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12742 * asin(sqrt(half))


def home(
    number: int,
    area: str,
    *,
    price: float,
    term: RentType | None = "long_term",
    bedrooms: int = 2,
    kind: str = "apartment",
    amenities: tuple[str, ...] = ("pool", "parking"),
    deposit: float | None = None,
) -> Listing:
    """A home; without a term it is for sale."""
    place = Gazetteer.default().place(area)
    return Listing(
        id=uuid5(SPACE, str(number)),
        ref=f"GH-{number:04}",
        title=f"Home {number} in {place.names['en']}",
        description="Bright rooms and a calm street.",
        deal="rent" if term else "buy",
        rent_type=term,
        property_type=kind,
        city=place.city,
        district=area,
        latitude=place.latitude,
        longitude=place.longitude,
        bedrooms=bedrooms,
        bathrooms=1,
        area_m2=40.0 + 25 * bedrooms + number,
        price_month=price if term == "long_term" else None,
        price_night=price if term == "short_term" else None,
        price_sale=None if term else price,
        currency="GBP",
        deposit=deposit,
        minimum_nights=3 if term == "short_term" else None,
        minimum_months=6 if term == "long_term" else None,
        available_from=date(2026, 2, 1),
        amenities=amenities,
        pictures=(Picture(f"/media/homes/{number}.svg", "The living room"),),
        agency="Harbour Homes",
        agency_phone="+90 392 815 00 00",
        rating=4.5,
        verified_at=LISTED,
        listed_at=LISTED,
    )


def seeded() -> Twin:
    """Sixty homes: 8 long lets, 2 short lets and 2 sales in each of five areas."""
    return Twin(tuple(_seeded_homes()))


def _seeded_homes() -> Iterator[Listing]:
    for a, area in enumerate(AREAS):
        for n in range(8):
            yield home(
                100 * a + n,
                area,
                price=550 - 50 * n,
                bedrooms=1 + n % 3,
                amenities=("pool", "parking") if n % 2 else ("furnished", "pets_allowed"),
                deposit=400 if n % 3 else None,
            )
        for n in range(2):
            yield home(100 * a + 20 + n, area, price=45 + 30 * n, term="short_term")
            yield home(100 * a + 40 + n, area, price=90_000 + 60_000 * n, term=None, kind="villa")
