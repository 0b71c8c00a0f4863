"""The parallel messages, read from their files, and the situations in which they are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from gatehouse.ops.evaluation.parallel.notation import atoms
from gatehouse.ops.evaluation.sources import EvaluationError, read_text
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Language,
    PlaceName,
    Range,
    Shown,
    Slot,
)

FOLDER = Path(__file__).parent
TODAY = date(2026, 4, 15)  # a Wednesday; what "tomorrow" and "next month" count from
TIMEZONE = "Asia/Nicosia"
HALVES = ("odd", "even", "all")

_SHOWN = (
    Shown("h1", "Bright flat near the park", "girne/lapta", 450.0, "GBP"),
    Shown("h2", "Sunset residence", "girne/merkez", 500.0, "GBP"),
    Shown("h3", "Olive garden home", "girne/alsancak", 550.0, "GBP"),
    Shown("h4", "Marina loft", "girne/catalkoy", 600.0, "GBP"),
)
_TALK = DialogueState(
    slots={
        Slot.LOCATION: Filled((PlaceName("girne", "Girne"),)),
        Slot.BUDGET: Filled(Budget(None, 600.0, "GBP", "month")),
        Slot.RENTAL_TYPE: Filled("long_term"),
        Slot.BEDROOMS: Filled(Range(2.0, 2.0)),
    },
    shown=_SHOWN,
    focus="h2",
    has_searched=True,
    turn=3,
)
_ASKING = DialogueState(slots={Slot.PROPERTY_TYPE: Filled(("apartment",))}, turn=1)
SITUATIONS: Mapping[str, DialogueState] = {
    "fresh": DialogueState(),
    "talk": _TALK,
    "wishes": replace(
        _TALK, slots={**_TALK.slots, Slot.AMENITIES: Filled(("pool", "parking", "furnished"))}
    ),
    "ask_budget": replace(_ASKING, awaiting=Slot.BUDGET),
    "ask_location": replace(_ASKING, awaiting=Slot.LOCATION),
    "ask_term": replace(_ASKING, awaiting=Slot.RENTAL_TYPE),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message means in every language, and where it is said."""

    number: int
    situation: str
    changes: frozenset[str]
    intents: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """ "odd" (for developing) or "even" (only for measuring)."""
        return "odd" if self.number % 2 else "even"


@dataclass(frozen=True, slots=True)
class Message:
    """One language's wording of a meaning."""

    language: Language
    text: str
    meaning: Meaning

    @property
    def state(self) -> DialogueState:
        """What was said before: nothing, or a talk in the same language."""
        state = SITUATIONS[self.meaning.situation]
        return state if not state.turn else replace(state, language=self.language)


def messages(language: Language, *, half: str = "all") -> tuple[Message, ...]:
    """The language's messages of one half, in their order."""
    known = meanings()
    found = _lines(FOLDER / f"{language}.txt", len(known))
    pairs = zip(found, known, strict=True)
    return tuple(Message(language, t, m) for (t, *_), m in pairs if half in ("all", m.half))


@cache
def meanings() -> tuple[Meaning, ...]:
    """The gold of all messages. Raises EvaluationError, naming the number of a wrong line."""
    lines = _lines(FOLDER / "gold.txt", None)
    return tuple(_meaning(number, fields) for number, fields in enumerate(lines, start=1))


def _lines(path: Path, count: int | None) -> list[list[str]]:
    """Fields of each line after its number. Raises EvaluationError unless numbered from 1 on."""
    rows = [line.split("\t") for line in read_text(path).splitlines()]
    numbers = [row[0] for row in rows]
    if numbers != [str(n) for n in range(1, (count or len(rows)) + 1)]:
        raise EvaluationError(f"{path.name} is not numbered from 1 to {count or len(rows)}")
    return [row[1:] for row in rows]


def _meaning(number: int, fields: list[str]) -> Meaning:
    situation, changes, extras = [*fields, "", ""][:3]
    if situation not in SITUATIONS:
        raise EvaluationError(f"gold.txt, {number}: no situation {situation!r}")
    said = dict(extra.partition("=")[::2] for extra in extras.split())
    many = {name: tuple(value.split(",")) for name, value in said.items()}
    return Meaning(
        number, situation, atoms(changes), many.get("intents", ()), many.get("asked", ())
    )
