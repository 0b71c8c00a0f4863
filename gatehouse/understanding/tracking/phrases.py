"""Turns of phrase of a dialogue in English: which of them a message holds."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from gatehouse.understanding.letters import fold


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    source = resources.files(__package__).joinpath("phrases.json")
    found: dict[str, list[str]] = json.loads(source.read_text("utf-8"))
    return {kind: re.compile(rf"(?<![\w'])(?:{'|'.join(ps)})(?!\w)") for kind, ps in found.items()}


_CONTRACTIONS = (
    "that's|what's|where's|there's|here's|how's|who's|don't|doesn't|didn't|isn't|aren't|wasn't"
    "|won't|wouldn't|couldn't|can't|haven't|hasn't|i'm|i've|you're|they're|let's|that'll"
)
_CONTRACTED = {form.replace("'", ""): form for form in _CONTRACTIONS.split("|")}
_UNMARKED = re.compile(rf"\b(?:{'|'.join(_CONTRACTED)})\b", re.IGNORECASE)
_MARKED_AFTER = (
    (
        re.compile(
            r"\b(i)d(?= (?:also |really |just )?(?:like|love|prefer|rather|be|want|need|go)\b)",
            re.IGNORECASE,
        ),
        r"\1'd",
    ),
    (
        re.compile(
            r"\b(i)ll(?= (?:also |just )?(?:take|go|have|be|need|try|pass|do|keep|look)\b)",
            re.IGNORECASE,
        ),
        r"\1'll",
    ),
)


def with_apostrophes(text: str) -> str:
    """ "thats" as "that's", "id like" as "i'd like"."""
    marked = _UNMARKED.sub(lambda m: _CONTRACTED[m[0].lower()], text)
    for pattern, form in _MARKED_AFTER:
        marked = pattern.sub(form, marked)
    return marked


@cache
def word_list(kind: str) -> frozenset[str]:
    """Single words that tell names from other words, by kind."""
    source = resources.files(__package__).joinpath("words.json")
    return frozenset(json.loads(source.read_text("utf-8"))[kind].split())


def says(text: str, *kinds: str) -> bool:
    """Does the text hold a phrase of any of these kinds?"""
    folded = fold(text)
    return any(_patterns()[kind].search(folded) for kind in kinds)


def first_end(text: str, kind: str) -> int | None:
    """Where the first phrase of this kind ends; None if there is none."""
    found = _patterns()[kind].search(fold(text))
    return found.end() if found else None


def without(text: str, *kinds: str) -> str:
    """The folded text without its phrases of these kinds."""
    left = fold(text)
    for kind in kinds:
        left = _patterns()[kind].sub(" ", left)
    return left


def begins(text: str, kind: str) -> bool:
    """Does the text begin with a phrase of this kind?"""
    return bool(_patterns()[kind].match(fold(text).lstrip(" ,.!")))


def parts(sentence: str) -> list[str]:
    """A sentence at its commas and "and"s."""
    return [p for p in re.split(r",|\band\b|\bbut\b|\balso\b", sentence) if p.strip()]


def turns(sentence: str) -> list[str]:
    """A sentence where it turns: "not in my calendar, but …"."""
    return re.split(r",|\bbut\b|\bthough\b", sentence)


def clauses(text: str) -> list[str]:
    """The sentences of a text, with the sign that ends each."""
    return [part.strip() for part in re.findall(r"[^.?!>;\n]+[.?!>;\n]*", text) if part.strip()]
