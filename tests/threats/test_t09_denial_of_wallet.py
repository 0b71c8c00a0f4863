"""T09: many visitors with the longest messages. Spending stops at its limit; answers do not."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from gatehouse.llm.budget import Limits, MemoryBudget
from gatehouse.llm.calls import CountedModel, Plan, tokens_in
from gatehouse.llm.prices import Price
from gatehouse.llm.scripted import Line, ScriptedModel
from gatehouse.llm.types import ChatRequest, Usage
from gatehouse.ops.evaluation.safety.stock import clean
from gatehouse.ops.evaluation.safety.trial import Ground
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.guarding import GuardedHandler
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.types import IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.understanding.types import DialogueState

PRICE = Price(1.0, 4.0)
LIMIT_USD = 0.03
LONG = "Write me a very long poem " + "of " * 600  # as long as the door lets in


class Meter:
    """Says as much as it may, and counts what that costs."""

    def __init__(self, budget: MemoryBudget | None) -> None:
        self.spent_usd = 0.0
        self.calls = 0
        model = ScriptedModel(self._long_answer)
        self.model = CountedModel(model, Plan("scripted", price=PRICE, budget=budget))
        self.handler = GuardedHandler(PromptedHandler(self.model))

    def _long_answer(self, request: ChatRequest) -> Line:
        self.calls += 1
        usage = Usage(tokens_in(request), request.most_tokens)
        self.spent_usd += PRICE.cost(usage.tokens_in, usage.tokens_out)
        answer = {"act": "CLARIFY", "speak": "word " * 200}
        return Line(json.dumps(answer), usage=usage)

    async def visit(self, ground: Ground, thread: UUID | None = None) -> Outcome:
        message = IncomingMessage(1, 1, LONG, None)
        talk = Thread(thread or uuid4(), 1, 1, DialogueState(), (message,), arm="canary")
        tools = Tools(clean(), ground.ear, Market())
        outcome = await self.handler.think(talk, tools, deadline=Deadline.after(20))
        await self.model.settled()
        return outcome


async def test_the_daily_limit_stops_calls_within_one_percent(ground: Ground) -> None:
    meter = Meter(MemoryBudget(Limits(tokens=60_000, usd=LIMIT_USD)))
    outcomes = [await meter.visit(ground) for _ in range(18)]
    assert 0 < meter.spent_usd <= LIMIT_USD * 1.01
    calls = meter.calls
    late = await meter.visit(ground)
    assert meter.calls == calls, "no call after the limit"
    assert "llm" in late.reply.degraded
    assert all(outcome.reply.summary for outcome in outcomes), "nobody is left without an answer"


async def test_one_conversation_cannot_spend_the_tokens_of_all(ground: Ground) -> None:
    meter = Meter(MemoryBudget(Limits(tokens=8_000)))
    thread = uuid4()
    for _ in range(12):
        await meter.visit(ground, thread)
    greedy = meter.calls
    assert greedy < 12
    assert "llm" not in (await meter.visit(ground)).reply.degraded or meter.calls > greedy


async def test_the_control_without_a_budget_spends_on(ground: Ground) -> None:
    meter = Meter(None)
    for _ in range(18):
        await meter.visit(ground)
    assert meter.spent_usd > LIMIT_USD * 1.01
