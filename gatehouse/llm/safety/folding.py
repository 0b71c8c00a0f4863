"""One form for the many ways of writing a letter; every character keeps its place."""

from __future__ import annotations

import unicodedata

LONGEST = 6_000  # characters looked at; longer messages do not pass the door
_TAGS = range(0xE0000, 0xE0080)  # invisible copies of ASCII
_BY_HAND = {
    "ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "a", "œ": "o", "ß": "s", "ى": "ي", "ة": "ه",
    "ی": "ي", "ک": "ك", "ґ": "г",
}  # fmt: skip
_PUNCTUATION = "'’‘ʼ`´‐‑‒–—_"


class _Level(dict[int, str]):
    """Each character's small letter without marks; made when first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in _PUNCTUATION:
            found = " "
        else:
            base = unicodedata.normalize("NFD", letter.lower())[:1] or letter
            found = _BY_HAND.get(base, base)
        self[code] = found
        return found


_LEVEL = _Level()


def clean(text: str) -> str:
    """Compatible forms made one, and nothing invisible: no zero-width, no bidi, no tags."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST])
    return "".join(_seen(letter) for letter in composed)


def _seen(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() else " "
    kind = unicodedata.category(letter)
    return "" if kind in ("Cf", "Mn", "Me", "Co", "Cs", "Cn", "Cc") else letter


def level(cleaned: str) -> str:
    """The same text in small letters without marks; as long as before."""
    return cleaned.translate(_LEVEL)


def hidden(text: str) -> str:
    """What is written in invisible tag characters; empty if nothing is."""
    return "".join(chr(ord(c) - 0xE0000) for c in text[:LONGEST] if ord(c) in _TAGS)
