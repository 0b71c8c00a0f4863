"""What one message of the visitor does, given what is on the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import hear_rooms
from gatehouse.understanding.tracking.phrases import clauses, parts, says
from gatehouse.understanding.types import Range
from gatehouse.understanding.types import Slot as HomeSlot

_ROOMS = {HomeSlot.BEDROOMS: "bedrooms", HomeSlot.BATHROOMS: "bathrooms"}


@dataclass(frozen=True, slots=True)
class Move:
    """What is said in one message: `wishes` by role, facts asked for, and gestures."""

    wishes: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    wants_more: bool = False
    wants_visit: bool = False
    says_busy: bool = False  # looks at a calendar, or at a ride: not at a visit yet
    seeks: bool = False
    likes: bool = False
    says_yes: bool = False
    says_no: bool = False
    says_bye: bool = False
    thanks: bool = False
    requests: bool = False  # asks for something to be said or done


def rooms_said(r: Reading) -> dict[str, str]:
    """Bedrooms and bathrooms wanted, as whole numbers."""
    counts = [
        (role, count)
        for c in hear_rooms(r)
        if (role := _ROOMS.get(c.slot))
        if (count := _count(c.value))
    ]
    found = dict(counts)
    if len(found) == 1 and (shared := _shared(r)):
        found = dict.fromkeys(_ROOMS.values(), shared)
    return found


def _count(value: object) -> str | None:
    count = (value.low or value.high) if isinstance(value, Range) else None
    return str(int(count)) if count else None


def _shared(r: Reading) -> str | None:
    """ "Three bedrooms and baths": one number for both."""
    for at in r.every("noun"):
        number = r.at(at - 1).number
        after = at + 1 + r.has(at + 1, "and", "slash")
        is_pair = {r.label(at, "noun"), r.label(after, "noun")} == {"bedroom", "bathroom"}
        if number is not None and after > at + 1 and is_pair:
            return str(int(number))
    return None


def flags_said(
    text: str, flags: Iterable[str], *, has_offer: bool, wants_more: bool
) -> tuple[set[str], list[str]]:
    """The flags wished for, and those asked about of a home on the table."""
    wished: set[str] = set()
    asked: list[str] = []
    for sentence in clauses(text):
        for flag in flags:
            if not says(sentence, f"flag_{flag}"):
                continue
            if has_offer and _asks_of_home(sentence, flag, wants_more=wants_more):
                asked.append(flag)
            elif not _is_not_wanted(sentence):
                wished.add(flag)
    if wants_more:
        return wished, [flag for flag in asked if flag not in wished]
    return wished - set(asked), asked


def _asks_of_home(sentence: str, flag: str, *, wants_more: bool) -> bool:
    """Does the sentence ask how the home on the table is, rather than seek one that is so?"""
    own = next((p for p in parts(sentence) if says(p, f"flag_{flag}")), sentence)
    for part in (own, sentence):
        if says(part, "looks_for") and (wants_more or not says(part, "asks_home")):
            return False
        if says(part, "asks_home", "asks"):
            return True
    return not wants_more


def _is_not_wanted(sentence: str) -> bool:
    return says(sentence, "needs_no")


def deal_said(text: str) -> str | None:
    """Whether to rent or to buy, if only one of the two is named."""
    buys, rents = says(text, "buy"), says(text, "rent")
    return None if buys == rents else "buy" if buys else "rent"


__all__ = ["Move", "deal_said", "flags_said", "rooms_said"]
