"""The vocabulary of safety: categories, what was found in a message, and the optional moderator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from gatehouse.resilience.deadline import Deadline

Category = Literal[
    "injection", "fair_housing", "abuse", "sexual", "violence", "self_harm", "illegal", "other"
]
# What a decent agency would refuse. An injection is no such thing: it is marked, and harmless,
# because the model it aims at has no power.
REFUSED: tuple[Category, ...] = ("sexual", "illegal", "violence", "abuse", "other")
CATEGORIES: tuple[Category, ...] = ("self_harm", *REFUSED, "fair_housing", "injection")


@dataclass(frozen=True, slots=True)
class Screening:
    """What a message holds.

    `lawful` is the message without words that ask to steer, and without what is packed.
    """

    categories: frozenset[Category]
    lawful: str
    disguises: tuple[str, ...] = ()  # how what was found had been hidden: "lookalikes", "base64"
    asks_for_machine: bool = False  # "are you a robot?"

    @property
    def refused(self) -> Category | None:
        """The worst category that is refused, if there is one."""
        return next((c for c in REFUSED if c in self.categories), None)

    @property
    def is_blocked(self) -> bool:
        """Is the message answered without any handler? So is a cry for help, by kind words."""
        return self.refused is not None or "self_harm" in self.categories

    @property
    def is_marked(self) -> bool:
        """Does the message try to give orders to a model?"""
        return "injection" in self.categories

    @property
    def is_steering(self) -> bool:
        """Does it ask to choose homes by who lives there?"""
        return "fair_housing" in self.categories


class Moderator(Protocol):
    """An endpoint that names a text's categories in its own words: "sexual/minors", "self-harm".

    Raises ModelError, and nothing else but bugs.
    """

    async def moderate(self, text: str, deadline: Deadline) -> frozenset[str]: ...
