"""The words of values: those that the ear knows, and more that only the reader needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from gatehouse.understanding.types import Language
from gatehouse.understanding.values.currencies import phrases
from gatehouse.understanding.vocabulary import Start, starts

_LEXICON = "gatehouse.understanding"
_PARTS = ("figures", "values")  # what stands first wins
_FROM_OTHERS: Mapping[str, frozenset[str]] = {
    "homes": frozenset(("noun",)),
    "talk": frozenset(("yes", "no", "any")),
}
# Words with a suffix or prefix that only make sense to the ear's own grammar of endings.
_NOT_READ = frozenset(("cur", "weak"))


@cache
def starts_in(language: Language) -> Callable[[str], Start]:
    """What each word of one language may begin; read once."""
    return starts([*_labelled(language), *phrases(language)])


def _labelled(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    found: dict[str, list[str]] = {}
    for part in _PARTS:
        for label, said in _read(language, part).items():
            if label.partition(":")[0] not in _NOT_READ:
                found.setdefault(label, []).extend(said)
    yield from found.items()
    yield from _borrowed(language)


def _borrowed(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    """What the other files know of rooms, square metres, yes, no and any."""
    for part, kinds in _FROM_OTHERS.items():
        for label, said in _read(language, part).items():
            if label.partition(":")[0] in kinds:
                yield label, said


def figures(language: Language) -> Mapping[str, Sequence[str]]:
    """Ordinals, feasts and the like, which only the reader of values knows: label to phrases."""
    return _read(language, "figures")


def _read(language: Language, part: str) -> Mapping[str, Sequence[str]]:
    source = resources.files(_LEXICON).joinpath(f"lexicon/{language}/{part}.json")
    if not source.is_file():
        return {}
    found: Mapping[str, Sequence[str]] = json.loads(source.read_text("utf-8"))
    return found
