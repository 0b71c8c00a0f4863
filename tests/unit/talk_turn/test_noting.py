"""What a committed turn leaves in metrics and journal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from gatehouse.observe import journal
from gatehouse.observe.meter import REGISTRY
from gatehouse.talk.claims import Claimed
from gatehouse.talk.committing import write_down
from gatehouse.talk.noting import note_turn
from gatehouse.talk.types import (
    Act,
    Decision,
    IncomingMessage,
    Move,
    Outcome,
    Pin,
    Reply,
    Thread,
)
from gatehouse.understanding.types import (
    DialogueState,
    Filled,
    Heard,
    Intent,
    PlaceName,
    Slot,
)
from tests.lines import Lines

GIRNE = Filled((PlaceName("girne", "Kyrenia"),))


@pytest.fixture
def lines() -> Iterator[Lines]:
    sink = Lines()
    before = journal.use(journal.Journal(sinks=(sink,)))
    yield sink
    journal.use(before)


def _turn(
    state: DialogueState, *, turn_no: int = 2, ask: Slot | None = None, pin: Pin | None = None
) -> None:
    messages = (IncomingMessage(1, turn_no, "secret words", None),)
    thread = Thread(UUID(int=7), 1, turn_no, state, messages, pin=pin)
    now = time.monotonic()
    claimed = Claimed(thread, "t", "s", "rules", "en", time.time(), now, 1.0, False)
    outcome = Outcome(
        decision=Decision(Act.ASK_SLOT, Move.ASK, ask=ask, pin_reason="refinement"),
        reply=Reply("", "Which town?"),
        state=replace(state, turn=turn_no),
        heard=Heard("secret words", "en", 1.0, intents=(Intent.REFINE,)),
        filled_before=tuple(state.slots),
        errors=("search_timeout",),
    )
    written = write_down(claimed, outcome, handler="rules")
    note_turn(claimed, outcome, written, handler="rules")


def test_a_turn_tells_its_decision_in_the_runbooks_form(lines: Lines) -> None:
    _turn(DialogueState(slots={Slot.LOCATION: GIRNE}, turn=1), ask=Slot.RENTAL_TYPE)
    (parsed,) = lines.events("re.agent.parsed")
    assert parsed["message"] == 'RE Agent: parsed act=ASK_SLOT next_needed=["rental_type"]'
    assert parsed["filled_before"] == ["location"]
    assert lines.events("chat.context")[0]["messages_before"] == 2
    assert lines.events("re.router_pinned")[0]["reason"] == "refinement"
    assert lines.events("re.search_fallback")[0]["level"] == "WARNING"
    assert str(lines.events("end_to_end")[0]["message"]).endswith("intent=refine")


def test_no_line_holds_the_visitors_words(lines: Lines) -> None:
    _turn(DialogueState(turn=1), ask=Slot.LOCATION)
    assert lines.text
    assert "secret" not in lines.text


def test_a_first_turn_has_no_context_to_tell_of(lines: Lines) -> None:
    _turn(DialogueState(), turn_no=1, ask=Slot.LOCATION)
    assert lines.events("chat.context") == []


@pytest.mark.parametrize(("ask", "grows"), [(Slot.LOCATION, 1), (Slot.RENTAL_TYPE, 0)])
def test_asking_a_filled_slot_is_counted(lines: Lines, ask: Slot, grows: int) -> None:
    counter = "re_slot_reask_total", {"arm": "stable"}
    before = REGISTRY.get_sample_value(*counter) or 0
    _turn(DialogueState(slots={Slot.LOCATION: GIRNE}, turn=1), ask=ask)
    assert REGISTRY.get_sample_value(*counter) == before + grows
    assert ("\nRE Agent: parsed act=ASK_SLOT" in lines.text) == bool(grows)


@pytest.mark.parametrize(("remembered", "result"), [(1, "ok"), (0, "lost")])
def test_a_turn_that_lost_its_context_is_counted(
    lines: Lines, remembered: int, result: str
) -> None:
    counter = "chat_context_turns_total", {"result": result}
    before = REGISTRY.get_sample_value(*counter) or 0
    _turn(DialogueState(turn=remembered), ask=Slot.LOCATION)
    assert REGISTRY.get_sample_value(*counter) == before + 1


@pytest.mark.parametrize(("turn_no", "grows"), [(1, 1), (2, 0)])
def test_an_assignment_is_counted_with_its_reason_at_the_first_turn_alone(
    lines: Lines, turn_no: int, grows: int
) -> None:
    counter = "assignment_total", {"arm": "canary", "reason": "SPLIT"}
    before = REGISTRY.get_sample_value(*counter) or 0
    _turn(DialogueState(turn=turn_no - 1), turn_no=turn_no, pin=Pin("canary", "v-new", "SPLIT"))
    assert (REGISTRY.get_sample_value(*counter) or 0) == before + grows
