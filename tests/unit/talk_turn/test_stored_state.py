"""The dialogue state survives its journey through JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.talk.stored_state import SHOWN_AT_MOST, decode, encode
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
