"""The gazetteer: which place a name means, in any of its languages, cases and common slips."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import cos, hypot, radians
from typing import Any, Literal, cast

from gatehouse.understanding.name_index import NameIndex, plain_name
from gatehouse.understanding.slips import Nearest
from gatehouse.understanding.types import Language

PlaceKind = Literal["city", "district", "landmark"]

_LONGEST_NAME = 60
_RESPELT = 0.5  # what another spelling costs, beside slips
_KM_PER_DEGREE = 111.19
_DETOUR = 1.25  # a place lies between two others if the way over it is at most so much longer
_RADIUS_KM = {"city": 6.0, "district": 3.0, "landmark": 1.5}


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
    """All places known, and the one way from a name to a key.

    `version` counts what was learnt after the start, for those who remember answers.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: dict[str, Place] = {}
        self._index = NameIndex()
        self.version = 0
        self._learn(places)

    def learn(self, places: Iterable[Place]) -> int:
        """Adds the places that are not known yet; how many those were."""
        fresh = [p for p in places if p.key not in self._places]
        if fresh:
            self._learn(fresh)
            self.version += 1
        return len(fresh)

    def _learn(self, places: Iterable[Place]) -> None:
        for place in places:
            self._places[place.key] = place
            for language, name in place.names.items():
                self._index.learn(name, place.key, cast(Language, language))
            for name in place.aliases:
                self._index.learn(name, place.key)
        self._index.settle()

    @classmethod
    def from_stock(
        cls, stock: Iterable[StockPlace], *, beside: Iterable[Place] | None = None
    ) -> Gazetteer:
        """The places of the homes on offer, beside those of `beside` (the default gazetteer)."""
        found = cls(cls.default() if beside is None else beside)
        found.learn(places_of_stock(stock))
        return found

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
        """The key that the name means: as written, bent, respelt, or with one slip."""
        if not name or len(name) > _LONGEST_NAME:
            return None
        plain = plain_name(name)
        key = self.exact(plain)
        if key is None and slips:
            key = self._index.respelt(plain) or self.with_slip(plain)
        return key

    def exact(self, plain: str) -> str | None:
        """The key of an already folded name, inflected or not, without guessing at slips."""
        return self._index.exact(plain)

    def longest_from(self, word: str) -> int:
        """How many words the names have, at most, that this one may begin; 0 for none."""
        return self._index.longest_from(word)

    def near(self, plain: str) -> tuple[Nearest, ...]:
        """Words of names, or whole ones, that this word may be: what it costs, and the word."""
        respelt = ((_RESPELT, plain),) if self._index.respelt(plain) else ()
        return (*respelt, *self._index.near(plain), *self._index.words_near(plain))

    def with_slip(self, plain: str) -> str | None:
        """The key of the place whose already folded name this is but for one slip."""
        return self._index.with_slip(plain)

    def of_city(self, key: str, name: str, *, cities: Iterable[str]) -> str:
        """Of the namesakes ("the old town") the one in these cities; else `key`."""
        namesakes = self._index.namesakes(plain_name(name))
        if len(namesakes) < 2:
            return key
        wanted = {c.partition("/")[0] for c in cities if c not in namesakes}
        return next((k for k in namesakes if k.partition("/")[0] in wanted), key)

    def between(self, one: str, other: str) -> tuple[str, ...]:
        """Both places and the districts on the way, those nearest to `one` first."""
        if one not in self or other not in self or one == other:
            return tuple(dict.fromkeys((one, other)))
        start, end = self.place(one), self.place(other)
        way = distance_km(start, end)
        on_it = [
            (distance_km(start, p), p.key)
            for p in self
            if p.kind == "district"
            and p.key not in (one, other)
            and distance_km(start, p) < way
            and distance_km(start, p) + distance_km(p, end) <= way * _DETOUR
        ]
        return (one, *(key for _, key in sorted(on_it)), other)


def place_from_json(item: dict[str, Any]) -> Place:
    """One entry of a places file."""
    return Place(
        key=item["key"],
        kind=item["kind"],
        latitude=float(item["latitude"]),
        longitude=float(item["longitude"]),
        names=dict(item["names"]),
        aliases=tuple(item.get("aliases", ())),
        radius_km=float(item.get("radius_km", _RADIUS_KM[item["kind"]])),
    )


@dataclass(frozen=True, slots=True)
class StockPlace:
    """Where homes on offer are: a city's or district's key, and their middle in degrees."""

    key: str
    latitude: float
    longitude: float


def places_of_stock(stock: Iterable[StockPlace]) -> Iterator[Place]:
    """Each as a place whose name is its key in words: "paphos/coral-bay" is Coral Bay."""
    for home in stock:
        _, _, district = home.key.partition("/")
        name = (district or home.key).replace("-", " ").replace("_", " ").title()
        kind: PlaceKind = "district" if district else "city"
        yield Place(
            home.key, kind, home.latitude, home.longitude, {"en": name}, (), _RADIUS_KM[kind]
        )


def distance_km(one: Place, other: Place) -> float:
    """As the crow flies; good to a percent within a country."""
    wide = cos(radians((one.latitude + other.latitude) / 2))
    return _KM_PER_DEGREE * hypot(
        one.latitude - other.latitude, (one.longitude - other.longitude) * wide
    )
