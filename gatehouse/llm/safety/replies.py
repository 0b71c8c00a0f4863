"""The last look at words on their way to a visitor: sentences that must not leave are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from gatehouse.llm.safety.canary import CANARY
from gatehouse.llm.safety.disguises import unlike
from gatehouse.llm.safety.folding import clean, hidden, level
from gatehouse.llm.safety.lists import lists

Reason = Literal["link", "markup", "hidden", "prompt", "token", "promise", "steering", "abuse"]
_SENTENCE = re.compile(r".+?(?:[.!?…。؟]+[\"'»”)]*(?=\s|$)\s*|\n+|$)", re.DOTALL)
_LINK = re.compile(
    r"(?i)(?:\b[a-z][a-z0-9+.-]{1,20}:[\\/]{2}|\b(?:javascript|data|mailto|tel|vbscript|file):|\bwww\.|"
    r"(?<![\w.@])//[\w-]+\.|"
    r"\b(?:[a-z0-9а-яёіїєґ](?:[a-z0-9а-яёіїєґ-]{0,61})\.)+(?:com|net|org|info|biz|io|co|ru|ua|de|pl|fr|tr|uk|"
    r"cy|app|dev|xyz|top|site|online|shop|link|click|me|ly|gg|cc|to|ai|example|test|invalid|рф|укр|онлайн)"
    r"\b(?:[/:?#]\S*)?)"
)
_DOTTED = re.compile(r"(?i)\b[\w-]+\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))\s*[\w-]+")
_MARKUP = re.compile(
    r"(?is)!?\[[^\]]{0,300}\]\s*[(\[]|<\s*/?\s*[a-z!][^>]{0,500}>?|&(?:#\d+|#x[0-9a-f]+|lt|gt);|\]\(|^\s*\[[^\]]+\]:|```|\bon[a-z]{4,20}\s*=|url\s*\(|@import\b|expression\s*\("
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_TOKEN = re.compile(
    r"(?i)[\[{<(⟦]{1,2}\s*(?:phone|email|e-mail|name|contact|pii|person)[\s_:#-]*\d*\s*[\]}>)⟧]{1,2}"
)
_PROMPT = re.compile(r"\b(?:slots_delta|next_needed|to_domain|system prompt|systemprompt)\b")
# Words, figures and plain punctuation: nothing in there can link, mark up or hide.
_QUIET = re.compile(r"[\w \n,;!?'’“”„«»£€$%+²–-]*[.!?…]?\s*")
_DIGIT = re.compile(r"\d")
_ODD = re.compile("[\u200b\u2060\u00ad\u202a-\u202e\u2061-\u2064\ufeff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Guarded:
    """What may be said, and for which reasons other sentences were left out."""

    text: str
    reasons: tuple[Reason, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Was nothing left out?"""
        return not self.reasons


def guard_reply(text: str, *, canary: str = CANARY) -> Guarded:
    """The text of a model without sentences that link, mark up, leak, promise or steer."""
    return _kept(text, partial(_why, canary=canary))


def guard_shown(text: str, *, canary: str = CANARY) -> Guarded:
    """Text of listings and of our own: links, markup and leaks go; what it says is its own."""
    return _kept(text, partial(_why_form, canary=canary))


def _kept(text: str, why: Callable[[str], Reason | None]) -> Guarded:
    kept: list[str] = []
    reasons: list[Reason] = []
    for part in sentences(text):
        reason = why(part)
        if reason is None:
            kept.append(part)
        elif reason not in reasons:
            reasons.append(reason)
    if not reasons:
        return Guarded(text)
    return Guarded("".join(kept).strip(), tuple(reasons))


def sentences(text: str) -> Iterator[str]:
    """Sentences with the space behind them; together they are the text."""
    yield from (found.group() for found in _SENTENCE.finditer(text))


def _why(part: str, canary: str) -> Reason | None:
    return _why_form(part, canary) or _why_token(part) or _why_meaning(part)


def _why_form(part: str, canary: str) -> Reason | None:
    is_quiet = _QUIET.fullmatch(part) is not None
    if is_quiet and not _DIGIT.search(part):
        return None
    seen = clean(part)
    squeezed = re.sub(r"[\W_]", "", seen.casefold())
    if re.sub(r"[\W_]", "", canary) in squeezed or re.sub(r"[\W_]", "", canary)[::-1] in squeezed:
        return "prompt"
    if is_quiet:
        return None
    if _MARKUP.search(part) or _MARKUP.search(seen):
        return "markup"
    straight = unlike(level(seen).replace("\n", " "))
    if _LINK.search(seen) or _LINK.search(straight) or _DOTTED.search(seen):
        return None if _is_mail_alone(seen) else "link"
    return "hidden" if hidden(part) else None


def _is_mail_alone(seen: str) -> bool:
    """Is the only thing like a link an e-mail address, such as the agency's?"""
    rest = _EMAIL.sub(" ", seen)
    return rest != seen and not (_LINK.search(rest) or _DOTTED.search(rest))


def _why_token(part: str) -> Reason | None:
    if _TOKEN.search(part):
        return "token"
    if _PROMPT.search(part):
        return "prompt"
    return "hidden" if _ODD.search(part) else None


def _why_meaning(part: str) -> Reason | None:
    kinds = {hit.kind for hit in lists().replied.find(unlike(level(clean(part))))}
    if kinds & {"portrait", "steering"}:
        return "steering"
    if "promise" in kinds:
        return "promise"
    return "abuse" if kinds & {"abuse", "sexual"} else None
