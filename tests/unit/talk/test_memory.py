"""What is remembered after a turn."""

from __future__ import annotations

from gatehouse.listings.types import Answer, Found, Limit, Relaxed, Wish
from gatehouse.talk.memory import left, page, remember
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.types import DialogueState, Filled, PlaceName, Slot
from tests.conversations.stock import home

HOMES = tuple(home(n, "girne/lapta", price=400.0 + n) for n in range(6))
IDS = tuple(str(h.id) for h in HOMES)
RECOMMEND = Decision(Act.SEARCH_AND_RECOMMEND, Move.RECOMMEND)
MORE = Decision(Act.SEARCH_AND_RECOMMEND, Move.MORE)


def found(total: int) -> Answer:
    return Answer(Found(HOMES, total, None, 0.1))


def test_an_ask_is_counted_and_awaited() -> None:
    ask = Decision(Act.ASK_SLOT, Move.ASK, ask=Slot.BUDGET, next_needed=(Slot.BUDGET,))
    after = remember(DialogueState(asks={Slot.BUDGET: 1}), ask, turn=2)
    assert (after.awaiting, after.asks[Slot.BUDGET], after.turn) == (Slot.BUDGET, 2, 2)


def test_a_slot_is_awaited_through_a_digression_until_it_is_filled() -> None:
    thanks = Decision(Act.CLARIFY, Move.THANK)
    waiting = DialogueState(awaiting=Slot.LOCATION)
    assert remember(waiting, thanks, turn=2).awaiting is Slot.LOCATION
    told = DialogueState(
        awaiting=Slot.LOCATION, slots={Slot.LOCATION: Filled((PlaceName("girne", "Girne"),))}
    )
    assert remember(told, thanks, turn=2).awaiting is None


def test_shown_homes_can_be_pointed_to_and_counted() -> None:
    after = remember(DialogueState(), RECOMMEND, homes=HOMES, answer=found(14), turn=3)
    assert [s.id for s in after.shown] == list(IDS)
    assert (after.seen, after.offered, after.has_searched) == (6, "more", True)
    assert left(after, MORE, answer=found(14), shown=6) == 2


def test_the_next_page_begins_after_what_was_seen() -> None:
    state = DialogueState(seen=6, has_searched=True)
    assert (page(state, MORE), page(state, RECOMMEND)) == (6, 0)
    assert remember(state, MORE, homes=HOMES, answer=found(20), turn=4).seen == 12


def test_nothing_more_is_offered_after_the_last_home() -> None:
    assert (
        remember(DialogueState(), RECOMMEND, homes=HOMES, answer=found(6), turn=3).offered is None
    )


def test_nothing_found_offers_its_step_and_keeps_the_homes_on_the_screen() -> None:
    shown = remember(DialogueState(), RECOMMEND, homes=HOMES, answer=found(6), turn=3)
    relaxed = Relaxed((Limit.AREA, Limit.BUDGET), Wish(), Found(HOMES, 6, None, 0.1))
    nothing = Decision(Act.SEARCH_AND_RECOMMEND, Move.NOTHING_FOUND)
    after = remember(shown, nothing, answer=Answer(Found((), 0, None, 0.1), relaxed), turn=4)
    assert after.offered == "relax:area+budget"
    assert after.shown == shown.shown


def test_nothing_found_at_all_offers_a_person() -> None:
    nothing = Decision(Act.SEARCH_AND_RECOMMEND, Move.NOTHING_FOUND)
    answer = Answer(Found((), 0, None, 0.1), None)
    assert remember(DialogueState(), nothing, answer=answer, turn=4).offered == "handover"


def test_the_home_talked_about_stays_in_focus_until_other_homes_are_shown() -> None:
    about = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[1:2], asked=("pool",))
    state = remember(DialogueState(), about, homes=HOMES[1:2], turn=4)
    assert (state.focus, state.offered) == (IDS[1], "viewing")
    compared = Decision(Act.CLARIFY, Move.COMPARE, home_ids=IDS[:2])
    state = remember(state, compared, turn=5)
    assert state.focus == IDS[1]
    assert remember(state, RECOMMEND, homes=HOMES, answer=found(6), turn=6).focus is None


def test_a_home_that_is_gone_offers_the_search_again() -> None:
    about = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=IDS[1:2], asked=("pool",))
    assert remember(DialogueState(), about, turn=4).offered == "retry"


def test_a_viewing_waits_for_its_contact_and_no_longer() -> None:
    asked = Decision(Act.CLARIFY, Move.ASK_CONTACT, home_ids=IDS[:1])
    waiting = remember(DialogueState(), asked, turn=4)
    assert waiting.viewing == IDS[:1]
    thanked = remember(waiting, Decision(Act.CLARIFY, Move.THANK), turn=5)
    assert thanked.viewing == IDS[:1]
    stored = Decision(Act.ESCALATE, Move.VIEWING_STORED, to_domain="viewing", home_ids=IDS[:1])
    assert remember(thanked, stored, turn=6).viewing == ()


def test_the_open_question_is_kept_while_the_home_is_asked_for() -> None:
    which = Decision(Act.CLARIFY, Move.WHICH_HOME, asked=("pool", "deposit"))
    assert remember(DialogueState(), which, turn=4).offered == "about:pool,deposit"
    viewing = Decision(Act.CLARIFY, Move.WHICH_HOME, asked=("viewing",))
    assert remember(DialogueState(), viewing, turn=4).offered == "which:viewing"


def test_after_the_cheapest_was_asked_for_the_talk_is_of_it() -> None:
    after = remember(
        DialogueState(), RECOMMEND, homes=HOMES, answer=found(14), turn=3, is_ranked=True
    )
    assert after.focus == IDS[0]
    assert remember(after, RECOMMEND, homes=HOMES, answer=found(14), turn=4).focus is None
