"""A text laid out for the value reader: its items, each with the labels of the value words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatehouse.understanding.letters import compose, fold
from gatehouse.understanding.reading import Item
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.currencies import sign_codes
from gatehouse.understanding.values.lexicon import Lexicon, lexicon
from gatehouse.understanding.vocabulary import Labels, walk
from gatehouse.understanding.words import Token, parse_number, split

LONGEST_TEXT = 10_000  # characters; what follows is not read
_MOST_TOKENS = 4_000
_DOT_DECIMALS = frozenset(("en", "ar"))
_SIGNS: dict[str, Labels] = {
    "+": {"plus": ""}, "-": {"dash": ""}, "/": {"slash": ""}, "~": {"dash": "", "about": ""},
    "<": {"less": ""}, ">": {"more": ""}, "=": {"equal": ""}, "%": {"percent": ""},
    "#": {"nr": ""}, "№": {"nr": ""}, "&": {"and": ""}, "@": {"at": ""}, "^": {"stop": ""},
}  # fmt: skip
_STOP: Labels = {"stop": ""}


@dataclass(frozen=True, slots=True)
class Page:
    """The text as written and as compared (equally long), and where its characters came from."""

    raw: str
    folded: str
    language: Language
    origins: Sequence[int] | None  # None: nothing moved

    def items(self, folded: str | None = None) -> list[Item]:
        """The items of the text, or of a version of it in which something was blanked out."""
        known = lexicon(self.language)
        tokens = split(folded if folded is not None else self.folded, keeps_signs=True)
        tokens = tokens[:_MOST_TOKENS]
        found: list[Item] = []
        at = 0
        while at < len(tokens):
            item, used = self._next(tokens, at, known)
            found.append(item)
            at += used
        return found

    def _next(self, tokens: list[Token], at: int, known: Lexicon) -> tuple[Item, int]:
        token = tokens[at]
        if token.kind == "number":
            return self._number(token), 1
        if token.kind != "word":
            return self._sign(token), 1
        match, frontier = known.start(token.text)
        if frontier:
            match = walk(frontier, tokens, at, match)
        if match is None:
            return self._word(token, known), 1
        return self._phrase(tokens[at : at + match.length], match.labels), match.length

    def _number(self, token: Token) -> Item:
        value = local_number(token.text, self.language)
        return Item(token.text, token.start, token.end, {}, value)

    def _sign(self, token: Token) -> Item:
        code = sign_codes().get(token.text)
        labels = {"cur": code, "sign": ""} if code else _SIGNS.get(token.text, _STOP)
        clock = token.text.zfill(5) if token.kind == "time" else None
        if token.kind in ("time", "date"):
            labels = {token.kind: ""}
        return Item(
            token.text, token.start, token.end, labels, token.number, day=token.day, clock=clock
        )

    def _word(self, token: Token, known: Lexicon) -> Item:
        value = known.compound(token.base)
        labels: Labels = {} if value is None else {"num": "", "compound": ""}
        return Item(
            token.text, token.start, token.end, labels, value, tail=token.tail, is_word=True
        )

    def _phrase(self, tokens: list[Token], labels: Labels) -> Item:
        first, last = tokens[0], tokens[-1]
        number = labels.get("num")
        if len(tokens) == 1 and len(first.text) == 1 and self.raw[first.start].isupper():
            labels = {**labels, "capital": ""}
        text = " ".join(t.text for t in tokens)
        value = float(number) if number is not None else None
        return Item(text, first.start, last.end, labels, value, tail=last.tail)


def page(text: str, language: Language) -> Page:
    """The text, cut to LONGEST_TEXT, with its letters made comparable."""
    raw, origins = compose(text[:LONGEST_TEXT])
    return Page(raw, fold(raw), language, origins)


def local_number(text: str, language: Language) -> float | None:
    """Digits read by the custom of the language: "1.500" is 1.5 in English, 1500 in German."""
    decimal, group = (".", ",") if language in _DOT_DECIMALS else (",", ".")
    plain = text.replace(" ", "")
    if plain.count(decimal) == 1 and group not in plain and plain[0] not in ".,":
        whole, _, part = plain.partition(decimal)
        return float(f"{whole}.{part}") if len(whole) < 16 else None
    return parse_number(text)
