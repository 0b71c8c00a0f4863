"""What a turn's thinking leaves in the metrics: searches, and re-asks that were stopped."""

from __future__ import annotations

import pytest

from gatehouse.base.errors import GatehouseError, SearchDown, SearchTimeout
from gatehouse.observe.labels import STATE_OF_MOVE
from gatehouse.observe.meter import REGISTRY
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Act, Decision, IncomingMessage, Move, Thread
from gatehouse.understanding.types import DialogueState, Heard, Slot
from tests.conversations.test_talks import TALK, Visit

SEARCHES = "re_backend_search_ms_count"
REASKS = "invariant_reask_total"


def figure(name: str) -> float:
    return REGISTRY.get_sample_value(name, {"arm": "stable"}) or 0.0


@pytest.mark.parametrize(("trouble", "counted"), [(None, 1), (SearchTimeout, 1), (SearchDown, 0)])
async def test_executed_searches_are_timed_and_cut_ones_too(
    trouble: type[GatehouseError] | None, counted: int
) -> None:
    visit, before = Visit(), figure(SEARCHES)
    visit.twin.trouble = trouble
    await visit.say("flat in Girne for 600 pounds a month")
    assert figure(SEARCHES) - before == counted


async def test_a_question_about_a_home_is_no_search() -> None:
    visit = Visit()
    await visit.say("flat in Girne for 600 pounds a month")
    before = figure(SEARCHES)
    await visit.say("how much is the deposit of the first one?")
    assert figure(SEARCHES) == before


async def test_a_filled_slot_is_not_asked_again_even_if_the_policy_wants_to() -> None:
    def stubborn(state: DialogueState, heard: Heard) -> Decision:
        return Decision(Act.ASK_SLOT, Move.ASK, ask=Slot.LOCATION, next_needed=(Slot.LOCATION,))

    visit, before = Visit(), figure(REASKS)
    thread = Thread(TALK, 1, 1, visit.state, (IncomingMessage(1, 1, "a flat in Girne", "en"),))
    outcome = await RulesHandler(stubborn).think(thread, visit.tools, deadline=Deadline.after(20))
    assert outcome.decision.ask is Slot.BUDGET
    assert figure(REASKS) - before == 1
    await visit.say("a flat in Girne")
    assert figure(REASKS) - before == 1


def test_every_move_has_its_state() -> None:
    assert set(STATE_OF_MOVE) == {move.value for move in Move}
