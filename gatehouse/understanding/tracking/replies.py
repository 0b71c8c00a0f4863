"""System turns from their text alone: what an assistant asks, offers, confirms and tells."""

from __future__ import annotations

import re
from collections.abc import Callable

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tracking.phrases import says, word_list
from gatehouse.understanding.tracking.scene import Act, Reply

IsWord = Callable[[str], bool]
_ASKS = {
    "area": "reply_asks_area",
    "bedrooms": "reply_asks_bedrooms",
    "bathrooms": "reply_asks_bathrooms",
    "deal": "reply_asks_deal",
}
_PHONE = re.compile(r"\d{3}[-. ]\d{3}[-. ]\d{4}")


def reply_from_text(text: str, is_word: IsWord, *, has_day: bool, known: str | None) -> Reply:
    """The reply that this text is; `known`: the home on the table; `has_day`: it names a day."""
    if says(text, "reply_rooms") and says(text, "reply_terms") and not _PHONE.search(text):
        name = home_named(text, is_word)
        if name or not text.rstrip().endswith("?"):
            return Reply(frozenset({Act.OFFER}), offered=name or known, text=text)
    return Reply(frozenset(_acts(text, has_day=has_day)), asked=_asked(text), text=text)


def _acts(text: str, *, has_day: bool) -> set[Act]:
    is_about_visit = says(text, "reply_visits")
    is_question = "?" in text
    if is_about_visit and has_day and not says(text, "reply_failed"):
        return {Act.CONFIRM}
    if says(text, "reply_failed") and (is_about_visit or says(text, "reply_asks_more")):
        return {Act.FAILED, Act.ASK_MORE}
    if says(text, "reply_asks_more"):
        return {Act.ASK_MORE} | ({Act.BOOKED} if says(text, "reply_booked") else set())
    if _PHONE.search(text):
        return {Act.TELL} | ({Act.BOOKED} if says(text, "reply_booked") else set())
    if is_about_visit and says(text, "reply_asks_day"):
        return {Act.ASK}
    if says(text, "reply_booked") and is_about_visit and not is_question:
        return {Act.BOOKED}
    if says(text, "reply_offers_visit"):
        return {Act.OFFER_VISIT}
    if _asked(text):
        return {Act.ASK}
    return {Act.GOODBYE} if says(text, "reply_says_bye") else {Act.TELL}


def _asked(text: str) -> tuple[str, ...]:
    asked = [role for role, kind in _ASKS.items() if says(text, kind)]
    if says(text, "reply_asks_day") and says(text, "reply_visits"):
        asked.append("visit_date")
    return tuple(asked)


# --- the name of the home that is offered -------------------------------------------------

_TOKEN = re.compile(r"#|\d+|[^\W\d_][^\W_]*(?:['’&-][^\W_]+)*")
_KIND = word_list("dwellings")
_LOWER_KIND = word_list("lower_dwellings")
_ROADS = word_list("roads")
_INTRODUCES = word_list("introduces")
_MOST_WORDS = 8


def home_named(text: str, is_word: IsWord) -> str | None:
    """The likeliest name of a home in an offer; None if no words stand out."""
    best, most = None, 0.0
    tokens = list(_TOKEN.finditer(text))
    for first, last in _runs(tokens, text, is_word):
        score = _score(tokens, first, last, text=text)
        if score > most:
            best, most = text[tokens[first].start() : tokens[last].end()], score
    return best


def _runs(tokens: list[re.Match[str]], text: str, is_word: IsWord) -> list[tuple[int, int]]:
    runs = []
    at = 0
    while at < len(tokens):
        if not _is_namelike(tokens, at, text, is_word):
            at += 1
            continue
        end = at
        while end + 1 < len(tokens) and _joins(tokens, end, text, is_word):
            end += 1
        runs.append((at, end))
        at = end + 1
    return runs


def _is_namelike(tokens: list[re.Match[str]], at: int, text: str, is_word: IsWord) -> bool:
    word = tokens[at].group()
    if word[0].isdigit():
        return at + 1 < len(tokens) and _touch(tokens, at, text) and _is_capital(tokens[at + 1])
    if not word[0].isupper() or word in ("I", "A"):
        return False
    opens = (
        not text[: tokens[at].start()].strip()
        or text[: tokens[at].start()].rstrip()[-1] in ".?!:;,"
    )
    return not (opens and is_word(fold(word)) and not _capital_follows(tokens, at, text))


def _capital_follows(tokens: list[re.Match[str]], at: int, text: str) -> bool:
    return at + 1 < len(tokens) and _touch(tokens, at, text) and _is_capital(tokens[at + 1])


def _is_capital(token: re.Match[str]) -> bool:
    return token.group()[0].isupper() and token.group() != "I"


def _touch(tokens: list[re.Match[str]], at: int, text: str) -> bool:
    between = text[tokens[at].end() : tokens[at + 1].start()]
    return between in (" ", " & ", "  ", "-", "'", ". ") and not between.startswith(".")


def _joins(tokens: list[re.Match[str]], at: int, text: str, is_word: IsWord) -> bool:
    if not _touch(tokens, at, text):
        return False
    ahead = tokens[at + 1]
    return _is_capital(ahead) or fold(ahead.group()) in _LOWER_KIND


def _score(tokens: list[re.Match[str]], first: int, last: int, *, text: str) -> float:
    words = [fold(tokens[i].group()) for i in range(first, last + 1)]
    before = fold(tokens[first - 1].group()) if first else ""
    if len(words) > _MOST_WORDS:
        return 0
    is_number = words[0].isdigit()
    if is_number and (words[-1] in _ROADS or not _KIND & set(words)):
        return 0
    score = 1.0 + (before in _INTRODUCES) + 2 * bool(_KIND & set(words))
    return score + 0.2 * len(words) - (words[-1] in _ROADS and not _KIND & set(words))
