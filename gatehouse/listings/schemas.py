"""What the search endpoint answers, for its documentation; and how a Listing becomes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from gatehouse.listings.types import Listing

_PLAIN = (
    "ref", "title", "description", "deal", "rent_type", "variant", "property_type", "city",
    "district", "latitude", "longitude", "bedrooms", "bathrooms", "area_m2", "price", "price_month",
    "price_night", "price_sale", "currency", "deposit", "minimum_nights", "minimum_months",
    "agency", "agency_phone", "rating",
)  # fmt: skip


class PictureView(BaseModel):
    """A picture on this host."""

    url: str
    alt: str


class ListingView(BaseModel):
    """A home on offer. `price` is the one that counts for its `variant`."""

    id: UUID
    ref: str
    title: str
    titles: dict[str, str]
    description: str
    deal: Literal["rent", "buy"]
    rent_type: Literal["short_term", "long_term"] | None
    variant: Literal["short_term", "long_term", "sale"]
    property_type: str
    city: str
    district: str | None
    latitude: float
    longitude: float
    bedrooms: int
    bathrooms: int
    area_m2: float
    price: float
    price_month: float | None
    price_night: float | None
    price_sale: float | None
    currency: str
    deposit: float | None
    minimum_nights: int | None
    minimum_months: int | None
    available_from: date | None
    amenities: list[str]
    pictures: list[PictureView]
    agency: str
    agency_phone: str | None
    rating: float | None
    verified_at: datetime | None
    listed_at: datetime
    url: str


class SearchReply(BaseModel):
    """`count` rows are here, `total` match (counted up to 1,000), `next` fetches the next page.

    `relaxed` names the limits that would have to move when nothing matches; with `relax=true`
    they have moved, and `results` shows what that finds. `as_of` is the hour of an old answer that
    stands in for a search that failed; null: as the listings are now.
    """

    count: int
    total: int
    results: list[ListingView]
    cached: bool
    as_of: datetime | None
    relaxed: list[Literal["area", "budget", "bedrooms"]]
    took_ms: float
    next: str | None


def listing_json(home: Listing) -> dict[str, Any]:
    """The listing as `ListingView` describes it."""
    return {
        "id": str(home.id),
        **{name: getattr(home, name) for name in _PLAIN},
        "titles": {"en": home.title, **home.titles},
        "available_from": home.available_from.isoformat() if home.available_from else None,
        "amenities": list(home.amenities),
        "pictures": [{"url": p.url, "alt": p.alt} for p in home.pictures],
        "verified_at": home.verified_at.isoformat() if home.verified_at else None,
        "listed_at": home.listed_at.isoformat(),
        "url": f"/homes/{home.id}",
    }
