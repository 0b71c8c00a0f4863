"""What follows from a message: homes turned down, stays that end with a purchase."""

from __future__ import annotations

from datetime import date

import pytest

from gatehouse.listings.types import Answer, Found
from gatehouse.talk.facts import known
from gatehouse.talk.looking import without_rejected
from gatehouse.talk.settling import settle
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Heard,
    HomeRef,
    Intent,
    Language,
    Op,
    PlaceName,
    Range,
    Shown,
    Slot,
    SlotChange,
    Span,
)
from tests.conversations.stock import home

HOMES = tuple(home(n, "girne/lapta", price=400.0 + n) for n in range(3))
IDS = tuple(str(h.id) for h in HOMES)
ON_SCREEN = DialogueState(
    shown=tuple(Shown(i, f"Home {i}", "girne/lapta", 400.0) for i in IDS), seen=3
)
STAY = {
    Slot.RENTAL_TYPE: Filled("short_term"),
    Slot.CHECK_IN: Filled(date(2027, 6, 10)),
    Slot.CHECK_OUT: Filled(date(2027, 6, 17)),
}


def heard(*intents: Intent, ref: int | None = None, changes: tuple[SlotChange, ...] = ()) -> Heard:
    refs = (HomeRef(Span(0, 1), ref),) if ref else ()
    return Heard("", "en", 1.0, intents, changes=changes, refs=refs)


def told(slot: Slot, value: str) -> Heard:
    return heard(Intent.REFINE, changes=(SlotChange(slot, Op.SET, value, None),))


def test_a_home_that_was_turned_down_is_remembered_and_the_next_page_follows_on() -> None:
    after = settle(ON_SCREEN, heard(Intent.NO, Intent.MORE_OPTIONS, ref=2))
    assert (after.rejected, after.seen) == ((IDS[1],), 2)
    again = settle(after, heard(Intent.NO, Intent.MORE_OPTIONS, ref=2))
    assert (again.rejected, again.seen) == ((IDS[1],), 2)


def test_wanting_more_turns_nothing_down() -> None:
    assert settle(ON_SCREEN, heard(Intent.MORE_OPTIONS, ref=2)).rejected == ()


def test_homes_turned_down_are_left_out_and_not_counted() -> None:
    answer = without_rejected(Answer(Found(HOMES, 9, None, 0.1)), (IDS[0],))
    assert (answer.found.listings, answer.found.total) == (HOMES[1:], 8)


def test_who_buys_after_all_has_no_days_of_a_stay() -> None:
    state = DialogueState(slots={**STAY, Slot.DEAL: Filled("buy")})
    after = settle(state, told(Slot.DEAL, "buy"), before=DialogueState(slots=STAY))
    assert Slot.CHECK_IN not in after.slots and Slot.CHECK_OUT not in after.slots


def test_a_long_let_keeps_the_first_day_alone() -> None:
    state = DialogueState(slots={**STAY, Slot.RENTAL_TYPE: Filled("long_term")})
    after = settle(state, told(Slot.RENTAL_TYPE, "long_term"), before=DialogueState(slots=STAY))
    assert Slot.CHECK_IN in after.slots and Slot.CHECK_OUT not in after.slots


def test_another_wish_leaves_the_stay_alone() -> None:
    state = DialogueState(slots={**STAY, Slot.DEAL: Filled("rent")})
    assert settle(state, told(Slot.DEAL, "rent"), before=DialogueState(slots=STAY)) == state


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "between Kyrenia and Famagusta"),
        ("tr", "Girne ile Gazimağusa arası"),
        ("de", "zwischen Kyrenia und Famagusta"),
        ("ar", "بين كيرينيا وفاماغوستا"),
    ],
)
def test_what_lies_between_two_towns_is_not_listed(language: Language, said: str) -> None:
    way = ("girne/catalkoy", "girne/esentepe", "gazimagusa/tuzla")
    ends = PlaceName("girne", "kyrenia"), PlaceName("gazimagusa", "famagusta")
    places = (ends[0], *(PlaceName(key, key) for key in way), ends[1])
    state = DialogueState(slots={Slot.LOCATION: Filled(places)})
    assert known(Voice(language), state, currency="GBP") == (said,)


def test_places_that_were_named_one_by_one_are_listed() -> None:
    keys = ("girne", "lefkosa", "gazimagusa")
    state = DialogueState(slots={Slot.LOCATION: Filled(tuple(PlaceName(k, k) for k in keys))})
    assert known(Voice("en"), state, currency="GBP") == ("Kyrenia, Nicosia and Famagusta",)


@pytest.mark.parametrize(
    ("said", "dropped"), [(Slot.BEDROOMS, Slot.PROPERTY_TYPE), (Slot.PROPERTY_TYPE, Slot.BEDROOMS)]
)
def test_a_studio_and_bedrooms_replace_each_other(said: Slot, dropped: Slot) -> None:
    slots = {Slot.BEDROOMS: Filled(Range(2, 2)), Slot.PROPERTY_TYPE: Filled(("studio",))}
    after = settle(DialogueState(slots=slots), told(said, "any"))
    assert said in after.slots and dropped not in after.slots


def test_cheaper_with_nothing_on_the_screen_does_not_mean_for_nothing() -> None:
    budget = Budget(None, 297_500.0, "EUR", "total")
    change = SlotChange(Slot.BUDGET, Op.LESS, budget, None)
    state = DialogueState(slots={Slot.BUDGET: Filled(budget)})
    after = settle(state, heard(Intent.REFINE, changes=(change,)))
    assert after.slots[Slot.BUDGET].value == budget
