"""What a model heard beyond the rules, and the words of the visitor that make it count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gatehouse.talk.contract import Answer, Notes, SlotsDelta
from gatehouse.talk.delta import Said, changes_of, evidence
from gatehouse.talk.types import Act
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Heard,
    Op,
    Range,
    Slot,
    SlotChange,
)

TODAY = date(2026, 1, 5)
TEXT = "we would stay for the whole season, from the 14th on, 900 all in, where the castle is"


def said(text: str = TEXT, *, heard: tuple[SlotChange, ...] = (), **slots: Any) -> Said:
    state = DialogueState(slots={Slot(name): Filled(value) for name, value in slots.items()})
    numbers = frozenset((14.0, 900.0))
    return Said(text, Heard(text, "en", 1.0, changes=heard), state, numbers, TODAY)


def changes(
    delta: dict[str, Any], *quotes: str, of: Said | None = None
) -> dict[Slot, tuple[Op, Any]]:
    notes = Notes(normalizations=quotes)
    made = SlotsDelta.model_validate(delta, strict=False)
    answer = Answer(act=Act.CLARIFY, slots_delta=made, notes=notes, speak="")
    found = changes_of(answer, of or said(), Gazetteer.default())
    return {change.slot: (change.op, change.value) for change in found}


def test_a_number_of_the_message_counts() -> None:
    assert changes({"budget": {"amount": 900}}) == {
        Slot.BUDGET: (Op.SET, Budget(None, 900.0, None, None))
    }


def test_its_currency_needs_the_visitors_words() -> None:
    delta = {"budget": {"amount": 900, "currency": "EUR", "period": "month"}}
    with_words = changes(delta, "budget: 900 all in")[Slot.BUDGET][1]
    assert with_words == Budget(None, 900.0, "EUR", "month")


def test_a_meaning_counts_with_a_quotation() -> None:
    delta = {"rental_type": "long_term"}
    assert changes(delta) == {}
    assert changes(delta, "rental_type: whole season") == {Slot.RENTAL_TYPE: (Op.SET, "long_term")}


@pytest.mark.parametrize(
    "quote",
    ["rental_type: the", "rental_type: as the listing says", "deal: whole season", "whole season",
     "rental_type: whole seasons", "rental_type:"],
)  # fmt: skip
def test_what_is_no_quotation_of_the_message_does_not_count(quote: str) -> None:
    assert changes({"rental_type": "long_term"}, quote) == {}


def test_places_resolve_in_the_gazetteer() -> None:
    quote = "location: where the castle is"
    found = changes({"location": ["Kyrenia"]}, quote)
    assert [place.key for place in found[Slot.LOCATION][1]] == ["girne"]
    assert changes({"location": ["Atlantis"]}, quote) == {}


def test_days_are_of_the_message_and_not_past() -> None:
    quote = "check_in: from the 14th"
    assert Slot.CHECK_IN in changes({"check_in": "2026-02-14"}, quote)
    assert changes({"check_in": "2026-02-15"}, quote) == {}
    assert changes({"check_in": "2025-12-14"}, quote) == {}


def test_what_the_rules_heard_wins() -> None:
    own = SlotChange(Slot.BUDGET, Op.SET, Budget(None, 14.0, None, None), None)
    assert changes({"budget": {"amount": 900}}, of=said(heard=(own,))) == {}


def test_a_filled_kind_of_offer_is_not_overwritten() -> None:
    known = said(rental_type="short_term", deal="rent")
    delta = {"rental_type": "long_term", "deal": "buy"}
    assert changes(delta, "rental_type: whole season", "deal: all in, where", of=known) == {}


def test_ranges_are_the_right_way_round() -> None:
    assert changes({"budget": {"amount": 14, "low": 900}}) == {}
    assert changes({"bedrooms": {"low": 14, "high": 14}})[Slot.BEDROOMS][1] == Range(14, 14)
    assert changes({"bedrooms": {}}) == {}


def test_what_is_known_already_is_no_change() -> None:
    known = said(budget=Budget(None, 900.0, "GBP", "month"))
    assert changes({"budget": {"amount": 900}}, of=known) == {}


def test_any_fills_an_open_slot_alone() -> None:
    quote = "budget: 900 all in"
    assert changes({"budget": "any"}, quote) == {Slot.BUDGET: (Op.ANY, None)}
    known = said(budget=Budget(None, 14.0, None, None))
    assert changes({"budget": "any"}, quote, of=known) == {}


def test_evidence_ignores_case_and_signs() -> None:
    notes = Notes(normalizations=("budget: 900 ALL in!",))
    answer = Answer(act=Act.CLARIFY, notes=notes, speak="")
    assert evidence(answer, TEXT) == {"budget"}
