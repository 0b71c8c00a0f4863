"""A message as the grammar sees it: items in a row, each with what it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from gatehouse.understanding.compounds import value_of
from gatehouse.understanding.glossary import Entry, Glossary
from gatehouse.understanding.mending import mended
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.prefixes import unjoined
from gatehouse.understanding.types import DialogueState, Language, Slot, Span
from gatehouse.understanding.vocabulary import Labels, Match, Vocabulary, walk
from gatehouse.understanding.words import Token

_NOTHING: Labels = {}
_STOP: Labels = {"stop": ""}
_SIGNS: dict[str, Labels] = {
    "£": {"cur": "GBP"}, "€": {"cur": "EUR"}, "$": {"cur": "USD"}, "₺": {"cur": "TRY"},
    "₽": {"cur": "RUB"}, "₴": {"cur": "UAH"}, "+": {"plus": ""}, "-": {"dash": ""},
    "/": {"slash": ""}, "~": {"about": ""}, "<": {"max": ""}, ">": {"min": ""},
    "#": {"nr": ""}, "№": {"nr": ""}, "&": {"and": ""}, "@": {"at": ""},
}  # fmt: skip
# What a word of another language may still mean here: content, not grammar or numbers.
_BORROWED = frozenset(
    ("type", "amenity", "deal", "term", "intent", "rel", "yes", "no", "cur", "any", "noun")
)
# Words that weigh only beside others: "works for me" by a day, "please" where something is asked.
_NEXT_TO_NOTHING = frozenset(
    ("suits", "suitsme", "halfday", "request", "ask", "world", "own", "clash", "because",
     "flexible", "sameagain", "dayafter", "daybefore", "fee", "unsure", "denied",
     "leave_message", "bound", "floorup", "floordown", "floor", "come", "than", "rather",
     "spouse", "sea", "far")
)  # fmt: skip
_SHORTEST_BORROWED = 3

_DATED = frozenset(("day", "weekday", "weekend", "month", "nextspan", "ord", "dayof"))


NO_YEAR = 4  # the year of days said without one; a leap year
_DAY_AND_MONTH = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})")
_BEFORE_A_DAY = frozenset(("dayof", "from", "to", "until", "in", "between", "weekday"))
_AFTER_AN_AMOUNT = frozenset(("num", "cur", "noun", "unit", "per"))


@dataclass(slots=True)
class Item:
    """Words that mean something together, or one word that means nothing to us."""

    text: str
    start: int
    end: int
    labels: Labels = field(default_factory=dict)
    number: float | None = None
    day: date | None = None
    clock: str | None = None
    tail: str = ""
    is_word: bool = False  # a word without meaning to us
    is_known: bool = True  # at least a word of the language

    def has(self, *kinds: str) -> bool:
        """Does it carry any of these kinds?"""
        return not self.labels.keys().isdisjoint(kinds)


_NO_ITEM = Item("", 0, 0)


@dataclass(slots=True)
class Reading:
    """The items of one message, and which of them are explained already."""

    items: list[Item]
    language: Language
    state: DialogueState
    today: date
    gazetteer: Gazetteer = field(default_factory=Gazetteer.default)
    taken: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    kinds: dict[str, list[int]] = field(default_factory=dict)  # kind -> items that carry it
    _values: dict[str, set[str]] = field(default_factory=dict)  # kind -> all that it says
    numbers: list[int] = field(default_factory=list)  # the items that are numbers
    dated: list[int] = field(default_factory=list)  # items that may name a day, if any does
    text: str = ""  # as written, where days of the almanac are to be heard
    amounts: dict[int, object] = field(default_factory=dict)  # what `numbers` made of them

    def __post_init__(self) -> None:
        index = self.kinds
        has_day = False
        for at, item in enumerate(self.items):
            if item.number is not None:
                self.numbers.append(at)
                self.dated.append(at)
            elif item.day or not _DATED.isdisjoint(item.labels):
                self.dated.append(at)
                has_day = True
            for kind in item.labels:
                if kind in index:
                    index[kind].append(at)
                else:
                    index[kind] = [at]
        if not (has_day or "th" in index or "slash" in index or not _DATED.isdisjoint(index)):
            self.dated = []  # numbers alone name no day

    def at(self, index: int) -> Item:
        """The item, or an empty one beyond either end."""
        return self.items[index] if 0 <= index < len(self.items) else _NO_ITEM

    def label(self, index: int, kind: str) -> str | None:
        """What the item means as this kind; None if it is none."""
        return self.items[index].labels.get(kind) if 0 <= index < len(self.items) else None

    def has(self, index: int, *kinds: str) -> bool:
        """Is there an item with any of these kinds?"""
        return 0 <= index < len(self.items) and not self.items[index].labels.keys().isdisjoint(
            kinds
        )

    def mentions(self, *kinds: str) -> bool:
        """Does any item carry any of these kinds?"""
        return not self.kinds.keys().isdisjoint(kinds)

    def says(self, kind: str, *wanted: str) -> bool:
        """Does any item mean just one of these?"""
        found = self.kinds.get(kind)
        if found is None:
            return False
        values = self._values.get(kind)
        if values is None:
            self._values[kind] = values = {self.items[at].labels[kind] for at in found}
        return not values.isdisjoint(wanted)

    def where(self, kind: str) -> Iterator[int]:
        """The indexes of the items of a kind that nothing else has used."""
        found = self.kinds.get(kind)
        return (at for at in found if at not in self.taken) if found else iter(())

    def every(self, kind: str) -> Iterator[int]:
        """The indexes of all items of a kind, also of those that were used for something else."""
        return iter(self.kinds.get(kind, ()))

    def free_numbers(self) -> Iterator[int]:
        """The indexes of the numbers that nothing else has used."""
        numbers = self.numbers
        return (at for at in numbers if at not in self.taken) if numbers else iter(())

    def is_free(self, index: int) -> bool:
        """Is it an item that nothing else has used?"""
        return 0 <= index < len(self.items) and index not in self.taken

    def take(self, first: int, last: int | None = None) -> Span:
        """Marks items `first` to `last` as explained; the characters they cover."""
        last = first if last is None else last
        self.taken.update(range(first, last + 1))
        return self.span(first, last)

    def span(self, first: int, last: int) -> Span:
        """The characters that the items cover."""
        return Span(self.items[first].start, self.items[last].end)

    def mark(self, index: int, kind: str, value: str) -> None:
        """Lets the item mean this too, now that its neighbours are known."""
        item = self.items[index]
        item.labels = {**item.labels, kind: value}
        self.kinds[kind] = sorted({*self.kinds.get(kind, ()), index})
        self._values.pop(kind, None)

    def awaits(self, slot: Slot) -> bool:
        """Was this slot what we asked for last?"""
        return self.state.awaiting == slot


def read(tokens: list[Token], own: Vocabulary, glossary: Glossary) -> list[Item]:
    """The tokens as items: places and phrases first by length, then by the other means."""
    tokens = _unstopped(tokens, own.abbreviations)
    tokens = unjoined(tokens, own.prefixes, partial(_is_known, own.language, glossary))
    tokens = mended(tokens, own, glossary)
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        item, used = _next(tokens, at, own, glossary)
        items.append(item)
        at += used
    return items


def _is_known(language: Language, glossary: Glossary, text: str) -> bool:
    entry = glossary.entry(text)
    return language in entry.known_in or entry.place is not None


def _unstopped(tokens: list[Token], abbreviations: frozenset[str]) -> list[Token]:
    """The tokens without the full stops that only mark an abbreviation: "2 tys. zł"."""
    if not abbreviations or all(token.text != "." for token in tokens):
        return tokens
    return [
        token
        for at, token in enumerate(tokens)
        if token.text != "." or at == 0 or tokens[at - 1].text not in abbreviations
    ]


def _next(tokens: list[Token], at: int, own: Vocabulary, glossary: Glossary) -> tuple[Item, int]:
    token = tokens[at]
    if token.kind != "word":
        match = own.match(tokens, at) if token.kind == "number" else None
        if match and match.length > 1:
            return _item(tokens, at, match), match.length
        day = _day_without_year(tokens, at, own) if token.kind == "number" else None
        if day is not None:
            used = 1 + (at + 1 < len(tokens) and tokens[at + 1].text == ".")
            last = tokens[at + used - 1]
            return Item(token.text, token.start, last.end, _NOTHING, day=day), used
        if token.text == "." and _is_ordinal(tokens, at, own):
            return _item(tokens, at, Match(1, {"th": ""})), 1
        return _plain(token), 1
    match, frontier = own.start(token.text)
    if frontier:
        match = walk(frontier, tokens, at, match)
        if (
            match
            and "quality" in match.labels
            and _cuts_place(tokens, at, match, own=own, glossary=glossary)
        ):
            match = own.start(token.text).match
    place = _place_from(tokens, at, match, own=own, glossary=glossary)
    if place and place.length >= (match.length if match else 0) and not _is_extra(match, place):
        return _item(tokens, at, place), place.length
    match = match or _borrowed(tokens, at, own=own, glossary=glossary)
    if match:
        return _item(tokens, at, match), match.length
    return _unknown(tokens, at, own=own, glossary=glossary), 1


def _cuts_place(
    tokens: list[Token], at: int, match: Match, *, own: Vocabulary, glossary: Glossary
) -> bool:
    """ "In the centre" of a home is a wish, "in the centre of Kyrenia" begins a place."""
    for inner in range(at + 1, at + match.length):
        entry = glossary.entry(tokens[inner].text)
        place = _place(tokens, inner, entry, own=own, glossary=glossary)
        if place and inner + place.length > at + match.length:
            return True
    return False


def _day_without_year(tokens: list[Token], at: int, own: Vocabulary) -> date | None:
    """The day of "vom 1.6. bis 15.6.", "с 01.06", in `NO_YEAR`; never of an amount."""
    found = _DAY_AND_MONTH.fullmatch(tokens[at].text)
    before = own.match(tokens, at - 1) if found and at else None
    if found is None or before is None or before.labels.keys().isdisjoint(_BEFORE_A_DAY):
        return None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    has_stop = after is not None and after.text == "." and after.start == tokens[at].end
    if not (has_stop or found["month"].startswith("0") or len(found["month"]) == 2):
        return None
    match = own.match(tokens, at + 1 + has_stop) if at + 1 + has_stop < len(tokens) else None
    if not has_stop and match and not match.labels.keys().isdisjoint(_AFTER_AN_AMOUNT):
        return None
    try:
        return date(NO_YEAR, int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _is_ordinal(tokens: list[Token], at: int, own: Vocabulary) -> bool:
    """Is this full stop the ending of "3. Mai", "vom 3. bis 17.", "am 10."?"""
    if at == 0 or "." not in own.words or tokens[at - 1].kind != "number":
        return False
    if tokens[at - 1].end != tokens[at].start or not tokens[at - 1].text.isdecimal():
        return False
    before = own.match(tokens, at - 2) if at > 1 else None
    if before is not None and "dayof" in before.labels:
        return True
    for after in range(at + 1, min(at + 5, len(tokens))):  # "3.-10. Juli", "3. und 4. Juli"
        match = own.match(tokens, after)
        labels = match.labels if match else _NOTHING
        if "month" in labels or ("floor" in labels and after == at + 1):
            return True
        if tokens[after].kind == "word" and labels.keys().isdisjoint(("to", "and", "or")):
            return False
    return False


def _is_extra(match: Match | None, place: Match) -> bool:
    """ "bahçeli" is a village, but far more often "with a garden"."""
    return match is not None and "amenity" in match.labels and match.length == place.length


def _plain(token: Token) -> Item:
    if token.kind == "stop":
        labels = {"stop": "", "q": "", "mark": "?"} if token.text == "?" else _STOP
    elif token.kind == "sign":
        labels = _SIGNS.get(token.text, _STOP)
    else:
        labels = _NOTHING
    clock = token.text.zfill(5) if token.kind == "time" else None
    return Item(
        token.text, token.start, token.end, labels, token.number, day=token.day, clock=clock
    )


def _item(tokens: list[Token], at: int, match: Match) -> Item:
    first, (length, labels) = tokens[at], match
    last, text = first, first.text
    if length > 1:
        last = tokens[at + length - 1]
        text = " ".join([t.text for t in tokens[at : at + length]])
    number = labels.get("num")
    value = float(number) if number is not None else None
    is_word = labels.keys() <= _NEXT_TO_NOTHING
    return Item(text, first.start, last.end, labels, value, tail=last.tail, is_word=is_word)


def _place_from(
    tokens: list[Token], at: int, match: Match | None, *, own: Vocabulary, glossary: Glossary
) -> Match | None:
    """The place named from here on, with or without a small word on the front of the name."""
    for text in (tokens[at].text, *tokens[at].forms):
        entry = glossary.entry(text)
        if entry.longest_place or (entry.place and match is None):
            place = _place(tokens, at, entry, own=own, glossary=glossary, first=text)
            if place:
                return place
    return None


def _place(
    tokens: list[Token],
    at: int,
    entry: Entry,
    *,
    own: Vocabulary,
    glossary: Glossary,
    first: str = "",
) -> Match | None:
    for length in range(min(entry.longest_place, len(tokens) - at), 1, -1):
        window = tokens[at : at + length]
        if any(t.kind != "word" for t in window):
            continue
        name = " ".join([first.partition("'")[0] or window[0].base, *(t.base for t in window[1:])])
        key = glossary.place_of(name)
        if key is None and length == 2 and not _are_known(window, own, glossary):
            key = glossary.gazetteer.with_slip(name)
        if key:
            return Match(length, {"place": key})
    return Match(1, {"place": entry.place}) if entry.place else None


def _are_known(window: list[Token], own: Vocabulary, glossary: Glossary) -> bool:
    """Words that all mean something are no slips: "Kyrénia entre" is not "Kyrenia centre"."""
    return all(_is_known(own.language, glossary, t.text) for t in window)


def _borrowed(tokens: list[Token], at: int, *, own: Vocabulary, glossary: Glossary) -> Match | None:
    if len(tokens[at].text) < _SHORTEST_BORROWED or tokens[at].text in own.words:
        return None
    for vocabulary in glossary.others[own.language]:
        match = vocabulary.match(tokens, at)
        if match:
            labels = {k: v for k, v in match.labels.items() if k in _BORROWED}
            if labels:
                return Match(match.length, labels)
    return None


def _unknown(tokens: list[Token], at: int, *, own: Vocabulary, glossary: Glossary) -> Item:
    token = tokens[at]
    is_known = own.language in glossary.entry(token.text).known_in
    key = None if is_known else glossary.place_near(token)
    if key:
        return _item(tokens, at, Match(1, {"place": key}))
    value = None if is_known else value_of(token.base, own.language)
    if value is not None:  # "ikiyüzelli"
        labels = {"num": ""}
        return Item(token.text, token.start, token.end, labels, value, tail=token.tail)
    return Item(
        token.text, token.start, token.end, tail=token.tail, is_word=True, is_known=is_known
    )
