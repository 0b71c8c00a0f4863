"""How many bedrooms and bathrooms are wanted: "3 bed 2 bath", "2 and 1", "three of each"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatehouse.understanding.numbers import amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import hear_rooms
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.phrases import says
from gatehouse.understanding.types import Range, Slot

_SLOTS = {"bedrooms": Slot.BEDROOMS, "bathrooms": Slot.BATHROOMS}
_ROLES = {slot: role for role, slot in _SLOTS.items()}
_NOUNS = {"bedroom": "bedrooms", "bathroom": "bathrooms"}
_ONE = ("a", "single")
_MOST_ROOMS = 9
_NO_COUNT = ("cur", "month", "th", "unit", "ord", "pm", "am", "oclock", "per")


def rooms_said(text: str, english: English, asked: Sequence[str]) -> dict[str, str]:
    """Role to whole number; `asked` are the roles that the assistant asked for, in order."""
    reading = english.reading(text)
    found = _counted(reading)
    wanted = [role for role in asked if role in _SLOTS]
    if not found and wanted:
        return _bare(text, english, wanted)
    if len(found) == 1:
        reading = english.reading(text)
        found |= _other(reading, found, text) or (_left(reading, found) if len(wanted) > 1 else {})
    return found


def _left(r: Reading, found: dict[str, str]) -> dict[str, str]:
    """ "3, and 2 baths", after a question for both."""
    ((role, count),) = found.items()
    numbers = _numbers(r)
    if len(numbers) != len(_SLOTS) or count not in numbers:
        return {}
    numbers.remove(count)
    return {next(name for name in _SLOTS if name != role): numbers[0]}


def _counted(r: Reading) -> dict[str, str]:
    """Numbers before their nouns; two of one noun are slips for the two."""
    counts = [
        (role, count)
        for change in hear_rooms(r)
        if (role := _ROLES.get(change.slot)) and (count := _whole(change.value))
    ]
    return dict(_single(r)) | dict(counts)


def _single(r: Reading) -> Iterator[tuple[str, str]]:
    """ "A bath", "a single bedroom"."""
    for at in r.every("noun"):
        role = _NOUNS.get(r.label(at, "noun") or "")
        if role and r.at(at - 1).text in _ONE:
            yield role, "1"


def _whole(value: object) -> str | None:
    count = (value.low or value.high) if isinstance(value, Range) else None
    return str(int(count)) if count else None


def _bare(text: str, english: English, wanted: Sequence[str]) -> dict[str, str]:
    """Numbers without nouns, for what was asked in that order."""
    numbers = _numbers(english.reading(text))
    if len(wanted) > 1 and len(numbers) > 1:
        return dict(zip(wanted, numbers, strict=False))
    if len(wanted) > 1 and numbers and says(text, "for_both"):
        return dict.fromkeys(wanted, numbers[0])
    return _counted(english.reading(text, _SLOTS[wanted[0]]))


def _numbers(r: Reading) -> list[str]:
    return [
        str(int(value))
        for at in r.numbers
        if (value := r.at(at).number) is not None
        and 1 <= value <= _MOST_ROOMS
        and value == int(value)
        and not r.has(at + 1, *_NO_COUNT)
        and not r.has(at, "ord")
    ]


def _other(r: Reading, found: dict[str, str], text: str) -> dict[str, str]:
    """The role that has a noun but no number of its own, or a number but no noun."""
    shared = _shared(r)
    ((role, count),) = found.items()
    if shared or says(text, "for_both"):
        return dict.fromkeys(_SLOTS, shared or count)
    rest = _after_and(r)
    other = next(name for name in _SLOTS if name != role)
    return {other: rest} if rest else {}


def _shared(r: Reading) -> str | None:
    """ "Three bedrooms and baths": one number for both."""
    for at in r.every("noun"):
        number = r.at(at - 1).number
        after = at + 1 + r.has(at + 1, "and", "slash")
        is_pair = {r.label(at, "noun"), r.label(after, "noun")} == set(_NOUNS)
        if number is not None and after > at + 1 and is_pair:
            return str(int(number))
    return None


def _after_and(r: Reading) -> str | None:
    """ "3 bedrooms and 2", at the end."""
    for at in r.every("noun"):
        amount = amount_at(r, at + 2) if r.has(at + 1, "and") else None
        is_end = r.has(at + 3, "stop") or at + 3 >= len(r.items)
        if amount and amount.is_plain and is_end and 1 <= amount.value <= _MOST_ROOMS:
            return str(int(amount.value))
    return None
