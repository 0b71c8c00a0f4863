"""The facts of home number n: drawn from the seed, and fitting each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from gatehouse.listings.seeding.comforts import comforts
from gatehouse.listings.seeding.levels import CURRENCY_SHARES, KINDS, LEVELS, Level, in_currency
from gatehouse.listings.seeding.pinned import PINS, Pin
from gatehouse.listings.seeding.towns import TOWNS, Town, by_key
from gatehouse.listings.types import Variant
from gatehouse.understanding.places import Gazetteer

T = TypeVar("T")

# 40 % short-term, 40 % long-term, 20 % for sale.
_TURNS: tuple[Variant, ...] = ("long_term", "short_term", "long_term", "short_term", "sale")
_WEIGHTS = list(accumulate(town.weight for town in TOWNS))
_KINDS_FOR_SALE_ONLY = frozenset({"land"})
AGENCIES = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A home as drawn; prices in `currency`, coordinates in degrees."""

    number: int
    variant: Variant
    town: Town
    property_type: str
    bedrooms: int
    bathrooms: int
    area_m2: int
    price: float
    currency: str
    deposit: float | None
    minimum_stay: int | None  # nights or months, by variant
    available_from: date | None
    amenities: tuple[str, ...]
    latitude: float
    longitude: float
    rating: float | None
    verified_at: datetime | None
    listed_at: datetime
    agency: int
    blocked: tuple[tuple[date, date], ...]
    wording: int  # seeds the choice of words


def draft(seed: int, number: int, *, today: date) -> Draft:
    """Home `number` from 0 on."""
    dice = Random(f"{seed}:{number}")  # noqa: S311 (made-up homes, no secret)
    variant = _TURNS[number % 5]
    pin = _pin(variant, number)
    town = by_key(pin.town) if pin else dice.choices(TOWNS, cum_weights=_WEIGHTS)[0]
    kind = pin.kind if pin else _kind(dice, town, variant)
    level = LEVELS[kind]
    area = dice.randint(*level.area)
    price, currency = _price(dice, pin, town=town, level=level, area=area, variant=variant)
    latitude, longitude = _spot(dice, town)
    listed = today - timedelta(days=dice.randint(2, 240))
    return Draft(
        number=number,
        variant=variant,
        town=town,
        property_type=kind[0],
        bedrooms=kind[1],
        bathrooms=level.bathrooms + (kind[1] == 2 and dice.random() < 0.25),
        area_m2=area,
        price=price,
        currency=currency,
        deposit=_deposit(dice, variant, price),
        minimum_stay=_minimum_stay(dice, variant),
        available_from=_available_from(dice, variant, today),
        amenities=comforts(
            dice,
            kind=kind[0],
            town=town,
            variant=variant,
            has_pets=pin.has_pets if pin else None,
            refuses_pets=_refuses_pets(seed, number),
        ),
        latitude=latitude,
        longitude=longitude,
        rating=_rating(dice, variant),
        verified_at=_verified_at(dice, listed, today),
        listed_at=_moment(listed, dice),
        agency=dice.randrange(AGENCIES),
        blocked=_blocked(dice, today) if variant == "short_term" else (),
        wording=dice.getrandbits(32),
    )


def _refuses_pets(seed: int, number: int) -> bool:
    """Does the owner of this home, if pets are not welcome, say so? Half of them do."""
    return Random(f"pets:{seed}:{number}").random() < 0.5  # noqa: S311 (made-up homes, no secret)


def _pin(variant: Variant, number: int) -> Pin | None:
    """The pinned home for this number, if any: pins come first, in their order."""
    turns = [i for i, v in enumerate(_TURNS) if v == variant]
    nth = (number // 5) * len(turns) + turns.index(number % 5)
    pins = PINS[variant]
    return pins[nth] if nth < len(pins) else None


def _pick(dice: Random, shares: Mapping[T, int]) -> T:
    return dice.choices(tuple(shares), weights=tuple(shares.values()))[0]


def _kind(dice: Random, town: Town, variant: Variant) -> tuple[str, int]:
    kinds = KINDS[town.character]
    offered = {k: share for k, share in kinds.items() if LEVELS[k].price(variant) is not None}
    return _pick(dice, offered)


def _price(
    dice: Random, pin: Pin | None, *, town: Town, level: Level, area: int, variant: Variant
) -> tuple[float, str]:
    quality = dice.uniform(0.88, 1.16)
    currency = _pick(dice, CURRENCY_SHARES[variant])
    if pin:
        return pin.price, pin.currency
    base = level.price(variant) or 0
    middle = sum(level.area) / 2
    size = (area / middle) ** (1.0 if level.bathrooms == 0 else 0.6)
    pounds = base * town.dearness * quality * size
    return in_currency(pounds, currency=currency, variant=variant), currency


def _deposit(dice: Random, variant: Variant, price: float) -> float | None:
    if variant == "long_term":
        return price * dice.choice((1, 1, 1, 2))
    if variant == "short_term" and dice.random() < 0.6:
        return price * dice.choice((1, 2))
    return None


def _minimum_stay(dice: Random, variant: Variant) -> int | None:
    if variant == "sale":
        return None
    return dice.choice((1, 2, 2, 3, 3, 5, 7) if variant == "short_term" else (3, 6, 6, 12, 12, 12))


def _available_from(dice: Random, variant: Variant, today: date) -> date | None:
    """None: at once. Homes for a night are ruled by their blocked dates instead."""
    if variant != "long_term" or dice.random() < 0.55:
        return None
    return today + timedelta(days=dice.randint(3, 75))


def _rating(dice: Random, variant: Variant) -> float | None:
    share = {"short_term": 0.95, "long_term": 0.65, "sale": 0.4}[variant]
    rating = round(min(5.0, dice.triangular(3.7, 5.0, 4.7)), 1)
    return rating if dice.random() < share else None


def _verified_at(dice: Random, listed: date, today: date) -> datetime | None:
    if dice.random() < 0.08:
        return None
    days = min(int(dice.expovariate(1 / 6)), (today - listed).days)
    return _moment(today - timedelta(days=days), dice)


def _moment(day: date, dice: Random) -> datetime:
    return datetime.combine(
        day, time(dice.randint(8, 17), dice.choice((0, 15, 30, 45))), tzinfo=UTC
    )


def _spot(dice: Random, town: Town) -> tuple[float, float]:
    """Near the middle of the place, never on the side of the sea."""
    place = Gazetteer.default().place(town.key)
    north, east = (max(-2.0, min(2.0, dice.gauss(0, 1))) for _ in range(2))
    north = -abs(north) if town.sea == "n" else north * 0.8
    east = {"e": -abs(east), "w": abs(east)}.get(town.sea, east)
    return round(place.latitude + north * 0.0045, 6), round(place.longitude + east * 0.0065, 6)


def _blocked(dice: Random, today: date) -> tuple[tuple[date, date], ...]:
    """Two to six stays over the next nine months that do not touch each other."""
    ranges: list[tuple[date, date]] = []
    day = today + timedelta(days=dice.randint(0, 30))
    for _ in range(dice.randint(2, 6)):
        end = day + timedelta(days=dice.randint(2, 14))
        ranges.append((day, end))
        day = end + timedelta(days=dice.randint(3, 45))
    return tuple(ranges)
