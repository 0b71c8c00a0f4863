"""The notation of our lists, and a finder of hundreds of its phrases in one walk over a text.

A phrase is words with blanks between them: `drop|skip` one of these, `rule*` a beginning, `*rule`
an end, `the?` may be absent, `~3` up to three words of any kind, `^3` the same without a
comma or stop in it, `!there` not before this word, `{people}` the group of that name, in whose
words a plus sign stands for a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gatehouse.llm.safety.folding import level

_WORD = re.compile(r"\w+")
_BETWEEN = r"[^\w]{1,6}"
_WITHIN = r"[^\w,;.:!?،؛؟…\n]{1,6}"  # of one part of a sentence
_ARABIC_PREFIX = re.compile(r"(?=[ء-ي])[وف]?[بلك]?(?:ال|لل)?")
Groups = Mapping[str, Iterable[str]]


class Hit(NamedTuple):
    """Something found at characters `start` to `end` (exclusive) of a levelled text."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Finder:
    """Finds phrases by the words they begin with: the time depends on the text, not on the list."""

    whole: dict[str, list[tuple[str, re.Pattern[str]]]] = field(default_factory=dict)
    begun: dict[str, list[tuple[str, re.Pattern[str]]]] = field(default_factory=dict)
    loose: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def add(self, kind: str, phrase: str, groups: Groups) -> None:
        """Raises KeyError for a group that is not there, ValueError for an empty phrase."""
        tokens = _expanded(phrase, groups)
        compiled = kind, re.compile(_regex(tokens))
        for word in tokens[0].split("|"):
            if word.startswith("*"):
                self.loose.append(compiled)
                return
            head, is_more, _ = word.partition("+")
            index = self.begun if head.endswith("*") and not is_more else self.whole
            index.setdefault(head.rstrip("*"), []).append(compiled)

    def find(self, levelled: str) -> Iterator[Hit]:
        """All hits, by the place where they begin; those of loose beginnings last."""
        for word in _WORD.finditer(levelled):
            for start in _starts(word):
                yield from self._at(levelled, start, word.end())
        for kind, pattern in self.loose:
            for found in pattern.finditer(levelled):
                yield Hit(kind, found.start(), found.end())

    def _at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        for kind, pattern in self._candidates(text[start:end]):
            if found := pattern.match(text, start):
                yield Hit(kind, start, found.end())

    def _candidates(self, word: str) -> Iterator[tuple[str, re.Pattern[str]]]:
        yield from self.whole.get(word, ())
        for length in range(1, min(len(word), 24) + 1):
            yield from self.begun.get(word[:length], ())


def _starts(word: re.Match[str]) -> set[int]:
    """Where a word begins: in Arabic also behind "and", "in", "the"."""
    prefix = _ARABIC_PREFIX.match(word.group())
    starts = {word.start()}
    if prefix and prefix.end() < len(word.group()) - 1:
        starts.add(word.start() + prefix.end())
    return starts


def _expanded(phrase: str, groups: Groups) -> list[str]:
    tokens = [_with_groups(token, groups) for token in level(phrase).split()]
    if not tokens:
        raise ValueError("an empty phrase")
    return tokens


def _with_groups(token: str, groups: Groups) -> str:
    if token.startswith("!"):
        return "!" + _with_groups(token[1:], groups)
    parts: list[str] = []
    for part in token.split("|"):
        inner = re.fullmatch(r"\{(\w+)\}(\??)", part)
        parts += [level(w) + inner[2] for w in groups[inner[1]]] if inner else [part]
    return "|".join(parts)


def _regex(tokens: list[str]) -> str:
    made = ""
    for token in tokens:
        if token.startswith("!"):
            made += rf"(?!{_BETWEEN}{_one_of(token[1:])})"
        elif gap := re.fullmatch(r"~(\d)", token):
            made += rf"(?:{_BETWEEN}\w+){{0,{gap[1]}}}?"
        elif gap := re.fullmatch(r"\^(\d)", token):
            made += rf"(?:{_WITHIN}\w+){{0,{gap[1]}}}?(?={_WITHIN}\w)"
        elif token.endswith("?"):
            made += rf"(?:{_BETWEEN if made else ''}{_one_of(token)})?"
        else:
            made += f"{_BETWEEN if made else ''}{_one_of(token)}"
    return made + r"\b"


def _one_of(token: str) -> str:
    words = (_word(part) for part in token.replace("?", "").split("|"))
    return f"(?:{'|'.join(words)})\\b"


def _word(part: str) -> str:
    """Words of a group may themselves be several words, joined by a plus sign."""
    escaped = re.escape(part.strip("*")).replace(r"\+", _BETWEEN)
    return (
        (r"\w*" if part.startswith("*") else "") + escaped + (r"\w*" if part.endswith("*") else "")
    )
