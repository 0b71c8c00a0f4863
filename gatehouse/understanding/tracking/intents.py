"""Whether a home is being sought, a visit arranged, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.understanding.tracking.moves import Move
from gatehouse.understanding.tracking.scene import Act, Reply

NO_INTENT = "NONE"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a dialogue stands when a message comes."""

    intent: str | None  # None until homes are first spoken of
    reply: Reply
    has_offer: bool
    is_changed: bool  # the message wishes for something new


def next_intent(move: Move, stage: Stage) -> str:
    """ "search", "visit" or "NONE" after this message."""
    reply, now = stage.reply, stage.intent
    if now is None:
        return "visit" if move.wants_visit and stage.has_offer else "search"
    if reply.does(Act.OFFER_VISIT) and stage.has_offer:
        return _answer_to_offer(move, stage)
    if _names_day(move, stage) or (move.wants_visit and not (now == "search" and move.wants_more)):
        return "visit"
    if now == "search" and _agrees_to_day(move, stage):
        return "visit"
    if reply.does(Act.ASK_MORE, Act.FAILED) and (move.says_no or move.says_bye or move.thanks):
        return NO_INTENT
    if now == NO_INTENT:
        return "search" if move.seeks or stage.is_changed else now
    if now == "visit" and move.wants_more and move.seeks and not move.says_no:
        return "search"
    return now


def _answer_to_offer(move: Move, stage: Stage) -> str:
    is_busy = move.says_busy and not (move.wants_visit or move.says_yes or move.likes)
    if move.says_no or is_busy:
        return NO_INTENT
    if move.wants_more or stage.is_changed or (move.asked and not move.says_yes):
        return "search"
    return "visit"


def _agrees_to_day(move: Move, stage: Stage) -> bool:
    """ "Would you like to visit on the 4th?" "Yes, that day is fine." """
    is_asked = stage.has_offer and "visit_date" in stage.reply.confirmed
    return is_asked and (move.says_yes or move.likes) and not (move.says_no or move.wants_more)


def _names_day(move: Move, stage: Stage) -> bool:
    """Is a day for a visit named: as asked, or in answer to an offer and nothing else?"""
    if "visit_date" not in move.wishes or not stage.has_offer:
        return False
    if "visit_date" in stage.reply.asked:
        return True
    is_else = move.requests or move.says_busy or move.says_no or move.wants_more
    is_about_offer = stage.reply.does(Act.OFFER, Act.TELL)
    return stage.intent == "search" and is_about_offer and not is_else
