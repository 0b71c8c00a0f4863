"""What stands open in a prompt and is filled in at each turn; a text without them is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Template
from typing import Final

from gatehouse.base.errors import BadInput
from gatehouse.talk.prompts import PARTS, Part

LONGEST = 32_000  # characters of one part
# What the house's law needs the model to know, and what an agency may leave out.
NEEDED: Final[Mapping[Part, frozenset[str]]] = {
    "system": frozenset(
        {"language_name", "acts", "likely_act", "ask", "open_slots", "known", "counts", "homes",
         "mark"}
    ),
    "homes": frozenset({"data"}),
    "repair": frozenset({"reason"}),
}  # fmt: skip
ALLOWED: Final[Mapping[Part, frozenset[str]]] = {
    "system": NEEDED["system"] | {"agency", "market"},
    "homes": NEEDED["homes"],
    "repair": NEEDED["repair"],
}


def refuse_unfit(texts: Mapping[str, str]) -> None:
    """Raises BadInput with one line that names the first fault of each part."""
    if faults := [fault for part in _named(texts) for fault in _faults(part, texts)]:
        raise BadInput("; ".join(faults))


def _named(texts: Mapping[str, str]) -> tuple[Part, ...]:
    if unknown := sorted(texts.keys() - set(PARTS)):
        raise BadInput(f"{unknown[0]} is no part of the prompts: allowed is {', '.join(PARTS)}")
    return PARTS


def _faults(part: Part, texts: Mapping[str, str]) -> Iterator[str]:
    text = texts.get(part, "")
    template = Template(text)
    if not text.strip():
        yield f"{part} is empty"
    elif len(text) > LONGEST:
        yield f"{part} has {len(text)} characters: allowed is {LONGEST}"
    elif "\0" in text:
        yield f"{part} holds a character that cannot be stored"
    elif not template.is_valid():
        yield f"{part} has a $ that begins no place-holder: write $$ for a dollar sign"
    else:
        yield from _misplaced(part, frozenset(template.get_identifiers()))


def _misplaced(part: Part, found: frozenset[str]) -> Iterator[str]:
    if unknown := found - ALLOWED[part]:
        known = _told(ALLOWED[part])
        yield f"{part} has the unknown {_told(unknown)}: allowed is {known}"
    if missing := NEEDED[part] - found:
        yield f"{part} lacks {_told(missing)}"


def _told(names: frozenset[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))
