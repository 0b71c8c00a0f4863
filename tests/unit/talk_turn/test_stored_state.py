"""The dialogue state survives its journey through JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.talk.stored_state import SHOWN_AT_MOST, decode, encode
from gatehouse.understanding.state import merge
from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    PlaceName,
    Range,
    Shown,
    Slot,
    Span,
    When,
)
from tests.unit.understanding.notation import EAR, SHOWN, TALKING

NUMBERS = st.none() | st.floats(0, 1e6, allow_nan=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES = st.one_of(
    st.none(),
    TEXT,
    st.integers(-9, 9),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.builds(Budget, NUMBERS, NUMBERS, st.sampled_from(["GBP", None]), st.just("month")),
    st.builds(Range, NUMBERS, NUMBERS),
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(st.builds(PlaceName, TEXT, TEXT), max_size=3).map(tuple),
)
STATES = st.builds(
    DialogueState,
    slots=st.dictionaries(st.sampled_from(Slot), st.builds(Filled, VALUES, st.booleans())),
    awaiting=st.none() | st.sampled_from(Slot),
    asks=st.dictionaries(st.sampled_from(Slot), st.integers(0, 3)),
    shown=st.lists(st.builds(Shown, TEXT, TEXT, TEXT, NUMBERS), max_size=3).map(tuple),
    contact=st.none() | st.builds(Contact, TEXT),
    when=st.none() | st.builds(When, st.just(date(2026, 5, 2)), TEXT, st.just(Span(0, 3))),
    turn=st.integers(0, 99),
)


@given(STATES)
def test_a_state_comes_back_from_json_as_it_was(state: DialogueState) -> None:
    assert decode(json.loads(json.dumps(encode(state)))) == state


def test_a_new_conversation_begins_with_an_empty_state() -> None:
    assert decode({}) == DialogueState()


def test_a_state_of_a_newer_version_can_be_read() -> None:
    newer: dict[str, Any] = {
        "slots": {
            "location": {"_": "Filled", "value": ["girne"], "mood": "good"},
            "colour": {"_": "Filled", "value": "red"},
        },
        "awaiting": "colour",
        "weather": "fine",
        "turn": 4,
    }
    assert decode(newer) == DialogueState(slots={Slot.LOCATION: Filled(("girne",))}, turn=4)


def test_the_homes_shown_are_bounded() -> None:
    many = tuple(Shown(str(n), "", "", None) for n in range(3 * SHOWN_AT_MOST))
    kept = decode(encode(DialogueState(shown=many))).shown
    assert kept == many[:SHOWN_AT_MOST]


def test_a_state_heard_from_words_survives_as_json() -> None:
    text = "villa in Girne or Lapta, not Alsancak, 500-700 pounds, from 3 to 17 May"
    heard = EAR.hear(text, state=DialogueState(), language=None)
    state = replace(
        merge(DialogueState(), heard),
        shown=SHOWN,
        awaiting=Slot.BUDGET,
        asks={Slot.BUDGET: 2},
        viewing=("h1", "h2"),
        accepted=("budget",),
        contact=Contact("Anna", None, "a@b.c"),
        when=When(date(2026, 5, 1), "15:00"),
        offered="viewing",
        focus="h1",
        turn=7,
        has_searched=True,
        seen=6,
    )
    assert decode(json.loads(json.dumps(encode(state)))) == state


def test_a_new_state_takes_no_room() -> None:
    assert encode(DialogueState()) == {}


def test_a_slot_that_another_version_keeps_differently_is_asked_again() -> None:
    stored = encode(TALKING)
    stored["slots"]["bedrooms"] = {"_": "Filled", "value": {"_": "Rooms", "least": 2}}
    read = decode(stored)
    assert Slot.BEDROOMS not in read.slots
    assert read.slots[Slot.BUDGET] == TALKING.slots[Slot.BUDGET]


def test_the_json_of_a_state_is_bounded() -> None:
    many = replace(TALKING, shown=SHOWN * 500)
    assert len(json.dumps(encode(many))) < 10_000
