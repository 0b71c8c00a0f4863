"""The state of a talk: merging, what is open, and how it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gatehouse.understanding.state import is_filled, merge, required_open
from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    Heard,
    Intent,
    Op,
    PlaceName,
    Slot,
    SlotChange,
    SlotValue,
)
from tests.unit.understanding.notation import EAR, TALKING

FRESH = DialogueState()


def talk(*texts: str, state: DialogueState = FRESH) -> DialogueState:
    """The state after these messages."""
    for text in texts:
        state = merge(state, EAR.hear(text, state=state, language=None))
    return state


def said(slot: Slot, op: Op, value: SlotValue | None = None) -> Heard:
    return Heard("…", "en", 1.0, changes=(SlotChange(slot, op, value, None),))


def value(state: DialogueState, slot: Slot) -> SlotValue | None:
    return state.slots[slot].value


def keys(state: DialogueState) -> list[str]:
    places = value(state, Slot.LOCATION)
    return [p.key for p in places if isinstance(p, PlaceName)] if isinstance(places, tuple) else []


def test_a_correction_replaces_what_was_said() -> None:
    assert keys(talk("flat in Girne", "actually make it Famagusta")) == ["gazimagusa"]
    assert keys(talk("квартира в Кирении", "нет, лучше Фамагуста")) == ["gazimagusa"]


def test_also_adds_to_what_was_said() -> None:
    assert keys(talk("flat in Girne", "also Lapta")) == ["girne", "girne/lapta"]


def test_a_shunned_place_is_kept_apart_and_comes_back_when_wanted() -> None:
    state = talk("anywhere but not in Lapta")
    assert state.slots[Slot.LOCATION].shunned == ("girne/lapta",)
    assert Slot.LOCATION not in required_open(state)
    state = talk("ok, Lapta then", state=state)
    assert (keys(state), state.slots[Slot.LOCATION].shunned) == (["girne/lapta"], ())


def test_a_wanted_district_ends_the_shunning_of_its_city() -> None:
    state = talk("not Girne", "Lapta")
    assert state.slots[Slot.LOCATION] == Filled((PlaceName("girne/lapta", "lapta"),))


def test_a_new_figure_keeps_currency_and_period() -> None:
    state = talk("600 euros a month", "no, make it 700")
    assert value(state, Slot.BUDGET) == Budget(None, 700.0, "EUR", "month")


def test_another_currency_keeps_the_figure() -> None:
    state = talk("budget 600 pounds", "sorry, I meant euros")
    assert value(state, Slot.BUDGET) == Budget(None, 600.0, "EUR", None)


def test_cheaper_is_less_than_the_cheapest_shown_and_else_than_the_budget() -> None:
    assert value(talk("cheaper", state=TALKING), Slot.BUDGET) == Budget(
        None,
        round(450 * 0.85),
        "GBP",
        "month",
    )
    unseen = replace(TALKING, shown=())
    assert value(talk("cheaper", state=unseen), Slot.BUDGET) == Budget(None, 510, "GBP", "month")


def test_cheaper_than_nothing_known_is_an_order_of_prices() -> None:
    state = talk("something cheap in Girne", "cheaper please")
    assert Slot.BUDGET not in state.slots
    assert state.sort == "price"


def test_a_purchase_needs_no_rental_type_and_is_priced_in_total() -> None:
    state = talk("I want to buy in Girne", "90k")
    assert required_open(state) == ()
    assert value(state, Slot.BUDGET) == Budget(None, 90_000.0, None, "total")


def test_a_new_deal_drops_the_budget_and_the_term_of_the_old_one() -> None:
    bought = talk("600 a month long term", "I want to buy in Girne")
    assert required_open(bought) == (Slot.BUDGET,)
    assert Slot.RENTAL_TYPE not in bought.slots
    rented = talk("buy flat Girne 90k pounds", "actually I want to rent")
    assert required_open(rented) == (Slot.BUDGET, Slot.RENTAL_TYPE)
    assert value(talk("500", state=rented), Slot.BUDGET) == Budget(None, 500.0, None, None)


def test_a_budget_said_with_the_new_deal_stays() -> None:
    state = talk("flat in Girne 500 pounds a month", "I want to buy for 90k")
    assert value(state, Slot.BUDGET) == Budget(None, 90_000.0, "GBP", "total")


@pytest.mark.parametrize(
    ("correction", "start", "end", "nights"),
    [
        ("actually 4 nights", date(2026, 4, 16), date(2026, 4, 20), 4),
        ("from Monday", date(2026, 4, 20), date(2026, 4, 23), 3),
        ("from 3 to 17 May", date(2026, 5, 3), date(2026, 5, 17), 14),
    ],
)
def test_the_days_and_nights_of_a_stay_agree_after_a_correction(
    correction: str, start: date, end: date, nights: int
) -> None:
    state = talk("tomorrow night in Girne for 3 nights", correction)
    told = [value(state, s) for s in (Slot.CHECK_IN, Slot.CHECK_OUT, Slot.MIN_NIGHTS)]
    assert told == [start, end, nights]


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("not more than 1200 euros and not less than 700", Budget(700.0, 1200.0, "EUR", None)),
        ("не меньше 700 и не больше 1200 евро", Budget(700.0, 1200.0, "EUR", None)),
        ("about a thousand quid per month tops", Budget(None, 1000.0, "GBP", "month")),
        ("about a thousand quid per month", Budget(None, 1000.0, "GBP", "month", is_about=True)),
    ],
)
def test_bounds_said_apart_make_one_budget(text: str, budget: Budget) -> None:
    assert value(talk(text), Slot.BUDGET) == budget


@pytest.mark.parametrize("text", ["without pets", "no pets", "без животных", "без тварин"])
def test_having_no_pets_asks_nothing_of_a_home(text: str) -> None:
    assert Slot.AMENITIES not in talk(text).slots
    dog = talk("with a dog")
    assert dog.slots[Slot.AMENITIES].value == ("pets_allowed",)
    assert Slot.AMENITIES not in talk(text, state=dog).slots


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("from 3 to 17 May", "short_term"),
        ("from 3 May to 17 August", None),
        ("80 pounds a night", "short_term"),
        ("for two weeks", "short_term"),
        ("for a year", "long_term"),
        ("for 6 months", "long_term"),
        ("for a month", None),
        ("long term, from 3 to 17 May", "long_term"),
    ],
)
def test_a_stay_may_imply_its_term(text: str, term: str | None) -> None:
    filled = talk(text).slots.get(Slot.RENTAL_TYPE)
    assert (filled.value if filled else None) == term


def test_a_later_check_in_clears_a_check_out_that_came_before_it() -> None:
    state = talk("holiday flat from 3 to 17 May", "no, from 20 May")
    assert value(state, Slot.CHECK_IN) == date(2026, 5, 20)
    assert Slot.CHECK_OUT not in state.slots


def test_any_counts_as_filled_and_forgetting_opens_again() -> None:
    state = merge(FRESH, said(Slot.BUDGET, Op.ANY))
    assert is_filled(state, Slot.BUDGET)
    assert Slot.BUDGET in required_open(merge(state, said(Slot.BUDGET, Op.CLEAR)))


def test_an_extra_no_longer_needed_is_dropped_but_not_shunned() -> None:
    state = talk("flat with a pool and a garden", "I don't need a pool")
    assert state.slots[Slot.AMENITIES] == Filled(("garden",))


def test_an_unwanted_extra_is_shunned() -> None:
    state = talk("flat with a pool", "no pool")
    assert state.slots[Slot.AMENITIES] == Filled(None, is_any=True, shunned=("pool",))


def test_starting_over_keeps_only_who_is_talking() -> None:
    state = talk("start over", state=replace(TALKING, contact=Contact("Anna"), language="en"))
    assert state == DialogueState(language="en", contact=Contact("Anna"))


def test_the_parts_of_a_contact_come_together() -> None:
    state = talk("my name is Anna", "anna@example.com", "0533 123 45 67")
    assert state.contact == Contact("Anna", "05331234567", "anna@example.com")


def test_the_language_changes_with_a_clear_message_only() -> None:
    state = talk("ищу квартиру в Кирении")
    assert talk("500", state=state).language == "ru"
    assert talk("ok", state=state).language == "ru"
    assert talk("I would like to see something else please", state=state).language == "en"


def test_required_slots_are_asked_in_their_order() -> None:
    assert required_open(FRESH) == (Slot.LOCATION, Slot.BUDGET, Slot.RENTAL_TYPE)


def test_start_over_is_an_intent_of_its_own() -> None:
    assert EAR.hear("start over", state=TALKING, language=None).intents == (Intent.START_OVER,)
