"""What a model heard beyond the rules: changes that count only with the visitor's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gatehouse.talk.contract import Answer, BudgetDelta, RoomsDelta, SlotsDelta
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import is_filled
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Heard,
    Op,
    PlaceName,
    Range,
    Slot,
    SlotChange,
    SlotValue,
)

SURE = 0.7  # less than what the rules hear
_SHORTEST_EVIDENCE = 4  # letters
_KEPT = frozenset((Slot.DEAL, Slot.RENTAL_TYPE, Slot.PROPERTY_TYPE))  # never overwritten


@dataclass(frozen=True, slots=True)
class Said:
    """The message that the model read: as written, as heard by rules, and its numbers."""

    text: str
    heard: Heard
    state: DialogueState  # with what the rules heard
    numbers: frozenset[float]
    today: date


def changes_of(answer: Answer, said: Said, gazetteer: Gazetteer) -> tuple[SlotChange, ...]:
    """What of the delta may be merged: nothing that the rules heard otherwise, no number that the
    visitor did not write, no meaning without the words that the model read it from.

    So text that stands in a listing can change no slot.
    """
    heard = {change.slot for change in said.heard.changes}
    quotes = evidence(answer, said.text)
    found = _changes(answer.slots_delta, said, gazetteer, quotes)
    return tuple(change for change in found if change.slot not in heard)


def evidence(answer: Answer, text: str) -> frozenset[str]:
    """Slots for which a note quotes the visitor: "rental_type: for the whole season"."""
    own = _plain(text)
    notes = (note.partition(":") for note in answer.notes.normalizations)
    return frozenset(name.strip() for name, _, words in notes if _is_quoted(_plain(words), own))


def _is_quoted(words: str, own: str) -> bool:
    return len(words) >= _SHORTEST_EVIDENCE and f" {words} " in f" {own} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _changes(
    delta: SlotsDelta, said: Said, gazetteer: Gazetteer, quotes: frozenset[str]
) -> Iterator[SlotChange]:
    for name in SlotsDelta.model_fields:
        value, slot = getattr(delta, name), Slot(name)
        if value is None:
            continue
        if value == "any":
            if name in quotes and not is_filled(said.state, slot):
                yield SlotChange(slot, Op.ANY, None, None, SURE, "model")
            continue
        told = _value(slot, value, said, gazetteer, is_quoted=name in quotes)
        if told is not None and not _is_known(slot, told, said.state):
            op = Op.ADD if slot is Slot.AMENITIES else Op.SET
            yield SlotChange(slot, op, told, None, SURE, "model")


def _value(
    slot: Slot, value: object, said: Said, gazetteer: Gazetteer, *, is_quoted: bool
) -> SlotValue | None:
    """The value as our slots hold it; None if the visitor did not say it."""
    if isinstance(value, BudgetDelta):
        return _budget(value, said, is_quoted=is_quoted)
    if isinstance(value, RoomsDelta):
        return _rooms(value, said)
    if isinstance(value, int):
        return value if float(value) in said.numbers else None
    if not is_quoted or (slot in _KEPT and is_filled(said.state, slot)):
        return None
    if isinstance(value, date):
        return value if value >= said.today and float(value.day) in said.numbers else None
    if slot is Slot.LOCATION and isinstance(value, tuple):
        return _places(value, gazetteer)
    return value if isinstance(value, str | tuple) else None


def _budget(delta: BudgetDelta, said: Said, *, is_quoted: bool) -> Budget | None:
    amounts = [a for a in (delta.amount, delta.low) if a is not None]
    if not all(float(amount) in said.numbers for amount in amounts):
        return None
    if delta.low is not None and delta.low > delta.amount:
        return None
    return Budget(
        delta.low,
        delta.amount,
        delta.currency if is_quoted else None,
        delta.period if is_quoted else None,
    )


def _rooms(delta: RoomsDelta, said: Said) -> Range | None:
    counts = [n for n in (delta.low, delta.high) if n is not None]
    if not counts or not all(float(n) in said.numbers for n in counts):
        return None
    if delta.low is not None and delta.high is not None and delta.low > delta.high:
        return None
    return Range(delta.low, delta.high)


def _places(names: tuple[str, ...], gazetteer: Gazetteer) -> tuple[PlaceName, ...] | None:
    keys = {name: gazetteer.resolve(name, slips=False) for name in names}
    if None in keys.values():
        return None
    return tuple(PlaceName(key, name) for name, key in keys.items() if key)


def _is_known(slot: Slot, value: SlotValue, state: DialogueState) -> bool:
    """Does the state say so already?"""
    filled = state.slots.get(slot)
    if filled is None or filled.value is None:
        return False
    if isinstance(value, tuple) and isinstance(filled.value, tuple):
        return {_name(v) for v in value} <= {_name(v) for v in filled.value}
    if isinstance(value, Budget) and isinstance(filled.value, Budget):
        return (value.low, value.high) == (filled.value.low, filled.value.high)
    return value == filled.value


def _name(value: PlaceName | str) -> str:
    return value.key if isinstance(value, PlaceName) else value
