"""Whether the talk stays in the property domain, and to whom it goes when it leaves. Pure.

It stays while a slot is awaited or the words refine; an explicit switch, heard by rules, leaves
even then. What a model says about leaving is a proposal: it counts only where nothing holds.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from gatehouse.talk.pointing import pointed, spoken_of
from gatehouse.talk.types import Act, Decision, Move, ToDomain
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import required_open
from gatehouse.understanding.types import DialogueState, Heard, Intent

PinReason = Literal["slot_filling_guard", "refinement", "continuity"]
SHORT_WORDS = 7  # so long a message may be a refinement
_MONEY = re.compile(r"[£$€₺₽₴]|\b(?:gbp|eur|usd|try|rub|uah|tl)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def accepts_offer(heard: Heard) -> bool:
    """A yes takes up what was offered; a goodbye never does."""
    return heard.wants(Intent.YES) and not heard.wants(Intent.GOODBYE)


def escalation(move: Move, to: ToDomain, *, homes: tuple[str, ...] = ()) -> Decision:
    """Leaves the property domain."""
    return Decision(Act.ESCALATE, move, to_domain=to, home_ids=homes, continuity="explicit_switch")


def to_person(state: DialogueState, heard: Heard) -> Decision | None:
    """The visitor asks for a person, complains, or takes up the offer of one."""
    accepts = accepts_offer(heard) and state.offered == "handover"
    if accepts or heard.wants(Intent.TALK_TO_PERSON, Intent.COMPLAINT):
        return escalation(Move.HANDED_OVER, "staff", homes=pointed(state, heard))
    return None


def to_other_desk(state: DialogueState, heard: Heard) -> Decision | None:
    """The visitor owns a home, or a viewing is to be moved."""
    if heard.wants(Intent.VALUATION):
        return escalation(Move.HANDED_OVER, "valuation")
    if heard.wants(Intent.SELL_OR_LET):
        return escalation(Move.HANDED_OVER, "other")
    if heard.wants(Intent.MOVE_VIEWING, Intent.CANCEL_VIEWING):
        homes = spoken_of(state, heard) if heard.refs else state.chosen or spoken_of(state, heard)
        return escalation(Move.HANDED_OVER, "viewing", homes=homes)
    return None


def outside(state: DialogueState, heard: Heard) -> Decision | None:
    """Something that is not about homes: a friendly word and on while it holds, else it leaves."""
    if not heard.wants(Intent.OUT_OF_SCOPE):
        return None
    if held_by(state, heard) is not None:
        return Decision(Act.CLARIFY, Move.OUT_OF_DOMAIN)
    return escalation(Move.OUT_OF_DOMAIN, "general")


def held_by(state: DialogueState, heard: Heard) -> PinReason | None:
    """What keeps the talk in the property domain against anything but an explicit switch."""
    if state.awaiting in required_open(state):
        return "slot_filling_guard"
    return "refinement" if state.has_searched and refines(heard) else None


def refines(heard: Heard) -> bool:
    """Do the words change the wish; or are they few, with a number, money or a known place?

    A comparative, "cheaper", is a change of the wish.
    """
    if heard.changes or heard.wants(Intent.REFINE):
        return True
    words = heard.text.split()
    if not 0 < len(words) <= SHORT_WORDS:
        return False
    has_number = any(letter.isdigit() for letter in heard.text)
    return has_number or bool(_MONEY.search(heard.text)) or _names_place(heard.text)


def _names_place(text: str) -> bool:
    places = Gazetteer.default()
    return any(places.resolve(word, slips=False) for word in _WORD.findall(text))


def proposed(decision: Decision, *, state: DialogueState, heard: Heard) -> Decision:
    """What becomes of a model's wish to leave: nobody is handed over by it.

    Where rules are at a loss and nothing holds the talk, a person is offered; the visitor decides.
    """
    if decision.move is not Move.NOT_UNDERSTOOD or held_by(state, heard) is not None:
        return decision
    return Decision(Act.CLARIFY, Move.OUT_OF_DOMAIN)


def pinned(decision: Decision, *, state: DialogueState, heard: Heard) -> Decision:
    """The decision with what kept the talk in the property domain, and why it goes on."""
    if decision.act is Act.ESCALATE or state.turn <= 0:
        return decision
    if state.awaiting is not None:
        return replace(decision, pin_reason="slot_filling_guard")
    if heard.changes and state.has_searched:
        return replace(decision, pin_reason="refinement", continuity="refinement")
    return replace(decision, pin_reason="continuity")
