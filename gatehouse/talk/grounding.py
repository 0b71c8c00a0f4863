"""Every home, price, number and name of a model's sentence, held against what is known. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gatehouse.listings import wording
from gatehouse.listings.types import Listing, Variant
from gatehouse.talk.names import is_known_name, latin_words, quoted, strange_names
from gatehouse.talk.plain_text import fill_in, is_plain, place_holders
from gatehouse.talk.topics import promises
from gatehouse.talk.types import Ear
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Heard,
    Language,
    Op,
    Period,
    PlaceName,
    Range,
    Slot,
)

Fault = Literal[
    "home", "number", "money", "name", "place", "amenity", "language", "markup", "promise", "prompt"
]
_BLANK = DialogueState()
PERIODS: Mapping[Variant, Period] = {"long_term": "month", "short_term": "night", "sale": "total"}
_RUN = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d{1,2})?(?!\d)|\d+")
_LONG_WORD = re.compile(r"[^\s-]{40,}|(?:\b\w ){8,}")  # codes, and letters spelt out
_RUN_OF_WORDS = 6
_SCRIPTS: dict[Language, str] = {"ru": "CYRILLIC", "uk": "CYRILLIC", "ar": "ARABIC"}
_SURE_OF_LANGUAGE = 0.8
_SENTENCES_WORTH_TELLING = 24  # characters from which a language can be told


@dataclass(frozen=True, slots=True)
class Facts:
    """What the reply may state. `homes`: fresh rows by the number that the model was given."""

    language: Language
    homes: Mapping[int, Listing] = field(default_factory=dict)
    numbers: frozenset[float] = frozenset()  # of slots, counts and the visitor's own words
    amounts: frozenset[float] = frozenset()  # of money: the budget and the visitor's own words
    currencies: frozenset[str] = frozenset()
    places: frozenset[str] | None = frozenset()  # gazetteer keys; None: all of them
    amenities: frozenset[str] = frozenset()  # wished for
    shunned: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # the visitor's own, casefolded
    titles: tuple[str, ...] = ()  # of homes that the visitor saw
    prompt: frozenset[str] = frozenset()  # runs of words of our own instructions


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentence as it may be shown, or what of it is not known."""

    text: str | None = None
    fault: Fault | None = None


def check(sentence: str, facts: Facts, *, ear: Ear, voice: Voice) -> Checked:
    """Holds a sentence against the facts and fills its place-holders from them."""
    fault = fault_of(sentence, facts, ear=ear)
    if fault is not None:
        return Checked(fault=fault)
    homes = {number: voice.quote(voice.title(home)) for number, home in facts.homes.items()}
    named = {n for kind, n in place_holders(sentence) if kind == "price"}
    period = period_of(sentence, named, facts, ear=ear, voice=voice)
    if period is not None and any(PERIODS[facts.homes[n].variant] != period for n in named):
        return Checked(fault="money")
    prices = {n: _price(voice, facts.homes[n], is_bare=period is not None) for n in named}
    return Checked(fill_in(sentence, homes=homes, prices=prices))


def fault_of(sentence: str, facts: Facts, *, ear: Ear) -> Fault | None:
    """The first thing in it that is not known; None if all is."""
    if not is_plain(sentence) or _LONG_WORD.search(sentence):
        return "markup"
    if promises(sentence, facts.language):
        return "promise"
    if not facts.prompt.isdisjoint(word_runs(sentence)):
        return "prompt"
    named = {number for _, number in place_holders(sentence)}
    if not named <= facts.homes.keys():
        return "home"
    if any(kind == "price" and not facts.homes[n].price for kind, n in place_holders(sentence)):
        return "home"
    bare = fill_in(sentence, homes=dict.fromkeys(named, ","), prices=dict.fromkeys(named, ","))
    for title in facts.titles:
        bare = bare.replace(title, ",")  # known, whatever numbers and places stand in it
    spoken_of = _spoken_of(named, facts)
    heard = ear.hear(bare, state=_BLANK, language=facts.language)
    return (
        _of_language(heard, facts)
        or _of_numbers(bare, facts, spoken_of, ear=ear)
        or _of_money(heard, facts, spoken_of)
        or _of_places(heard, facts, spoken_of)
        or _of_amenities(heard, facts, spoken_of)
        or _of_names(bare, heard, facts)
    )


def word_runs(text: str) -> frozenset[str]:
    """Every six words in a row."""
    words = re.findall(r"\w+", text.casefold())
    runs = range(len(words) - _RUN_OF_WORDS + 1)
    return frozenset(" ".join(words[at : at + _RUN_OF_WORDS]) for at in runs)


def period_of(
    sentence: str, named: set[int], facts: Facts, *, ear: Ear, voice: Voice
) -> Period | None:
    """The period that the sentence itself gives its prices; None if it leaves that to us."""
    if not named:
        return None
    prices = {n: voice.money(facts.homes[n].price, facts.homes[n].currency) for n in named}
    filled = fill_in(sentence, homes=dict.fromkeys(facts.homes, ","), prices=prices)
    heard = ear.hear(filled, state=_BLANK, language=facts.language)
    said = (c.value.period for c in heard.changes if isinstance(c.value, Budget))
    return next((period for period in said if period not in (None, "total")), None)


def _price(voice: Voice, home: Listing, *, is_bare: bool) -> str:
    """With its period, unless the sentence says it: a price for a night is not one for a month."""
    if is_bare:
        return voice.money(home.price, home.currency)
    return wording.price(home, voice.say, voice.language)


def _spoken_of(named: set[int], facts: Facts) -> tuple[Listing, ...]:
    """The homes that the sentence names, or the only one there is."""
    if not named and len(facts.homes) == 1:
        return tuple(facts.homes.values())
    return tuple(facts.homes[number] for number in sorted(named))


def _of_language(heard: Heard, facts: Facts) -> Fault | None:
    if any(not _is_of(letter, facts.language) for letter in heard.text):
        return "language"
    is_sure = heard.language_confidence >= _SURE_OF_LANGUAGE
    is_other = heard.language != facts.language and len(heard.text) >= _SENTENCES_WORTH_TELLING
    return "language" if is_sure and is_other else None


def _is_of(letter: str, language: Language) -> bool:
    """Is it a letter of the language's script, or of the Latin of names? Signs are of all."""
    if letter.isascii() or not letter.isalpha():
        return True
    script = unicodedata.name(letter, "").partition(" ")[0]
    return script in ("LATIN", "FEMININE", "MASCULINE", "MICRO", _SCRIPTS.get(language, "LATIN"))


def _of_numbers(
    bare: str, facts: Facts, spoken_of: tuple[Listing, ...], *, ear: Ear
) -> Fault | None:
    """In digits all must be known; in words also a one is an article."""
    known = facts.numbers.union(*(numbers_of(home) for home in spoken_of))
    for run in _RUN.findall(bare):
        if known.isdisjoint(readings(run)):
            return "number"
    said = ear.numbers(bare, facts.language)
    return "number" if any(n > 1 and n not in known for n in said) else None


def readings(run: str) -> frozenset[float]:
    """What a run of digits may mean: 1.200 is twelve hundred, or one and a fifth."""
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in run)
    plain = re.sub(r"\D", "", digits)
    whole, _, part = digits.replace(",", ".").rpartition(".")
    whole = re.sub(r"\D", "", whole)
    decimal = {float(f"{whole}.{part}")} if whole and part.isdigit() and len(part) < 3 else set()
    return frozenset(decimal or {float(plain)})


def numbers_of(home: Listing) -> frozenset[float]:
    """The figures of a home that may be said beside its name; never its price."""
    days = (home.available_from.day, home.available_from.year) if home.available_from else ()
    figures = (
        home.bedrooms, home.bathrooms, home.area_m2, round(home.area_m2), home.rating,
        home.minimum_nights, home.minimum_months, home.deposit, len(home.pictures), *days,
    )  # fmt: skip
    return frozenset(float(figure) for figure in figures if figure)


def _of_money(heard: Heard, facts: Facts, spoken_of: tuple[Listing, ...]) -> Fault | None:
    deposits = {home.deposit for home in spoken_of}
    for change in heard.changes:
        budget = change.value
        if change.slot is not Slot.BUDGET or not isinstance(budget, Budget):
            continue
        amounts = {a for a in (budget.low, budget.high) if a is not None}
        if not amounts <= facts.amounts | deposits:
            return "money"
        if budget.currency and budget.currency not in facts.currencies:
            return "money"
    return None


def _of_places(heard: Heard, facts: Facts, spoken_of: tuple[Listing, ...]) -> Fault | None:
    if facts.places is None:
        return None
    known = {*facts.places, *places_of(spoken_of or facts.homes.values())}
    said = {place.key for place in _said_places(heard)}
    return None if said <= known else "place"


def places_of(homes: Iterable[Listing]) -> set[str]:
    """The towns and areas of the homes."""
    keys = (key for home in homes for key in (home.city, home.district))
    return {key for key in keys if key}


def _said_places(heard: Heard) -> tuple[PlaceName, ...]:
    values = (c.value for c in heard.changes if c.slot is Slot.LOCATION)
    return tuple(p for v in values if isinstance(v, tuple) for p in v if isinstance(p, PlaceName))


def _of_amenities(heard: Heard, facts: Facts, spoken_of: tuple[Listing, ...]) -> Fault | None:
    """Said of homes by name: each has it. Said of all: all have it, or it was wished for."""
    owned = [set(home.amenities) for home in spoken_of or facts.homes.values()]
    known = facts.amenities | (set.intersection(*owned) if owned else set())
    for change in heard.changes:
        if change.slot is not Slot.AMENITIES or not isinstance(change.value, tuple):
            continue
        codes = {str(code) for code in change.value}
        if not codes <= (facts.shunned if change.op is Op.REMOVE else known):
            return "amenity"
    return None


def _of_names(bare: str, heard: Heard, facts: Facts) -> Fault | None:
    titles = {" ".join(title.casefold().split()) for title in facts.titles}
    if any(name.casefold() not in titles for name in quoted(bare)):
        return "name"
    placed = {w.casefold() for p in _said_places(heard) for w in re.findall(r"[\w'’-]+", p.said)}
    own = facts.words | placed | {w for title in titles for w in re.findall(r"[\w'’-]+", title)}
    found = (*strange_names(bare, facts.language), *latin_words(bare, facts.language))
    return "name" if any(not is_known_name(name, own) for name in found) else None


def figures_of(state: DialogueState) -> tuple[frozenset[float], frozenset[float]]:
    """The numbers of the slots, and those of them that are money."""
    numbers: set[float] = set()
    amounts: set[float] = set()
    for filled in state.slots.values():
        value = filled.value
        if isinstance(value, Budget):
            amounts |= {a for a in (value.low, value.high) if a is not None}
        elif isinstance(value, date):
            numbers |= {float(value.day), float(value.year)}
        elif isinstance(value, int):
            numbers.add(float(value))
        elif isinstance(value, Range):
            numbers |= {float(n) for n in (value.low, value.high) if n is not None}
    return frozenset(numbers | amounts), frozenset(amounts)
