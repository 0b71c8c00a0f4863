"""What one message of the visitor does, given what is on the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import hear_rooms
from gatehouse.understanding.tracking.phrases import clauses, says
from gatehouse.understanding.tracking.schema import FLAGS, Schema
from gatehouse.understanding.types import Range
from gatehouse.understanding.types import Slot as HomeSlot

_ROOMS = {HomeSlot.BEDROOMS: "bedrooms", HomeSlot.BATHROOMS: "bathrooms"}
_FLAG_OF = {code: role for role, codes in FLAGS.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Move:
    """What is said in one message: `wishes` by role, facts asked for, and gestures."""

    wishes: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    wants_more: bool = False
    wants_visit: bool = False
    seeks: bool = False
    likes: bool = False
    says_yes: bool = False
    says_no: bool = False
    says_bye: bool = False
    thanks: bool = False


def rooms_said(r: Reading) -> dict[str, str]:
    """Bedrooms and bathrooms wanted, as whole numbers."""
    found: dict[str, str] = {}
    for change in hear_rooms(r):
        role, value = _ROOMS.get(change.slot), change.value
        if role and isinstance(value, Range) and (count := value.low or value.high):
            found[role] = str(int(count))
    return found


def flags_said(readings: list[tuple[str, Reading]], schema: Schema) -> list[tuple[str, str]]:
    """The flags named, each with the sentence that names it."""
    found = []
    for sentence, reading in readings:
        for index in reading.every("amenity"):
            role = _FLAG_OF.get(reading.label(index, "amenity") or "")
            if role in schema.flags:
                found.append((role, sentence))
    return list(dict.fromkeys(found))


def is_question_of_fact(sentence: str, *, has_offer: bool, wants_more: bool) -> bool:
    """Does the sentence ask how a home on the table is, rather than seek one that is so?"""
    if not has_offer:
        return False
    if says(sentence, "seeks") and not says(sentence, "asks"):
        return False
    return not (wants_more and says(sentence, "seeks", "more"))


def deal_said(text: str) -> str | None:
    """Whether to rent or to buy, if only one of the two is named."""
    buys, rents = says(text, "buy"), says(text, "rent")
    return None if buys == rents else "buy" if buys else "rent"


__all__ = ["Move", "clauses", "deal_said", "flags_said", "is_question_of_fact", "rooms_said"]
