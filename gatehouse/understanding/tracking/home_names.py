"""The name of a home in an assistant's offer, by capitals, unknown words and what stands around."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tracking.capitals import Word
from gatehouse.understanding.tracking.phrases import word_list

_TOKEN = re.compile(r"#|\d+|[^\W\d_][^\W_]*(?:['’-][^\W_]+)*")
_DWELLINGS = word_list("dwellings")
_LOWER_DWELLINGS = word_list("lower_dwellings")
_ROADS = word_list("roads")
_INTRODUCES = word_list("introduces")
_PLURALS = word_list("plural_dwellings")
_PARTS = word_list("part_of_dwellings")
_NEVER = word_list("no_home_names")
_ADJECTIVES = word_list("adjectives")
_NO_NAMES = word_list("no_names")
_INNER = frozenset(("at", "of", "the", "on", "by", "in", "del", "de", "la"))
_LEADS = frozenset(("the", "a", "an", "i", "located", "at", "property", "apartment", "found"))
_TAILS = frozenset(("located", "at", "apartment", "property", "of", "the", "on", "in", "by"))
_GAPS = frozenset((" ", "  ", " & ", "-"))
_NAMING = frozenset(("called", "named"))
_MOST_WORDS = 8
IsWord = Callable[[str], bool]


def home_named(text: str, is_word: IsWord) -> str | None:
    """The likeliest name of a home; None if no words stand out."""
    tokens = [_token(m, text, is_word) for m in _TOKEN.finditer(text)]
    has_capitals = sum(t.has_capital and not t.opens for t in tokens) > 1
    best, most = None, 0.0
    runs = [
        *_runs(tokens, text, has_capitals=has_capitals),
        *_before_plurals(tokens, text, has_capitals=has_capitals),
        *(() if has_capitals else _before_addresses(tokens, text)),
    ]
    for first, last in runs:
        score = _score(tokens, first, last)
        if score > most:
            best, most = text[tokens[first].start : tokens[last].end], score
    return best


def _token(found: re.Match[str], text: str, is_word: IsWord) -> Word:
    plain = fold(found.group())
    before = text[: found.start()].rstrip(" \"'(")
    opens = not before or before[-1] in ".?!:;\n"
    known = is_word(plain) or is_word(plain.partition("'")[0])
    return Word(found.group(), found.start(), found.end(), opens, known)


def _runs(tokens: list[Word], text: str, *, has_capitals: bool) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(tokens):
        if not _may_begin(tokens, at, has_capitals=has_capitals):
            at += 1
            continue
        end = at
        while end + 1 < len(tokens) and _joins(tokens, end, text, has_capitals=has_capitals):
            if tokens[at].text.isdigit() and tokens[end + 1].plain in _INNER:
                break
            end += 1
        yield from _trimmed(tokens, at, end)
        at = end + 1


def _before_plurals(
    tokens: list[Word], text: str, *, has_capitals: bool
) -> Iterator[tuple[int, int]]:
    """ "canal view apartments", in small letters."""
    for last, token in enumerate(tokens):
        if token.plain not in _PLURALS:
            continue
        first = last
        while first and _may_precede(tokens, first - 1) and _is_next(tokens, first - 1, text):
            first -= 1
        while has_capitals and first < last and not tokens[first].has_capital:
            first += 1
        if first < last:
            yield first - _is_numbered(tokens, first), last


def _before_addresses(tokens: list[Word], text: str) -> Iterator[tuple[int, int]]:
    """ "canal view at 12 mill road", in small letters, though each word be known."""
    for last in range(len(tokens)):
        if not _may_be_named(tokens[last]) or not _is_addressed(tokens, last):
            continue
        first = last
        while first and _may_be_named(tokens[first - 1]) and _is_next(tokens, first - 1, text):
            first -= 1
        yield first, last


def _may_be_named(token: Word) -> bool:
    return token.text[0].isalpha() and token.plain not in _NEVER | _ADJECTIVES | _NAMING | _TAILS


def _is_numbered(tokens: list[Word], first: int) -> bool:
    """ "called 12 canal view apartments"."""
    is_number = first > 1 and tokens[first - 1].text.isdigit()
    return is_number and tokens[first - 2].plain in _NAMING


def _may_precede(tokens: list[Word], at: int) -> bool:
    token = tokens[at]
    if token.plain == "apartment":
        return tokens[at + 1].plain == "homes"
    return token.text[0].isalpha() and token.plain not in _NEVER | _ADJECTIVES | _PLURALS


def _is_next(tokens: list[Word], at: int, text: str) -> bool:
    return text[tokens[at].end : tokens[at + 1].start] in _GAPS


def _may_begin(tokens: list[Word], at: int, *, has_capitals: bool) -> bool:
    token = tokens[at]
    if token.text == "#" or token.plain in _LEADS:
        return False
    if token.text[0].isdigit():
        return at + 1 < len(tokens) and (tokens[at + 1].has_capital or not has_capitals)
    if token.has_capital:
        if token.opens and token.plain in _NEVER:
            return False
        return not (token.opens and token.is_known and not _leads_capitals(tokens, at))
    return not has_capitals and not token.is_known


def _leads_capitals(tokens: list[Word], at: int) -> bool:
    """A known word that begins a sentence may begin a name, but "There's" does not."""
    ahead = tokens[at + 1] if at + 1 < len(tokens) else None
    return ahead is not None and ahead.has_capital and "'" not in tokens[at].plain


def _joins(tokens: list[Word], at: int, text: str, *, has_capitals: bool) -> bool:
    here, ahead = tokens[at], tokens[at + 1]
    if text[here.end : ahead.start] not in _GAPS or ahead.text[0].isdigit() or ahead.text == "#":
        return False
    if ahead.plain in _NO_NAMES or ahead.plain in _NAMING:
        return False
    if ahead.has_capital or (ahead.plain in _LOWER_DWELLINGS and not here.text[0].isdigit()):
        return True
    if ahead.plain in _PARTS and (here.has_capital or not has_capitals):
        return True
    if ahead.plain in _INNER and here.plain not in _LOWER_DWELLINGS:
        return _goes_on_after(tokens, at + 1, text)
    return not ahead.is_known and (here.has_capital or not has_capitals)


def _goes_on_after(tokens: list[Word], at: int, text: str) -> bool:
    """Do capitals, and no address, follow the little word?"""
    if at + 1 >= len(tokens) or text[tokens[at].end : tokens[at + 1].start] != " ":
        return False
    if tokens[at - 1].plain in _ROADS:
        return False
    is_name = tokens[at + 1].has_capital and tokens[at + 1].plain not in _NO_NAMES
    return is_name and tokens[at - 1].has_capital


def _trimmed(tokens: list[Word], first: int, last: int) -> Iterator[tuple[int, int]]:
    while first <= last and tokens[first].plain in _LEADS:
        first += 1
    while last >= first and (tokens[last].plain in _TAILS or _is_loose(tokens[last])):
        last -= 1
    if first <= last:
        yield first, last


def _is_loose(token: Word) -> bool:
    return token.is_known and not token.has_capital and token.plain not in _DWELLINGS


def _score(tokens: list[Word], first: int, last: int) -> float:
    words = [t.plain for t in tokens[first : last + 1]]
    before = tokens[first - 1].plain if first else ""
    if before == "the" and first > 1:
        before = tokens[first - 2].plain
    is_home = bool(_DWELLINGS & set(words[1:]))
    if len(words) > _MOST_WORDS or words == ["apartments"] or len(words[0]) < 2 > len(words):
        return 0
    if words[0].isdigit() and not _LOWER_DWELLINGS & set(words):
        has_road = not _ROADS.isdisjoint({*words, _plain_at(tokens, last + 1)})
        return 0 if len(words) == 1 or has_road else 0.6
    is_lower = not any(t.has_capital for t in tokens[first : last + 1])
    if is_lower and not (is_home or before in _NAMING):
        is_placed = _is_addressed(tokens, last)
        return 1.0 if is_placed else 0.3 if len(words) > 1 else 0
    is_road = words[-1] in _ROADS and not _LOWER_DWELLINGS & set(words)
    told = 0.5 * (before in _INTRODUCES) + 0.5 * _is_addressed(tokens, last)
    return 1.0 + told + 2 * is_home + 0.3 * len(words) - is_road * 0.5


def _plain_at(tokens: list[Word], at: int) -> str:
    return tokens[at].plain if at < len(tokens) else ""


def _is_addressed(tokens: list[Word], last: int) -> bool:
    """Does a street with its number follow: "at 12 …", "12 …"?"""
    ahead = last + 1 + (_plain_at(tokens, last + 1) in ("at", "on", "located"))
    ahead += _plain_at(tokens, ahead) == "at"
    within = {_plain_at(tokens, at) for at in range(ahead + 1, ahead + 5)}
    return _plain_at(tokens, ahead).isdigit() and bool(within & _ROADS)
