"""What we know of the visitor's wishes, and what a home costs, in words."""

from __future__ import annotations

from datetime import date

from gatehouse.listings import wording
from gatehouse.listings.types import Listing
from gatehouse.talk.phrases import N_, NN_
from gatehouse.talk.voice import Voice
from gatehouse.talk.wording import amenity, feature, property_type, without_feature
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Period,
    PlaceName,
    Range,
    Slot,
)

_PERIODS: dict[Period, str] = {
    "night": N_("{money} a night"),
    "week": N_("{money} a week"),
    "month": N_("{money} a month"),
    "year": N_("{money} a year"),
    "total": N_("{money}"),
}
_OFFERS = {
    "short_term": N_("short stay"),
    "long_term": N_("long-term rent"),
    "buy": N_("to buy"),
    "rent": N_("to rent"),
}
_ROOMS = {
    Slot.BEDROOMS: (
        NN_("{n} bedroom", "{n} bedrooms"),
        NN_("at least {n} bedroom", "at least {n} bedrooms"),
        NN_("at most {n} bedroom", "at most {n} bedrooms"),
    ),
    Slot.BATHROOMS: (
        NN_("{n} bathroom", "{n} bathrooms"),
        NN_("at least {n} bathroom", "at least {n} bathrooms"),
        NN_("at most {n} bathroom", "at most {n} bathrooms"),
    ),
}
_GUESTS = NN_("for {n} person", "for {n} people")
_DAYS = {
    Slot.CHECK_IN: N_("from {day}"),
    Slot.CHECK_OUT: N_("until {day}"),
    Slot.AVAILABLE_FROM: N_("free by {day}"),
}
_LENGTHS = {
    Slot.MIN_NIGHTS: NN_("{n} night", "{n} nights"),
    Slot.MIN_TERM_MONTHS: NN_("{n} month", "{n} months"),
}
_ORDER = (
    Slot.PROPERTY_TYPE, Slot.LOCATION, Slot.BUDGET, Slot.DEAL, Slot.RENTAL_TYPE, Slot.BEDROOMS,
    Slot.BATHROOMS, Slot.AREA, Slot.CHECK_IN, Slot.CHECK_OUT, Slot.MIN_NIGHTS,
    Slot.MIN_TERM_MONTHS, Slot.AVAILABLE_FROM, Slot.AMENITIES, Slot.GUESTS, Slot.FLOOR,
    Slot.FEATURES,
)  # fmt: skip


def price(voice: Voice, home: Listing) -> str:
    """The price of a home with its period, and roughly in the visitor's currency."""
    own = wording.price(home, voice.say, voice.language)
    about = voice.price_about(home)
    return f"{own} ({about})" if about else own


def known(
    voice: Voice, state: DialogueState, *, currency: str, slots: frozenset[Slot] | None = None
) -> tuple[str, ...]:
    """The filled slots as short phrases, all or those named; `currency` where none was said."""
    phrases: list[str] = []
    for slot in _ORDER:
        filled = state.slots.get(slot)
        if filled and (slots is None or slot in slots):
            phrases += _phrases(voice, slot, filled=filled, currency=currency)
    return tuple(dict.fromkeys(phrases))


def _phrases(voice: Voice, slot: Slot, *, filled: Filled, currency: str) -> list[str]:
    without = _without(voice, slot, shunned=filled.shunned)
    if filled.value is None:
        return [*_any(voice, slot, filled=filled), *without]
    return [_said(voice, slot, value=filled.value, currency=currency), *without]


def _said(voice: Voice, slot: Slot, *, value: object, currency: str) -> str:
    if isinstance(value, Budget):
        return budget(voice, value, currency=currency)
    if isinstance(value, Range):
        return _range(voice, slot, span=value)
    if isinstance(value, date):
        return voice.say(_DAYS.get(slot, "{day}"), day=voice.day(value))
    if isinstance(value, tuple):
        return _between(voice, value) or voice.join([_name(voice, slot, part=p) for p in value])
    if isinstance(value, int):
        return voice.many(_LENGTHS[slot], value)
    return voice.say(_OFFERS.get(str(value), str(value)))


def budget(voice: Voice, money: Budget, *, currency: str) -> str:
    """up to £500 a month · £400–£500 · from £400."""
    low, high = (
        voice.money(amount, money.currency or currency) if amount is not None else None
        for amount in (money.low, money.high)
    )
    form = _PERIODS[money.period or "total"]
    if money.is_about and high:
        return voice.say(N_("about {price}"), price=voice.say(form, money=high))
    if low and high and low != high:
        return voice.say(form, money=f"{low}–{high}")
    if high:
        return voice.say(N_("up to {price}"), price=voice.say(form, money=high))
    return voice.say(N_("from {price}"), price=voice.say(form, money=low or ""))


def _range(voice: Voice, slot: Slot, *, span: Range) -> str:
    if slot is Slot.AREA:
        return _size(voice, span)
    if slot is Slot.FLOOR:
        return _floors(voice, span)
    if slot is Slot.GUESTS:
        return voice.many(_GUESTS, int(span.high or span.low or 1))
    exact, least, most = _ROOMS[slot]
    low, high = (int(n) if n is not None else None for n in (span.low, span.high))
    if low == 0 and high == 0:
        return voice.say(N_("studio"))
    if low == 0 and high is not None:
        return voice.say(N_("studio or {rooms}"), rooms=voice.many(exact, high))
    if low is not None and high is not None and low != high:
        return voice.many(exact, high, n=f"{low}–{high}")
    if low is not None:
        return voice.many(exact if high is not None else least, low)
    return voice.many(most, high or 0)


def _floors(voice: Voice, span: Range) -> str:
    low, high = (int(n) if n is not None else None for n in (span.low, span.high))
    if high is None:
        return voice.say(N_("floor {n} or higher"), n=low or 0)
    if low is None:
        return voice.say(N_("floor {n} or lower"), n=high)
    return voice.say(N_("floor {n}"), n=low if low == high else f"{low}–{high}")


def _size(voice: Voice, span: Range) -> str:
    low, high = (voice.count(n) if n is not None else None for n in (span.low, span.high))
    if low and high:
        return voice.say(N_("{area} m²"), area=low if low == high else f"{low}–{high}")
    if low:
        return voice.say(N_("from {area} m²"), area=low)
    return voice.say(N_("up to {area} m²"), area=high or "")


def _name(voice: Voice, slot: Slot, *, part: object) -> str:
    if isinstance(part, PlaceName):
        return _around(voice, part)
    if slot is Slot.FEATURES:
        return feature(voice, str(part))
    return (
        property_type(voice, str(part)) if slot is Slot.PROPERTY_TYPE else amenity(voice, str(part))
    )


def _between(voice: Voice, said: tuple[object, ...]) -> str:
    """ "Between Girne and Lapta": its ends were named, what lies on the way was not."""
    places = [part for part in said if isinstance(part, PlaceName)]
    if len(places) < 3 or not all(_is_on_the_way(place) for place in places[1:-1]):
        return ""
    one, other = (voice.place(places[at].key) for at in (0, -1))
    return voice.say(N_("between {one} and {other}"), one=one, other=other)


def _is_on_the_way(place: PlaceName) -> bool:
    """Nobody says the key of an area."""
    return place.said == place.key and "/" in place.key


def _around(voice: Voice, place: PlaceName) -> str:
    name = voice.place(place.key)
    if place.radius_km is None:
        return name
    return voice.say(N_("{km} km around {place}"), km=f"{place.radius_km:g}", place=name)


def _without(voice: Voice, slot: Slot, *, shunned: tuple[str, ...]) -> list[str]:
    if slot is Slot.LOCATION:
        return [voice.say(N_("not {thing}"), thing=voice.place(key)) for key in shunned]
    if slot is Slot.FEATURES:
        return [without_feature(voice, code) for code in shunned]
    if slot is Slot.AMENITIES:
        return [voice.say(N_("no {thing}"), thing=amenity(voice, code)) for code in shunned]
    return [voice.say(N_("not {thing}"), thing=_name(voice, slot, part=c)) for c in shunned]


_ANY = {
    Slot.LOCATION: N_("any area"),
    Slot.BUDGET: N_("any price"),
    Slot.RENTAL_TYPE: N_("any length of stay"),
}


def _any(voice: Voice, slot: Slot, *, filled: Filled) -> list[str]:
    return [voice.say(_ANY[slot])] if filled.is_any and slot in _ANY else []
