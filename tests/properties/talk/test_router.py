"""The talk stays in its domain while something holds it; an explicit switch leaves even then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from gatehouse.talk.policy import decide, propose
from gatehouse.talk.router import escalation, held_by, proposed, refines
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.state import required_open
from gatehouse.understanding.types import (
    DialogueState,
    Filled,
    Heard,
    Intent,
    Op,
    Slot,
    SlotChange,
)

SWITCHES = {
    Intent.TALK_TO_PERSON: "staff",
    Intent.COMPLAINT: "staff",
    Intent.VALUATION: "valuation",
    Intent.SELL_OR_LET: "other",
    Intent.MOVE_VIEWING: "viewing",
    Intent.CANCEL_VIEWING: "viewing",
}
REQUIRED = (Slot.LOCATION, Slot.BUDGET, Slot.RENTAL_TYPE)
FILLED = st.dictionaries(st.sampled_from(REQUIRED), st.just(Filled(None, is_any=True)))
STATES = st.builds(
    DialogueState,
    slots=FILLED,
    awaiting=st.none() | st.sampled_from(REQUIRED),
    offered=st.none() | st.sampled_from(("handover", "more", "retry")),
    turn=st.integers(0, 9),
    has_searched=st.booleans(),
)
TEXTS = st.sampled_from(
    ("", "hm", "and in Girne?", "500", "£", "what a lovely day it is out there")
)
CHANGES = st.just(()) | st.just((SlotChange(Slot.BEDROOMS, Op.SET, 2, None),))
HEARD = st.builds(
    Heard,
    text=TEXTS,
    language=st.just("en"),
    language_confidence=st.just(1.0),
    intents=st.lists(st.sampled_from(Intent), max_size=3, unique=True).map(tuple),
    changes=CHANGES,
)


@given(STATES, HEARD, st.sampled_from(sorted(SWITCHES)))
def test_an_explicit_switch_leaves_whatever_is_awaited(
    state: DialogueState, heard: Heard, switch: Intent
) -> None:
    decision = decide(state, replace(heard, intents=(switch,)))
    assert decision.act is Act.ESCALATE
    assert (decision.to_domain, decision.pin_reason) == (SWITCHES[switch], None)


@given(STATES, HEARD)
def test_every_later_turn_is_either_kept_for_a_reason_or_handed_to_a_desk(
    state: DialogueState, heard: Heard
) -> None:
    decision = propose(state, heard)
    is_handed = decision.act is Act.ESCALATE
    assert is_handed == (decision.to_domain is not None)
    if state.turn > 0:
        assert is_handed == (decision.pin_reason is None)


@given(STATES, HEARD)
def test_what_is_not_about_homes_leaves_only_where_nothing_holds(
    state: DialogueState, heard: Heard
) -> None:
    heard = replace(heard, intents=(Intent.OUT_OF_SCOPE,))
    decision = propose(state, heard)
    if decision.move is Move.OUT_OF_DOMAIN:
        assert (decision.act is Act.ESCALATE) == (held_by(state, heard) is None)


Route = Callable[[Decision, DialogueState, Heard], Decision]


def ours(decision: Decision, state: DialogueState, heard: Heard) -> Decision:
    return proposed(decision, state=state, heard=heard)


def believing(decision: Decision, state: DialogueState, heard: Heard) -> Decision:
    """The deliberate fault: what the model says is done."""
    return escalation(Move.HANDED_OVER, "staff")


def breaks(route: Route, state: DialogueState, heard: Heard) -> bool:
    """Does a model's wish hand anybody over, move a talk that is held, or one that goes on?"""
    decision = propose(state, heard)
    after = route(decision, state, heard)
    if after == decision:
        return False
    is_held = state.awaiting in required_open(state) or (state.has_searched and refines(heard))
    goes_on = decision.move is not Move.NOT_UNDERSTOOD
    return after.act is Act.ESCALATE or is_held or goes_on


@given(STATES, HEARD)
def test_a_model_only_proposes_to_leave(state: DialogueState, heard: Heard) -> None:
    assert not breaks(ours, state, heard)


def test_a_router_that_believes_the_model_is_noticed() -> None:
    try:
        found = find(st.tuples(STATES, HEARD), lambda each: breaks(believing, *each))
    except NoSuchExample:
        found = None
    assert found is not None


def test_where_rules_are_at_a_loss_the_proposal_offers_a_person() -> None:
    state = DialogueState(turn=3, has_searched=True)
    heard = Heard("is there anybody there who is not a machine, please", "en", 1.0)
    decision = ours(propose(state, heard), state, heard)
    assert (decision.act, decision.move) == (Act.CLARIFY, Move.OUT_OF_DOMAIN)


@pytest.mark.parametrize(
    ("text", "is_refinement"),
    [
        ("and in Girne?", True),
        ("Kyrenia", True),
        ("600", True),
        ("what about €700", True),
        ("nice weather today", False),
        ("", False),
        ("I read that the film of 1999 was shot somewhere on another island", False),
    ],
)
def test_few_words_with_a_number_money_or_a_place_refine(text: str, is_refinement: bool) -> None:
    assert refines(Heard(text, "en", 1.0)) is is_refinement
