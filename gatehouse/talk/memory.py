"""What the dialogue remembers after a turn. Pure."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.listings.types import Answer, Listing
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.state import required_open
from gatehouse.understanding.types import DialogueState, Language, Shown, Slot

_MOST_CHOSEN = 10
SEARCHING = (Move.RECOMMEND, Move.MORE, Move.NOTHING_FOUND)


def remember(
    state: DialogueState,
    decision: Decision,
    *,
    homes: tuple[Listing, ...] = (),
    answer: Answer | None = None,
    turn: int,
    is_ranked: bool = False,
) -> DialogueState:
    """The next state. `homes` are the cards of this reply, `answer` what the search brought.

    `is_ranked`: the visitor asked for the cheapest or the largest; the talk is of that one now.
    """
    after = replace(
        state,
        turn=turn,
        awaiting=_awaiting(state, decision),
        asks=_asks(state, decision.ask),
        offered=_offered(state, decision, answer=answer, homes=homes),
        viewing=_viewing(state, decision),
        chosen=_chosen(state, decision),
        focus=_focus(state, decision, is_gone=_is_gone(decision, homes)),
    )
    return _with_search(after, decision, homes=homes, is_ranked=is_ranked)


def page(state: DialogueState, decision: Decision) -> int:
    """How many homes of the search come before this page."""
    return state.seen if decision.move is Move.MORE else 0


def left(state: DialogueState, decision: Decision, *, answer: Answer, shown: int) -> int:
    """How many homes of the search are still unseen after this page."""
    found = answer.found
    if not found.listings and answer.relaxed:
        found = answer.relaxed.found
    return max(0, found.total - page(state, decision) - shown)


def _awaiting(state: DialogueState, decision: Decision) -> Slot | None:
    if decision.act is Act.ASK_SLOT:
        return decision.ask
    if decision.move in SEARCHING:
        return None
    return state.awaiting if state.awaiting in required_open(state) else None


def _asks(state: DialogueState, slot: Slot | None) -> dict[Slot, int]:
    return {**state.asks, slot: state.asks.get(slot, 0) + 1} if slot else state.asks


def _offered(
    state: DialogueState,
    decision: Decision,
    *,
    answer: Answer | None,
    homes: tuple[Listing, ...],
) -> str | None:
    """What a "yes" to this reply would accept."""
    match decision.move:
        case Move.NOTHING_FOUND:
            relaxed = answer.relaxed if answer else None
            return "relax:" + "+".join(relaxed.limits) if relaxed else "handover"
        case Move.RECOMMEND | Move.MORE if answer:
            return "more" if left(state, decision, answer=answer, shown=len(homes)) else None
        case Move.ANSWER_HOME if len(decision.home_ids) == 1:
            return "retry" if _is_gone(decision, homes) else "viewing"
        case Move.WHICH_HOME:
            return _pending(decision)
        case Move.TROUBLE:
            return "retry"
        case Move.OUT_OF_DOMAIN:
            return "handover"
    return None


def _pending(decision: Decision) -> str:
    kind = decision.asked[0] if decision.asked[:1] in (("viewing",), ("compare",)) else None
    return f"which:{kind}" if kind else "about:" + ",".join(decision.asked)


def _viewing(state: DialogueState, decision: Decision) -> tuple[str, ...]:
    if decision.move is Move.ASK_CONTACT:
        return decision.home_ids
    if decision.move in (Move.VIEWING_STORED, Move.DECLINED):
        return ()
    return state.viewing


def _chosen(state: DialogueState, decision: Decision) -> tuple[str, ...]:
    """The homes whose viewing was asked for; the last ones last, and no more than can be shown."""
    if decision.move not in (Move.ASK_CONTACT, Move.VIEWING_STORED):
        return state.chosen
    kept = (h for h in state.chosen if h not in decision.home_ids)
    return (*kept, *decision.home_ids)[-_MOST_CHOSEN:]


def _is_gone(decision: Decision, homes: tuple[Listing, ...]) -> bool:
    """Was a home asked about that is not on offer any more?"""
    is_fetched = decision.move is Move.ANSWER_HOME and decision.asked != ("availability",)
    return is_fetched and not homes


def _focus(state: DialogueState, decision: Decision, *, is_gone: bool) -> str | None:
    if is_gone:
        return None
    talked_about = (Move.ANSWER_HOME, Move.ASK_CONTACT, Move.VIEWING_STORED)
    if decision.move in talked_about and len(decision.home_ids) == 1:
        return decision.home_ids[0]
    return state.focus


def _with_search(
    after: DialogueState,
    decision: Decision,
    *,
    homes: tuple[Listing, ...],
    is_ranked: bool,
) -> DialogueState:
    if decision.move not in SEARCHING:
        return after
    after = replace(after, has_searched=True)
    if not homes:
        return after
    seen = page(after, decision) + len(homes)
    focus = str(homes[0].id) if len(homes) == 1 or is_ranked else None
    return replace(
        after, shown=tuple(as_shown(home, after.language) for home in homes), seen=seen, focus=focus
    )


def as_shown(home: Listing, language: Language | None) -> Shown:
    """A home as later words can point to it."""
    title = home.titles.get(language or "en", home.title)
    return Shown(
        str(home.id),
        title,
        home.district or home.city,
        home.price,
        home.currency,
        home.area_m2,
        home.bedrooms,
        home.amenities,
    )
