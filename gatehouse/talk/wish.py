"""Slots to a search. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple, TypeVar, cast

from gatehouse.listings.types import Near, RentType, Sort, Wish
from gatehouse.talk.settling import value
from gatehouse.talk.types import Market
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import is_filled
from gatehouse.understanding.types import Budget, DialogueState, PlaceName, Range, Slot

ABOUT = 0.15  # "around 500" reaches this share to both sides
SearchPeriod = Literal["night", "month", "total"]
T = TypeVar("T")
_ANY = Range(None, None)
_HOUSES = ("villa", "townhouse", "bungalow")  # what agencies call a house


def wish(state: DialogueState, market: Market, *, limit: int = 20) -> Wish:
    """The search that the slots describe; at most `limit` homes."""
    deal, rent_type = _offer(state)
    where, stay = _where(state), _stay(state, rent_type)
    price = _price(state, market, is_sale=deal == "buy")
    bedrooms = _value(state, Slot.BEDROOMS, Range) or _ANY
    bathrooms = _value(state, Slot.BATHROOMS, Range) or _ANY
    area = _value(state, Slot.AREA, Range) or _ANY
    return Wish(
        cities=where.cities,
        districts=where.districts,
        not_places=_shunned(state, Slot.LOCATION),
        deal=deal,
        rent_type=rent_type,
        property_types=_kinds(state),
        not_property_types=_shunned(state, Slot.PROPERTY_TYPE),
        bedrooms_min=_whole(bedrooms.low),
        bedrooms_max=_whole(bedrooms.high),
        bathrooms_min=_whole(bathrooms.low),
        area_min=area.low,
        area_max=area.high,
        price_min=price.low,
        price_max=price.high,
        currency=price.currency,
        price_period=price.period,
        check_in=stay.check_in,
        check_out=stay.check_out,
        available_by=_value(state, Slot.AVAILABLE_FROM, date) or stay.by,
        stay_nights=stay.nights,
        stay_months=_value(state, Slot.MIN_TERM_MONTHS, int),
        amenities=_codes(state, Slot.AMENITIES),
        not_amenities=_shunned(state, Slot.AMENITIES),
        near=where.near,
        sort=cast(Sort, state.sort or "best"),
        limit=limit,
    )


class _Where(NamedTuple):
    cities: tuple[str, ...]
    districts: tuple[str, ...]
    near: Near | None


class _Price(NamedTuple):
    low: float | None
    high: float | None
    currency: str
    period: SearchPeriod | None


class _Stay(NamedTuple):
    check_in: date | None = None
    check_out: date | None = None
    nights: int | None = None
    by: date | None = None


def _offer(state: DialogueState) -> tuple[Literal["rent", "buy"] | None, RentType | None]:
    said = state.slots.get(Slot.DEAL)
    if said and said.value == "buy":
        return "buy", None
    term = _value(state, Slot.RENTAL_TYPE, str)
    any_deal = bool(said and said.is_any) and term is None
    return (None if any_deal else "rent"), cast(RentType | None, term)


def _where(state: DialogueState) -> _Where:
    """Towns and areas by name; a landmark alone is a circle around it."""
    gazetteer = Gazetteer.default()
    said = value(state, Slot.LOCATION)
    keys = [p.key for p in said if isinstance(p, PlaceName)] if isinstance(said, tuple) else []
    marks = [k for k in keys if k in gazetteer and gazetteer.place(k).kind == "landmark"]
    around = {*marks, *(k.partition("/")[0] for k in marks)}  # "Famagusta, by the university"
    named = [k for k in keys if k not in around]
    if circle := _circle(said if isinstance(said, tuple) else (), gazetteer):
        return _Where((), (), circle)
    near = gazetteer.place(marks[0]) if marks and not named else None
    return _Where(
        tuple(k for k in named if "/" not in k),
        tuple(k for k in named if "/" in k),
        Near(near.latitude, near.longitude, near.radius_km) if near else None,
    )


def _circle(said: tuple[object, ...], gazetteer: Gazetteer) -> Near | None:
    """ "Within 5 km of Girne", if that is the only place said."""
    if len(said) != 1 or not isinstance(said[0], PlaceName) or not said[0].radius_km:
        return None
    if said[0].key not in gazetteer:
        return None
    place = gazetteer.place(said[0].key)
    return Near(place.latitude, place.longitude, said[0].radius_km)


# How a said period becomes one that the search knows, and by what the amount is divided.
_PERIODS: dict[str | None, tuple[SearchPeriod | None, float]] = {
    "night": ("night", 1.0),
    "week": ("night", 7.0),
    "month": ("month", 1.0),
    "year": ("month", 12.0),
    "total": ("total", 1.0),
    None: (None, 1.0),
}


def _price(state: DialogueState, market: Market, *, is_sale: bool) -> _Price:
    budget = _value(state, Slot.BUDGET, Budget)
    if budget is None:
        return _Price(None, None, market.currency, None)
    period, divisor = _PERIODS["total" if is_sale else budget.period]
    low, high = _bounds(budget)
    return _Price(
        low / divisor if low else None,
        high / divisor if high else None,
        budget.currency or market.currency,
        period,
    )


def _bounds(budget: Budget) -> tuple[float | None, float | None]:
    """A single amount is the most to be paid; "around" reaches to both sides."""
    low, high = budget.low, budget.high
    if budget.is_about and high is not None:
        return (low or high) * (1 - ABOUT), high * (1 + ABOUT)
    return (None if low == high else low), high


def _stay(state: DialogueState, rent_type: RentType | None) -> _Stay:
    """Whole stays are looked up by their days; a first day alone asks what is free by then."""
    first, last = _value(state, Slot.CHECK_IN, date), _value(state, Slot.CHECK_OUT, date)
    nights = _value(state, Slot.MIN_NIGHTS, int)
    if not (first and last and first < last):
        return _Stay(nights=nights, by=first)
    if rent_type == "long_term":
        return _Stay(first, last)
    return _Stay(first, last, nights or (last - first).days)


def _value(state: DialogueState, slot: Slot, kind: type[T]) -> T | None:
    said = value(state, slot)
    return said if isinstance(said, kind) else None


def _codes(state: DialogueState, slot: Slot) -> tuple[str, ...]:
    said = value(state, slot) if is_filled(state, slot) else None
    return tuple(str(code) for code in said) if isinstance(said, tuple) else ()


def _kinds(state: DialogueState) -> tuple[str, ...]:
    """A house is also found under its other names, unless they were shunned."""
    said = _codes(state, Slot.PROPERTY_TYPE)
    if "house" not in said:
        return said
    shunned = _shunned(state, Slot.PROPERTY_TYPE)
    return tuple(dict.fromkeys((*said, *(k for k in _HOUSES if k not in shunned))))


def _shunned(state: DialogueState, slot: Slot) -> tuple[str, ...]:
    filled = state.slots.get(slot)
    return filled.shunned if filled else ()


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
