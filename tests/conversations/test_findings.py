"""What each turn leaves in the ledger for the judgement of whole conversations."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from gatehouse.llm.types import ModelError
from gatehouse.talk.findings import findings, has_lost_context, is_reask
from gatehouse.talk.types import Outcome, Thread
from gatehouse.understanding.types import DialogueState, Slot
from tests.conversations.test_prompted import ASK_BUDGET, PICK, WISH
from tests.conversations.voices import Visit, answer

THREAD = Thread(uuid4(), 1, 1, DialogueState(), ())


async def left(visit: Visit, said: str) -> dict[str, object]:
    return findings(THREAD, await visit.say(said))


async def test_an_answer_that_keeps_the_contract_is_ok_and_its_time_is_known() -> None:
    found = await left(Visit([answer("SEARCH_AND_RECOMMEND", PICK)]), WISH)
    assert found["contract"] == "ok" and found["slots_complete"] is True
    assert isinstance(found["model_ms"], float) and "cached" in found
    assert not {"reask", "lost", "ungrounded"} & set(found)


async def test_a_broken_answer_is_repaired_or_failed() -> None:
    mended = Visit(["no JSON at all", answer("SEARCH_AND_RECOMMEND", PICK)])
    assert (await left(mended, WISH))["contract"] == "repaired"
    assert (await left(Visit(["no JSON", "again none"]), WISH))["contract"] == "failed"


async def test_a_lie_is_failed_and_ungrounded() -> None:
    found = await left(Visit([answer("SEARCH_AND_RECOMMEND", "I found 57 homes for you.")]), WISH)
    assert (found["contract"], found["ungrounded"]) == ("failed", True)


async def test_a_model_that_is_away_broke_no_contract() -> None:
    found = await left(Visit([ModelError("timeout", "late")]), WISH)
    assert "contract" not in found


async def test_open_slots_are_not_complete() -> None:
    assert "slots_complete" not in await left(Visit([ASK_BUDGET]), "Girne")


async def asked_budget() -> Outcome:
    return await Visit([ASK_BUDGET]).say("Girne")


async def test_asking_what_was_filled_is_a_reask() -> None:
    fair = await asked_budget()
    assert not is_reask(fair)
    again = replace(fair, filled_before=(Slot.BUDGET,))
    assert is_reask(again) and findings(THREAD, again)["reask"] is True


@pytest.mark.parametrize(
    ("turn_no", "known", "expected"), [(1, 0, False), (2, 1, False), (2, 0, True), (5, 3, True)]
)
def test_a_turn_that_does_not_know_the_one_before_has_lost_its_context(
    turn_no: int, known: int, expected: bool
) -> None:
    thread = replace(THREAD, turn_no=turn_no, state=DialogueState(turn=known))
    assert has_lost_context(thread) is expected
