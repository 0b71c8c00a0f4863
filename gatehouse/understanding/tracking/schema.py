"""What a service's slots and intents are for, read from its own names and descriptions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gatehouse.understanding.letters import fold

OPEN_ROLES = ("area", "address", "name", "phone", "price", "visit_date")
COUNTED_ROLES = ("bedrooms", "bathrooms")
_FACTS = ("phone", "address", "price")  # told of a home, never wished for
INTENT_ROLES = ("search", "visit")
# What is so or not so of a home; phrases.json has the words for each.
FLAGS = (
    "garage", "laundry", "furnished", "pets", "garden", "pool", "balcony", "lift",
    "air_conditioning", "gym",
)  # fmt: skip
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NAME_WEIGHT = 1.5  # a slot's name is chosen with more care than its description


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a service; `values` are what a closed slot may hold."""

    name: str
    role: str | None
    is_closed: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A service as far as we can serve it; `asks` are the roles whose facts may be asked for."""

    service: str
    slots: tuple[Slot, ...]
    intents: Mapping[str, str]  # "search" and "visit" to their names
    asks: frozenset[str]

    def slot(self, role: str) -> Slot | None:
        """The slot that has this role, if the service has one."""
        return next((slot for slot in self.slots if slot.role == role), None)

    def role(self, name: str) -> str | None:
        """The role of a slot, by its name."""
        return next((slot.role for slot in self.slots if slot.name == name), None)

    @property
    def flags(self) -> tuple[str, ...]:
        """The roles that are true or false."""
        return tuple(slot.role for slot in self.slots if slot.role and slot.role in FLAGS)


def read_schema(described: Mapping[str, Any]) -> Schema:
    """One service of a schema file. Raises KeyError and TypeError on what is no schema."""
    roles = _slot_roles(described["slots"])
    slots = tuple(
        Slot(
            slot["name"],
            roles.get(slot["name"]),
            bool(slot["is_categorical"]),
            tuple(slot.get("possible_values", ())),
        )
        for slot in described["slots"]
    )
    intents = _intent_roles(described["intents"])
    asks = frozenset(s.role for s in slots if s.role in FLAGS or s.role in _FACTS)
    return Schema(described["service_name"], slots, intents, asks)


def _slot_roles(slots: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Slot name to role: the best fits first, no role twice."""
    fits = [
        (score, -at, slot["name"], role)
        for at, slot in enumerate(slots)
        for role in _candidates(slot)
        if (score := _fit(role, slot["name"], slot.get("description", ""))) > 0
    ]
    return _matched(fits)


def _candidates(slot: Mapping[str, Any]) -> Iterable[str]:
    """The roles that a slot's values allow."""
    values = {str(v).lower() for v in slot.get("possible_values", ())}
    if not slot["is_categorical"]:
        return OPEN_ROLES
    if values <= {"true", "false", "yes", "no"}:
        return FLAGS
    return COUNTED_ROLES if all(v.isdigit() for v in values) else ("deal",)


def _intent_roles(intents: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each of our two roles is called; a visit is a transaction, a search is not."""
    fits = [
        (_fit(role, i["name"], i.get("description", "")) + 10 * is_likely, -at, i["name"], role)
        for at, i in enumerate(intents)
        for role in INTENT_ROLES
        if (is_likely := bool(i.get("is_transactional")) == (role == "visit")) is not None
    ]
    return {role: name for name, role in _matched(fits).items()}


def _matched(fits: Iterable[tuple[float, int, str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, _, name, role in sorted(fits, reverse=True):
        if name not in found and role not in found.values():
            found[name] = role
    return found


def _fit(role: str, name: str, description: str) -> float:
    cues = _cues()[role]
    named = sum(cues.get(word, 0) for word in set(_words(name)))
    return _NAME_WEIGHT * named + sum(cues.get(word, 0) for word in set(_words(description)))


def role_of_words(name: str) -> str | None:
    """The likeliest role of a slot that the schema does not have, by its name alone."""
    fits = [(_fit(role, name, ""), role) for role in (*OPEN_ROLES, *COUNTED_ROLES, "deal", *FLAGS)]
    score, role = max(fits)
    return role if score > 0 else None


def _words(text: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")
    return _WORD.findall(fold(spaced))


@cache
def _cues() -> dict[str, dict[str, int]]:
    """Role to words that tell of it, with their weights."""
    source = resources.files(__package__).joinpath("roles.json")
    found: dict[str, dict[str, int]] = json.loads(source.read_text("utf-8"))
    return found
