"""Who a simulated visitor is: drawn by seed and number, the same in whatever order they come."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from gatehouse.understanding.types import Language

Opening = Literal["bare", "with_place", "all_at_once"]
FACTS = ("location", "budget", "rental_type")
AMOUNTS = (450, 500, 600, 700, 800, 1000, 1200)
PEOPLE = 0.04  # ask for a person right away
FICKLE = 0.06  # leave in the middle, whatever they read
VIEWERS = 0.5  # of those who are interested: would like a viewing


@dataclass(frozen=True, slots=True)
class Persona:
    """A home seeker. The numbers from 0 to 1 decide later: drawn now, so that replies alone can
    make two runs differ."""

    number: int
    language: Language
    place: str
    amount: int
    opening: Opening
    is_streaming: bool  # reads the reply as it comes
    wants_person: bool
    leaves_after: int | None  # turns
    most_turns: int
    is_wordy: bool
    interest: float
    rating: float
    wants_viewing: bool
    pauses: tuple[float, ...] = field(repr=False)  # times the usual one
    _ways: tuple[float, ...] = field(repr=False)

    def says(self, topic: str, *, turn: int) -> str:
        """The line in this visitor's language."""
        ways = book()["lines"][topic][self.language]
        way = ways[int(self._ways[turn % len(self._ways)] * len(ways))]
        inside, name = book()["places"][self.place][self.language]
        mail = f"visitor{self.number}@example.com"
        said = str(way).format(**{"in": inside}, name=name, amount=self.amount, mail=mail)
        return f"{self._aside()} {said}" if self.is_wordy and topic in FACTS else said

    def opener(self) -> tuple[str, tuple[str, ...]]:
        """The first message, and the facts that it tells."""
        if self.wants_person:
            return self.says("person", turn=0), ()
        told = {"bare": (), "with_place": FACTS[:1], "all_at_once": FACTS}[self.opening]
        lines = (self.says(topic, turn=0) for topic in told)
        return ", ".join((self.says("open", turn=0), *lines)), tuple(told)

    def _aside(self) -> str:
        return str(book()["lines"]["aside"][self.language][0])


@cache
def book() -> dict[str, Any]:
    """Lines and places by language."""
    read = resources.files(__package__).joinpath("lines.json").read_text("utf-8")
    made: dict[str, Any] = json.loads(read)
    return made


def drawn(
    seed: int,
    number: int,
    *,
    languages: Sequence[Language],
    streaming: float = 0.5,
    lengths: Sequence[int] = (6,),
    wordy: float = 0.0,
) -> Persona:
    """Visitor `number` of that seed. `streaming`, `wordy`: shares; `lengths`: most turns."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 - a simulation
    opening: Mapping[Opening, int] = {"bare": 5, "with_place": 3, "all_at_once": 2}
    return Persona(
        number=number,
        language=dice.choice(list(languages)),
        place=dice.choice(list(book()["places"])),
        amount=dice.choice(AMOUNTS),
        opening=dice.choices(list(opening), list(opening.values()))[0],
        is_streaming=dice.random() < streaming,
        wants_person=dice.random() < PEOPLE,
        leaves_after=dice.choice((1, 2, 3)) if dice.random() < FICKLE else None,
        most_turns=lengths[number % len(lengths)],
        is_wordy=dice.random() < wordy,
        interest=dice.random(),
        rating=dice.random(),
        wants_viewing=dice.random() < VIEWERS,
        pauses=tuple(dice.uniform(0.4, 1.6) for _ in range(16)),
        _ways=tuple(dice.random() for _ in range(16)),
    )
