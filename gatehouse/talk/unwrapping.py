"""From a model's text to one JSON object, or to the reason why there is none. Pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import pydantic_core

MOST_CHARACTERS = 20_000
MOST_DEPTH = 8
_FENCE = re.compile(r"^```[a-zA-Z0-9]*\s*(.*?)\s*(?:```\s*)?$", re.DOTALL)
_THOUGHT_ENDS = ("</think>", "</thinking>", "</reasoning>", "</reflection>")
# Strings whole (the last one may be open), so that nothing is counted or changed inside them.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?$)'
_SIGN = re.compile(_STRING + r"|[{}\[\]]", re.DOTALL)
_COMMA = re.compile(_STRING + r"|,(?=\s*+[}\]])", re.DOTALL)
Trouble = Literal[
    "empty", "not_json", "not_object", "truncated", "unknown_key", "bad_value", "too_long",
    "too_deep",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """One object. `mended`: why it was none at first."""

    parts: dict[str, Any]
    mended: Literal["not_json", "truncated"] | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """No object. `began`: what a cut text held so far."""

    reason: Trouble
    field: str | None = None
    began: dict[str, Any] | None = None


class _RefusedError(ValueError):
    def __init__(self, reason: Trouble, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


def unwrap(text: str) -> Unwrapped | Broken:
    """Fences and a byte order mark are passed over; words around a single object are a fault."""
    if len(text) > MOST_CHARACTERS:
        return Broken("too_long")
    bare = unfenced(text)
    if not bare or bare == "```":
        return Broken("empty")
    try:
        return _read(bare)
    except _RefusedError as refusal:
        return Broken(refusal.reason, refusal.field)
    except ValueError:
        return _mended(bare)


def unfenced(text: str) -> str:
    """The text without byte order mark and code fence."""
    bare = text.strip().removeprefix("\ufeff").strip()
    fenced = _FENCE.match(bare)
    return fenced[1] if fenced else bare


def _read(text: str) -> Unwrapped:
    if _depth(text) > MOST_DEPTH:
        raise _RefusedError("too_deep")
    value = json.loads(
        text, object_pairs_hook=_without_twins, parse_constant=_no_number, parse_float=_finite
    )
    if not isinstance(value, dict):
        raise _RefusedError("not_object")
    return Unwrapped(value)


def _mended(text: str) -> Unwrapped | Broken:
    """One object among words or thoughts, or with a comma too many."""
    spoken = _after_thoughts(text)
    start, end = spoken.find("{"), spoken.rfind("}")
    if start < 0:
        return Broken("truncated" if text.startswith("<think") else "not_json")
    try:
        found = _read(_without_last_commas(spoken[start : end + 1]))
    except _RefusedError as refusal:
        return Broken(refusal.reason, refusal.field)
    except ValueError:
        return _cut(spoken[start:])
    return Unwrapped(found.parts, mended="not_json")


def _after_thoughts(text: str) -> str:
    """What follows a leaked train of thought."""
    ends = [text.rfind(mark) + len(mark) for mark in _THOUGHT_ENDS if mark in text]
    return text[max(ends) :] if ends else text


def _cut(text: str) -> Broken:
    """A text that stops before its object ends is cut; any other is no JSON."""
    try:
        json.loads(text)
    except ValueError as wrong:
        if not _is_open(text):
            return Broken("not_json", field=type(wrong).__name__)
    return Broken("truncated", began=beginning(text))


def beginning(text: str) -> dict[str, Any] | None:
    """What a growing object holds so far; None while that is no object."""
    try:
        value = pydantic_core.from_json(text, allow_partial="trailing-strings", cache_strings=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _without_last_commas(text: str) -> str:
    return _COMMA.sub(lambda found: "" if found[0] == "," else found[0], text)


def _depth(text: str) -> int:
    """The deepest nesting outside strings; never recurses."""
    depth = deepest = 0
    for sign in _SIGN.findall(text):
        if sign in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "}]":
            depth -= 1
    return deepest


def _is_open(text: str) -> bool:
    """Is a bracket or a string of it still open at its end?"""
    signs = _SIGN.findall(text)
    opened = sum((sign in "{[") - (sign in "}]") for sign in signs if len(sign) == 1)
    last = signs[-1] if signs else ""
    is_unclosed = last.startswith('"') and (len(last) == 1 or not last.endswith('"'))
    return opened > 0 or is_unclosed


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for key, value in pairs:
        if key in parts:
            raise _RefusedError("unknown_key", key[:40])
        parts[key] = value
    return parts


def _no_number(name: str) -> NoReturn:
    raise _RefusedError("bad_value", name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _RefusedError("bad_value", digits[:40])
    return number
