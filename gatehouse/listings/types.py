"""Homes and searches, as values. Prices are in the listing's own currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

Deal = Literal["rent", "buy"]
RentType = Literal["short_term", "long_term"]
Variant = Literal["short_term", "long_term", "sale"]
Sort = Literal["best", "price", "-price", "newest", "area", "distance"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a home; `url` is on our own host."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One home on offer, as the database has it."""

    id: UUID
    ref: str  # the agency's own reference, "GH-0042"
    title: str
    description: str
    deal: Deal
    rent_type: RentType | None
    property_type: str  # apartment, studio, villa, house, penthouse, bungalow, land, commercial
    city: str  # gazetteer key: "girne"
    district: str | None  # gazetteer key: "girne/lapta"
    latitude: float
    longitude: float
    bedrooms: int
    bathrooms: int
    area_m2: float
    price_month: float | None
    price_night: float | None
    price_sale: float | None
    currency: str
    deposit: float | None
    minimum_nights: int | None
    minimum_months: int | None
    available_from: date | None
    amenities: tuple[str, ...]
    pictures: tuple[Picture, ...]
    agency: str
    agency_phone: str | None
    rating: float | None
    verified_at: datetime | None
    listed_at: datetime
    # Language code -> text, beside the English above. A search leaves the descriptions out.
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    descriptions: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def variant(self) -> Variant:
        """How cards name the kind of offer."""
        return "sale" if self.deal == "buy" else (self.rent_type or "long_term")

    @property
    def price(self) -> float:
        """The price that counts for this variant."""
        value = {
            "sale": self.price_sale,
            "short_term": self.price_night,
            "long_term": self.price_month,
        }[self.variant]
        return value or 0.0


@dataclass(frozen=True, slots=True)
class Near:
    """A circle: degrees and kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Wish:
    """A search. None or empty: no limit. Prices are per `price_period` in `currency`."""

    cities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()  # within or beside `cities`; a home in any of both matches
    not_places: tuple[str, ...] = ()
    deal: Deal | None = None
    rent_type: RentType | None = None
    property_types: tuple[str, ...] = ()
    not_property_types: tuple[str, ...] = ()
    bedrooms_min: int | None = None
    bedrooms_max: int | None = None
    bathrooms_min: int | None = None
    area_min: float | None = None
    area_max: float | None = None
    price_min: float | None = None
    price_max: float | None = None
    currency: str = "GBP"
    price_period: Literal["night", "month", "total"] | None = None  # None: by variant
    check_in: date | None = None
    check_out: date | None = None
    available_by: date | None = None
    stay_nights: int | None = None  # only homes whose minimum stay allows this
    stay_months: int | None = None
    amenities: tuple[str, ...] = ()
    not_amenities: tuple[str, ...] = ()
    near: Near | None = None
    text: str | None = None
    sort: Sort = "best"
    limit: int = 20
    after: str | None = None  # opaque keyset cursor from `Found.next`


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search. `total` counts all that match, up to a cap of 1,000."""

    listings: tuple[Listing, ...]
    total: int
    next: str | None
    took_ms: float


class Limit(StrEnum):
    """Which wish was loosened, in the order in which it is offered."""

    AREA = "area"  # wider area: 20 km around the place
    BUDGET = "budget"  # budget + 20 %
    BEDROOMS = "bedrooms"  # one bedroom fewer


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The nearest thing to a wish that found nothing: which limits moved, and what it finds."""

    limits: tuple[Limit, ...]  # usually one; several when no single step finds a home
    wish: Wish
    found: Found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search brought, and, if that is nothing, the first relaxation that finds a home."""

    found: Found
    relaxed: Relaxed | None = None
    as_of: datetime | None = None  # set: out of the cache, because the listings did not answer
    is_cached: bool = False  # no call to the listings of its own


class Catalogue(Protocol):
    """What the conversation needs from the stock room; one database visit per call.

    Raises `errors.SearchTimeout` (cut at RE_SEARCH_TIMEOUT_MS) or `errors.SearchDown`.
    """

    async def find(self, wish: Wish) -> Answer: ...

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        """Those of the ids that are on offer, in the order asked for."""
        ...

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool: ...

    def rates(self) -> Mapping[str, float]:
        """Units of each currency for one pound, as last read; empty before the first visit."""
        ...
