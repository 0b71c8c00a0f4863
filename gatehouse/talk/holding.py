"""What the house itself says when a handler is late or fails."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.talk.disclosing import CHANNEL, DISCLOSED, disclosure, is_first_contact
from gatehouse.talk.phrases import N_, say
from gatehouse.talk.scene import sentences
from gatehouse.talk.types import Act, Decision, Move, Outcome, Reply, Thread
from gatehouse.understanding.types import LANGUAGES, Heard, Language

_INTERIM = N_("One moment, I'm comparing homes…")
_TROUBLE_TITLE = N_("Something went wrong")
_TROUBLE = N_(
    "Something went wrong on our side. I have kept your wishes; please say that once more."
)


def interim(language: Language) -> str:
    """Said when a reply takes longer than INTERIM_AFTER_MS."""
    return say(language, _INTERIM)


def apologise(thread: Thread, language: Language, *, error: str | None = None) -> Outcome:
    """A turn that changes nothing but its number, after a handler failed or passed its deadline."""
    is_first = is_first_contact(thread)
    summary = sentences(disclosure(language) if is_first else "", say(language, _TROUBLE))
    return Outcome(
        decision=Decision(Act.CLARIFY, Move.TROUBLE),
        reply=Reply(say(language, _TROUBLE_TITLE), summary, degraded=("handler",)),
        state=replace(thread.state, turn=thread.turn_no),
        heard=Heard(thread.text, language, 0.0),
        filled_before=tuple(thread.state.slots),
        errors=(error,) if error else (),
        extra={DISCLOSED: CHANNEL} if is_first else {},
    )


def language_of(value: str | None, default: Language) -> Language:
    """A stored language, if it is one of ours."""
    return next((known for known in LANGUAGES if known == value), default)
