"""The policy, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gatehouse.talk.policy import askable, decide, lawful
from gatehouse.talk.settling import settle
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    Heard,
    HomeRef,
    Intent,
    Op,
    PlaceName,
    Shown,
    Slot,
    SlotChange,
    SlotValue,
    Span,
    When,
)

PLACE = Filled((PlaceName("girne", "Kyrenia"),))
MONEY = Filled(Budget(None, 500, "GBP", None))
TERM = Filled("long_term")
FULL = {Slot.LOCATION: PLACE, Slot.BUDGET: MONEY, Slot.RENTAL_TYPE: TERM}
SHOWN = tuple(Shown(f"id{n}", f"Home {n}", "girne/lapta", 400.0 + n) for n in range(1, 4))
TALK = DialogueState(slots=FULL, shown=SHOWN, has_searched=True, seen=3, turn=3)
SPAN = Span(0, 1)


def heard(
    *intents: Intent,
    changes: tuple[tuple[Slot, SlotValue], ...] = (),
    numbers: tuple[int, ...] = (),
    is_it: bool = False,
    asked: tuple[str, ...] = (),
    contact: Contact | None = None,
    when: When | None = None,
) -> Heard:
    refs = tuple(HomeRef(SPAN, number=n) for n in numbers) or (
        (HomeRef(SPAN, is_it=True),) if is_it else ()
    )
    said = tuple(SlotChange(slot, Op.SET, value, SPAN) for slot, value in changes)
    return Heard("…", "en", 1.0, intents, said, refs, asked, contact, when)


@pytest.mark.parametrize(
    ("slots", "asked"),
    [
        ({}, Slot.LOCATION),
        ({Slot.LOCATION: PLACE}, Slot.BUDGET),
        ({Slot.BUDGET: MONEY}, Slot.LOCATION),
        ({Slot.LOCATION: PLACE, Slot.BUDGET: MONEY}, Slot.RENTAL_TYPE),
        ({Slot.LOCATION: Filled(None, is_any=True), Slot.RENTAL_TYPE: TERM}, Slot.BUDGET),
    ],
)
def test_the_first_open_slot_is_asked_in_order(slots: dict[Slot, Filled], asked: Slot) -> None:
    decision = decide(DialogueState(slots=slots), heard(Intent.SEARCH))
    assert (decision.act, decision.ask) == (Act.ASK_SLOT, asked)
    assert decision.next_needed == (asked,)


def test_full_slots_bring_a_recommendation() -> None:
    decision = decide(DialogueState(slots=FULL), heard(Intent.SEARCH))
    assert (decision.act, decision.move) == (Act.SEARCH_AND_RECOMMEND, Move.RECOMMEND)


def test_a_buyer_is_not_asked_for_how_long() -> None:
    slots = {Slot.LOCATION: PLACE, Slot.BUDGET: MONEY, Slot.DEAL: Filled("buy")}
    assert decide(DialogueState(slots=slots), heard(Intent.SEARCH)).act is Act.SEARCH_AND_RECOMMEND


def test_after_three_asks_the_search_goes_on_without_the_slot() -> None:
    slots = {Slot.LOCATION: PLACE, Slot.BUDGET: MONEY}
    state = DialogueState(slots=slots, awaiting=Slot.RENTAL_TYPE, asks={Slot.RENTAL_TYPE: 3})
    decision = decide(state, heard())
    assert decision.act is Act.ACK_AND_SEARCH
    assert decision.next_needed == (Slot.RENTAL_TYPE,)


def test_what_was_not_understood_is_asked_again_in_other_words() -> None:
    state = DialogueState(awaiting=Slot.LOCATION, asks={Slot.LOCATION: 1})
    decision = decide(state, heard())
    assert (decision.move, decision.ask) == (Move.NOT_UNDERSTOOD, Slot.LOCATION)


def test_a_refinement_of_shown_homes_searches_again_at_once() -> None:
    state = replace(TALK, slots={Slot.LOCATION: PLACE})
    decision = decide(state, heard(Intent.REFINE, changes=((Slot.LOCATION, "x"),)))
    assert decision.act is Act.ACK_AND_SEARCH
    assert (decision.continuity, decision.pin_reason) == ("refinement", "refinement")


@pytest.mark.parametrize(
    ("said", "act", "move"),
    [
        (heard(Intent.GREETING), Act.CLARIFY, Move.GREET),
        (heard(Intent.THANKS), Act.CLARIFY, Move.THANK),
        (heard(Intent.GOODBYE), Act.CLARIFY, Move.GOODBYE),
        (heard(Intent.SMALL_TALK), Act.CLARIFY, Move.SMALL_TALK),
        (heard(Intent.OUT_OF_SCOPE), Act.ESCALATE, Move.OUT_OF_DOMAIN),
        (heard(Intent.TALK_TO_PERSON), Act.ESCALATE, Move.HANDED_OVER),
        (heard(Intent.COMPLAINT), Act.ESCALATE, Move.HANDED_OVER),
        (heard(Intent.VALUATION), Act.ESCALATE, Move.HANDED_OVER),
        (heard(Intent.SELL_OR_LET), Act.ESCALATE, Move.HANDED_OVER),
        (heard(Intent.CANCEL_VIEWING), Act.ESCALATE, Move.HANDED_OVER),
        (heard(Intent.MORE_OPTIONS), Act.SEARCH_AND_RECOMMEND, Move.MORE),
        (heard(Intent.COMPARE, numbers=(1, 2)), Act.CLARIFY, Move.COMPARE),
        (heard(Intent.COMPARE), Act.CLARIFY, Move.COMPARE),
        (heard(Intent.BOOK_VIEWING, numbers=(2,)), Act.CLARIFY, Move.ASK_CONTACT),
        (heard(Intent.BOOK_VIEWING), Act.CLARIFY, Move.WHICH_HOME),
        (
            heard(Intent.ASK_ABOUT_HOME, numbers=(2,), asked=("pool",)),
            Act.CLARIFY,
            Move.ANSWER_HOME,
        ),
        (heard(numbers=(9,)), Act.CLARIFY, Move.WHICH_HOME),
        (heard(), Act.CLARIFY, Move.NOT_UNDERSTOOD),
    ],
)
def test_each_wish_in_a_talk_with_homes_has_its_act(said: Heard, act: Act, move: Move) -> None:
    decision = decide(TALK, said)
    assert (decision.act, decision.move) == (act, move)
    assert (decision.to_domain is not None) == (act is Act.ESCALATE)


@pytest.mark.parametrize(
    ("intent", "domain"),
    [
        (Intent.TALK_TO_PERSON, "staff"),
        (Intent.VALUATION, "valuation"),
        (Intent.SELL_OR_LET, "other"),
        (Intent.MOVE_VIEWING, "viewing"),
        (Intent.OUT_OF_SCOPE, "general"),
    ],
)
def test_an_escalation_names_its_desk(intent: Intent, domain: str) -> None:
    assert decide(TALK, heard(intent)).to_domain == domain


def test_a_greeting_at_the_start_asks_for_the_first_slot() -> None:
    decision = decide(DialogueState(), heard(Intent.GREETING))
    assert (decision.move, decision.act, decision.ask) == (Move.GREET, Act.ASK_SLOT, Slot.LOCATION)


def test_outside_questions_stay_pinned_while_a_slot_is_awaited() -> None:
    state = DialogueState(awaiting=Slot.LOCATION, asks={Slot.LOCATION: 1}, turn=1)
    decision = decide(state, heard(Intent.OUT_OF_SCOPE))
    assert (decision.act, decision.pin_reason) == (Act.CLARIFY, "slot_filling_guard")


def test_yes_takes_up_what_was_offered() -> None:
    yes = heard(Intent.YES)
    assert decide(replace(TALK, offered="more"), yes).move is Move.MORE
    assert decide(replace(TALK, offered="retry"), yes).move is Move.RECOMMEND
    assert decide(replace(TALK, offered="handover"), yes).to_domain == "staff"
    assert decide(replace(TALK, offered="viewing", focus="id2"), yes).home_ids == ("id2",)


def test_yes_accepts_the_relaxation_that_was_offered() -> None:
    state = settle(replace(TALK, offered="relax:budget"), heard(Intent.YES))
    assert state.accepted == ("budget",)
    assert decide(state, heard(Intent.YES)).move is Move.RECOMMEND


def test_a_home_that_is_not_liked_brings_others_not_its_description() -> None:
    decision = decide(TALK, heard(Intent.MORE_OPTIONS, Intent.NO, numbers=(1,)))
    assert (decision.act, decision.move) == (Act.SEARCH_AND_RECOMMEND, Move.MORE)


def test_a_question_about_trust_hands_nothing_over() -> None:
    decision = decide(TALK, heard(Intent.TRUST))
    assert (decision.act, decision.move) == (Act.CLARIFY, Move.SMALL_TALK)


def test_a_cancelled_viewing_is_that_of_the_home_chosen() -> None:
    chosen = replace(TALK, chosen=("id2",), focus="id1")
    assert decide(chosen, heard(Intent.CANCEL_VIEWING)).home_ids == ("id2",)
    assert decide(chosen, heard(Intent.CANCEL_VIEWING, numbers=(3,))).home_ids == ("id3",)


def test_no_to_an_offer_is_taken_kindly() -> None:
    assert decide(replace(TALK, offered="more"), heard(Intent.NO)).move is Move.DECLINED


def test_a_viewing_with_a_contact_is_stored_at_once() -> None:
    state = replace(TALK, contact=Contact(phone="+905551112233"))
    decision = decide(state, heard(Intent.BOOK_VIEWING, numbers=(-1,)))
    assert (decision.move, decision.to_domain) == (Move.VIEWING_STORED, "viewing")
    assert decision.home_ids == ("id3",)


def test_a_contact_given_later_completes_the_viewing() -> None:
    contact = Contact(email="a@example.com")
    state = replace(TALK, viewing=("id1",), contact=contact)
    decision = decide(state, heard(contact=contact))
    assert (decision.move, decision.home_ids) == (Move.VIEWING_STORED, ("id1",))


def test_a_name_alone_does_not_complete_the_viewing() -> None:
    contact = Contact(name="Ada")
    state = replace(TALK, viewing=("id1",), contact=contact)
    assert decide(state, heard(contact=contact)).move is Move.ASK_CONTACT


def test_a_contact_out_of_the_blue_is_kept() -> None:
    contact = Contact(phone="+905551112233")
    assert decide(replace(TALK, contact=contact), heard(contact=contact)).move is Move.CONTACT_KEPT


def test_it_means_the_home_in_focus() -> None:
    state = replace(TALK, focus="id3")
    decision = decide(state, heard(Intent.ASK_ABOUT_HOME, is_it=True, asked=("deposit",)))
    assert (decision.home_ids, decision.asked) == (("id3",), ("deposit",))


def test_a_question_without_a_home_is_answered_for_all_on_the_screen() -> None:
    decision = decide(TALK, heard(Intent.ASK_ABOUT_HOME, asked=("pool",)))
    assert decision.home_ids == ("id1", "id2", "id3")


def test_the_question_is_remembered_while_we_ask_which_home() -> None:
    state = replace(TALK, offered="about:pool,deposit")
    assert decide(state, heard(numbers=(2,))).asked == ("pool", "deposit")


def test_naming_the_home_goes_on_with_the_viewing() -> None:
    state = replace(TALK, offered="which:viewing")
    assert decide(state, heard(numbers=(2,))).move is Move.ASK_CONTACT


def test_asking_for_a_viewing_with_nothing_shown_looks_for_homes_first() -> None:
    assert decide(DialogueState(), heard(Intent.BOOK_VIEWING)).act is Act.ASK_SLOT


def test_the_guard_turns_a_question_for_a_filled_slot_into_a_lawful_one() -> None:
    wrong = Decision(Act.ASK_SLOT, Move.ASK, ask=Slot.LOCATION, next_needed=(Slot.LOCATION,))
    state = DialogueState(slots={Slot.LOCATION: PLACE})
    assert lawful(wrong, state).ask is Slot.BUDGET
    assert lawful(wrong, DialogueState(slots=FULL)).act is Act.SEARCH_AND_RECOMMEND
    assert lawful(wrong, DialogueState()) == wrong


def test_a_question_about_no_home_says_that_there_is_none_yet() -> None:
    decision = decide(DialogueState(), heard(Intent.ASK_ABOUT_HOME, numbers=(2,), asked=("pool",)))
    assert (decision.act, decision.move) == (Act.CLARIFY, Move.WHICH_HOME)


def test_any_counts_as_filled() -> None:
    state = DialogueState(slots={Slot.LOCATION: Filled(None, is_any=True)})
    assert Slot.LOCATION not in askable(state)


@pytest.mark.parametrize(
    ("budget", "slot", "value"),
    [
        (Budget(None, 600, "EUR", "month"), Slot.RENTAL_TYPE, "long_term"),
        (Budget(None, 60, "EUR", "night"), Slot.RENTAL_TYPE, "short_term"),
        (Budget(None, 250_000, "GBP", None), Slot.DEAL, "buy"),
    ],
)
def test_a_budget_can_say_more_than_money(budget: Budget, slot: Slot, value: str) -> None:
    state = settle(DialogueState(slots={Slot.BUDGET: Filled(budget)}), heard())
    assert state.slots[slot].value == value


def test_what_is_implied_never_overwrites_what_was_said() -> None:
    slots = {
        Slot.BUDGET: Filled(Budget(None, 600, "EUR", "month")),
        Slot.RENTAL_TYPE: Filled("short_term"),
    }
    state = settle(DialogueState(slots=slots), heard())
    assert state.slots[Slot.RENTAL_TYPE].value == "short_term"


def test_cheaper_means_the_cheaper_half_of_what_is_shown() -> None:
    shown = tuple(Shown(str(p), "", "girne", float(p), "GBP") for p in (450, 360, 400, 380))
    slots = {**FULL, Slot.BUDGET: Filled(Budget(None, 306, "GBP", "month"))}
    less = SlotChange(Slot.BUDGET, Op.LESS, Budget(None, 306, "GBP", "month"), None)
    said = replace(heard(Intent.REFINE), changes=(less,))
    state = settle(replace(TALK, slots=slots, shown=shown), said)
    assert state.slots[Slot.BUDGET].value == Budget(None, 389, "GBP", "month")
    assert state.sort == "price"
    alike = tuple(replace(home, price=400.0) for home in shown)
    same = settle(replace(TALK, slots=slots, shown=alike), said)
    assert same.slots[Slot.BUDGET].value == slots[Slot.BUDGET].value


def test_cheaper_compares_prices_in_the_currency_of_the_visitor() -> None:
    euros = {**FULL, Slot.BUDGET: Filled(Budget(None, 600, "EUR", "month"))}
    prices = ((500, "GBP"), (29_200, "TRY"), (480, "EUR"), (400, "GBP"))
    shown = tuple(Shown(str(p), "", "girne", float(p), c) for p, c in prices)
    less = SlotChange(Slot.BUDGET, Op.LESS, Budget(None, 340, "GBP", "month"), None)
    said = replace(heard(Intent.REFINE), changes=(less,))
    before = replace(TALK, slots=euros, shown=shown)
    merged = replace(before, slots={**FULL, Slot.BUDGET: Filled(less.value)})
    rates = {"GBP": 1.0, "EUR": 1.2, "TRY": 58.4}
    known = settle(merged, said, before=before, rates=rates)  # 600, 600, 480 and 480 euros
    assert known.slots[Slot.BUDGET].value == Budget(None, 539, "EUR", "month")
    unknown = settle(merged, said, before=before)  # only the pounds can be compared
    assert unknown.slots[Slot.BUDGET].value == Budget(None, 449, "GBP", "month")


def test_a_stay_of_two_weeks_is_short() -> None:
    slots = {Slot.CHECK_IN: Filled(date(2026, 5, 1)), Slot.CHECK_OUT: Filled(date(2026, 5, 15))}
    state = settle(DialogueState(slots=slots), heard())
    assert state.slots[Slot.RENTAL_TYPE].value == "short_term"


@pytest.mark.parametrize("offered", ["handover", "viewing", "more", "retry"])
def test_a_goodbye_accepts_no_offer(offered: str) -> None:
    state = replace(TALK, offered=offered, focus="id1")
    assert decide(state, heard(Intent.YES, Intent.GOODBYE)).move is Move.GOODBYE
