"""Words of the other direction inside a sentence, fenced off so that they do not disorder it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from gatehouse.listings import wording
from gatehouse.understanding.types import Language

FIRST_STRONG, POP = "\u2068", "\u2069"  # Unicode's isolates
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = re.compile(r"[^\W\d_]|\+\d")  # letters; a phone number with its country's code


def fenced(values: Mapping[str, object], language: Language) -> Mapping[str, object]:
    """The values of a sentence; in a right-to-left language, Latin names and numbers to call
    stand between marks that keep their order. Other languages need no marks.
    """
    if not _is_right_to_left(language):
        return values
    return {name: _fenced(value) for name, value in values.items()}


def _fenced(value: object) -> object:
    if not isinstance(value, str) or _RIGHT_TO_LEFT.search(value):
        return value
    return f"{FIRST_STRONG}{value}{POP}" if _LEFT_TO_RIGHT.search(value) else value


@cache
def _is_right_to_left(language: Language) -> bool:
    return bool(wording.locale(language).text_direction == "rtl")
