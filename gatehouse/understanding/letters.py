"""Letters made comparable: case, marks and apostrophes folded, one character for one."""

from __future__ import annotations

import re
import unicodedata

_KEPT = "йї"  # letters of their own in Cyrillic, though Unicode would take them apart
_BY_HAND = {
    "ı": "i", "İ": "i", "I": "i", "ё": "е", "Ё": "е", "ß": "s", "æ": "a", "ø": "o", "ł": "l",
    "Ł": "l", "đ": "d", "ґ": "г", "Ґ": "г", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
    "′": "'", "＇": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "–": "-", "—": "-",
    "−": "-", "‑": "-", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه", "ە": "ه",
    "ہ": "ه", "ک": "ك", "گ": "ك", "٫": ".", "٬": ",", "٪": "%", "،": ",", "؛": ";", "؟": "?",
    "۔": ".",
}  # fmt: skip
# Vowel signs and the stretching stroke of Arabic, and marks that only steer the direction.
_DROPPED = (
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
)
_LOOSE = re.compile(f"[\u0300-\u036f{_DROPPED}]")


def _folded(char: str) -> str:
    lower = char.lower()
    if lower in _KEPT:
        return lower
    parts = unicodedata.normalize("NFKD", lower)
    if len(parts) > 1 and not unicodedata.combining(parts[1]):
        return lower if len(lower) == 1 else char
    if parts[0].isdecimal():
        return str(unicodedata.decimal(parts[0]))
    return _BY_HAND.get(parts[0], parts[0])


class _Table(dict[int, str]):
    """A translation table that fills itself, within the bounds of Unicode."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = folded = _BY_HAND.get(char) or _folded(char)
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The text in comparable letters; always as long as the text itself."""
    return text.translate(_TABLE)


def compose(text: str) -> tuple[str, list[int] | None]:
    """The text with loose marks joined to their letters, and where each character came from.

    Marks that only tell how Arabic is read or drawn fall away. The second part is None when
    nothing moved. Work grows with the length only: each mark is joined to at most one letter.
    """
    if text.isascii() or not _LOOSE.search(text):
        return text, None
    chars: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        if _LOOSE.match(char) and (chars or char > "\u036f"):
            if char <= "\u036f":
                joined = unicodedata.normalize("NFC", chars[-1] + char)
                chars[-1] = joined if len(joined) == 1 else chars[-1]
            continue
        chars.append(char)
        origins.append(at)
    origins.append(len(text))
    return "".join(chars), origins


def neighbours(word: str) -> set[str]:
    """The word and all that is left of it when one letter goes: keys to find typing errors by."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def is_one_slip(one: str, other: str) -> bool:
    """Do they differ by one letter typed wrong, left out, put in, or two swapped?"""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    short, long = sorted((one, other), key=len)
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or short[at + 1 :] == long[at + 1 :]
