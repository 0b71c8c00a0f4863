"""The dialogue state as JSON and back, readable by a version that knows fewer fields. Pure."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from datetime import date
from enum import Enum
from typing import Any

from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    PlaceName,
    Range,
    Shown,
    Slot,
    Span,
    When,
)

SHOWN_AT_MOST = 50  # homes that words can point to: it bounds the state
_KIND = "_"
_CLASSES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Budget, Contact, DialogueState, Filled, PlaceName, Range, Shown, Span, When)
}


def _default(part: Field[Any]) -> Any:
    return part.default_factory() if part.default_factory is not MISSING else part.default


_FIELDS = {
    kind: tuple((part.name, _default(part)) for part in fields(kind)) for kind in _CLASSES.values()
}
_KNOWN = {kind.__name__: frozenset(dict(named)) for kind, named in _FIELDS.items()}
_PLAIN = frozenset({str, int, float, bool, type(None)})
_SLOTS = {slot.value: slot for slot in Slot}


def encode(state: DialogueState) -> dict[str, Any]:
    """JSON-ready; fields that hold their default are left out. Homes shown are bounded."""
    stored = _encode_dataclass(state)
    if len(state.shown) > SHOWN_AT_MOST:
        stored["shown"] = stored["shown"][:SHOWN_AT_MOST]
    del stored[_KIND]
    return stored


def decode(stored: dict[str, Any]) -> DialogueState:
    """The state again.

    Fields and slots that this version does not know, or keeps differently, are passed over:
    what they held is asked again.
    """
    values = {
        name: _decode_value(value)
        for name, value in stored.items()
        if name in _KNOWN["DialogueState"] and name != "slots"
    }
    if "slots" in stored:
        values["slots"] = _decode_slots(stored["slots"])
    if "asks" in values:
        values["asks"] = {_SLOTS[k]: v for k, v in values["asks"].items() if k in _SLOTS}
    if "awaiting" in values:
        values["awaiting"] = _SLOTS.get(values["awaiting"])
    return DialogueState(**values)


def _decode_slots(stored: dict[str, Any]) -> dict[Slot, Filled]:
    slots: dict[Slot, Filled] = {}
    for name, item in stored.items():
        slot = _SLOTS.get(name)
        filled = _decode_filled(item) if slot else None
        if slot and filled:
            slots[slot] = filled
    return slots


def _decode_filled(stored: Any) -> Filled | None:
    try:
        filled = _decode_value(stored)
    except (KeyError, TypeError, ValueError):
        return None
    return filled if isinstance(filled, Filled) else None


def _encode_value(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [_encode_value(each) for each in value]
    if kind in _FIELDS:
        return _encode_dataclass(value)
    if kind is dict:
        return {str(getattr(key, "value", key)): _encode_value(v) for key, v in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return {_KIND: "date", "is": value.isoformat()}
    raise TypeError(f"{kind.__name__} has no place in a dialogue state")


def _encode_dataclass(value: Any) -> dict[str, Any]:
    kind = type(value)
    stored: dict[str, Any] = {_KIND: kind.__name__}
    for name, default in _FIELDS[kind]:
        part = getattr(value, name)
        if part is not default and part != default:
            stored[name] = part if type(part) in _PLAIN else _encode_value(part)
    return stored


def _decode_value(value: Any) -> Any:
    if type(value) is list:
        return tuple([each if type(each) in _PLAIN else _decode_value(each) for each in value])
    if type(value) is not dict:
        return value
    kind = value.get(_KIND)
    if kind is None:
        return {key: _decode_value(each) for key, each in value.items()}
    if kind == "date":
        return date.fromisoformat(value["is"])
    known = _KNOWN[kind]
    return _CLASSES[kind](
        **{
            name: part if type(part) in _PLAIN else _decode_value(part)
            for name, part in value.items()
            if name in known
        }
    )
