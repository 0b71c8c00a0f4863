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


_DEFAULTS = {
    kind: {part.name: _default(part) for part in fields(kind)} for kind in _CLASSES.values()
}
_SLOTS = {slot.value: slot for slot in Slot}
_KEYED_BY_SLOT = ("slots", "asks")


def encode(state: DialogueState) -> dict[str, Any]:
    """JSON-ready; fields that hold their default are left out. Homes shown are bounded."""
    stored = _encode_value(state)
    if len(state.shown) > SHOWN_AT_MOST:
        stored["shown"] = stored["shown"][:SHOWN_AT_MOST]
    del stored[_KIND]
    return stored  # type: ignore[no-any-return]


def decode(stored: dict[str, Any]) -> DialogueState:
    """The state again. Fields and slots that this version does not know are passed over."""
    values = {
        name: _decode_value(value)
        for name, value in stored.items()
        if name in _DEFAULTS[DialogueState]
    }
    for name in _KEYED_BY_SLOT:
        if name in values:
            values[name] = {_SLOTS[k]: v for k, v in values[name].items() if k in _SLOTS}
    awaiting = values.get("awaiting")
    values["awaiting"] = _SLOTS.get(awaiting) if awaiting else None
    return DialogueState(**values)


def _encode_value(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_encode_value(each) for each in value]
    if isinstance(value, dict):
        return {str(getattr(key, "value", key)): _encode_value(v) for key, v in value.items()}
    if isinstance(value, date):
        return {_KIND: "date", "is": value.isoformat()}
    return _encode_dataclass(value)


def _encode_dataclass(value: Any) -> dict[str, Any]:
    kind = type(value)
    if kind not in _DEFAULTS:
        raise TypeError(f"{kind.__name__} has no place in a dialogue state")
    stored: dict[str, Any] = {_KIND: kind.__name__}
    for name, default in _DEFAULTS[kind].items():
        part = getattr(value, name)
        if part is not default and part != default:
            stored[name] = _encode_value(part)
    return stored


def _decode_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode_value(each) for each in value)
    if not isinstance(value, dict):
        return value
    kind = value.get(_KIND)
    if kind == "date":
        return date.fromisoformat(value["is"])
    if kind is None:
        return {key: _decode_value(each) for key, each in value.items()}
    return _build(_CLASSES[kind], value)


def _build(kind: type[Any], stored: dict[str, Any]) -> Any:
    names = _DEFAULTS[kind].keys() & stored.keys()
    return kind(**{name: _decode_value(stored[name]) for name in names})
