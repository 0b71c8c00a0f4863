"""What a message holds, before anybody thinks about it."""

from __future__ import annotations

from collections.abc import Iterable

from gatehouse.llm.safety.disguises import readings, without_packed
from gatehouse.llm.safety.folding import clean
from gatehouse.llm.safety.lists import lists
from gatehouse.llm.safety.notation import Hit
from gatehouse.llm.safety.types import CATEGORIES, Screening

_CATEGORY = {"steering": "fair_housing"}


def screen(text: str) -> Screening:
    """What is in a visitor's message: categories, disguises, and the message without steering.

    Linear in the length of the text; looks at its first 6,000 characters.
    """
    found: set[str] = set()
    disguises: list[str] = []
    lawful = text
    for disguise, reading in readings(text, lists().words):
        hits = list(lists().asked.find(reading))
        fresh = {_CATEGORY.get(hit.kind, hit.kind) for hit in hits} - found
        if not disguise:
            lawful = without_packed(_without_steering(text, hits))
        if disguise and fresh - {"machine"}:
            disguises.append(disguise)
        found |= fresh
    categories = frozenset(c for c in CATEGORIES if c in found)
    return Screening(categories, lawful, tuple(disguises), asks_for_machine="machine" in found)


def _without_steering(text: str, hits: Iterable[Hit]) -> str:
    """The text with a blank where it asked to steer; untouched if it did not."""
    spans = sorted((hit.start, hit.end) for hit in hits if hit.kind == "steering")
    if not spans:
        return text
    kept, done = "", 0
    cleaned = clean(text)
    for start, end in spans:
        kept += cleaned[done:start] + (" " if start >= done else "")
        done = max(done, end)
    return " ".join((kept + cleaned[done:]).split())
