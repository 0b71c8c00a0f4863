"""How to reach the visitor: phone numbers, e-mail addresses and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from gatehouse.understanding.letters import fold
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import LANGUAGES, Contact, Span
from gatehouse.understanding.vocabulary import phrases
from gatehouse.understanding.writing import of_all

_EMAIL = re.compile(r"(?<![\w.+-])[\w+-][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w.,-])\+?\(?\d[\d ()-]{6,20}\d(?!\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d:\d\d")
_UNSURE = "try"  # a currency's code, but more often a word
_DIGIT = re.compile(r"\d")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_SURE_DIGITS = 10
_LONGEST_NAME = 3
_SIGNED = re.compile(
    r"[\d\w]\s{0,2}[,،;-]\s{0,2}([^\W\d_]{2,30}(?: [^\W\d_]{2,30}){0,2})[.!]?\s{0,3}$"
)
_NAME_WORD = re.compile(r"[^\W\d_]{2,30}$")


def find_reach(folded: str, raw: str) -> tuple[str | None, str | None, list[Span]]:
    """Phone (digits with a leading + if said), e-mail, and the characters that they cover."""
    email = next(emails(folded), None)
    phone, digits = next(phones(folded), (None, None))
    spans = [span for span in (email, phone) if span is not None]
    return digits, raw[email.start : email.end] if email else None, spans


def emails(folded: str) -> Iterator[Span]:
    """Where e-mail addresses stand."""
    for found in _EMAIL.finditer(folded) if "@" in folded else ():
        yield Span(found.start(), found.end())


def phones(folded: str) -> Iterator[tuple[Span, str]]:
    """Where phone numbers stand, and their digits with the leading + if it was said."""
    for found in _PHONE.finditer(folded) if _DIGIT.search(folded) else ():
        before = folded[max(0, found.start() - 16) : found.start()]
        is_called = _called().search(before) is not None
        if _is_phone(found.group(), folded[found.end() : found.end() + 10], is_called=is_called):
            yield Span(found.start(), found.end()), _dialled(found.group())


def _dialled(text: str) -> str:
    """The digits, with the plus of a number of another country, which may be said as 00."""
    digits = _digits(text)
    if text.startswith("00") and len(digits) > _SURE_DIGITS:
        return "+" + digits[2:]
    return "+" + digits if text.startswith("+") else digits


def _digits(text: str) -> str:
    return "".join(str(int(c)) for c in text if c.isdecimal())


def _is_phone(text: str, following: str, *, is_called: bool) -> bool:
    """`is_called`: a word for telephone stands before it."""
    digits = _digits(text)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS or _DATE.search(text):
        return False
    if _money().match(following) or any(g == "000" for g in re.split(r"[ ()-]", text)):
        return False
    return is_called or text[0] in "+(0" or len(digits) >= _SURE_DIGITS


@cache
def _called() -> re.Pattern[str]:
    """Words for telephone at the end of a text, in any language."""
    said = (_pattern(words) for words in of_all(lambda w: w.telephone))
    return re.compile(rf"(?:{'|'.join(said)})\W{{1,3}}$")


@cache
def _money() -> re.Pattern[str]:
    """A currency, or a sign of thousands, at the start of a text, in any language."""
    labelled = (phrases(language, "values").items() for language in LANGUAGES)
    said = {fold(w) for each in labelled for label, ws in each if label[:4] == "cur:" for w in ws}
    words = (_pattern(w) for w in said if " " not in w and len(w) > 1 and w != _UNSURE)
    return re.compile(rf"\s{{0,2}}(?:[£€$₺₽₴k]|к\b|(?:{'|'.join(sorted(words))})\b)")


def _pattern(words: str) -> str:
    """ "call me", "telefon*": any signs between words, and any short ending for the star."""
    inside = re.escape(words.rstrip("*")).replace(r"\ ", r"\W{1,3}")
    return inside + (r"\w{0,6}" if words.endswith("*") else "")


def blank(text: str, spans: list[Span]) -> str:
    """The text with the characters of the spans made spaces."""
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def hear_name(r: Reading, raw: str, *, has_reach: bool) -> str | None:
    """A name after "my name is", or standing alone beside a phone number or an e-mail."""
    if not (has_reach or r.mentions("name")):
        return None
    for index in r.where("name"):
        item = r.at(index + 1)
        if item.is_known and raw[item.start : item.start + 1].islower():
            continue  # "call me after five"
        name = _name_from(r, raw, index + 1)
        if name:
            return name
    for index in r.where("nameweak"):
        item = r.at(index + 1)
        if has_reach and item.is_word and not item.is_known and raw[item.start].isupper():
            return _name_from(r, raw, index + 1)
    if has_reach and (behind := _behind_reach(r, raw)) is not None:
        return _name_from(r, raw, behind)
    is_asked = bool(r.state.viewing) or r.state.offered in ("viewing", "contact")
    return _name_from(r, raw, 0) if has_reach and is_asked else None


def _behind_reach(r: Reading, raw: str) -> int | None:
    """ "Call me on 0533 812 34 56, Maria": the item of a name at the end, behind a comma."""
    found = _SIGNED.search(raw)
    if found is None:
        return None
    index = next((i for i, item in enumerate(r.items) if item.start == found.start(1)), None)
    if index is None or not all(i.is_word or i.has("stop") for i in r.items[index:]):
        return None
    return index


def _name_from(r: Reading, raw: str, start: int) -> str | None:
    words: list[str] = []
    last = start - 1
    for index in range(start, min(start + _LONGEST_NAME, len(r.items))):
        item = r.at(index)
        word = raw[item.start : item.end]
        is_name = item.is_word or (word[:1].isupper() and not item.has("stop", "place"))
        if not is_name or not _NAME_WORD.match(word):
            break
        if words and not word[:1].isupper() and (item.is_known or words[0][:1].isupper()):
            break  # behind "anna" only a word that means nothing else
        words.append(word)
        last = index
    if not words:
        return None
    r.take(start, last)
    return " ".join(words)


def as_contact(name: str | None, phone: str | None, email: str | None) -> Contact | None:
    """The contact, if any part of one was given."""
    return Contact(name, phone, email) if name or phone or email else None
