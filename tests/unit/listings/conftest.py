"""Homes as values, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from gatehouse.listings.types import Listing, Picture


@pytest.fixture
def home() -> Listing:
    return Listing(
        id=UUID(int=7), ref="GH-0007", title="Bright flat", description="Sunny.", deal="rent",
        rent_type="long_term", property_type="apartment", city="girne", district="girne/lapta",
        latitude=35.34, longitude=33.16, bedrooms=2, bathrooms=1, area_m2=84.0, price_month=1250.0,
        price_night=None, price_sale=None, currency="GBP", deposit=1250.0, minimum_nights=None,
        minimum_months=6, available_from=date(2027, 1, 1),
        amenities=("lift", "pool", "sea_view", "furnished", "parking", "wifi", "pets_allowed"),
        pictures=(Picture("/homes/7/pictures/1.svg", "Living room"),), agency="Carob Tree Estates",
        agency_phone="+90 392 815 0002", rating=4.6, verified_at=datetime(2026, 11, 1, tzinfo=UTC),
        listed_at=datetime(2026, 10, 1, tzinfo=UTC), titles={"tr": "Aydınlık daire"},
    )  # fmt: skip
