"""Slips of the finger taken out of a message, before it is read.

Each strange word may have been any of a few; those are taken that, with the words around them,
say the most at the least cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.slips import BENT, KIN, STRANGE
from gatehouse.understanding.vocabulary import UNSPOKEN, Frontier, Labels, Vocabulary, step
from gatehouse.understanding.words import Token, word

_LIKELY = 1.2  # what a slip may cost in a word that is a place as it stands
_MOST_MENDED = 60  # strange words of one message that are worth mending
_MOST_NAMES = 4  # of places that one of them may be
_MOST_STEPS = 48  # from one word on
_LONGEST_REACH = 5  # words
_SHORTEST_BENT, _SHORTEST_PLACE = 4, 5  # letters

# What words are worth: in a phrase, each further one, in a place's name, or known at all.
_SAID, _SAID_TOGETHER, _PLACE, _KNOWN, _HEARD = 3.0, 0.6, 3.0, 2.7, 1.9
_TELLING, _FITTING = 0.3, 1.0  # more: for what homes are sought by, and next to what it goes with
_CONTENT = frozenset(
    ("type", "amenity", "deal", "term", "noun", "cur", "unit", "month", "dur", "quality", "slot",
     "any", "max", "min", "about", "neg", "guests", "per")
)  # fmt: skip
_FOREIGN = frozenset(("world", "scope", "ours", "own", "request"))  # no word becomes one by chance
_COUNTED = frozenset(("noun", "cur", "unit", "month", "dur", "per"))
_SIGNS = {"/": "slash"}
_TOGETHER = 0.4  # of its doubt is left to a word that goes on a phrase
_STRANGER = 1.25  # a word that we know nothing of may be one
_NAMED_TOGETHER = 1.6  # what the words of a longer name of a place are worth more
_RESPELT = 0.5  # what another spelling of a place's name costs


class Option(NamedTuple):
    """What a word may have been meant as; `cost` 0 as it stands."""

    text: str
    cost: float
    is_place: bool = False


class Path(NamedTuple):
    """Some words in a row as they may have been meant, and what that is worth."""

    length: int
    value: float
    texts: tuple[str, ...]


def mended(tokens: list[Token], own: Vocabulary, glossary: Glossary) -> list[Token]:
    """The tokens with slips of the finger taken out of words that nobody knows."""
    options = _all_options(tokens, own, glossary)
    if not options:
        return tokens
    better = list(tokens)
    for at, text in _chosen(_Message(tokens, options, own, glossary)):
        better[at] = word(text, tokens[at].start, tokens[at].end)
        better[at].forms = own.prefixes.forms(text)
    return better


def _all_options(
    tokens: Sequence[Token], own: Vocabulary, glossary: Glossary
) -> dict[int, tuple[Option, ...]]:
    """What the strange words may have been meant as; of so many, the first ones."""
    found: dict[int, tuple[Option, ...]] = {}
    for at, token in enumerate(tokens):
        if len(found) >= _MOST_MENDED:
            break
        options = _options(token, own, glossary) if token.kind == "word" else ()
        if options:
            found[at] = options
    return found


def _options(token: Token, own: Vocabulary, glossary: Glossary) -> tuple[Option, ...]:
    """What a word may have been meant as, itself first; none where there is no doubt."""
    known = glossary.entry(token.text)
    if known.place is not None:
        also = () if known.longest_place else _longer_places(token, glossary)
        return (Option(token.text, 0.0, is_place=True), *also) if also else ()
    if own.language in known.known_in and len(token.base) < _SHORTEST_BENT:
        return ()
    doubt = _broken(token, own) if token.tail else own.slips.doubt(token.base)
    return _doubted(token, own, glossary, doubt=doubt) if doubt else ()


def _longer_places(token: Token, glossary: Glossary) -> tuple[Option, ...]:
    """ "Girnee Limanı": a place by itself, but for a slip the first word of a longer name."""
    near = glossary.names_near(token.base)[:_MOST_NAMES]
    longer = (Option(text, cost) for cost, text in near if glossary.longest_place(text) > 1)
    return tuple(option for option in longer if option.cost <= _LIKELY)


def _broken(token: Token, own: Vocabulary) -> float:
    """How much doubt there is of "does't", though "does" is a word."""
    doubt = own.slips.doubt
    if not doubt(token.text) or doubt(token.base):
        return min(doubt(token.text), doubt(token.base))
    return KIN if any("'" in text for _, text in own.slips.near(token.text)) else 0.0


def _doubted(
    token: Token, own: Vocabulary, glossary: Glossary, *, doubt: float
) -> tuple[Option, ...]:
    """A doubtful word as it stands, and the others that it may be: words, then names."""
    names = glossary.names_near(token.base)[:_MOST_NAMES] if doubt in (KIN, STRANGE) else ()
    is_respelt = (_RESPELT, token.base) in names
    found = [Option(text, cost) for cost, text in own.slips.near(token.base)]
    for cost, text in names:
        if text != token.base:
            found.append(Option(text, cost, glossary.place_of(text) is not None))
    if token.tail:
        found = [option._replace(text=f"{option.text}'{token.tail}") for option in found]
        whole = own.slips.near(token.text)
        found += [Option(text, cost) for cost, text in whole if "'" in text]
    return (Option(token.text, _RESPELT if is_respelt else doubt, is_respelt), *found)


class _Message(NamedTuple):
    """Words, and what the strange ones may have been meant as."""

    tokens: Sequence[Token]
    strange: Mapping[int, tuple[Option, ...]]
    own: Vocabulary
    glossary: Glossary

    def options(self, at: int) -> tuple[Option, ...]:
        """What this word may have been meant as, itself first."""
        return self.strange.get(at) or (Option(self.tokens[at].text, 0.0),)

    def follows(self, at: int, *kinds: str) -> bool:
        """Does this word stand behind one that means any of these, or behind a number for "num"?"""
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind in UNSPOKEN:
            return False
        if before.kind != "word":
            return ("num" if before.kind == "number" else _SIGNS.get(before.text)) in kinds
        matches = (self.own.start(option.text).match for option in self.options(at - 1))
        return any(match and not match.labels.keys().isdisjoint(kinds) for match in matches)


def _chosen(m: _Message) -> Iterator[tuple[int, str]]:
    """The words to put in place of others: those on the way of most worth to the end."""
    best = _best_paths(m)
    at = 0
    while at < len(m.tokens):
        path = best[at]
        for offset, text in enumerate(path.texts):
            if text != m.tokens[at + offset].text:
                yield at + offset, text
        at += path.length


def _best_paths(m: _Message) -> list[Path]:
    """For each word, how the way of most worth from it to the end begins."""
    count = len(m.tokens)
    near = {at - back for at in m.strange for back in range(_LONGEST_REACH)}
    worth = [0.0] * (count + 1)
    best = [Path(0, 0.0, ())] * count
    for at in range(count - 1, -1, -1):
        paths = [Path(1, _STRANGER if at in m.strange else 0.0, (m.tokens[at].text,))]
        if at in near and m.tokens[at].kind not in UNSPOKEN:
            paths += (*_alone(m, at), *_phrases(m, at), *_places(m, at))
        best[at] = max(paths, key=lambda path: path.value + worth[at + path.length])
        worth[at] = best[at].value + worth[at + best[at].length]
    return best


def _alone(m: _Message, at: int) -> Iterator[Path]:
    """One word by itself that is a place or at least known; what it says is not asked here."""
    if m.tokens[at].kind != "word":
        return
    options = m.strange.get(at)
    if options is None:
        yield Path(1, _KNOWN, (m.tokens[at].text,))
        return
    for text, cost, is_place in options:
        base = text.partition("'")[0]
        if is_place:
            is_led = m.follows(at, "in")
            typed = m.tokens[at].base
            if is_led or len(typed) >= _SHORTEST_PLACE or typed[-1] == base[-1]:
                yield Path(1, _PLACE + (_FITTING if is_led else 0.0) - cost, (text,))
        elif cost != STRANGE:
            forms = (base, *m.own.prefixes.forms(base))
            is_everyday = not m.own.everyday.isdisjoint(forms)
            yield Path(1, (_KNOWN if is_everyday else _HEARD) - cost, (text,))


def _worth(m: _Message, at: int, labels: Labels) -> float:
    """What a phrase of one word is worth here: the most where it names what a number counts."""
    if labels.keys().isdisjoint(_CONTENT):
        return _HEARD if labels.keys() <= _FOREIGN else _SAID
    is_counted = not labels.keys().isdisjoint(_COUNTED) and m.follows(at, "num", "slash")
    fits = is_counted or ("per" in labels and m.follows(at, "cur"))
    return _SAID + _TELLING + (_FITTING if fits else 0.0)


def _places(m: _Message, at: int) -> Iterator[Path]:
    """The places of several words that may begin at this word."""
    for first in m.options(at):
        longest = m.glossary.longest_place(first.text)
        for length in range(2, min(longest, len(m.tokens) - at) + 1):
            if any(m.tokens[after].kind != "word" for after in range(at, at + length)):
                break
            rest = (m.options(after) for after in range(at + 1, at + length))
            for options in product((first,), *rest):
                name = " ".join([option.text.partition("'")[0] for option in options])
                if m.glossary.place_of(name):
                    cost = sum(option.cost for option in options)
                    worth = length * (_PLACE + _NAMED_TOGETHER) - _NAMED_TOGETHER
                    yield Path(length, worth - cost, tuple([o.text for o in options]))


def _phrases(m: _Message, at: int) -> Iterator[Path]:
    """The phrases that may begin at this word, each word as one of its options."""
    todo: list[tuple[Frontier, tuple[str, ...], float]] = []
    for text, cost, _ in m.options(at):
        match, frontier = m.own.start(text)
        if match:
            yield Path(1, _worth(m, at, match.labels) - cost, (text,))
        if frontier:
            todo.append((frontier, (text,), cost))
    for _ in range(_MOST_STEPS):
        if not todo:
            return
        frontier, texts, spent = todo.pop()
        after = at + len(texts)
        if after >= len(m.tokens) or m.tokens[after].kind in UNSPOKEN:
            continue
        for text, cost, _ in m.options(after):
            cost *= _TOGETHER if cost in (BENT, KIN) else 1.0
            forms = m.own.prefixes.forms(text)
            reached = step(frontier, text, text.partition("'")[0], forms)
            said = (*texts, text)
            if any(node.labels for _, node in reached):
                worth = len(said) * (_SAID + _SAID_TOGETHER) - _SAID_TOGETHER
                yield Path(len(said), worth - spent - cost, said)
            onward = [end for end in reached if end[1].goes_on]
            if onward:
                todo.append((onward, said, spent + cost))
