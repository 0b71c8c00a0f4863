"""What was heard, as lines for people: where in the text, why, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.understanding.money import bounds_text
from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    Heard,
    HomeRef,
    PlaceName,
    Range,
    SlotValue,
    Span,
    When,
)


def lines(heard: Heard) -> Iterator[str]:
    """One line for each thing that was heard."""
    yield f"language: {heard.language} ({heard.language_confidence:.2f})"
    yield f"intents: {', '.join(i.value for i in heard.intents) or 'none'}"
    for change in heard.changes:
        said = f"{change.slot.value} {change.op.value} {value_text(change.value)}"
        yield f"{said}  {_quoted(heard, change.span)}  {change.why} ({change.confidence:.2f})"
    for ref in heard.refs:
        yield f"home {ref_text(ref)}  {_quoted(heard, ref.span)}"
    if heard.asked:
        yield f"asked: {', '.join(heard.asked)}"
    if heard.when:
        yield f"viewing: {when_text(heard.when)}  {_quoted(heard, heard.when.span)}"
    if heard.contact:
        yield f"contact: {contact_text(heard.contact)}"
    if heard.sort:
        yield f"order: {heard.sort}"
    yield from (f"note: {note}" for note in heard.notes)


def differences(before: DialogueState, after: DialogueState) -> list[str]:
    """What one state has otherwise than the other: slots, and what stands beside them."""
    slots = sorted({*before.slots, *after.slots})
    changed = [
        f"{slot.value}: {_filled_text(before.slots.get(slot))} → "
        f"{_filled_text(after.slots.get(slot))}"
        for slot in slots
        if before.slots.get(slot) != after.slots.get(slot)
    ]
    pairs = zip(_beside_slots(before), _beside_slots(after), strict=True)
    return changed + [
        f"{name}: {was or 'none'} → {now or 'none'}"
        for (name, was), (_, now) in pairs
        if was != now
    ]


def _beside_slots(state: DialogueState) -> Iterator[tuple[str, str]]:
    """What a state knows that is no slot, by a name for people."""
    yield "order", state.sort or ""
    yield "home in focus", state.focus or ""
    yield "homes to view", ", ".join(state.chosen)
    yield "day of the viewing", when_text(state.when) if state.when else ""
    yield "contact", contact_text(state.contact) if state.contact else ""


def value_text(value: SlotValue | None) -> str:
    """A slot's value in a few signs."""
    if value is None:
        return ""
    if isinstance(value, Budget):
        return bounds_text(value)
    if isinstance(value, Range):
        return _range_text(value)
    if isinstance(value, tuple):
        return ", ".join(e.key if isinstance(e, PlaceName) else e for e in value)
    return str(value)


def when_text(when: When) -> str:
    """A day, with its time where one was said."""
    return f"{when.day} {when.time or 'any time'}"


def contact_text(contact: Contact) -> str:
    """What is known of how to reach the visitor."""
    return ", ".join(k for k in (contact.name, contact.phone, contact.email) if k)


def ref_text(ref: HomeRef) -> str:
    """How a home was pointed to."""
    if ref.is_it:
        return "in focus"
    if ref.is_other:
        return "the other one"
    if ref.number is not None:
        return "the last" if ref.number == -1 else f"number {ref.number}"
    return ref.place or ref.name or f"at {ref.price:g}"


def _range_text(value: Range) -> str:
    if value.low == value.high:
        return f"{value.low:g}"
    low = f"{value.low:g}" if value.low is not None else ""
    high = f"{value.high:g}" if value.high is not None else ""
    return f"{low}–{high}"


def _filled_text(filled: Filled | None) -> str:
    if filled is None:
        return "open"
    text = "anything" if filled.is_any else value_text(filled.value)
    return f"{text}, not {', '.join(filled.shunned)}" if filled.shunned else text


def _quoted(heard: Heard, span: Span | None) -> str:
    return f'[{span.start}:{span.end}] "{heard.text[span.start : span.end]}"' if span else ""
