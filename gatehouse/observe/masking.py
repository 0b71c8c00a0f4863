"""Keeps what visitors write out of the log: withheld fields, masked numbers and addresses."""

from __future__ import annotations

import re
import traceback
from typing import Any

WITHHELD = frozenset(
    {
        "text", "question", "comment", "body", "query", "q", "content", "answer", "summary",
        "phone", "email", "name", "contact", "password", "token", "cookie", "authorization",
    }
)  # fmt: skip
MASK = "[masked]"
_PERSONAL = re.compile(r"\+?\d(?:[ ().\-/]{0,2}\d){6,}|[^\s@\"'<>]{1,64}@[^\s@\"'<>]{1,255}")
_QUOTED = re.compile(r"'[^']*+'?|\"[^\"]*+\"?|«[^»]*+»?|“[^”]*+”?")
MESSAGE_CHARS = 300
TRACE_FRAMES = 20


def withhold(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without the values that may hold a visitor's words."""
    if WITHHELD.isdisjoint(fields):
        return fields
    return {key: "[withheld]" if key in WITHHELD else value for key, value in fields.items()}


def mask(text: str) -> str:
    """Free text with runs of seven digits or more and e-mail addresses blotted out."""
    return _PERSONAL.sub(MASK, text[: MESSAGE_CHARS * 4])[:MESSAGE_CHARS]


def describe(error: BaseException) -> dict[str, Any]:
    """Class, disarmed first line and frames of an exception; never its full text.

    Messages of value, validation and database errors quote what caused them. Quotations are
    blotted out, and so is all that follows a mark of quoted input.
    """
    first_line = str(error).split("\n", 1)[0].split("input_value=", 1)[0]
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "detail": mask(_QUOTED.sub("[quoted]", first_line)),
        "trace": _frames(error),
    }
    if sqlstate := getattr(error, "sqlstate", None):
        told["sqlstate"] = sqlstate
    return told


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-TRACE_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    return path.rsplit("/site-packages/", 1)[-1].rsplit("/gatehouse/", 1)[-1]
