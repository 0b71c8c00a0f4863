"""Names of places and homes, known ones by heart and unknown ones by where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tracking.capitals import Word
from gatehouse.understanding.tracking.phrases import word_list

_SHORTENED = r"(?:\b(?:[Ss]te?|[Mm]t|[Ff]t|[Pp]t)\. )?"  # no end of a sentence
_WORD = re.compile(_SHORTENED + r"[^\W\d_][^\W_]*(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.?!:;\n]")
_SURE_CUES = word_list("before_places")
_WITHIN = frozenset(("in", "around", "near"))
_CUES = word_list("maybe_before_places")
_AFTER = word_list("after_places")
_LEAST = 3
_MOST_WORDS = 4
_NO_NAMES = word_list("no_names")
_NO_PLACES = word_list("no_place_names")
_TAILS = word_list("place_tails")
_LINKS = word_list("place_links")
_HEADS = word_list("place_heads")
_DETERMINERS = word_list("determiners")
_MOVERS = word_list("movers")
_DWELLINGS = word_list("lower_dwellings")
_FUNCTION = word_list("function_words")
_NOUNS = word_list("inner_nouns")
_OPENERS = word_list("no_home_names") | _SURE_CUES | _CUES
IsWord = Callable[[str], bool]


class PlaceNames:
    """The places that a site knows by name; knows none if it is given none."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        plain = sorted({fold(n).strip() for n in names if n.strip()}, key=len, reverse=True)
        parts = "|".join(re.escape(name) for name in plain)
        self._pattern = re.compile(rf"(?<!\w)(?:{parts})(?!\w)") if plain else None

    def find(self, text: str) -> str | None:
        """The last place named in the text, as written there."""
        found = list(self._pattern.finditer(fold(text))) if self._pattern else []
        return text[found[-1].start() : found[-1].end()] if found else None


def place_said(text: str, is_word: IsWord, *, is_asked: bool, is_ours: bool = True) -> str | None:
    """The likeliest name of a place by its position in the language; None if none stands out.

    `is_asked`: the text answers a question for the place. `is_ours`: it is about homes; talk
    about other things must say "in" or "from" before the place.
    """
    words = _words(text)
    found = [
        (score, last, text[words[first].start : words[last].end])
        for first, last in _runs(words, text, is_word)
        if (score := _score(words, first, last, is_word, is_asked=is_asked, is_ours=is_ours))
        >= _LEAST
    ]
    best = max(found)[2] if found else None
    if is_ours:
        small = _in_small_letters(words, text, is_asked=is_asked)
        best = small if small and (best is None or small.endswith(best)) else best
    return re.sub(r"(?:['’]s?|[.-])$", "", best) if best else None


def _words(text: str) -> list[Word]:
    words: list[Word] = []
    end = 0
    for found in _WORD.finditer(text):
        opens = not words or _SENTENCE_END.search(text, end, found.start()) is not None
        words.append(Word(found.group(), found.start(), found.end(), opens))
        end = found.end()
    return words


def _runs(words: list[Word], text: str, is_word: IsWord) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(words):
        if not _may_begin(words, at, text, is_word):
            at += 1
            continue
        end = at
        while end + 1 < len(words) and _goes_on(words, end, text, is_word):
            end += 1
        while at and _leads_on(words, at - 1, text):
            at -= 1
        yield at, end
        at = end + 1


def _leads_on(words: list[Word], at: int, text: str) -> bool:
    """Is it the "port" of a name in small letters?"""
    is_small = not words[at + 1].has_capital
    return is_small and words[at].plain in _HEADS and _touch(words, at, text)


def _in_small_letters(words: list[Word], text: str, *, is_asked: bool) -> str | None:
    """What follows "in" where no capitals tell names from other words, though each be known."""
    if any(word.has_capital and not word.opens for word in words):
        return None
    for at in range(1, len(words)):
        if words[at - 1].plain not in _WITHIN or not _may_be_small(words[at]):
            continue
        end = at
        while end + 1 < len(words) and _may_follow(words[end + 1]) and _touch(words, end, text):
            end += 1
        return text[words[at].start : words[end].end]
    return _by_its_tail(words, text) if is_asked else None


def _by_its_tail(words: list[Word], text: str) -> str | None:
    """ "I think pleasant valley would do", in answer to a question for a place."""
    for at in range(1, len(words)):
        before = words[at - 1].plain
        is_name = before not in _FUNCTION | _NOUNS | _NO_NAMES | _NO_PLACES | _SURE_CUES | _CUES
        if words[at].plain in _TAILS and is_name and _touch(words, at - 1, text):
            return text[words[at - 1].start : words[at].end]
    return None


def _may_be_small(word: Word) -> bool:
    if word.plain.endswith("ing") or word.opens:
        return False
    return word.plain not in _FUNCTION | _NOUNS | _NO_NAMES | _NO_PLACES | _SURE_CUES


def _may_follow(word: Word) -> bool:
    return word.plain in _TAILS or _may_be_small(word)


def _touch(words: list[Word], at: int, text: str) -> bool:
    return text[words[at].end : words[at + 1].start] == " "


def _leads(words: list[Word], at: int, text: str) -> bool:
    """Does another capital follow at once?"""
    if at + 1 >= len(words) or not _touch(words, at, text):
        return False
    return words[at + 1].has_capital and words[at + 1].plain not in _NO_NAMES


def _may_begin(words: list[Word], at: int, text: str, is_word: IsWord) -> bool:
    word = words[at]
    if word.plain in _NO_NAMES | _FUNCTION or len(word.text) < 2:
        return False
    if word.has_capital and word.opens and word.plain not in _OPENERS and _leads(words, at, text):
        return True
    if word.has_capital and not word.opens:
        return not (
            at and is_word(word.plain) and words[at - 1].opens and words[at - 1].plain in _NO_NAMES
        )
    if word.plain in _NO_PLACES or word.plain.endswith("ing"):
        return False
    return not is_word(word.plain)


def _goes_on(words: list[Word], at: int, text: str, is_word: IsWord) -> bool:
    here, ahead = words[at], words[at + 1]
    if text[here.end : ahead.start].strip() or ahead.plain in _NO_NAMES | _FUNCTION:
        return False
    if here.plain in _LINKS:
        return True  # "del mar", whatever else the word may mean
    if here.has_capital:
        return (
            ahead.has_capital
            or ahead.plain in _TAILS
            or (not is_word(ahead.plain) and len(ahead.text) > 2)
        )
    return not is_word(ahead.plain) or ahead.plain in _TAILS


def _score(
    words: list[Word], first: int, last: int, is_word: IsWord, *, is_asked: bool, is_ours: bool
) -> int:
    """How much speaks for these words being a place; the cues before weigh most."""
    ahead = words[last + 1].plain if last + 1 < len(words) else ""
    has_capital = words[first].has_capital
    if _is_no_place(words, first, last) or (
        ahead in _DETERMINERS and not has_capital and not is_asked
    ):
        return 0
    before = _cue_before(words, first, is_named=has_capital or ahead in _AFTER)
    score = has_capital + 3 * (before in _SURE_CUES) + 2 * (ahead in _AFTER)
    if is_asked:
        is_short = len(words) <= _MOST_WORDS or first == 0 or not ahead
        score += 2 + (before in _CUES) + is_short
    is_strange = not is_word(words[first].plain)
    if is_ours and before == "about" and is_strange and not ahead:
        score += _LEAST  # "how about …", whatever its letters
    return score + (is_ours and (before in _CUES) + (is_strange and (has_capital or is_asked)))


def _is_no_place(words: list[Word], first: int, last: int) -> bool:
    """Too long, a home by its last word, or just "city"."""
    if last - first >= _MOST_WORDS or words[last].plain in _DWELLINGS:
        return True
    return first == last and words[first].plain in _AFTER


def _cue_before(words: list[Word], first: int, *, is_named: bool) -> str:
    """The word before, or the one that "the" and "move to" stand for."""
    before = words[first - 1].plain if first and not words[first].opens else ""
    further = words[first - 2].plain if first > 1 else ""
    if before == "the" and is_named and further in _SURE_CUES:
        return further
    return "in" if before == "to" and further in _MOVERS else before
