"""Replies while a part of the house is away: how they are marked, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from gatehouse.talk.failpoints import is_mutant
from gatehouse.talk.phrases import N_
from gatehouse.talk.scene import LONGEST_SUMMARY, Silence, clipped, sentences
from gatehouse.talk.types import Reply
from gatehouse.talk.voice import Voice

# The labels of `meta.degraded`. json_contract and redis are for whoever looks closely: the visitor
# notices neither.
Mode = Literal["llm", "search", "cards_off", "handler", "json_contract", "redis"]
MODES: tuple[Mode, ...] = get_args(Mode)

SHORT_FORM = N_("I'm answering in short form at the moment.")
SLOW_LISTINGS = N_(
    "The listings are slow to answer. I have kept your wishes; "
    "shall I try again or widen the budget?"
)
NO_LISTINGS = N_(
    "I can't reach the listings just now. Your search is saved; ask me again in a minute."
)
NO_LISTINGS_PROMISED = N_(
    "I can't reach the listings just now. Your search is saved; "
    "I'll send matches when they are back."
)
AS_OF = N_("The listings don't answer just now; these are the homes as of {time}.")
BACK = N_("The listings answer again.")

# Said when a stretch of such replies begins, and not again in each of them.
_OPENINGS: Mapping[str, str] = {"llm": SHORT_FORM}


def prefixed(reply: Reply, modes: Iterable[Mode], *, before: Iterable[str], voice: Voice) -> Reply:
    """The reply, marked with the modes, and at the beginning of a stretch saying so.

    `before`: the modes of the reply before it, `thread.state.modes`.
    """
    known = frozenset(MODES if is_mutant("no_word") else before)
    modes = tuple(modes)
    begun = [voice.say(_OPENINGS[mode]) for mode in modes if mode in _OPENINGS.keys() - known]
    summary = clipped(sentences(*begun, reply.summary), LONGEST_SUMMARY)
    return replace(marked(reply, modes), summary=summary)


def marked(reply: Reply, modes: Iterable[Mode]) -> Reply:
    """The reply with the labels of these modes, each once, in their usual order."""
    labels = {*reply.degraded, *modes}
    return replace(reply, degraded=tuple(mode for mode in MODES if mode in labels))


def of_listings(voice: Voice, silence: Silence) -> str:
    """What is said when a search brought nothing at all. Promises only what is stored."""
    if is_mutant("no_word"):
        return ""
    if silence.is_slow:
        return voice.say(SLOW_LISTINGS)
    return voice.say(NO_LISTINGS_PROMISED if silence.is_promised else NO_LISTINGS)


def as_of(voice: Voice, when: datetime, timezone: str) -> str:
    """Homes out of the cache are shown with the hour at which they were so."""
    return voice.say(AS_OF, time=f"{when.astimezone(ZoneInfo(timezone)):%H:%M}")
