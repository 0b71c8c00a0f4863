"""The ear made of rules: one message in, everything it says out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from gatehouse.understanding import (
    building,
    dates,
    extras,
    intents,
    locations,
    money,
    references,
    slots,
    viewing_days,
    wishes,
)
from gatehouse.understanding import contact as contacts
from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.language import Guess, detect, evidence
from gatehouse.understanding.letters import compose, fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.remarks import remarks
from gatehouse.understanding.types import (
    LANGUAGES,
    Contact,
    DialogueState,
    Heard,
    HomeRef,
    Intent,
    Language,
    SlotChange,
    Span,
    When,
)
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import Token, split

LONGEST_TEXT = 10_000  # characters; what follows is not heard
MOST_WORDS = 2_000  # and so many words and signs of it, at most


class RuleEar:
    """Understands by word lists and a small grammar; fills no cache that grows without bound.

    `today` is the day in `timezone`, where visitors and homes are; `languages` are those to
    tell apart. Raises ZoneInfoNotFoundError for a time zone that does not exist.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        *,
        today: Callable[[], date],
        timezone: str,
        languages: Sequence[Language] = LANGUAGES,
    ) -> None:
        self.timezone = ZoneInfo(timezone)
        self._today = today
        self._glossary = Glossary({language: load(language) for language in languages}, gazetteer)

    def hear(self, text: str, *, state: DialogueState, language: Language | None) -> Heard:
        """All that the text says, given what was said before; never raises on any text."""
        self._glossary.refresh()
        raw, origins = compose(text[:LONGEST_TEXT])
        folded = fold(raw)
        phone, email, spans = contacts.find_reach(folded, raw)
        tokens = split(contacts.blank(folded, spans))[:MOST_WORDS]
        guess = detect(
            raw,
            self._ordinary(tokens),
            glossary=self._glossary,
            fallbacks=(state.language, language),
        )
        reading = self._reading(tokens, guess.language, state)
        heard = _hear(reading, raw, text=text, guess=guess, reach=(phone, email))
        return heard if origins is None else _moved(heard, origins)

    def explain(self, text: str, heard: Heard, *, state: DialogueState) -> tuple[str, ...]:
        """What led to `heard`: the words that tell the language, those mended, those of intents."""
        folded = fold(compose(text[:LONGEST_TEXT])[0])
        tokens = split(folded)[:MOST_WORDS]
        told = evidence(self._ordinary(tokens), self._glossary)
        words = (f"{code}: {', '.join(found)}" for code, found in told.items())
        reading = self._reading(tokens, heard.language, state)
        return (*(f"words of {line}" for line in words), *remarks(reading, folded))

    def numbers(self, text: str, language: Language) -> tuple[float, ...]:
        """All numbers of a text in this language, in digits or in words, in their order."""
        self._glossary.refresh()
        tokens = split(fold(compose(text[:LONGEST_TEXT])[0]))[:MOST_WORDS]
        reading = self._reading(tokens, language, DialogueState())
        found = (reading.items[at].number for at in reading.numbers)
        return tuple(number for number in found if number is not None)

    def _ordinary(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens that say something about the language."""
        entry = self._glossary.entry
        telling = [t for t in tokens if t.kind != "word" or not entry(t.text).is_latin_place]
        return telling or list(tokens)

    def _reading(self, tokens: list[Token], language: Language, state: DialogueState) -> Reading:
        items = read(tokens, self._glossary.vocabularies[language], self._glossary)
        gazetteer = self._glossary.gazetteer
        return Reading(join_numbers(items), language, state, self._today(), gazetteer)


def _hear(
    r: Reading,
    raw: str,
    *,
    text: str,
    guess: Guess,
    reach: tuple[str | None, str | None],
) -> Heard:
    r.text = raw
    contact = _contact(r, raw, reach)
    changes = wishes.hear_clear(r) if r.mentions("clear", "clearafter") else []
    refs = _refs(r)
    is_visit = viewing_days.is_about_viewing(r, has_contact=contact is not None)
    when = viewing_days.hear_when(r) if is_visit else None
    refs = refs or _pointed_at(r, contact)
    asked = intents.hear_asked(r, refs, contact=contact)
    points = bool(asked or (refs and any(not ref.is_it for ref in refs)))
    changes += _changes(r, asked=asked, when=when, points=points)
    if changes and not (asked or when or _acts_on_home(r)):
        refs = [ref for ref in refs if not ref.is_it]  # "it must have a pool"
    sort = wishes.hear_sort(r) if not refs else None
    wanted = intents.hear_intents(
        r, changes=changes, asked=asked, refs=refs, contact=contact, when=when, sort=sort
    )
    notes = (f"language: {guess.why}", *r.notes)
    heard = Heard(text, guess.language, guess.confidence, wanted, contact=contact, notes=notes)
    if Intent.OUT_OF_SCOPE in wanted:
        return heard
    return replace(
        heard, changes=tuple(changes), refs=tuple(refs), asked=asked, when=when, sort=sort
    )


def _contact(r: Reading, raw: str, reach: tuple[str | None, str | None]) -> Contact | None:
    phone, email = reach
    name = contacts.hear_name(r, raw, has_reach=bool(phone or email))
    return contacts.as_contact(name, phone, email)


def _refs(r: Reading) -> list[HomeRef]:
    """Homes that are pointed to, other than by "it"."""
    refs = references.hear_refs(r)
    if "see" in r.kinds:
        references.mark_viewings(r, refs)
    return refs


def _pointed_at(r: Reading, contact: Contact | None) -> list[HomeRef]:
    """ "It" counts as a pointer only where something is wanted of a home."""
    wants = _acts_on_home(r) or r.mentions("q", "attr", "askhome")
    return references.hear_it(r) if wants else []


def _acts_on_home(r: Reading) -> bool:
    return r.says("intent", "book_viewing", "compare", "move_viewing")


def _is_owner(r: Reading) -> bool:
    """Someone who lets, sells or values their own home describes it; they do not seek it."""
    return r.says("intent", "sell_or_let", "valuation")


def _changes(
    r: Reading, *, asked: tuple[str, ...], when: When | None, points: bool
) -> list[SlotChange]:
    if _is_owner(r):
        return []
    asks_dates = "availability" in asked or "available_from" in asked
    changes = building.hear_building(r)
    changes += [] if when or asks_dates else dates.hear_stay(r)
    changes += _measures(r)
    if not points and "type" in r.kinds:
        changes += slots.hear_kinds(r)
    if not asked:
        changes += slots.hear_terms(r)
        changes += extras.hear_amenities(r)
        asks_of_home = points and r.mentions("q", "askhome")  # "is the second near a bus stop?"
        changes += [] if asks_of_home else extras.hear_features(r)
    if "rel" in r.kinds or "refrel" in r.kinds:
        changes += wishes.hear_relative(r, changes)
    if "any" in r.kinds or "pair" in r.kinds:
        changes += wishes.hear_any(r, changes)
    return changes


def _measures(r: Reading) -> list[SlotChange]:
    """How many rooms, how large, for how much, and where."""
    changes: list[SlotChange] = []
    if r.numbers or r.mentions("bedrooms", "bathrooms"):
        changes += slots.hear_rooms(r)
        changes += slots.hear_area(r)
        changes += extras.hear_guests(r)
    if r.numbers or "cur" in r.kinds:
        changes += money.hear_budget(r)
    if "place" in r.kinds:
        changes += locations.hear_location(r)
    return changes


def _moved(heard: Heard, origins: list[int]) -> Heard:
    """The same with its spans counted in the text as it came, loose marks included."""

    def moved(span: Span | None) -> Span | None:
        return Span(origins[span.start], origins[span.end]) if span else None

    when = heard.when
    return replace(
        heard,
        changes=tuple(replace(c, span=moved(c.span)) for c in heard.changes),
        refs=tuple(replace(f, span=moved(f.span) or f.span) for f in heard.refs),
        when=replace(when, span=moved(when.span)) if when else None,
    )


__all__ = ["LONGEST_TEXT", "Intent", "RuleEar"]
