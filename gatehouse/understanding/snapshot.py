"""The state of a talk as compact JSON, and back; newer and older versions get along."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, cast

from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    PlaceName,
    Range,
    Shown,
    Slot,
    SlotValue,
    Span,
    When,
)

MOST_SHOWN = 30
LONGEST_WORDS = 200

_DATES = frozenset((Slot.CHECK_IN, Slot.CHECK_OUT, Slot.AVAILABLE_FROM))
_RANGES = frozenset((Slot.BEDROOMS, Slot.BATHROOMS, Slot.AREA))
_CODES = frozenset((Slot.PROPERTY_TYPE, Slot.AMENITIES))
_PLAIN = ("focus", "offered", "language", "turn", "has_searched", "seen", "sort")


def to_json(state: DialogueState) -> dict[str, Any]:
    """The state as JSON values; only what differs from a fresh state is written.

    Bounded: at most 30 shown homes, and words of at most 200 characters, are kept.
    """
    fresh = DialogueState()
    out: dict[str, Any] = {
        name: _short(getattr(state, name))
        for name in _PLAIN
        if getattr(state, name) != getattr(fresh, name)
    }
    parts: dict[str, Any] = {
        "slots": {slot.value: _filled_out(slot, f) for slot, f in state.slots.items()},
        "awaiting": state.awaiting.value if state.awaiting else None,
        "asks": {slot.value: count for slot, count in state.asks.items()},
        "shown": [_shown_out(s) for s in state.shown[:MOST_SHOWN]],
        "accepted": list(state.accepted[:MOST_SHOWN]),
        "viewing": list(state.viewing[:MOST_SHOWN]),
        "contact": _contact_out(state.contact),
        "when": _when_out(state.when),
    }
    return out | {name: value for name, value in parts.items() if value}


def from_json(data: dict[str, Any]) -> DialogueState:
    """The state that was written; unknown keys, slots and odd values are passed over."""
    known = {f.name for f in fields(DialogueState)}
    plain = {n: data[n] for n in _PLAIN if n in data and n in known}
    return DialogueState(
        slots=_slots_in(data.get("slots")),
        awaiting=_slot(data.get("awaiting")),
        asks={s: int(n) for k, n in dict(data.get("asks") or {}).items() if (s := _slot(k))},
        shown=tuple(_shown_in(item) for item in data.get("shown") or ()),
        accepted=tuple(data.get("accepted") or ()),
        viewing=tuple(data.get("viewing") or ()),
        contact=_contact_in(data.get("contact")),
        when=_when_in(data.get("when")),
        **plain,
    )


def _short(value: Any) -> Any:
    return value[:LONGEST_WORDS] if isinstance(value, str) else value


def _slot(name: str | None) -> Slot | None:
    return Slot(name) if name in set(Slot) else None


def _filled_out(slot: Slot, filled: Filled) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if filled.value is not None:
        out["value"] = _value_out(filled.value)
    if filled.is_any:
        out["any"] = True
    if filled.shunned:
        out["shunned"] = list(filled.shunned)
    return out


def _value_out(value: SlotValue) -> Any:
    if isinstance(value, Budget):
        return [value.low, value.high, value.currency, value.period, value.is_about]
    if isinstance(value, Range):
        return [value.low, value.high]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [[_short(e.key), _short(e.said)] if isinstance(e, PlaceName) else e for e in value]
    return _short(value)


def _slots_in(data: dict[str, Any] | None) -> dict[Slot, Filled]:
    slots: dict[Slot, Filled] = {}
    for name, item in (data or {}).items():
        slot = _slot(name)
        filled = _filled_in(slot, item) if slot else None
        if slot and filled:
            slots[slot] = filled
    return slots


def _filled_in(slot: Slot, item: dict[str, Any]) -> Filled | None:
    raw = item.get("value")
    try:
        value = None if raw is None else _value_in(slot, raw)
    except (TypeError, ValueError, IndexError):
        return None  # written by a version that keeps this slot differently: ask again
    return Filled(value, bool(item.get("any")), tuple(item.get("shunned") or ()))


def _value_in(slot: Slot, raw: Any) -> SlotValue:
    if slot == Slot.BUDGET:
        low, high, currency, period, is_about = raw[:5]
        return Budget(low, high, currency, period, bool(is_about))
    if slot in _RANGES:
        low, high = (None if bound is None else float(bound) for bound in raw)
        return Range(low, high)
    if slot in _DATES:
        return date.fromisoformat(raw)
    if slot == Slot.LOCATION:
        return tuple(PlaceName(key, said) for key, said in raw)
    if slot in _CODES:
        return tuple(str(code) for code in raw)
    return cast(SlotValue, raw)


def _shown_out(shown: Shown) -> list[Any]:
    return [shown.id, _short(shown.title), shown.place, shown.price, shown.currency]


def _shown_in(item: list[Any]) -> Shown:
    identity, title, place, price = item[:4]
    return Shown(identity, title, place, price, item[4] if len(item) > 4 else None)


def _contact_out(contact: Contact | None) -> list[Any] | None:
    return [_short(contact.name), contact.phone, _short(contact.email)] if contact else None


def _contact_in(item: list[Any] | None) -> Contact | None:
    return Contact(*item[:3]) if item else None


def _when_out(when: When | None) -> list[Any] | None:
    if when is None:
        return None
    span = [when.span.start, when.span.end] if when.span else None
    return [when.day.isoformat(), when.time, span]


def _when_in(item: list[Any] | None) -> When | None:
    if not item:
        return None
    span = Span(*item[2][:2]) if len(item) > 2 and item[2] else None
    return When(date.fromisoformat(item[0]), item[1], span)
