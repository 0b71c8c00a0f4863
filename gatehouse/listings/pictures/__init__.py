"""Pictures of made-up homes: SVG scenes drawn from their facts, always the same for one home."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from uuid import UUID

from gatehouse.listings.pictures import houses, land, outdoors, rooms
from gatehouse.listings.pictures.ink import WIDTH, Sheet
from gatehouse.listings.pictures.land import Backdrop
from gatehouse.listings.pictures.light import Mood, mood
from gatehouse.listings.scenes import ALTS, scenes_of
from gatehouse.listings.types import Listing

_TOWERS = ("iskele/long-beach", "iskele/bafra")


def picture(home: Listing, number: int) -> bytes | None:
    """Picture `number` (from 1) as SVG; None if the home has no such picture."""
    scenes = scenes_of(home.property_type, home.amenities)
    if not 1 <= number <= len(scenes):
        return None
    return _drawn(
        home.id, scenes[number - 1], home.property_type, home.district or home.city, home.amenities
    )


@lru_cache(maxsize=512)
def _drawn(identity: UUID, scene: str, kind: str, place: str, amenities: tuple[str, ...]) -> bytes:
    own = mood(Random(identity.int))  # noqa: S311 (a drawing)
    dice = Random(f"{identity}:{scene}")  # noqa: S311 (a drawing)
    sheet = Sheet(ALTS[scene])
    behind = backdrop(place, amenities)
    if scene == "outside":
        _outside(sheet, own, dice, kind=kind, place=place, behind=behind)
    elif scene in rooms.DRAWINGS:
        seen = Random(f"{identity}:view")  # noqa: S311 (a drawing)
        with sheet.moved(WIDTH, 0, flip=True) if dice.random() < 0.5 else sheet.moved(0, 0):
            drawing = rooms.DRAWINGS[scene]
            drawing(sheet, own, lambda: outdoors.outlook(sheet, own, behind, seen), dice)
    else:
        outdoors.DRAWINGS[scene](sheet, own, behind, dice)
    return sheet.svg()


def _outside(
    sheet: Sheet, own: Mood, dice: Random, *, kind: str, place: str, behind: Backdrop
) -> None:
    """The house on its plot, before sea, mountains, plain or town."""
    land.sky(sheet, own.light, dice)
    land.backdrop(sheet, behind, light=own.light, dice=dice)
    land.ground(sheet, own.light, top=318, dice=dice)
    is_tower = place in _TOWERS and kind in ("apartment", "studio", "penthouse")
    drawing = houses.tower if is_tower else houses.DRAWINGS[kind]
    with sheet.moved(WIDTH, 0, flip=True) if dice.random() < 0.5 else sheet.moved(0, 0):
        drawing(sheet, own, dice)


def backdrop(place: str, amenities: tuple[str, ...]) -> Backdrop:
    """What lies behind, as the facts allow: no sea where none can be seen."""
    if "sea_view" in amenities or "near_sea" in amenities:
        return "sea"
    if "mountain_view" in amenities or place.startswith("girne"):
        return "mountains"
    return "town" if place.startswith(("lefkosa", "gazimagusa")) else "plain"
