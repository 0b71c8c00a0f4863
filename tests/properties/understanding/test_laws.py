"""Laws of the ear and of merging, tried on many made-up messages and states."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatehouse.talk.stored_state import decode, encode
from gatehouse.understanding.state import merge
from gatehouse.understanding.types import (
    LANGUAGES,
    Budget,
    DialogueState,
    Filled,
    Heard,
    Op,
    PlaceName,
    Range,
    Slot,
    SlotChange,
)
from tests.unit.understanding.notation import EAR, SHOWN, TALKING

PLACES = ("girne", "girne/lapta", "girne/alsancak", "lefkosa", "gazimagusa")
CODES = ("pool", "garden", "parking", "furnished")
TYPES = ("apartment", "villa", "studio")
WISHES = ("quiet", "ground_floor", "agents")
WORDS = [
    "girne",
    "lapta",
    "kyrenia",
    "кирении",
    "фамагуста",
    "500",
    "pounds",
    "€",
    "2",
    "bedrooms",
    "2+1",
    "from",
    "to",
    "3",
    "17",
    "may",
    "saturday",
    "not",
    "no",
    "without",
    "actually",
    "also",
    "cheaper",
    "bigger",
    "first",
    "second",
    "last",
    "it",
    "this",
    "?",
    ",",
    ".",
    "havuz",
    "olmasın",
    "без",
    "бассейна",
    "на",
    "год",
    "for",
    "a",
    "month",
    "долгосрочно",
    "любой",
    "неважно",
    "any",
    "budget",
    "forget",
    "the",
    "don't",
    "need",
    "see",
    "compare",
    "@",
    "+",
    "-",
    "1.500",
    "k",
    "тыс",
    "bin",
    "yes",
    "нет",
    "hayır",
    "'",
    "’",
    "ş",
    "і",
    "ъ",
    "10th",
    "at",
    "3pm",
    "2026-05-03",
    "🏠",
    "شقة",
    "في",
    "كيرينيا",
    "بدون",
    "مسبح",
    "٥٠٠",
    "جنيه",
    "بكيرينيا",
    "والحديقة",
    "Wohnung",
    "ohne",
    "Zimmer",
    "mieszkanie",
    "tańsze",
    "l'appartement",
    "moins",
    "cher",
    "km",
    "between",
    "the other one",
]

some_texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=20).map("".join),
    st.text(alphabet="0123456789.,:-/+ '\u0301\u0308\u200b", max_size=120),
    st.text(alphabet="٠١٢٣٤٥٦٧٨٩ابتوكلـ\u064b\u0651\u200f\u202e ،", max_size=120),
)
some_states = st.builds(
    lambda awaiting, shown, base: replace(base, awaiting=awaiting, shown=SHOWN[:shown]),
    st.one_of(st.none(), st.sampled_from(list(Slot))),
    st.integers(0, 4),
    st.sampled_from([DialogueState(), TALKING, replace(TALKING, viewing=("h1",))]),
)
_days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_places = st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True).map(
    lambda found: tuple(PlaceName(key, key) for key in found)
)
_amounts = st.one_of(st.none(), st.integers(1, 5000).map(float))
_values: dict[Slot, st.SearchStrategy[Any]] = {
    Slot.LOCATION: _places,
    Slot.BUDGET: st.builds(
        Budget, _amounts, st.integers(1, 9999).map(float), st.sampled_from(["GBP", "EUR", None]),
        st.sampled_from(["month", "night", None]), st.booleans(),
    ),
    Slot.RENTAL_TYPE: st.sampled_from(["short_term", "long_term"]),
    Slot.DEAL: st.sampled_from(["rent", "buy"]),
    Slot.BEDROOMS: st.builds(Range, _amounts, _amounts),
    Slot.BATHROOMS: st.builds(Range, _amounts, _amounts),
    Slot.AREA: st.builds(Range, _amounts, _amounts),
    Slot.PROPERTY_TYPE: st.lists(st.sampled_from(TYPES), min_size=1, unique=True).map(tuple),
    Slot.AMENITIES: st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(tuple),
    Slot.CHECK_IN: _days,
    Slot.CHECK_OUT: _days,
    Slot.AVAILABLE_FROM: _days,
    Slot.MIN_NIGHTS: st.integers(1, 60),
    Slot.MIN_TERM_MONTHS: st.integers(1, 24),
    Slot.GUESTS: st.builds(Range, _amounts, _amounts),
    Slot.FLOOR: st.builds(Range, _amounts, _amounts),
    Slot.FEATURES: st.lists(st.sampled_from(WISHES), min_size=1, unique=True).map(tuple),
}  # fmt: skip


@st.composite
def some_changes(draw: st.DrawFn) -> SlotChange:
    slot = draw(st.sampled_from(list(Slot)))
    op = draw(st.sampled_from(list(Op)))
    value = None if op == Op.ANY else draw(_values[slot])
    return SlotChange(slot, op, value, None)


some_heards = st.builds(
    lambda changes, language: Heard("…", language, 1.0, changes=tuple(changes)),
    st.lists(some_changes(), max_size=6),
    st.sampled_from(LANGUAGES),
)


def test_every_slot_has_values_to_try() -> None:
    assert _values.keys() == set(Slot)


def reached(heards: list[Heard]) -> DialogueState:
    state = DialogueState()
    for heard in heards:
        state = merge(state, heard)
    return state


@given(some_texts, some_states, st.sampled_from([None, *LANGUAGES]))
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_text_makes_the_ear_raise(text: str, state: DialogueState, language: Any) -> None:
    heard = EAR.hear(text, state=state, language=language)
    spans = [c.span for c in heard.changes if c.span] + [ref.span for ref in heard.refs]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert decode(json.loads(json.dumps(encode(merge(state, heard))))) == merge(state, heard)


@given(st.text(min_size=2000, max_size=10_000))
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
def test_no_long_text_makes_the_ear_raise(text: str) -> None:
    EAR.hear(text, state=TALKING, language=None)


@given(some_texts, some_states)
@settings(max_examples=300, deadline=None)
def test_merging_what_was_heard_twice_changes_nothing(text: str, state: DialogueState) -> None:
    heard = EAR.hear(text, state=state, language=None)
    once = merge(state, heard)
    assert merge(once, heard) == once


@given(st.lists(some_heards, max_size=4), some_heards)
@settings(max_examples=400, deadline=None)
def test_merging_any_message_twice_changes_nothing(before: list[Heard], heard: Heard) -> None:
    once = merge(reached(before), heard)
    again = merge(once, heard)
    assert _contents(again) == _contents(once)


def _contents(state: DialogueState) -> dict[Slot, tuple[object, ...]]:
    """Slots with many values as sets: taking out and putting in again may change their order."""
    return {
        slot: (
            frozenset(f.value) if isinstance(f.value, tuple) else f.value,
            f.is_any,
            frozenset(f.shunned),
        )
        for slot, f in state.slots.items()
    }


@given(st.lists(some_heards, max_size=4), st.sampled_from(list(_values)), st.data())
@settings(max_examples=300, deadline=None)
def test_a_correction_wins(before: list[Heard], slot: Slot, data: st.DataObject) -> None:
    value = data.draw(_values[slot])
    change = SlotChange(slot, Op.SET, value, None)
    state = merge(reached(before), Heard("…", "en", 1.0, changes=(change,)))
    found = state.slots[slot].value
    if isinstance(value, Budget):
        assert isinstance(found, Budget)
        assert (found.low, found.high) == (value.low, value.high)
    else:
        assert found == value


@given(st.lists(some_heards, max_size=3), some_heards)
@settings(max_examples=400, deadline=None)
def test_what_a_message_does_not_touch_is_never_lost(before: list[Heard], heard: Heard) -> None:
    state = reached(before)
    touched = {c.slot for c in heard.changes}
    dates = {Slot.CHECK_IN, Slot.CHECK_OUT, Slot.MIN_NIGHTS}
    after = merge(state, heard)
    for slot, filled in state.slots.items():
        if slot in touched or (slot in dates and touched & dates):
            continue
        if slot in (Slot.BUDGET, Slot.RENTAL_TYPE) and Slot.DEAL in touched:
            continue
        assert after.slots[slot] == filled


@given(st.permutations(list(_values)), st.data())
@settings(max_examples=200, deadline=None)
def test_the_order_of_independent_slots_does_not_matter(
    order: list[Slot], data: st.DataObject
) -> None:
    changes = [SlotChange(s, Op.SET, data.draw(_values[s]), None) for s in list(_values)[:6]]
    shuffled = sorted(changes, key=lambda c: order.index(c.slot))
    one = merge(TALKING, Heard("…", "en", 1.0, changes=tuple(changes)))
    two = merge(TALKING, Heard("…", "en", 1.0, changes=tuple(shuffled)))
    assert one.slots == two.slots


@given(some_texts, st.sampled_from(["  ", "\n", " . "]))
@settings(max_examples=150, deadline=None)
def test_hearing_is_deterministic(text: str, end: str) -> None:
    once = EAR.hear(text + end, state=TALKING, language="en")
    assert EAR.hear(text + end, state=TALKING, language="en") == once


def test_a_filled_slot_without_a_value_is_any() -> None:
    state = merge(
        DialogueState(),
        Heard("…", "en", 1.0, changes=(SlotChange(Slot.AMENITIES, Op.REMOVE, ("pool",), None),)),
    )
    assert state.slots[Slot.AMENITIES] == Filled(None, is_any=True, shunned=("pool",))
