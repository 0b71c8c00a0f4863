"""A text laid out for the value reader: its items, each with the labels of the value words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from unicodedata import numeric

from gatehouse.understanding.compounds import value_of
from gatehouse.understanding.letters import compose, fold
from gatehouse.understanding.reading import Item
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.currencies import sign_codes, written
from gatehouse.understanding.values.lexicon import starts_in
from gatehouse.understanding.vocabulary import Labels, Start, walk
from gatehouse.understanding.words import Token, parse_number, split
from gatehouse.understanding.writing import writing

Starts = Callable[[str], Start]
LONGEST_TEXT = 10_000  # characters; what follows is not read
_MOST_TOKENS = 4_000
_SIGNS: dict[str, Labels] = {
    "+": {"plus": ""}, "-": {"dash": ""}, "/": {"slash": ""}, "~": {"dash": "", "about": ""},
    "<": {"less": ""}, ">": {"more": ""}, "=": {"equal": ""}, "%": {"percent": ""},
    "#": {"nr": ""}, "№": {"nr": ""}, "&": {"and": ""}, "@": {"at": ""}, "^": {"stop": ""},
    "¢": {"minor": "USD", "sign": ""},
}  # fmt: skip
_STOP: Labels = {"stop": ""}
_VULGAR = frozenset("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞")
_DIGITS = re.compile(r"\d+")
_IN_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$|\d{1,2}(?:,\d\d)+,\d{3}$")
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Page:
    """The text as written and as compared (equally long), and where its characters came from."""

    raw: str
    folded: str
    language: Language
    origins: Sequence[int] | None  # None: nothing moved
    ready: list[Item] = field(default_factory=list)  # the items with numbers, once worked out

    def items(self, folded: str | None = None) -> list[Item]:
        """The items of the text, or of a version of it in which something was blanked out."""
        known = starts_in(self.language)
        tokens = split(folded if folded is not None else self.folded, keeps_signs=True)
        tokens = tokens[:_MOST_TOKENS]
        found: list[Item] = []
        at = 0
        while at < len(tokens):
            if tokens[at].kind == "number":
                self._add_number(tokens[at], found)
                at += 1
                continue
            item, used = self._next(tokens, at, known)
            found.append(item)
            at += used
        return found

    def _next(self, tokens: list[Token], at: int, known: Starts) -> tuple[Item, int]:
        token = tokens[at]
        if token.text == "." and _ends_ordinal(tokens, at, known):
            return Item(token.text, token.start, token.end, {"th": ""}), 1
        if token.kind != "word":
            return self._sign(token), 1
        match, frontier = known(token.text)
        if frontier:
            match = walk(frontier, tokens, at, match)
        if match is None:
            return self._word(token), 1
        return self._phrase(tokens[at : at + match.length], match.labels), match.length

    def _add_number(self, token: Token, found: list[Item]) -> None:
        """Digits as one number, or several where the signs between them separate a list."""
        start = token.start
        if self._is_led(start):
            if found and found[-1].end == start:
                found.pop()
            value = float(f"0.{token.text}") if token.text.isdecimal() else None
            found.append(Item(token.text, start - 1, token.end, {}, value))
            return
        if not _is_list(token.text):
            value = local_number(token.text, self.language)
            found.append(Item(token.text, start, token.end, {}, value))
            return
        for piece in _DIGITS.finditer(token.text):
            ends = start + piece.start(), start + piece.end()
            found.append(Item(piece.group(), *ends, {}, float(piece.group())))

    def _is_led(self, start: int) -> bool:
        """Does a decimal sign without a figure before it stand here (".5")?"""
        signs = (".", writing(self.language).decimal)
        if self.folded[start - 1 : start] not in signs or not start:
            return False
        return not self.folded[start - 2 : start - 1].isalnum() if start > 1 else True

    def _sign(self, token: Token) -> Item:
        code = sign_codes().get(token.text)
        labels = {"cur": code, "sign": ""} if code else _SIGNS.get(token.text, _STOP)
        clock = token.text.zfill(5) if token.kind == "time" else None
        if token.kind in ("time", "date"):
            labels = {token.kind: ""}
        return Item(
            token.text, token.start, token.end, labels, token.number, day=token.day, clock=clock
        )

    def _word(self, token: Token) -> Item:
        value = value_of(token.base, self.language)
        labels: Labels = {} if value is None else {"num": "", "compound": ""}
        if len(token.text) == 1 and token.text in _VULGAR:
            value, labels = numeric(token.text), {"num": "", "fraction": ""}
        return Item(
            token.text, token.start, token.end, labels, value, tail=token.tail, is_word=True
        )

    def _phrase(self, tokens: list[Token], labels: Labels) -> Item:
        first, last = tokens[0], tokens[-1]
        number = labels.get("num")
        if len(tokens) == 1 and len(first.text) == 1 and self.raw[first.start].isupper():
            labels = {**labels, "capital": ""}
        if "code" in labels and "cur" not in labels:
            said = self.raw[first.start : last.end].replace(".", "")
            if said in written(labels["code"]):
                labels = {**labels, "cur": labels["code"]}
        text = " ".join(t.text for t in tokens)
        value = float(number) if number is not None else None
        return Item(text, first.start, last.end, labels, value, tail=last.tail)


def _ends_ordinal(tokens: list[Token], at: int, known: Starts) -> bool:
    """Is this full stop, in a language that writes "3. Mai", the ending of a day's number?"""
    sign = known(".").match
    if sign is None or "th" not in sign.labels or at == 0:
        return False
    before = tokens[at - 1]
    if before.kind != "number" or before.end != tokens[at].start:
        return False
    for after in tokens[at + 1 : at + 5]:  # "3. bis 17. Mai" too
        match = known(after.text).match if after.kind == "word" else None
        labels = match.labels if match else {}
        if "month" in labels:
            return True
        if after.kind == "word" and labels.keys().isdisjoint(("to", "until", "and", "or")):
            return False
    return False


def page(text: str, language: Language) -> Page:
    """The text, cut to LONGEST_TEXT, with its letters made comparable."""
    raw, origins = compose(text[:LONGEST_TEXT])
    return Page(raw, fold(raw), language, origins)


def local_number(text: str, language: Language) -> float | None:
    """Digits read by the custom of the language: "1.500" is 1.5 in English, 1500 in German."""
    decimal = writing(language).decimal
    group = "." if decimal == "," else ","
    plain = text.replace(" ", "")
    if sum(c.isdecimal() for c in plain) > _MOST_DIGITS:
        return None
    if plain.isdecimal():
        return float(plain)
    if plain.count(decimal) == 1 and group not in plain:
        whole, _, part = plain.partition(decimal)
        return float(f"{whole}.{part}")
    return parse_number(text)


def _is_list(text: str) -> bool:
    """ "22,24,26": more than one sign of a kind, and not between groups of three."""
    signs = text.count("."), text.count(",")
    return max(signs) > 1 and not _IN_GROUPS.match(text.replace(" ", ""))
