"""Every move has its words in every language, within the limits of a reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gatehouse.listings.types import Answer, Found, Limit, Listing, Relaxed, Wish
from gatehouse.talk import passing, results
from gatehouse.talk.render import render
from gatehouse.talk.scene import (
    LONGEST_LABEL,
    LONGEST_SUMMARY,
    MOST_ACTIONS,
    Scene,
    Silence,
    message,
)
from gatehouse.talk.types import Act, Decision, Move, Reply
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import (
    LANGUAGES,
    Budget,
    Contact,
    DialogueState,
    Filled,
    Heard,
    Intent,
    Language,
    Op,
    PlaceName,
    Range,
    Shown,
    Slot,
    SlotChange,
    When,
)
from tests.conversations.stock import home
from tests.unit.understanding.notation import EAR

HOMES = tuple(home(n, "girne/lapta", price=400 + n, deposit=500 if n else None) for n in range(6))
IDS = tuple(str(h.id) for h in HOMES)
SLOTS = {
    Slot.LOCATION: Filled((PlaceName("girne", "Girne"),), shunned=("girne/lapta",)),
    Slot.BUDGET: Filled(Budget(None, 500, "GBP", "month")),
    Slot.RENTAL_TYPE: Filled("long_term"),
    Slot.BEDROOMS: Filled(Range(2, 3)),
    Slot.AREA: Filled(Range(80, None)),
    Slot.AMENITIES: Filled(("pool", "parking"), shunned=("gym",)),
    Slot.CHECK_IN: Filled(date(2026, 5, 1)),
    Slot.MIN_TERM_MONTHS: Filled(6),
}
STATE = DialogueState(
    slots=SLOTS,
    shown=tuple(Shown(str(h.id), h.title, h.district or "", h.price) for h in HOMES),
    contact=Contact(name="Ada", phone="+905551112233"),
    when=When(date(2026, 5, 2), "15:00"),
    turn=4,
)
CHANGES = tuple(SlotChange(slot, Op.SET, filled.value, None) for slot, filled in SLOTS.items())


def scene(
    decision: Decision,
    *,
    language: Language = "en",
    homes: tuple[Listing, ...] = (),
    relaxed: Relaxed | None = None,
    turn: int = 5,
    **more: object,
) -> Scene:
    answer = Answer(Found(() if relaxed else homes, len(homes), None, 0.1), relaxed)
    return Scene(
        voice=Voice(language, turn),
        decision=decision,
        state=STATE,
        heard=Heard("…", language, 1.0, changes=CHANGES),
        currency="GBP",
        homes=homes,
        answer=answer,
        **more,  # type: ignore[arg-type]
    )


def said(decision: Decision, **more: object) -> Reply:
    return render(scene(decision, **more))  # type: ignore[arg-type]


def _decision(move: Move) -> Decision:
    slot = Slot.LOCATION if move in (Move.ASK, Move.GREET, Move.START_OVER) else None
    act = Act.ASK_SLOT if slot else Act.CLARIFY
    return Decision(act, move, ask=slot, home_ids=IDS[:2], asked=("pool", "deposit"))


def _relaxed(*limits: Limit) -> Relaxed:
    wish = Wish(price_max=600, price_period="month", bedrooms_min=1)
    return Relaxed(limits, wish, Found(HOMES, 6, None, 0.1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_every_move_is_said_in_every_language_within_the_limits(
    move: Move, language: Language, turn: int
) -> None:
    relaxed = _relaxed(*Limit) if move is Move.NOTHING_FOUND else None
    reply = said(_decision(move), language=language, homes=HOMES, relaxed=relaxed, turn=turn)
    assert reply.title and 0 < len(reply.summary) <= LONGEST_SUMMARY
    assert "{" not in reply.title + reply.summary
    labels = [action["label"] for action in reply.suggested_actions]
    assert len(labels) <= MOST_ACTIONS and len(labels) == len(set(labels))
    assert all(len(label) <= LONGEST_LABEL for label in labels)


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("move", list(Move))
def test_no_english_slips_into_other_languages(move: Move, language: Language) -> None:
    reply = said(_decision(move), language=language, homes=HOMES, relaxed=_relaxed(Limit.BUDGET))
    words = f"{reply.title} {reply.summary}"
    for listing in HOMES:
        words = words.replace(listing.title, "")
    english = {"the", "you", "and", "for", "with", "of", "bedroom", "month", "listing"}
    assert english.isdisjoint(words.casefold().split())


def test_the_first_reply_says_that_a_program_speaks() -> None:
    first, later = said(_decision(Move.ASK), turn=1), said(_decision(Move.ASK), turn=2)
    assert "automated assistant" in first.summary
    assert "automated assistant" not in later.summary


def test_wordings_change_from_turn_to_turn() -> None:
    found = {said(_decision(Move.RECOMMEND), homes=HOMES, turn=t).summary for t in (2, 3, 4)}
    assert len(found) == 3


def test_homes_come_as_cards_and_without_cards_as_the_same_table() -> None:
    with_cards = said(_decision(Move.RECOMMEND), homes=HOMES)
    without = said(_decision(Move.RECOMMEND), homes=HOMES, cards_on=False)
    assert [c["title"] for c in with_cards.cards] == [h.title for h in HOMES]
    assert with_cards.blocks == ()
    assert without.cards == ()
    assert [row[0] for row in without.blocks[0]["rows"]] == [h.title for h in HOMES]
    assert without.suggested_actions[0]["payload"] == "#csv"
    assert (with_cards.degraded, without.degraded) == ((), ("cards_off",))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit.AREA, "a wider area (20 km around)"),
        (Limit.BUDGET, "a budget up to £600 a month"),
        (Limit.BEDROOMS, "from 1 bedroom"),
    ],
)
def test_nothing_found_names_the_limit_that_would_move(limit: Limit, words: str) -> None:
    reply = said(_decision(Move.NOTHING_FOUND), relaxed=_relaxed(limit))
    assert words in reply.summary
    assert "6 homes" in reply.summary
    assert reply.suggested_actions[0]["label"].casefold() == words.casefold()
    assert reply.cards == ()


def test_nothing_found_at_all_says_what_was_searched_and_offers_to_drop_a_wish() -> None:
    reply = said(_decision(Move.NOTHING_FOUND))
    assert "up to £500 a month" in reply.summary
    assert "no gym" in reply.summary
    assert "(location, price, bedrooms)" in reply.summary
    labels = [action["label"] for action in reply.suggested_actions]
    assert labels == ["Talk to a person", "Pool is not needed", "Any dates"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_offer_to_drop_the_type_is_understood(language: Language) -> None:
    label = Voice(language, 1).say("Any type")
    heard = EAR.hear(label, state=DialogueState(), language=language)
    assert [(c.slot, c.op) for c in heard.changes] == [(Slot.PROPERTY_TYPE, Op.ANY)]


def test_an_unknown_fact_is_said_to_be_unknown() -> None:
    asked = ("deposit", "gym")
    decision = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[:1], asked=asked)
    reply = said(decision, homes=HOMES[:1])
    assert "Deposit: the listing does not say." in reply.summary
    assert "Gym: the listing does not say." in reply.summary


def test_a_known_fact_is_read_from_the_listing() -> None:
    asked = ("deposit", "pool", "bedrooms", "minimum_stay", "phone")
    decision = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[1:2], asked=asked)
    reply = said(decision, homes=HOMES[1:2])
    assert "The deposit is £500." in reply.summary
    assert "Pool: yes, according to the listing." in reply.summary
    assert "6 months" in reply.summary
    assert "+90 392 815 00 00" in reply.summary


def test_a_home_that_is_gone_is_said_to_be_gone() -> None:
    reply = said(Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[:1]))
    assert "no longer on offer" in reply.summary


def test_free_days_are_answered_with_the_days() -> None:
    decision = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[:1], asked=("availability",))
    assert "It is free from 1 May 2026" in said(decision, is_free=True).summary
    assert "not free on all days" in said(decision, is_free=False).summary


def test_homes_are_compared_side_by_side() -> None:
    decision = Decision(Act.CLARIFY, Move.COMPARE, home_ids=IDS[:2])
    reply = said(decision, homes=HOMES[:2])
    block = reply.blocks[0]
    assert block["type"] == "table"
    assert block["headers"][1:] == [h.title for h in HOMES[:2]]
    assert all(len(row) == 3 for row in block["rows"])
    assert "costs least: £400 a month" in reply.summary


def test_prices_of_different_kinds_are_not_compared() -> None:
    short = home(99, "girne/lapta", price=50, term="short_term")
    decision = Decision(Act.CLARIFY, Move.COMPARE, home_ids=(IDS[0], str(short.id)))
    assert "costs least" not in said(decision, homes=(HOMES[0], short)).summary


def test_a_stored_viewing_promises_no_time() -> None:
    decision = Decision(Act.ESCALATE, Move.VIEWING_STORED, to_domain="viewing", home_ids=IDS[:1])
    reply = said(decision)
    assert "not fixed yet" in reply.summary
    assert "Saturday, 2 May, 15:00" in reply.summary
    (effect,) = passing.effects(scene(decision))
    assert effect.kind == "viewing_request"
    assert effect.payload["listing_id"] == IDS[0]
    assert (effect.payload["day"], effect.payload["time"]) == ("2026-05-02", "15:00")
    assert effect.payload["contact"]["phone"] == "+905551112233"


def test_a_hand_over_carries_reason_wishes_and_shortlist() -> None:
    decision = Decision(Act.ESCALATE, Move.HANDED_OVER, to_domain="staff")
    made = replace(scene(decision), heard=Heard("This is bad", "en", 1.0, (Intent.COMPLAINT,)))
    (effect,) = passing.effects(made)
    assert effect.kind == "handover"
    assert effect.payload["reason"] == "complaint"
    assert effect.payload["shortlist"] == list(IDS)
    assert "up to £500 a month" in effect.payload["slots"]
    assert "sorry" in render(made).summary


@pytest.mark.parametrize("is_promised", [False, True])
def test_a_later_message_is_promised_with_the_effect_that_stores_it_or_not_at_all(
    is_promised: bool,
) -> None:
    silence = Silence(is_slow=False, is_promised=is_promised)
    made = replace(scene(_decision(Move.TROUBLE)), silence=silence)
    reply = results.in_trouble(made)
    assert reply.degraded == ("search",)
    assert ("send" in reply.summary) is is_promised
    assert [e.kind for e in passing.effects(made)] == ["follow_up"] * is_promised


def test_labels_are_cut_and_repeats_dropped() -> None:
    assert len(message("x" * 60)["label"]) == LONGEST_LABEL


def test_actions_can_be_turned_off() -> None:
    reply = render(scene(_decision(Move.ASK)), actions_on=False)
    assert reply.suggested_actions == ()
