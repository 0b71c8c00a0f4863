"""One specification for every ChatModel: what is handed out, and how each failure is called."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.types import ChatMessage, ChatModel, ChatRequest, Completion, Delta, ModelError
from gatehouse.resilience.deadline import Deadline
from tests.conformance.llm.stages import Act, ScriptedStage, Stage
from tests.conformance.llm.wires import WIRES, wire

ANSWER = json.dumps({"act": "CLARIFY", "speak": "Hello — merhaba, здравствуйте! " * 3}, ensure_ascii=False)  # fmt: skip # noqa: E501
SCHEMA = {
    "type": "object",
    "properties": {"act": {"type": "string"}, "speak": {"type": "string"}},
    "required": ["act", "speak"],
    "additionalProperties": False,
}
REQUEST = ChatRequest(
    task="turn",
    messages=(
        ChatMessage("system", "You are the assistant of an agency."),
        ChatMessage("user", "hi"),
        ChatMessage("assistant", "Hello!"),
        ChatMessage("user", "a flat in Girne"),
    ),
    schema=SCHEMA,
)


@pytest.fixture(params=["scripted", *WIRES])
async def stage(request: pytest.FixtureRequest, connections: Connections) -> AsyncIterator[Stage]:
    if request.param == "scripted":
        yield ScriptedStage()
        return
    async with wire(request.param, connections) as played:
        yield played


async def heard(model: ChatModel, *, seconds: float = 60.0) -> tuple[str, Completion]:
    """All that a call hands out; one completion comes last."""
    said = ""
    ends: list[Completion] = []
    async for piece in model.answer(REQUEST, Deadline.after(seconds)):
        assert not ends
        if isinstance(piece, Delta):
            said += piece.text
        else:
            ends.append(piece)
    assert len(ends) == 1
    return said, ends[0]


async def trouble_of(model: ChatModel, *, seconds: float = 60.0) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await heard(model, seconds=seconds)
    return caught.value


async def test_the_deltas_make_the_text_of_the_completion(stage: Stage) -> None:
    said, end = await heard(stage.model(Act(ANSWER)))
    assert json.loads(end.text) == json.loads(ANSWER)
    assert said == end.text
    assert end.finish == "stop"
    assert end.usage.tokens_in > 0
    assert end.usage.tokens_out > 0


async def test_a_cut_by_length_is_told(stage: Stage) -> None:
    _, end = await heard(stage.model(Act('{"act":"CLA', end="length")))
    assert end.finish == "length"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "unauthorised"),
        (403, "unauthorised"),
        (404, "bad_request"),
        (429, "throttled"),
        (500, "http_5xx"),
        (503, "http_5xx"),
        (529, "http_5xx"),
    ],
)
async def test_a_refusal_has_its_kind_and_is_asked_once(
    stage: Stage, status: int, kind: str
) -> None:
    trouble = await trouble_of(stage.model(*[Act(status=status, retry_after=7)] * 3))
    assert trouble.kind == kind
    assert not trouble.has_begun
    assert stage.calls == 1
    if status == 429:
        assert trouble.retry_after == 7


async def test_silence_from_the_start_is_cut_at_the_first_token(stage: Stage) -> None:
    bounds = Bounds(first_token=0.2, gap=30, total=60)
    trouble = await trouble_of(stage.model(Act(end="silence"), bounds=bounds))
    assert (trouble.kind, trouble.has_begun) == ("first_token", False)


async def test_silence_in_the_middle_is_cut_at_the_gap(stage: Stage) -> None:
    bounds = Bounds(first_token=30, gap=0.2, total=60)
    trouble = await trouble_of(stage.model(Act(ANSWER[:20], end="silence"), bounds=bounds))
    assert (trouble.kind, trouble.has_begun) == ("gap", True)


async def test_the_deadline_of_the_caller_is_sooner_than_our_own(stage: Stage) -> None:
    trouble = await trouble_of(stage.model(Act(end="silence")), seconds=0.1)
    assert trouble.kind == "timeout"


async def test_no_call_is_made_when_no_time_is_left(stage: Stage) -> None:
    trouble = await trouble_of(stage.model(Act(ANSWER)), seconds=0.0)
    assert trouble.kind == "timeout"
    assert stage.calls == 0


async def test_an_answer_that_breaks_off_is_a_protocol_error(stage: Stage) -> None:
    trouble = await trouble_of(stage.model(Act(ANSWER[:20], end="cut")))
    assert (trouble.kind, trouble.has_begun) == ("protocol", True)


async def test_an_endless_answer_is_cut(stage: Stage) -> None:
    trouble = await trouble_of(stage.model(Act(end="endless")))
    assert trouble.kind == "protocol"


async def test_closing_early_leaves_no_task(stage: Stage) -> None:
    before = asyncio.all_tasks()
    answering = stage.model(Act(ANSWER, end="silence")).answer(REQUEST, Deadline.after(60))
    assert isinstance(await anext(answering), Delta)
    await answering.aclose()
    assert not {task for task in asyncio.all_tasks() - before if "_pump" in repr(task)}


async def test_a_cancelled_caller_leaves_no_task(stage: Stage) -> None:
    before = asyncio.all_tasks()
    caller = asyncio.create_task(heard(stage.model(Act(ANSWER[:9], end="silence"))))
    while stage.calls == 0:
        await asyncio.sleep(0.005)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert not {task for task in asyncio.all_tasks() - before if "_pump" in repr(task)}


async def test_the_total_cuts_a_model_that_never_stops_talking(stage: Stage) -> None:
    bounds = Bounds(first_token=30, gap=30, total=0.2)
    trouble = await trouble_of(stage.model(Act(ANSWER[:20], end="silence"), bounds=bounds))
    assert trouble.kind == "timeout"


async def test_a_filtered_answer_is_told(stage: Stage) -> None:
    trouble = await trouble_of(stage.model(Act(ANSWER[:20], end="filter")))
    assert trouble.kind == "filtered"
