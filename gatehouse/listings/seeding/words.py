"""Titles and descriptions from sentence parts. The parts agree across all languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Any

from gatehouse.listings.seeding.plan import Draft
from gatehouse.listings.wording import capital
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, Language

_BACK, _FRONT, _VOICELESS = "aıouAIOU", "eiöüEİÖÜ", "fstkçşhp"
_FEATURES = (
    "private_pool", "pool", "sea_view", "garden", "terrace", "balcony", "mountain_view",
    "fireplace", "gym", "security", "air_conditioning", "lift", "parking", "generator",
    "wheelchair_access",
)  # fmt: skip
_EXTRAS = (
    "private_pool", "sea_view", "near_sea", "near_university", "garden", "pool", "terrace",
    "mountain_view", "parking",
)  # fmt: skip
_ADJECTIVES = ("bright", "quiet", "modern", "spacious", "renovated", "new", "sunny", "elegant")
_MOST_FEATURES = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said, before it is said in a language: topics with the number of the variant."""

    adjective: str
    extra: str | None
    sentences: tuple[tuple[str, int], ...]


def wording(home: Draft) -> Wording:
    """Chooses what to say of a home, from its facts alone."""
    dice = Random(home.wording)  # noqa: S311 (choice of words)
    said = [home.property_type, home.town.character]
    extra = next((e for e in _EXTRAS if e in home.amenities and dice.random() < 0.6), None)
    features = [f for f in _features(home) if f in home.amenities and f != extra]
    said += sorted(dice.sample(features, min(_MOST_FEATURES, len(features))), key=_FEATURES.index)
    said += [f for f in ("furnished", "unfurnished") if f in home.amenities]
    said += _pets(home)
    said.append(home.variant)
    counts = _words("en")["sentences"]
    return Wording(
        adjective=_adjective(dice, home),
        extra=extra,
        sentences=tuple((topic, dice.randrange(len(counts[topic]))) for topic in said),
    )


def tell(home: Draft, words: Wording, language: Language) -> tuple[str, str]:
    """Title and description in one language."""
    book = _words(language)
    there = where(home.town.key, language)
    facts: dict[str, object] = {
        "in": there,
        "In": capital(there, language),
        "area": home.area_m2,
        "beds": book.get("beds", {}).get(str(home.bedrooms), home.bedrooms),
        "rooms": home.bedrooms + 1,  # as many languages count: bedrooms and the living room
        "minimum": home.minimum_stay,
    }
    title = book["title"].format(**facts, **_named(home, words, language, facts=facts))
    told = " ".join(book["sentences"][t][i].format(**facts) for t, i in words.sentences)
    return title, told


def _named(
    home: Draft, words: Wording, language: Language, *, facts: dict[str, object]
) -> dict[str, str]:
    """The noun of the home, its adjective in the noun's gender, and what else the title praises."""
    book = _words(language)
    gender, pattern = book["nouns"][home.property_type]
    adjectives = book["adjectives"][words.adjective]
    adjective = adjectives.get(gender) or adjectives["n"]
    noun = pattern.format(adj=adjective, **facts)
    return {
        "adj": adjective,
        "Adj": capital(adjective, language),
        "noun": noun,
        "Noun": capital(noun, language),
        "extra": book["extras"][words.extra] if words.extra else "",
    }


@cache
def where(key: str, language: Language) -> str:
    """ "in Alsancak", in the language's own case."""
    phrases = _words(language)["in"]
    if key in phrases:
        return str(phrases[key])
    name = Gazetteer.default().display(key, language)
    return str(phrases["*"]).format(name=name, locative=_locative(name))


def _features(home: Draft) -> tuple[str, ...]:
    """What may be praised: no living room on a plot, no bedroom in a shop."""
    if home.property_type == "land":
        return ()
    if home.property_type == "commercial":
        return ("security", "air_conditioning", "parking", "wheelchair_access")
    if home.property_type in ("studio", "room"):
        return tuple(f for f in _FEATURES if f not in ("mountain_view", "sea_view"))
    return _FEATURES


def _pets(home: Draft) -> list[str]:
    return [code for code in ("pets_allowed", "no_pets") if code in home.amenities]


def _adjective(dice: Random, home: Draft) -> str:
    if home.property_type == "land":
        return dice.choice(("level", "sunny", "quiet"))
    if home.property_type == "commercial":
        return dice.choice(("bright", "modern", "renovated", "new"))
    size: tuple[str, ...] = (
        ("cosy",) if home.bedrooms <= 1 else ("family",) if home.bedrooms >= 3 else ()
    )
    is_small = home.property_type in ("studio", "room")
    fitting = [a for a in (*_ADJECTIVES, *size) if not (is_small and a == "spacious")]
    return dice.choice(fitting)


def _locative(name: str) -> str:
    """The Turkish ending "in", by vowel harmony: Lapta'da, Girne'de, Alsancak'ta."""
    vowel = next((c for c in reversed(name) if c in _BACK + _FRONT), "")
    return ("t" if name[-1] in _VOICELESS else "d") + ("a" if vowel in _BACK else "e")


@cache
def _words(language: Language) -> dict[str, Any]:
    file = resources.files(__package__).joinpath(f"words/{language}.json")
    book: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return book


def all_tellings(home: Draft) -> dict[Language, tuple[str, str]]:
    """Title and description in every language we speak."""
    words = wording(home)
    return {language: tell(home, words, language) for language in LANGUAGES}
