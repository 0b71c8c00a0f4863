"""Slots to a search. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar, cast

from gatehouse.listings.types import Near, RentType, Sort, Wish
from gatehouse.talk.settling import value
from gatehouse.talk.types import Market
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import is_filled
from gatehouse.understanding.types import Budget, DialogueState, PlaceName, Range, Slot

ABOUT = 0.15  # "around 500" reaches this share to both sides
T = TypeVar("T")


def wish(state: DialogueState, market: Market) -> Wish:
    """The search that the slots describe."""
    stay = _value(state, Slot.CHECK_IN, date), _value(state, Slot.CHECK_OUT, date)
    deal, rent_type = _offer(state)
    bedrooms = _value(state, Slot.BEDROOMS, Range) or Range(None, None)
    bathrooms = _value(state, Slot.BATHROOMS, Range) or Range(None, None)
    area = _value(state, Slot.AREA, Range) or Range(None, None)
    plain = Wish(
        deal=deal,
        rent_type=rent_type,
        property_types=_codes(state, Slot.PROPERTY_TYPE),
        not_property_types=_shunned(state, Slot.PROPERTY_TYPE),
        bedrooms_min=_whole(bedrooms.low),
        bedrooms_max=_whole(bedrooms.high),
        bathrooms_min=_whole(bathrooms.low),
        area_min=area.low,
        area_max=area.high,
        available_by=_value(state, Slot.AVAILABLE_FROM, date),
        stay_months=_value(state, Slot.MIN_TERM_MONTHS, int),
        amenities=_codes(state, Slot.AMENITIES),
        not_amenities=_shunned(state, Slot.AMENITIES),
        currency=market.currency,
        sort=cast(Sort, state.sort or "best"),
    )
    return _with_stay(_priced(_placed(plain, state), state, market=market), state, stay=stay)


def _offer(state: DialogueState) -> tuple[Literal["rent", "buy"] | None, RentType | None]:
    said = state.slots.get(Slot.DEAL)
    if said and said.value == "buy":
        return "buy", None
    term = _value(state, Slot.RENTAL_TYPE, str)
    any_deal = bool(said and said.is_any) and term is None
    return (None if any_deal else "rent"), cast(RentType | None, term)


def _placed(plain: Wish, state: DialogueState) -> Wish:
    keys = _places(state)
    gazetteer = Gazetteer.default()
    marks = [gazetteer.place(k) for k in keys if k in gazetteer]
    near = next((p for p in marks if p.kind == "landmark"), None)
    plain_keys = [k for k in keys if near is None or k != near.key]
    return replace(
        plain,
        cities=tuple(k for k in plain_keys if "/" not in k),
        districts=tuple(k for k in plain_keys if "/" in k),
        not_places=_shunned(state, Slot.LOCATION),
        near=Near(near.latitude, near.longitude, near.radius_km)
        if near and not plain_keys
        else None,
    )


def _places(state: DialogueState) -> tuple[str, ...]:
    said = value(state, Slot.LOCATION)
    if not isinstance(said, tuple):
        return ()
    return tuple(p.key for p in said if isinstance(p, PlaceName))


@dataclass(frozen=True, slots=True)
class _Money:
    """How a said period becomes one that the search knows, and by what it is divided."""

    period: Literal["night", "month", "total"] | None
    divisor: float


_PERIODS = {
    "night": _Money("night", 1.0),
    "week": _Money("night", 7.0),
    "month": _Money("month", 1.0),
    "year": _Money("month", 12.0),
    "total": _Money("total", 1.0),
}


def _priced(plain: Wish, state: DialogueState, *, market: Market) -> Wish:
    budget = _value(state, Slot.BUDGET, Budget)
    if budget is None:
        return plain
    money = _PERIODS[budget.period] if budget.period else _Money(None, 1.0)
    if plain.deal == "buy":
        money = _Money("total", 1.0)
    low, high = _bounds(budget)
    return replace(
        plain,
        price_min=low / money.divisor if low else None,
        price_max=high / money.divisor if high else None,
        currency=budget.currency or market.currency,
        price_period=money.period,
    )


def _bounds(budget: Budget) -> tuple[float | None, float | None]:
    """A single amount is the most to be paid; "around" reaches to both sides."""
    low, high = budget.low, budget.high
    if budget.is_about and high is not None:
        return (low or high) * (1 - ABOUT), high * (1 + ABOUT)
    return (None if low == high else low), high


def _with_stay(plain: Wish, state: DialogueState, *, stay: tuple[date | None, date | None]) -> Wish:
    first, last = stay
    nights = _value(state, Slot.MIN_NIGHTS, int)
    if first and last and first < last:
        long = plain.rent_type == "long_term"
        fits = {} if long else {"stay_nights": nights or (last - first).days}
        return replace(plain, check_in=first, check_out=last, **fits)  # type: ignore[arg-type]
    return replace(plain, stay_nights=nights, available_by=plain.available_by or first)


def _value(state: DialogueState, slot: Slot, kind: type[T]) -> T | None:
    said = value(state, slot)
    return said if isinstance(said, kind) else None


def _codes(state: DialogueState, slot: Slot) -> tuple[str, ...]:
    said = value(state, slot) if is_filled(state, slot) else None
    return tuple(str(code) for code in said) if isinstance(said, tuple) else ()


def _shunned(state: DialogueState, slot: Slot) -> tuple[str, ...]:
    filled = state.slots.get(slot)
    return filled.shunned if filled else ()


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
