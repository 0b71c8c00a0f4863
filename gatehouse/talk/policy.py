"""State in, next act out. Never asks a filled slot. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gatehouse.talk import router
from gatehouse.talk.pointing import pointed, spoken_of
from gatehouse.talk.router import accepts_offer, escalation
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.state import required_open
from gatehouse.understanding.types import Contact, DialogueState, Heard, Intent, Slot

MOST_ASKS = 3
MOST_COMPARED = 4

Rule = Callable[[DialogueState, Heard], Decision | None]


def decide(state: DialogueState, heard: Heard) -> Decision:
    """What to do next; `state` already holds what was heard."""
    return lawful(propose(state, heard), state)


def propose(state: DialogueState, heard: Heard) -> Decision:
    """What to do next, before the law looks at it."""
    return router.pinned(choose(state, heard), state=state, heard=heard)


def choose(state: DialogueState, heard: Heard) -> Decision:
    """The first rule that has something to say."""
    for rule in _RULES:
        decision = rule(state, heard)
        if decision is not None:
            return decision
    return _not_understood(state)


def lawful(decision: Decision, state: DialogueState) -> Decision:
    """The law, whoever decided: one open slot is asked, never a filled one, at most three times."""
    if decision.act is not Act.ASK_SLOT:
        return decision
    if not is_lawful(decision, state):
        return proceed(state)
    if decision.ask is None or decision.next_needed == (decision.ask,):
        return decision
    return replace(decision, next_needed=(decision.ask,))


def is_lawful(decision: Decision, state: DialogueState) -> bool:
    """Asks nothing, or an open slot that was not asked too often."""
    return decision.act is not Act.ASK_SLOT or decision.ask in askable(state)


def askable(state: DialogueState) -> tuple[Slot, ...]:
    """Open slots that were not asked too often yet."""
    return tuple(s for s in required_open(state) if state.asks.get(s, 0) < MOST_ASKS)


def proceed(state: DialogueState) -> Decision:
    """Asks what is open; else, or once homes were looked for, searches."""
    asking = askable(state)
    if asking and not state.has_searched:
        return _ask(Move.ASK, asking[0])
    return _search(state, Move.RECOMMEND)


def search_again(state: DialogueState, heard: Heard) -> Decision:
    """The search that was promised, whatever is still open."""
    return _search(state, Move.RECOMMEND)


def _ask(move: Move, slot: Slot) -> Decision:
    return Decision(Act.ASK_SLOT, move, ask=slot, next_needed=(slot,))


def _search(state: DialogueState, move: Move) -> Decision:
    missing = required_open(state)
    act = Act.ACK_AND_SEARCH if missing else Act.SEARCH_AND_RECOMMEND
    return Decision(act, move, next_needed=missing)


def _clarify(move: Move, *, homes: tuple[str, ...] = (), asked: tuple[str, ...] = ()) -> Decision:
    return Decision(Act.CLARIFY, move, home_ids=homes, asked=asked)


def _start_over(state: DialogueState, heard: Heard) -> Decision | None:
    if not heard.wants(Intent.START_OVER):
        return None
    decision = proceed(state)
    return replace(decision, move=Move.START_OVER) if decision.act is Act.ASK_SLOT else decision


def _viewing(state: DialogueState, heard: Heard) -> Decision | None:
    if not _wants_viewing(state, heard):
        return _viewing_completed(state, heard)
    homes = spoken_of(state, heard)
    if homes:
        return _arrange(homes, state.contact)
    if state.shown or (heard.refs and state.has_searched):
        return _clarify(Move.WHICH_HOME, asked=("viewing",))
    return proceed(state)


def _wants_viewing(state: DialogueState, heard: Heard) -> bool:
    if heard.wants(Intent.BOOK_VIEWING):
        return True
    if state.offered == "viewing" and accepts_offer(heard):
        return True
    return state.offered == "which:viewing" and bool(pointed(state, heard))


def _arrange(homes: tuple[str, ...], contact: Contact | None) -> Decision:
    if can_reach(contact):
        return escalation(Move.VIEWING_STORED, "viewing", homes=homes)
    return _clarify(Move.ASK_CONTACT, homes=homes)


def _viewing_completed(state: DialogueState, heard: Heard) -> Decision | None:
    """A contact, or a day, that comes after a viewing was asked for."""
    if not state.viewing or heard.changes or heard.refs or heard.asked:
        return None
    return _arrange(state.viewing, state.contact) if heard.contact or heard.when else None


def can_reach(contact: Contact | None) -> bool:
    """Is there a phone number or an e-mail address?"""
    return contact is not None and bool(contact.phone or contact.email)


def _compare(state: DialogueState, heard: Heard) -> Decision | None:
    again = state.offered == "which:compare" and len(pointed(state, heard)) > 1
    if not state.shown and heard.wants(Intent.COMPARE) and not heard.changes:
        return _clarify(Move.WHICH_HOME, asked=("compare",))  # said: no home is on the screen yet
    if not state.shown or not (again or heard.wants(Intent.COMPARE)):
        return None
    homes = pointed(state, heard)
    if len(homes) == 1 and state.focus and state.focus != homes[0]:
        homes = (state.focus, *homes)
    if not homes:
        homes = tuple(home.id for home in state.shown[:3])
    if len(homes) < 2:
        return _clarify(Move.WHICH_HOME, asked=("compare",))
    return _clarify(Move.COMPARE, homes=homes[:MOST_COMPARED])


def _about_home(state: DialogueState, heard: Heard) -> Decision | None:
    """A question about shown homes, or pointing at one of them."""
    if heard.wants(Intent.NO) and heard.wants(Intent.MORE_OPTIONS):
        return None  # "I don't like the first one"
    if heard.changes and is_doubt(heard):
        return None  # "is this a scam? show me something with a pool"
    asks = bool(heard.asked) or heard.wants(Intent.ASK_ABOUT_HOME)
    if not asks and (heard.changes or not heard.refs):
        return None
    if not state.shown and not state.focus:
        return None if heard.changes else _clarify(Move.WHICH_HOME, asked=heard.asked)
    asked = heard.asked or _asked_before(state)
    homes = spoken_of(state, heard)
    if not homes and not heard.refs and asked:
        homes = tuple(home.id for home in state.shown)
    if not homes:
        return _clarify(Move.WHICH_HOME, asked=asked)
    return _clarify(Move.ANSWER_HOME, homes=homes, asked=asked)


def is_doubt(heard: Heard) -> bool:
    """Is nothing asked about a home but whether it can be trusted?"""
    return heard.asked == ("verified_at",) or (heard.wants(Intent.TRUST) and not heard.asked)


def _asked_before(state: DialogueState) -> tuple[str, ...]:
    """What was asked before we had to ask which home it is about."""
    kind, _, codes = (state.offered or "").partition(":")
    return tuple(c for c in codes.split(",") if c) if kind == "about" else ()


def _more(state: DialogueState, heard: Heard) -> Decision | None:
    accepts = accepts_offer(heard) and state.offered == "more"
    if not (accepts or heard.wants(Intent.MORE_OPTIONS)) or heard.changes:
        return None
    return _search(state, Move.MORE) if state.shown else proceed(state)


def _searching(state: DialogueState, heard: Heard) -> Decision | None:
    if heard.changes or heard.wants(Intent.SEARCH, Intent.REFINE):
        decision = proceed(state)
        refines = state.has_searched and decision.act is not Act.ASK_SLOT
        return replace(decision, continuity="refinement") if refines else decision
    return None


def _offer_answered(state: DialogueState, heard: Heard) -> Decision | None:
    offered = state.offered or ""
    if accepts_offer(heard) and (offered == "retry" or offered.startswith("relax:")):
        return _search(state, Move.RECOMMEND)
    if heard.wants(Intent.NO) and (offered or state.viewing):
        return _clarify(Move.DECLINED)
    return None


def _contact_left(state: DialogueState, heard: Heard) -> Decision | None:
    if heard.contact is None and not heard.wants(Intent.LEAVE_CONTACT):
        return None
    if state.offered == "which:viewing" and state.shown:
        return _clarify(Move.WHICH_HOME, asked=("viewing",))
    return _clarify(Move.CONTACT_KEPT if can_reach(state.contact) else Move.ASK_CONTACT)


def _courtesy(state: DialogueState, heard: Heard) -> Decision | None:
    if heard.wants(Intent.GOODBYE):
        return _clarify(Move.GOODBYE)
    if heard.wants(Intent.THANKS):
        return _clarify(Move.THANK)
    if heard.wants(Intent.SMALL_TALK, Intent.TRUST):
        return _clarify(Move.SMALL_TALK)
    return None


def _courtesy_before_greeting(state: DialogueState, heard: Heard) -> Decision | None:
    """ "Thanks, good evening" takes leave; it does not begin the talk anew."""
    if (
        state.turn > 1
        and heard.wants(Intent.GREETING)
        and heard.wants(Intent.THANKS, Intent.GOODBYE)
    ):
        return _clarify(Move.GOODBYE)
    return None


def _greeting(state: DialogueState, heard: Heard) -> Decision | None:
    if not heard.wants(Intent.GREETING):
        return None
    asking = askable(state)
    if asking and not state.has_searched:
        return _ask(Move.GREET, asking[0])
    return _clarify(Move.GREET)


def _not_understood(state: DialogueState) -> Decision:
    asking = askable(state)
    if state.awaiting in asking and state.awaiting is not None:
        return _ask(Move.NOT_UNDERSTOOD, state.awaiting)
    if state.awaiting and not state.has_searched:
        return proceed(state)
    return _clarify(Move.NOT_UNDERSTOOD)


_RULES: tuple[Rule, ...] = (
    _start_over,
    router.to_person,
    router.to_other_desk,
    _viewing,
    _compare,
    _about_home,
    _more,
    _searching,
    _offer_answered,
    _contact_left,
    _courtesy_before_greeting,
    _greeting,
    _courtesy,
    router.outside,
)
