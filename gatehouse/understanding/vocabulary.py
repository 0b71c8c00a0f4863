"""What words mean: the phrases of a language, as a tree walked word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any, Literal, NamedTuple

from gatehouse.understanding.letters import fold
from gatehouse.understanding.prefixes import NO_PREFIXES, Prefixes
from gatehouse.understanding.slips import Slips
from gatehouse.understanding.types import Language
from gatehouse.understanding.words import Token, split

Script = Literal["latin", "cyrillic", "arabic"]
Labels = dict[str, str]  # kind -> value: {"type": "apartment"}, {"num": "2", "weak": ""}

# The files of a language: how much and when, homes, what is wanted, the building, what is not ours.
PARTS = ("values", "homes", "talk", "building", "scope")

_OPTIONAL = re.compile(r"\[([^\]]*)\]|(\S+)")
_LONGEST_WORD = 24
_SHORTEST_STEM = 2
UNSPOKEN = frozenset(("stop", "date", "time"))
_REMEMBERED_WORDS = 16_384
_REMEMBERED_CHOICES = 256  # the same few words are left out everywhere
# Kinds that a word keeps from its looser readings besides its best one.
_SHARED_KINDS = ("slot",)
_SPECIFIC_STEM = 6  # letters; stems at least so long are no accident


@dataclass(slots=True)
class Node:
    """A point between two words of a phrase; `labels` if a phrase may end here."""

    words: dict[str, Node] = field(default_factory=dict)
    stems: dict[str, Node] = field(default_factory=dict)
    labels: Labels = field(default_factory=dict)
    goes_on: bool = False  # may another word follow? This and the next are set when all is planted
    by_start: dict[str, list[tuple[str, Node]]] = field(default_factory=dict)

    def settle(self) -> None:
        """Gets ready to be walked: its stems by their first two letters, longest first."""
        self.goes_on = bool(self.words or self.stems)
        if not self.stems:
            return
        for stem in sorted(self.stems, key=len, reverse=True):
            if _SHORTEST_STEM <= len(stem) <= _LONGEST_WORD:
                self.by_start.setdefault(stem[:_SHORTEST_STEM], []).append((stem, self.stems[stem]))


class Match(NamedTuple):
    """The longest phrase found at a word: how many words it takes, and what it means."""

    length: int
    labels: Labels


Frontier = Sequence[tuple[int, Node]]  # where all readings so far stand, each with its score


class Start(NamedTuple):
    """What one word begins: the phrase that it is alone, and the longer ones it may open."""

    match: Match | None
    frontier: Frontier


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language: its phrases, its everyday words and the endings that give it away."""

    language: Language
    root: Node
    words: frozenset[str]
    stems: frozenset[str]
    suffixes: tuple[str, ...]
    script: Script
    letters: re.Pattern[str] | None  # found in words that can hardly be of another language
    slips: Slips
    start: Callable[[str], Start]  # remembers a bounded number of words
    abbreviations: frozenset[str] = frozenset()  # a full stop behind these ends nothing
    prefixes: Prefixes = NO_PREFIXES
    everyday: frozenset[str] = frozenset()  # the commonest words, whatever they mean to us

    def knows(self, word: str) -> bool:
        """Is this a word of the language, as far as we have it?"""
        return self._has(word) or any(self._has(form) for form in self.prefixes.forms(word))

    def _has(self, word: str) -> bool:
        return word in self.words or any(s in self.stems for s in _prefixes(word, 3))

    def match(self, tokens: list[Token], at: int) -> Match | None:
        """The longest phrase that begins at this token."""
        match, frontier = self.start(tokens[at].text)
        return walk(frontier, tokens, at, match) if frontier else match

    def mended(self, word: str) -> str | None:
        """The known word or stem that this one differs from by one slip."""
        return self.slips.mended(word)


def _start(root: Node, prefixes: Prefixes, text: str) -> Start:
    reached = step([(0, root)], text, text.partition("'")[0], prefixes.forms(text))
    ends = [end for end in reached if end[1].labels]
    match = Match(1, _merged(ends)) if ends else None
    return Start(match, tuple(end for end in reached if end[1].goes_on))


def _prefixes(word: str, shortest: int) -> Iterator[str]:
    for length in range(min(len(word), _LONGEST_WORD), shortest - 1, -1):
        yield word[:length]


def walk(frontier: Frontier, tokens: list[Token], at: int, match: Match | None) -> Match | None:
    """Walks all readings at once; the longest wins, then the one with more exact words."""
    first, at = at, at + 1
    while frontier and at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind in UNSPOKEN:
            break
        reached = step(frontier, token.text, token.base, token.forms)
        ends = [end for end in reached if end[1].labels]
        if ends:
            match = Match(at - first, _merged(ends))
        frontier = [end for end in reached if end[1].goes_on]
    return match


def step(
    frontier: Iterable[tuple[int, Node]], text: str, base: str, forms: tuple[str, ...]
) -> list[tuple[int, Node]]:
    """Where one more word leads from where all readings stand."""
    reached: list[tuple[int, Node]] = []
    for score, node in frontier:
        found = node.words.get(text)
        if found is None and base is not text:
            found = node.words.get(base)
        if found is not None:
            reached.append((score + 100, found))
        for stem, stemmed in node.by_start.get(text[:_SHORTEST_STEM], ()):
            if text.startswith(stem):
                reached.append((score + len(stem), stemmed))
        if forms and (found is None or not found.labels):
            reached += _formed(node, score - len(text), forms)
    return reached


def _formed(node: Node, score: int, forms: tuple[str, ...]) -> Iterator[tuple[int, Node]]:
    """Where the forms of a word without its prefixes lead; the fewer letters go, the better."""
    for form in forms:
        found = node.words.get(form)
        if found is not None:
            yield score + 100 + len(form), found
        for stem, found in node.by_start.get(form[:_SHORTEST_STEM], ()):
            if form.startswith(stem):
                yield score + len(stem) + len(form), found


def _merged(ends: list[tuple[int, Node]]) -> Labels:
    if len(ends) == 1:
        return ends[0][1].labels
    ends = sorted(ends, key=lambda end: -end[0])
    labels = dict(ends[0][1].labels)
    is_vague = labels.keys() <= set(_SHARED_KINDS)
    for score, node in ends[1:]:
        for kind, value in node.labels.items():
            if is_vague or kind in _SHARED_KINDS or score >= _SPECIFIC_STEM:
                labels.setdefault(kind, value)
    return labels


@cache
def load(language: Language) -> Vocabulary:
    """The vocabulary of one language, read once from its folder of data files."""
    about = _read(language, "language")
    root = _planted(said for part in PARTS for said in _read(language, part).items())
    words, stems = _settled(root)
    prefixes = Prefixes(_letters(about, "joined"), _letters(about, "bound"))
    everyday = frozenset(_everyday(about["common"]))
    slips = Slips(language, words, stems, everyday=everyday, prefixes=prefixes)
    words |= everyday
    return Vocabulary(
        language=language,
        root=root,
        words=frozenset(words),
        stems=frozenset(stems),
        suffixes=tuple(fold(s) for s in about["suffixes"]),
        script=about["script"],
        letters=re.compile("|".join(about["letters"])) if about["letters"] else None,
        slips=slips,
        start=lru_cache(_REMEMBERED_WORDS)(partial(_start, root, prefixes)),
        prefixes=prefixes,
        everyday=everyday,
        abbreviations=frozenset(fold(word) for word in about.get("abbreviations", ())),
    )


def starts(labelled: Iterable[tuple[str, Iterable[str]]]) -> Callable[[str], Start]:
    """What each word may begin where only these labels ("num:2") and their phrases are known."""
    root = _planted(labelled)
    _settled(root)
    return lru_cache(_REMEMBERED_WORDS)(partial(_start, root, NO_PREFIXES))


def phrases(language: Language, part: str) -> Mapping[str, Sequence[str]]:
    """The labels of one file of a language, each with its phrases."""
    return _read(language, part)


def concepts(language: Language) -> frozenset[str]:
    """The labels ("type:villa") that a language has phrases for."""
    return frozenset(
        label for part in PARTS for label, phrases in _read(language, part).items() if phrases
    )


def _read(language: Language, part: str) -> dict[str, Any]:
    source = resources.files(__package__).joinpath(f"lexicon/{language}/{part}.json")
    found: dict[str, Any] = json.loads(source.read_text("utf-8"))
    return found


def _letters(about: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(sorted(map(fold, about.get(name, ())), key=len, reverse=True))


def _everyday(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from fold(line).replace("-", " ").split()


def _parts(phrase: str) -> list[tuple[bool, list[str]]]:
    """A phrase as steps: (may be left out, alternatives). "[a/the] flat*" has two steps."""
    steps = []
    for optional, plain in _OPTIONAL.findall(phrase):
        choices = (optional or plain).split("/")
        steps.append((bool(optional), [c.strip() for c in choices if c.strip()]))
    return steps


def _planted(labelled: Iterable[tuple[str, Iterable[str]]]) -> Node:
    """The tree of all phrases, each ending in its label."""
    root = Node()
    for label, phrases in labelled:
        kind, _, value = label.partition(":")
        for phrase in phrases:
            _plant(root, _parts(phrase), (kind, value))
    return root


def _plant(node: Node, steps: list[tuple[bool, list[str]]], label: tuple[str, str]) -> None:
    if not steps:
        node.labels.setdefault(*label)
        return
    is_optional, choices = steps[0]
    if is_optional:
        _plant(node, steps[1:], label)
    for choice in choices:
        _plant(_reach(node, choice), steps[1:], label)


def _reach(node: Node, choice: str) -> Node:
    """The node behind one alternative, which may itself be several words ("kim gibi")."""
    *before, last = _pieces(choice.rstrip("*"))
    for piece in before:
        node = _child(node.words, piece)
    return _child(node.stems if choice.endswith("*") else node.words, last)


def _child(branch: dict[str, Node], piece: str) -> Node:
    found = branch.get(piece)
    if found is None:
        branch[piece] = found = Node()
    return found


@lru_cache(_REMEMBERED_CHOICES)
def _pieces(choice: str) -> tuple[str, ...]:
    return tuple(token.text for token in split(fold(choice)))


def _settled(root: Node) -> tuple[set[str], set[str]]:
    """Makes every node ready; all words and stems that occur."""
    words: set[str] = set()
    stems: set[str] = set()
    held: dict[tuple[object, ...], Node] = {}
    _share(root, held)
    for node in held.values():
        node.settle()
        words.update(node.words)
        stems.update(node.stems)
    return words, stems


def _share(node: Node, held: dict[tuple[object, ...], Node]) -> Node:
    """The same branch, held once however many phrases end alike; keys are by what they lead to."""
    for branch in (node.words, node.stems):
        for piece, child in branch.items():
            branch[piece] = _share(child, held)
    key = (
        *((piece, id(child)) for piece, child in sorted(node.words.items(), key=_piece)),
        None,
        *((piece, id(child)) for piece, child in sorted(node.stems.items(), key=_piece)),
        None,
        *sorted(node.labels.items()),
    )
    return held.setdefault(key, node)


def _piece(item: tuple[str, Node]) -> str:
    return item[0]
