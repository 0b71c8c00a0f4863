"""A chain of models: who is asked, who is not, and what that says to the breakers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.fallback import FallbackModel, Link, TaskModels, judge
from gatehouse.llm.scripted import Line, Said, ScriptedModel
from gatehouse.llm.types import ChatMessage, ChatRequest, Completion, ModelError, Trouble
from gatehouse.resilience.breaker import Breaker, State, Vote
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.retry import Backoff, RetryBudget

REQUEST = ChatRequest("turn", (ChatMessage("user", "a flat in Girne"),))
DEAD = ModelError("http_5xx")


async def at_once(_: float) -> None:
    """No pause."""


@dataclass
class Stage:
    """A chain whose models follow scripts; the clock of breakers stands still."""

    scripts: Sequence[Sequence[Said]]
    places: int = 4
    bounds: Bounds = field(default_factory=lambda: Bounds(30, 30, 60))

    def __post_init__(self) -> None:
        clock = TurnableClock()
        services = ("llm_primary", "llm_fallback")
        self.models = [ScriptedModel(lines, bounds=self.bounds) for lines in self.scripts]
        self.breakers = [Breaker(service, clock=clock) for service in services]
        self.budgets = [RetryBudget(service) for service in services]
        self.chain = FallbackModel(
            [Link(*parts) for parts in zip(self.models, self.breakers, self.budgets, strict=False)],
            Bulkhead("llm", self.places),
            backoff=Backoff(sleep=at_once),
        )

    @property
    def asked(self) -> list[int]:
        return [len(model.asked) for model in self.models]

    async def heard(self, seconds: float = 60) -> str:
        text = ""
        async for piece in self.chain.answer(REQUEST, Deadline.after(seconds)):
            if isinstance(piece, Completion):
                text = piece.text
        return text

    async def trouble(self, seconds: float = 60) -> ModelError:
        with pytest.raises(ModelError) as caught:
            await self.heard(seconds)
        return caught.value


async def test_the_second_model_answers_when_the_first_fails() -> None:
    stage = Stage([[DEAD], ["from the second"]])
    assert await stage.heard() == "from the second"
    assert stage.asked == [1, 1]


async def test_the_second_is_not_asked_when_the_first_answers() -> None:
    stage = Stage([["from the first"], []])
    assert await stage.heard() == "from the first"
    assert stage.asked == [1, 0]


async def test_nobody_else_is_asked_once_a_word_was_handed_out() -> None:
    stage = Stage([[Line("half an ans", failure=ModelError("gap"))], ["from the second"]])
    trouble = await stage.trouble()
    assert (trouble.kind, trouble.has_begun) == ("gap", True)
    assert stage.asked == [1, 0]


async def test_a_single_model_is_asked_twice_and_no_more() -> None:
    stage = Stage([[DEAD, DEAD, "too late"]])
    assert (await stage.trouble()).kind == "http_5xx"
    assert stage.asked == [2]


@pytest.mark.parametrize("kind", ["unauthorised", "bad_request", "filtered", "budget"])
async def test_a_single_model_is_not_asked_again_where_that_cannot_help(kind: Trouble) -> None:
    stage = Stage([[ModelError(kind), "again"]])
    assert (await stage.trouble()).kind == kind
    assert stage.asked == [1]


@pytest.mark.parametrize("kind", ["filtered", "budget"])
async def test_what_is_final_is_asked_of_nobody_else(kind: Trouble) -> None:
    stage = Stage([[ModelError(kind)], ["from the second"]])
    assert (await stage.trouble()).kind == kind
    assert stage.asked == [1, 0]


async def test_a_slow_first_model_leaves_the_second_what_remains() -> None:
    stage = Stage([[Line("x", delay=300)], ["from the second"]], bounds=Bounds(0.1, 30, 60))
    assert await stage.heard() == "from the second"


async def test_without_time_for_it_the_second_is_not_asked() -> None:
    stage = Stage([[Line("x", delay=300)], ["from the second"]])
    stage.budgets[1].succeeded(5.0)
    assert (await stage.trouble(0.1)).kind == "timeout"
    assert stage.asked == [1, 0]


async def test_a_dead_model_is_asked_at_most_five_times_and_then_rests() -> None:
    stage = Stage([[DEAD] * 20, ["from the second"] * 20])
    for _ in range(20):
        assert await stage.heard() == "from the second"
    assert stage.asked == [5, 20]
    assert stage.breakers[0].standing.state is State.OPEN


async def test_when_all_rest_the_caller_hears_when_to_come_back() -> None:
    stage = Stage([["x"], ["y"]])
    for breaker in stage.breakers:
        breaker.force("forced_open", seconds=60, reason="test")
    trouble = await stage.trouble()
    assert trouble.kind == "circuit_open"
    assert (trouble.retry_after or 0) > 0
    assert stage.asked == [0, 0]


async def test_retries_never_amplify_a_total_failure() -> None:
    stage = Stage([[DEAD] * 400])
    for _ in range(200):
        stage.breakers[0].force("forced_closed", seconds=60, reason="test")
        await stage.trouble()
    assert stage.asked[0] / 200 <= 1.10


async def test_without_a_budget_the_same_test_sees_the_amplification() -> None:
    stage = Stage([[DEAD] * 400])
    for _ in range(200):
        stage.breakers[0].force("forced_closed", seconds=60, reason="test")
        stage.budgets[0].succeeded(0.1)
        stage.budgets[0]._tokens = 10.0
        await stage.trouble()
    assert stage.asked[0] / 200 > 1.10


async def test_a_wrong_key_opens_the_breaker_at_once() -> None:
    stage = Stage([[ModelError("unauthorised")], ["from the second"]])
    assert await stage.heard() == "from the second"
    assert stage.breakers[0].standing.reason == "misconfigured"


async def test_a_reader_that_leaves_after_the_end_has_made_a_good_call() -> None:
    stage = Stage([["short"]])
    stage.budgets[0].failed()
    answering = stage.chain.answer(REQUEST, Deadline.after(60))
    async for piece in answering:
        if isinstance(piece, Completion):
            break
    await answering.aclose()
    assert stage.budgets[0].tokens > 9.0


async def test_a_cancelled_reader_says_nothing_about_the_model() -> None:
    stage = Stage([[Line("x", delay=300)] * 9])
    for _ in range(9):
        reader = asyncio.create_task(stage.heard())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
    assert stage.breakers[0].standing.state is State.CLOSED


async def test_a_full_bulkhead_is_busy() -> None:
    stage = Stage([[Line("x", delay=300), "y"]], places=1)
    stage.chain = FallbackModel(
        [Link(stage.models[0], stage.breakers[0], stage.budgets[0])],
        Bulkhead("llm", 1, most_waiting=0),
    )
    reader = asyncio.create_task(stage.heard())
    while not stage.models[0].asked:
        await asyncio.sleep(0)
    assert (await stage.trouble()).kind == "busy"
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader


@pytest.mark.parametrize(
    ("kind", "vote"),
    [
        ("connect", Vote.FAILURE),
        ("first_token", Vote.FAILURE),
        ("protocol", Vote.FAILURE),
        ("throttled", Vote.THROTTLED),
        ("unauthorised", Vote.MISCONFIGURED),
        ("bad_request", Vote.NONE),
        ("filtered", Vote.NONE),
        ("budget", Vote.NONE),
        ("busy", Vote.NONE),
    ],
)
def test_each_kind_has_its_vote(kind: Trouble, vote: Vote) -> None:
    assert judge(ModelError(kind)).vote is vote


def test_a_timeout_counts_only_for_a_call_that_had_time() -> None:
    assert judge(ModelError("timeout"), granted=0.5).vote is Vote.NONE
    assert judge(ModelError("timeout"), granted=5.0).vote is Vote.FAILURE


async def test_each_task_has_its_chain_and_others_that_of_the_turn() -> None:
    turn, repair = ScriptedModel(["turn"]), ScriptedModel(["repair", "repair"])
    models = TaskModels({"turn": turn, "repair": repair})
    for task in ("repair", "vision"):
        request = ChatRequest(task, REQUEST.messages)
        async for _ in models.answer(request, Deadline.after(60)):
            pass
    assert (len(turn.asked), len(repair.asked)) == (1, 1)
