"""Which amenities a home has: what its kind and its place make likely, and nothing that clashes."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from gatehouse.listings.seeding.towns import Town
from gatehouse.listings.types import Variant

_FLATS = frozenset({"apartment", "studio", "penthouse"})
_DETACHED = frozenset({"villa", "bungalow", "house"})
_ORDER = (
    "private_pool", "pool", "sea_view", "mountain_view", "near_sea", "near_university", "garden",
    "terrace", "balcony", "furnished", "unfurnished", "pets_allowed", "air_conditioning", "heating",
    "fireplace", "wifi", "white_goods", "washing_machine", "dishwasher", "parking", "garage",
    "lift", "gym", "security", "generator", "storage", "wheelchair_access", "no_pets",
)  # fmt: skip


def comforts(
    dice: Random,
    *,
    kind: str,
    town: Town,
    variant: Variant,
    has_pets: bool | None,
    refuses_pets: bool,
) -> tuple[str, ...]:
    """Amenity codes in a fixed order, the most telling first.

    A home to let allows pets, refuses them (`refuses_pets`), or leaves it unsaid.
    """
    found = {code for code, chance in _outside(kind, town) if dice.random() < chance}
    if kind not in ("land", "commercial"):
        found |= {code for code, chance in _inside(kind, variant) if dice.random() < chance}
        found.add("furnished" if _is_furnished(dice, kind, variant) else "unfurnished")
        found |= {"white_goods"} if "furnished" in found else set()
        pets = dice.random() < 0.4 if has_pets is None else has_pets
        if variant != "sale" and (pets or refuses_pets):
            found.add("pets_allowed" if pets else "no_pets")
    if kind == "commercial":
        found |= {c for c in ("air_conditioning", "parking", "storage") if dice.random() < 0.7}
    if "private_pool" in found:
        found.discard("pool")
    return tuple(code for code in _ORDER if code in found)


def _outside(kind: str, town: Town) -> Iterable[tuple[str, float]]:
    """What comes from where it stands."""
    coastal = town.is_coastal
    yield "sea_view", (0.6 if town.character in ("coast", "resort") else 0.2) if coastal else 0.03
    yield "near_sea", (0.75 if town.character in ("coast", "resort") else 0.25) if coastal else 0.0
    yield "mountain_view", 0.55 if town.is_hilly else 0.05
    yield "near_university", 0.9 if town.character == "university" else 0.04
    if kind != "land":
        yield "wheelchair_access", 0.3 if kind in ("bungalow", "commercial") else 0.1
        yield "security", 0.8 if town.character == "resort" else 0.12


def _inside(kind: str, variant: Variant) -> Iterable[tuple[str, float]]:
    """What comes from what it is."""
    is_flat, is_detached = kind in _FLATS, kind in _DETACHED
    yield "private_pool", {"villa": 0.7, "bungalow": 0.25}.get(kind, 0.0)
    yield "pool", 0.5 if is_flat or kind == "townhouse" else 0.25 if kind == "bungalow" else 0.0
    yield "garden", 1.0 if is_detached else 0.6 if kind == "townhouse" else 0.0
    yield "terrace", 1.0 if kind == "penthouse" else 0.6 if is_detached else 0.08
    yield "balcony", 0.8 if kind in ("apartment", "townhouse") else 0.4 if kind == "studio" else 0.0
    yield "air_conditioning", 0.97 if variant == "short_term" else 0.85
    yield "heating", 0.35 if is_detached else 0.15
    yield "fireplace", 0.45 if is_detached else 0.0
    yield "wifi", 1.0 if variant == "short_term" else 0.5 if kind in ("room", "studio") else 0.2
    yield "washing_machine", 0.9 if variant == "short_term" else 0.6
    yield "dishwasher", 0.5 if is_detached else 0.25
    yield "parking", 0.95 if is_detached else 0.65
    yield "garage", 0.3 if kind == "villa" else 0.0
    yield "lift", 1.0 if kind == "penthouse" else 0.65 if is_flat else 0.0
    yield "gym", 0.25 if is_flat else 0.0
    yield "generator", 0.35 if is_flat or kind == "villa" else 0.1
    yield "storage", 0.2


def _is_furnished(dice: Random, kind: str, variant: Variant) -> bool:
    if variant == "short_term" or kind in ("room", "studio"):
        return True
    return dice.random() < (0.7 if variant == "long_term" else 0.35)
