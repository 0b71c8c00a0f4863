"""Who speaks: said in the first reply of every conversation (EU AI Act, Article 50(1))."""

from __future__ import annotations

from gatehouse.talk.asking import DISCLOSURE
from gatehouse.talk.phrases import N_, say
from gatehouse.talk.types import Outcome, Thread
from gatehouse.understanding.types import Language

CHANNEL = "web"  # the only one yet
DISCLOSED = "ai_disclosed"  # key of the ledger's extra; its value is the channel
_OF = N_("I'm the automated assistant of {agency}.")


def is_first_contact(thread: Thread) -> bool:
    return thread.turn_no <= 1


def disclosure(language: Language, agency: str = "") -> str:
    """One sentence that tells the visitor that a machine answers, and whose."""
    return say(language, _OF, agency=agency) if agency else say(language, DISCLOSURE)


def named(text: str, language: Language, agency: str) -> str:
    """The text with the agency's name in its disclosure."""
    if not agency:
        return text
    return text.replace(say(language, DISCLOSURE), disclosure(language, agency))


def is_disclosed(outcome: Outcome, agency: str = "") -> bool:
    """Does the reply say it?"""
    return disclosure(outcome.state.language or outcome.heard.language, agency) in (
        outcome.reply.summary
    )
