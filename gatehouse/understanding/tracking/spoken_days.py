"""A day as the visitor said it: "the 7th", "next Friday", "Thursday next week", "March 3rd"."""

from __future__ import annotations

import re

from gatehouse.understanding.reading import Reading

_INSIDE = frozenset(("of", "the", "this", "in", "on"))
_ENDINGS = frozenset(("th", "st", "nd", "rd"))
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_ORDINAL = re.compile(r"\d{1,2} ?(?:st|nd|rd|th)$")
_MOST_DAYS = 31


def day_said(r: Reading, text: str) -> str | None:
    """The words of the last day named; None if the message names none."""
    found = None
    at = 0
    while at < len(r.items):
        end = _day_end(r, at)
        if end is None:
            at += 1
            continue
        found = _words(r, text, at, end)
        at = end + 1
    return found


def _day_end(r: Reading, at: int) -> int | None:
    """The last item of the day that begins here."""
    if not _is_part(r, at) or r.at(at).text in _ENDINGS:
        return None
    end = at
    ahead = at + 1
    while ahead < len(r.items) and (_is_part(r, ahead) or r.at(ahead).text in _INSIDE):
        if _is_part(r, ahead):
            end = ahead
        ahead += 1
    return end if any(_is_day(r, i) for i in range(at, end + 1)) else None


def _is_part(r: Reading, at: int) -> bool:
    """May this item stand in the name of a day?"""
    if _is_day(r, at) or r.has(at, "month", "th", "nextspan"):
        return not (
            r.at(at).text == "may" and not _is_number(r, at - 1) and not _is_number(r, at + 1)
        )
    if r.has(at, "next", "thisone"):
        return r.has(at + 1, "weekday", "unit", "weekend", "month")
    return (r.has(at, "unit") or r.at(at).text == "month") and r.has(at - 1, "next", "thisone")


def _is_day(r: Reading, at: int) -> bool:
    if (r.has(at, "weekday", "day", "weekend") and not r.has(at, "now")) or r.at(at).day:
        return True
    if _ORDINAL.match(r.at(at).text):
        return not r.has(at + 1, "one", "oneafter", "home", "type")
    if r.has(at, "ord") and not r.has(at, "num"):
        is_last = at + 1 >= len(r.items) or r.has(at + 1, "stop")
        return _has_month_near(r, at) or (is_last and r.has(at - 2, "in"))
    return _is_number(r, at) and (r.has(at + 1, "th") or _has_month_near(r, at))


def _is_number(r: Reading, at: int) -> bool:
    number = r.at(at).number
    return number is not None and 1 <= number <= _MOST_DAYS and number == int(number)


def _has_month_near(r: Reading, at: int) -> bool:
    after = at + 1 + (r.at(at + 1).text in ("of", "th"))
    after += r.at(after).text == "of"
    if r.has(after, "month", "thisone") or r.at(after).text in ("this month", "this"):
        return True
    return r.has(at - 1, "month") and not r.has(at + 1, "noun")


def _words(r: Reading, text: str, first: int, last: int) -> str:
    start = r.at(first).start
    if text[start:].lower().startswith("the day"):
        start += len("the ")
    if r.at(first - 1).text == "later" and r.has(first, "day"):
        start = r.at(first - 1).start
    is_bare = first == last or (last == first + 1 and r.has(last, "th"))
    if is_bare and r.at(first).text[:1].isdigit() and (article := _THE.search(text[:start])):
        start = article.start()
    return text[start : r.at(last).end]
