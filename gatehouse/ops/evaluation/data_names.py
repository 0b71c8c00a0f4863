"""Names that stand in evaluation data, and where the code or the lexica hold one of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.sources import read_json_lines, read_text
from gatehouse.understanding.letters import fold

# Fields whose values are names of places, homes, streets, people, or phone numbers.
_KINDS: Mapping[str, str] = {
    "area": "city",
    "property_name": "home",
    "Name": "home",
    "address": "street",
    "phone_number": "phone",
    "RenterName": "person",
}
_WORD = re.compile(r"[^\W\d_]+|\d[\d-]{5,}")
_SHORTEST = 4  # letters; shorter ones are words of some language
_SUFFIXES = (".py", ".json", ".txt")
_NO_NAMES = frozenset(("any", "none", "true", "false", "dontcare"))


@dataclass(frozen=True, slots=True)
class Found:
    """A word of a name of the data that stands in a file of the code."""

    word: str
    name: str
    kind: str
    file: str

    def __str__(self) -> str:
        return f"{self.word} (of the {self.kind} {self.name}) in {self.file}"


def names_in(path: Path) -> Iterator[tuple[str, str]]:
    """Kind and name of all names in a file of JSON lines or CSV. Raises EvaluationError."""
    if path.name.removesuffix(".gz").endswith(".csv"):
        rows: Iterable[Any] = csv.DictReader(read_text(path).splitlines())
    else:
        rows = read_json_lines(path)
    for row in rows:
        yield from _names(row)


def _names(found: Any) -> Iterator[tuple[str, str]]:
    if isinstance(found, list):
        for item in found:
            yield from _names(item)
    elif isinstance(found, dict):
        kind = _KINDS.get(str(found.get("slot")))
        if kind:
            yield from ((kind, name) for name in _texts(found.get("values")))
        for key, value in found.items():
            if key in _KINDS:
                yield from ((_KINDS[key], name) for name in _texts(value))
            else:
                yield from _names(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip() and value.strip().lower() not in _NO_NAMES:
        yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(value.get("value"))


def words_of_names(
    names: Iterable[tuple[str, str]], ordinary: frozenset[str]
) -> dict[str, tuple[str, str]]:
    """Each telling word of the names, with the kind and one name that it is of.

    A name of ordinary words only is looked for as a whole: "city walk homes".
    """
    found: dict[str, tuple[str, str]] = {}
    for kind, name in sorted(set(names)):
        words = _WORD.findall(fold(name))
        telling = [word for word in words if len(word) >= _SHORTEST and word not in ordinary]
        if not telling and len(words) > 1 and "_".join(words) not in ordinary:
            telling = [" ".join(words)]
        for word in telling:
            found.setdefault(word, (kind, name))
    return found


def search(root: Path, words: Mapping[str, tuple[str, str]]) -> Iterator[Found]:
    """Where the words stand under `root`, file by file."""
    phrases = {word for word in words if " " in word}
    for path in sorted(p for p in root.rglob("*") if p.suffix in _SUFFIXES and p.is_file()):
        held = _WORD.findall(fold(path.read_text("utf-8")))
        text = f" {' '.join(held)} "
        told = {phrase for phrase in phrases if f" {phrase} " in text}
        for word in sorted(told | (set(held) & words.keys())):
            kind, name = words[word]
            yield Found(word, name, kind, str(path.relative_to(root)))
