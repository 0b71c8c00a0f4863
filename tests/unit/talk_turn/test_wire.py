"""Replies as server-sent events."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.talk.drafts import Mark
from gatehouse.talk.plain_text import sentences
from gatehouse.talk.wire import arm_of, reply_events, slots_view, to_json
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    PlaceName,
    Range,
    Slot,
)

REPLY = json.dumps(
    {
        "summary": "One. Two?\nThree",
        "cards": [{"id": 1}],
        "meta": {"turn": 7, "suggested_actions": [{"label": "more"}]},
    }
)


@given(st.text(max_size=200))
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_a_price_is_not_the_end_of_a_sentence() -> None:
    assert sentences("It costs £1.200. Is that fine?") == ["It costs £1.200. ", "Is that fine?"]


def test_a_reply_becomes_events_with_growing_ids() -> None:
    events = [event.decode() for event in reply_events(REPLY)]
    assert [event.split("\n")[0] for event in events] == [f"id: 7.{n}" for n in range(1, 7)]
    kinds = [event.split("\n")[1].removeprefix("event: ") for event in events]
    assert kinds == ["delta", "delta", "delta", "cards", "suggested_actions", "done"]


@given(st.integers(0, 7))
def test_resumed_events_are_the_end_of_all_events(seen: int) -> None:
    assert list(reply_events(REPLY, after=seen)) == list(reply_events(REPLY))[seen:]


@pytest.mark.parametrize(
    ("last", "after"),
    [(None, 0), ("", 0), ("7.3", 3), ("6.3", 0), ("7", 0), ("x.y", 0), ("7.3.1", 0), ("7.-1", 0)],
)
def test_only_an_id_of_the_same_turn_resumes(last: str | None, after: int) -> None:
    assert Mark.of(last).seen(7) == after


def test_slots_are_told_plainly() -> None:
    state = DialogueState(
        slots={
            Slot.LOCATION: Filled((PlaceName("girne", "Kyrenia"),)),
            Slot.BUDGET: Filled(Budget(None, 500.0, "GBP", "month")),
            Slot.BEDROOMS: Filled(Range(2, None)),
            Slot.RENTAL_TYPE: Filled("long_term"),
            Slot.PROPERTY_TYPE: Filled(None, is_any=True),
            Slot.AMENITIES: Filled(None, is_any=True, shunned=("pool",)),
        }
    )
    assert slots_view(state) == {
        "location": ["girne"],
        "budget": {
            "amount": 500.0,
            "low": None,
            "high": 500.0,
            "currency": "GBP",
            "period": "month",
        },
        "bedrooms": {"low": 2, "high": None},
        "rental_type": "long_term",
        "property_type": "any",
        "amenities": "any",
        "amenities_not": ["pool"],
    }


def test_an_exclusion_is_told_beside_what_is_wanted() -> None:
    filled = Filled((PlaceName("girne", "Kyrenia"),), shunned=("girne/lapta",))
    view = slots_view(DialogueState(slots={Slot.LOCATION: filled}))
    assert view == {"location": ["girne"], "location_not": ["girne/lapta"]}


@pytest.mark.parametrize("arm", ["stable", "canary"])
@given(said=st.text(max_size=40))
def test_the_arm_of_a_reply_is_read_from_its_meta_alone(arm: str, said: str) -> None:
    quoted = f'{said}"arm":"canary"{said}'
    reply = to_json({"title": quoted, "summary": quoted, "meta": {"turn": 1, "arm": arm}})
    assert arm_of(reply) == arm
