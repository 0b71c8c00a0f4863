"""A short notation for what was heard, so that a table of sentences can be read and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Heard,
    HomeRef,
    Language,
    Op,
    PlaceName,
    Range,
    Shown,
    Slot,
    SlotChange,
    SlotValue,
)

TODAY = date(2026, 4, 15)  # a Wednesday
EAR = RuleEar(Gazetteer.default(), today=lambda: TODAY, timezone="Asia/Nicosia")
TABLES = Path(__file__).parent / "tables"

SHOWN = (
    Shown("h1", "Bright flat near the park", "girne/lapta", 450.0, "GBP"),
    Shown("h2", "Sunset residence", "girne/merkez", 500.0, "GBP"),
    Shown("h3", "Olive garden home", "girne/alsancak", 550.0, "GBP"),
    Shown("h4", "Marina loft", "girne/catalkoy", 600.0, "GBP"),
)
TALKING = DialogueState(
    slots={
        Slot.LOCATION: Filled((PlaceName("girne", "Girne"),)),
        Slot.BUDGET: Filled(Budget(None, 600.0, "GBP", "month")),
        Slot.RENTAL_TYPE: Filled("long_term"),
        Slot.BEDROOMS: Filled(Range(2.0, 2.0)),
    },
    shown=SHOWN,
    focus="h2",
)
_OPS = {Op.ADD: "+", Op.REMOVE: "-", Op.SET: "", Op.LESS: " less", Op.MORE: " more"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a sentence in a situation, and what should be heard."""

    text: str
    state: DialogueState
    intents: str
    changes: str
    extras: str


def rows(language: Language) -> Iterator[Row]:
    """The lines of one language's table; "@" lines name the situation of those below."""
    state = DialogueState()
    for line in (TABLES / f"{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("@"):
            state = situation(line[1:], language)
        elif line.strip():
            text, _, rest = line.partition(" => ")
            intents, changes, extras = ([p.strip() for p in rest.split("|")] + ["", ""])[:3]
            yield Row(text, state, intents, _sorted(changes), " ".join(sorted(extras.split())))


def situation(name: str, language: Language) -> DialogueState:
    """ "fresh", "shown", or "awaiting <slot>" with an apartment already wanted."""
    if name == "fresh":
        return DialogueState()
    if name == "shown":
        return replace(TALKING, language=language)
    return DialogueState(
        language=language,
        slots={Slot.PROPERTY_TYPE: Filled(("apartment",))},
        awaiting=Slot(name.split()[1]),
    )


def _sorted(changes: str) -> str:
    return "; ".join(sorted(c.strip() for c in changes.split(";") if c.strip()))


def intents_of(heard: Heard) -> str:
    """The intents, best first."""
    return ",".join(i.value for i in heard.intents)


def changes_of(heard: Heard) -> str:
    """The changes in the notation of the tables, sorted."""
    return _sorted(";".join(_change(c) for c in heard.changes))


def _change(change: SlotChange) -> str:
    slot, value = change.slot.value, change.value
    if change.op in (Op.ANY, Op.CLEAR):
        return f"{slot}={change.op.value}{' ' + _value(value).lstrip('=') if value else ''}"
    text = _value(value)
    if change.op in (Op.ADD, Op.REMOVE):
        text = text.lstrip("=")
    return f"{slot}{_OPS[change.op]}{text}"


def _value(value: SlotValue | None) -> str:
    if isinstance(value, Budget):
        money = f" {value.currency}" if value.currency else ""
        period = f"/{value.period}" if value.period else ""
        return f"{'~' if value.is_about else ''}{_bounds(value.low, value.high)}{money}{period}"
    if isinstance(value, Range):
        return _bounds(value.low, value.high)
    if isinstance(value, tuple):
        return "=" + ",".join(_place(e) if isinstance(e, PlaceName) else e for e in value)
    return f"={value}"


def _place(place: PlaceName) -> str:
    return place.key if place.radius_km is None else f"{place.key}~{place.radius_km:g}km"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"<={high:.10g}"
    if high is None:
        return f">={low:.10g}"
    return f"={low:.10g}" if low == high else f"={low:.10g}-{high:.10g}"


def extras_of(heard: Heard) -> str:
    """References, questions, viewing, contact and order, sorted."""
    parts = []
    if heard.refs:
        parts.append("refs=" + ",".join(map(_ref, heard.refs)))
    if heard.asked:
        parts.append("asked=" + ",".join(heard.asked))
    if heard.when:
        parts.append(f"when={heard.when.day}" + (f"T{heard.when.time}" if heard.when.time else ""))
    if heard.contact:
        known = (heard.contact.name, heard.contact.phone, heard.contact.email)
        parts.append("contact=" + ",".join(k for k in known if k))
    if heard.sort:
        parts.append(f"sort={heard.sort}")
    return " ".join(sorted(parts))


def _ref(ref: HomeRef) -> str:
    if ref.is_it:
        return "it"
    if ref.is_other:
        return "other"
    value = ref.number or ref.place or ref.price or ref.name
    return f"{value:g}" if isinstance(value, float) else str(value)
