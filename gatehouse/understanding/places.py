"""The gazetteer: which place a name means, in any of its languages, cases and common slips."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from gatehouse.understanding.letters import fold, is_one_slip, neighbours
from gatehouse.understanding.types import LANGUAGES, Language

PlaceKind = Literal["city", "district", "landmark"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SHORTEST_FOR_SLIPS = 5
_SHORTEST_STEM = 4
_LONGEST_NAME = 60
_TURKISH_ENDINGS = (
    "ndeki", "ndaki", "deki", "daki", "teki", "taki", "nden", "ndan", "den", "dan", "ten", "tan",
    "nde", "nda", "nin", "nun", "yla", "yle", "de", "da", "te", "ta", "ye", "ya", "ne", "na",
    "yi", "yu", "ni", "in", "un", "li", "lu", "e", "a", "i", "u",
)  # fmt: skip
_ENDINGS_BESIDE_SLIPS = _TURKISH_ENDINGS[:20]
_CYRILLIC_ENDINGS = (
    "ами", "ями", "ові", "еві", "ою", "єю", "ею", "ой", "ей", "ом", "ем", "єм", "ам", "ах", "ям",
    "ях", "ий", "ый", "а", "я", "у", "ю", "е", "є", "и", "і", "ї", "ы", "о", "й", "ь",
)  # fmt: skip
_CYRILLIC_FINALS = "аяуюеєиіїыойь"


@dataclass(frozen=True, slots=True)
class Place:
    """A place: coordinates in degrees; `radius_km` is how far "there" reaches around them."""

    key: str
    kind: PlaceKind
    latitude: float
    longitude: float
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    radius_km: float = 5.0

    @property
    def city(self) -> str:
        """The key of the city that it is, or belongs to."""
        return self.key.partition("/")[0]


class Gazetteer:
    """All places known, and the one way from a name to a key."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {p.key: p for p in places}
        self._names: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._slips: dict[str, list[str]] = {}
        self._targets: dict[str, str] = {}  # names and stems that a slip may have hit
        for place in self._places.values():
            for name in (*place.names.values(), *place.aliases):
                self._learn(_plain(name), place.key)
        self.longest_from = self._lengths()

    @classmethod
    @cache
    def default(cls) -> Gazetteer:
        """Northern Cyprus, as delivered."""
        text = resources.files(__package__).joinpath("lexicon/places.json").read_text("utf-8")
        return cls(place_from_json(item) for item in json.loads(text))

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def place(self, key: str) -> Place:
        """The place with this key; KeyError if there is none."""
        return self._places[key]

    def display(self, key: str, language: Language) -> str:
        """What visitors who speak the language call it; the key itself if it is unknown."""
        place = self._places.get(key)
        return place.names.get(language) or place.names["en"] if place else key

    def children(self, city: str) -> tuple[Place, ...]:
        """The districts of a city."""
        return tuple(p for p in self if p.kind == "district" and p.city == city and p.key != city)

    def resolve(self, name: str, *, slips: bool = True) -> str | None:
        """The key that the name means: as written, in another case, or with one slip."""
        if not name or len(name) > _LONGEST_NAME:
            return None
        plain = _plain(name)
        return self.exact(plain) or (self.with_slip(plain) if slips else None)

    def exact(self, plain: str) -> str | None:
        """The key of an already folded name, inflected or not, without guessing at slips."""
        return self._names.get(plain) or self._inflected(plain)

    def _lengths(self) -> dict[str, int]:
        """For every word that begins a name, how many words to try: two at least, for slips."""
        longest: dict[str, int] = {}
        for name in (*self._names, *self._stems):
            words = name.split(" ")
            longest[words[0]] = max(longest.get(words[0], 2), len(words))
        return longest

    def with_slip(self, plain: str) -> str | None:
        """The key of the place whose already folded name this is but for one slip."""
        if not plain or len(plain) > _LONGEST_NAME:
            return None
        key = self._nearest(plain)
        if key:
            return key
        for ending in _CYRILLIC_ENDINGS if _is_cyrillic(plain) else _ENDINGS_BESIDE_SLIPS:
            if plain.endswith(ending) and (key := self._nearest(plain[: -len(ending)])):
                return key
        return None

    def _learn(self, name: str, key: str) -> None:
        if not name:
            return
        self._names.setdefault(name, key)
        self._index(name, key)
        if _is_cyrillic(name):
            stem = name[:-1] if name[-1] in _CYRILLIC_FINALS else name
            if len(stem) >= _SHORTEST_STEM:
                self._stems.setdefault(stem, key)
                self._index(stem, key)

    def _index(self, name: str, key: str) -> None:
        if len(name) >= _SHORTEST_FOR_SLIPS and name not in self._targets:
            self._targets[name] = key
            for shape in neighbours(name):
                self._slips.setdefault(shape, []).append(name)

    def _inflected(self, plain: str) -> str | None:
        known = self._names
        endings: tuple[str, ...] = _TURKISH_ENDINGS
        if _is_cyrillic(plain):
            known, endings = self._stems, (*_CYRILLIC_ENDINGS, "")
        for ending in endings:
            if not plain.endswith(ending):
                continue
            stem = plain.removesuffix(ending)
            if len(stem) < _SHORTEST_STEM:
                continue
            key = known.get(stem) or self._softened(stem, known)
            if key:
                return key
        return None

    @staticmethod
    def _softened(stem: str, known: dict[str, str]) -> str | None:
        """Turkish turns a final k into ğ before a vowel: Alsancak, Alsancağa."""
        return known.get(stem[:-1] + "k") if stem.endswith("g") else None

    def _nearest(self, plain: str) -> str | None:
        if len(plain) < _SHORTEST_STEM:
            return None
        slips = self._slips
        found = {n for shape in neighbours(plain) if shape in slips for n in slips[shape]}
        if not found:
            return None
        near = sorted(n for n in found if _looks_like(plain, n) and is_one_slip(n, plain))
        keys = {self._targets[n] for n in near}
        return self._targets[near[0]] if len(keys) == 1 else None


def place_from_json(item: dict[str, Any]) -> Place:
    """One entry of a places file."""
    radius = {"city": 6.0, "district": 3.0, "landmark": 1.5}[item["kind"]]
    return Place(
        key=item["key"],
        kind=item["kind"],
        latitude=float(item["latitude"]),
        longitude=float(item["longitude"]),
        names={language: item["names"][language] for language in LANGUAGES},
        aliases=tuple(item.get("aliases", ())),
        radius_km=float(item.get("radius_km", radius)),
    )


def _plain(name: str) -> str:
    """A name as words in comparable letters, without what follows an apostrophe."""
    return " ".join(w.partition("'")[0] for w in _WORD.findall(fold(name)))


def _looks_like(typed: str, name: str) -> bool:
    """A slip rarely hits the first letter, and in short words we trust both ends."""
    if len(typed) < _SHORTEST_FOR_SLIPS:
        return typed[0] == name[0] and typed[-1] == name[-1]
    return typed[0] == name[0] or typed[:2] == name[1::-1]


def _is_cyrillic(text: str) -> bool:
    return "\u0400" <= text[0] <= "\u04ff" if text else False
