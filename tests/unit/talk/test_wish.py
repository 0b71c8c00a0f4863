"""Slots become searches."""

from __future__ import annotations

from datetime import date

import pytest

from gatehouse.talk.types import Market
from gatehouse.talk.wish import wish
from gatehouse.understanding.types import Budget, DialogueState, Filled, PlaceName, Range, Slot

MARKET = Market()


def of(sort: str | None = None, **slots: Filled) -> DialogueState:
    return DialogueState(slots={Slot(name): filled for name, filled in slots.items()}, sort=sort)


def test_places_are_told_apart_into_cities_districts_and_shunned_ones() -> None:
    places = (PlaceName("girne", "Kyrenia"), PlaceName("iskele/bogaz", "Boğaz"))
    made = wish(of(location=Filled(places, shunned=("girne/lapta",))), MARKET)
    assert (made.cities, made.districts) == (("girne",), ("iskele/bogaz",))
    assert made.not_places == ("girne/lapta",)


def test_a_house_is_also_searched_under_its_other_names() -> None:
    made = wish(of(property_type=Filled(("house",), shunned=("bungalow",))), MARKET)
    assert made.property_types == ("house", "villa", "townhouse")
    assert wish(of(property_type=Filled(("villa",))), MARKET).property_types == ("villa",)


def test_a_landmark_is_a_circle() -> None:
    places = (PlaceName("gazimagusa", "Famagusta"), PlaceName("gazimagusa/emu", "EMU"))
    made = wish(of(location=Filled(places)), MARKET)
    assert made.near is not None and made.near.radius_km == 2.0
    assert (made.cities, made.districts) == ((), ())


@pytest.mark.parametrize(
    ("budget", "low", "high", "period", "currency"),
    [
        (Budget(None, 500, None, None), None, 500, None, "GBP"),
        (Budget(500, 500, "EUR", "month"), None, 500, "month", "EUR"),
        (Budget(300, 500, None, "month"), 300, 500, "month", "GBP"),
        (Budget(None, 700, None, "week"), None, 100, "night", "GBP"),
        (Budget(None, 6000, None, "year"), None, 500, "month", "GBP"),
        (Budget(None, 1000, None, "month", is_about=True), 850, 1150, "month", "GBP"),
        (Budget(400, None, None, None), 400, None, None, "GBP"),
    ],
)
def test_a_budget_becomes_limits_per_night_or_month(
    budget: Budget, low: float | None, high: float | None, period: str | None, currency: str
) -> None:
    made = wish(of(budget=Filled(budget)), MARKET)
    assert made.price_min == pytest.approx(low)
    assert made.price_max == pytest.approx(high)
    assert (made.price_period, made.currency) == (period, currency)


def test_buying_is_by_the_whole_price() -> None:
    made = wish(of(deal=Filled("buy"), budget=Filled(Budget(None, 9e4, None, "month"))), MARKET)
    assert (made.deal, made.rent_type, made.price_period) == ("buy", None, "total")


def test_who_says_nothing_of_buying_wants_to_rent() -> None:
    assert wish(of(rental_type=Filled(None, is_any=True)), MARKET).deal == "rent"
    assert wish(of(rental_type=Filled("short_term")), MARKET).rent_type == "short_term"
    assert wish(of(deal=Filled(None, is_any=True)), MARKET).deal is None


def test_a_short_stay_keeps_to_the_minimum_nights() -> None:
    first, last = Filled(date(2026, 5, 1)), Filled(date(2026, 5, 8))
    made = wish(of(rental_type=Filled("short_term"), check_in=first, check_out=last), MARKET)
    assert (made.check_in, made.check_out, made.stay_nights) == (
        date(2026, 5, 1),
        date(2026, 5, 8),
        7,
    )


def test_a_first_day_alone_asks_that_the_home_is_free_by_then() -> None:
    assert wish(of(check_in=Filled(date(2026, 5, 1))), MARKET).available_by == date(2026, 5, 1)


def test_sizes_kinds_and_amenities_are_limits() -> None:
    made = wish(
        of(
            bedrooms=Filled(Range(2, 2)),
            bathrooms=Filled(Range(2, None)),
            area=Filled(Range(80, None)),
            property_type=Filled(("villa",), shunned=("bungalow",)),
            amenities=Filled(("pool",), shunned=("pets_allowed",)),
        ),
        MARKET,
    )
    assert (made.bedrooms_min, made.bedrooms_max, made.bathrooms_min) == (2, 2, 2)
    assert (made.area_min, made.area_max) == (80, None)
    assert (made.property_types, made.not_property_types) == (("villa",), ("bungalow",))
    assert (made.amenities, made.not_amenities) == (("pool",), ("pets_allowed",))


def test_the_cheapest_come_first_when_asked_for() -> None:
    assert wish(of(sort="price"), MARKET).sort == "price"
