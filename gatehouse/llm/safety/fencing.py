"""Text of others on its way into a prompt: fenced as data, so that it cannot pose as orders."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Literal

Source = Literal["listing", "photo", "page", "visitor", "feed"]
LONGEST = 4_000  # characters of one fenced text
_TAG = re.compile(r"<[^<>]{0,300}>")
_MARKS = re.compile(r"[<>«»\u2039\u203a\uff1c\uff1e]{2,}")
_ROLES = re.compile(r"(?im)^\s*(?:system|assistant|user|developer|tool)\s*[:>]")
_KEY = secrets.token_hex(6)  # of this process: no text can know how its fence ends


def fence(text: str, source: Source, *, key: str = _KEY) -> str:
    """The text between two lines that it cannot forge, without tags and hidden letters."""
    body = plain(text).replace(key, "")
    return f"<<data {source} {key}>>\n{body}\n<<end {key}>>"


def plain(text: str) -> str:
    """Words alone: no markup, no role names at line starts, nothing invisible."""
    shown = "".join(_shown(letter) for letter in text[:LONGEST])
    without_tags = _TAG.sub(" ", _TAG.sub(" ", shown))
    return _MARKS.sub(" ", _ROLES.sub(" ", without_tags)).strip()


def _shown(letter: str) -> str:
    if letter == "\n" or letter.isprintable():
        return letter
    return " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Zs") else ""
