"""Slips of the finger taken out of a message, before it is read.

Each strange word may have been any of a few; those are taken that, with the words around them,
say the most at the least cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.vocabulary import UNSPOKEN, Frontier, Vocabulary, step
from gatehouse.understanding.words import Token, word

_MOST_MENDED = 60  # strange words of one message that are worth mending
_MOST_STEPS = 48  # from one word on
_LONGEST_REACH = 6  # words

# What a word is worth: said by a phrase, by a longer one, by a place, or known at all.
_SAID, _SAID_TOGETHER, _PLACE, _KNOWN, _HEARD = 3.0, 0.6, 3.2, 2.7, 1.9
_RESPELT = 0.5  # what another spelling of a place's name costs


class Option(NamedTuple):
    """What a word may have been meant as; `cost` 0 as it stands."""

    text: str
    cost: float


class Path(NamedTuple):
    """Some words in a row as they may have been meant, and what that is worth."""

    length: int
    value: float
    texts: tuple[str, ...]


def mended(tokens: list[Token], own: Vocabulary, glossary: Glossary) -> list[Token]:
    """The tokens with slips of the finger taken out of words that nobody knows."""
    strange = _strange(tokens, own, glossary)
    if not strange:
        return tokens
    options = [
        _options(token, own) if at in strange else (Option(token.text, 0.0),)
        for at, token in enumerate(tokens)
    ]
    better = list(tokens)
    for at, text in _chosen(tokens, options, own=own, glossary=glossary, strange=strange):
        better[at] = word(text, tokens[at].start, tokens[at].end)
        better[at].forms = own.prefixes.forms(text)
    return better


def _strange(tokens: Sequence[Token], own: Vocabulary, glossary: Glossary) -> set[int]:
    """The first words that are neither known nor places."""
    entry, language = glossary.entry, own.language
    found = [
        at
        for at, token in enumerate(tokens)
        if token.kind == "word"
        and language not in (known := entry(token.text)).known_in
        and known.place is None
    ]
    return set(found[:_MOST_MENDED])


def _options(token: Token, own: Vocabulary) -> tuple[Option, ...]:
    """What a strange word may have been meant as: "doesn't" for "doens't", "villa'da"."""
    found = [Option(text, cost) for cost, text in own.slips.near(token.base)]
    if token.tail:
        found = [Option(f"{option.text}'{token.tail}", option.cost) for option in found]
        whole = own.slips.near(token.text)
        found += [Option(text, cost) for cost, text in whole if "'" in text]
    return (Option(token.text, 0.0), *found)


def _chosen(
    tokens: Sequence[Token],
    options: Sequence[tuple[Option, ...]],
    *,
    own: Vocabulary,
    glossary: Glossary,
    strange: set[int],
) -> Iterator[tuple[int, str]]:
    """The words to put in place of others: those on the way of most worth to the end."""
    count = len(tokens)
    near = {at - back for at in strange for back in range(_LONGEST_REACH)}
    best: list[tuple[float, Path]] = [(0.0, Path(0, 0.0, ()))] * (count + 1)
    for at in range(count - 1, -1, -1):
        paths = [Path(1, 0.0, (tokens[at].text,))]
        if at in near:
            paths += _alone(tokens[at], options[at], own, glossary, at in strange)
            paths += _phrases(tokens, options, at, own)
        best[at] = max(
            ((path.value + best[at + path.length][0], path) for path in paths),
            key=lambda rated: rated[0],
        )
    at = 0
    while at < count:
        path = best[at][1]
        for offset, text in enumerate(path.texts):
            if text != tokens[at + offset].text:
                yield at + offset, text
        at += path.length


def _alone(
    token: Token, options: tuple[Option, ...], own: Vocabulary, glossary: Glossary, is_strange: bool
) -> Iterator[Path]:
    """One word by itself: a place, a phrase, or at least one that is known."""
    if token.kind != "word":
        return
    if not is_strange:
        yield Path(1, _KNOWN, (token.text,))
        return
    if glossary.place_near(token):
        yield Path(1, _PLACE - _RESPELT, (token.text,))
    for text, cost in options[1:]:
        is_everyday = text.partition("'")[0] in own.everyday
        yield Path(1, (_KNOWN if is_everyday else _HEARD) - cost, (text,))


def _phrases(
    tokens: Sequence[Token], options: Sequence[tuple[Option, ...]], at: int, own: Vocabulary
) -> Iterator[Path]:
    """The phrases that may begin at this word, each word as one of its options."""
    if tokens[at].kind in UNSPOKEN:
        return
    todo: list[tuple[Frontier, tuple[str, ...], float]] = []
    for text, cost in options[at]:
        match, frontier = own.start(text)
        if match:
            yield Path(1, _SAID - cost, (text,))
        if frontier:
            todo.append((frontier, (text,), cost))
    for _ in range(_MOST_STEPS):
        if not todo:
            return
        frontier, texts, spent = todo.pop()
        after = at + len(texts)
        if after >= len(tokens) or tokens[after].kind in UNSPOKEN:
            continue
        for text, cost in options[after]:
            forms = tokens[after].forms if cost == 0 else own.prefixes.forms(text)
            reached = step(frontier, text, text.partition("'")[0], forms)
            said = (*texts, text)
            if any(node.labels for _, node in reached):
                worth = len(said) * (_SAID + _SAID_TOGETHER) - _SAID_TOGETHER
                yield Path(len(said), worth - spent - cost, said)
            onward = [end for end in reached if end[1].goes_on]
            if onward:
                todo.append((onward, said, spent + cost))
