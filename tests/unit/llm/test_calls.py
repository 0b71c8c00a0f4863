"""What surrounds one call: budget, figures, log line."""

from __future__ import annotations

import json

import pytest

from gatehouse.base.config import load
from gatehouse.llm.budget import Amount, Limits, MemoryBudget
from gatehouse.llm.calls import CountedModel, Plan, greatest, tokens_in
from gatehouse.llm.prices import Price
from gatehouse.llm.scripted import Line, Said, ScriptedModel
from gatehouse.llm.types import ChatMessage, ChatRequest, Completion, ModelError, Usage
from gatehouse.observe import exposition, journal
from gatehouse.resilience.deadline import Deadline

REQUEST = ChatRequest(
    "turn", (ChatMessage("user", "a flat in Girne"),), most_tokens=500, trace={"thread": "abc"}
)
PRICE = Price(1.0, 4.0)


class Lines:
    """A sink that keeps what is written."""

    name = "stdout"

    def __init__(self) -> None:
        self.told: list[dict[str, object]] = []

    def write(self, lines: bytes, monotonic: float) -> None:
        self.told += [json.loads(line) for line in lines.decode().splitlines()]


async def heard(model: CountedModel, request: ChatRequest = REQUEST) -> Completion | None:
    end = None
    try:
        async for piece in model.answer(request, Deadline.after(60)):
            if isinstance(piece, Completion):
                end = piece
    finally:
        await model.settled()
    return end


def counted(*lines: Said, budget: MemoryBudget | None = None) -> CountedModel:
    return CountedModel(ScriptedModel(lines), Plan("primary", "openai", PRICE, budget))


async def test_a_completion_gets_its_price() -> None:
    end = await heard(counted(Line("yes", usage=Usage(1_000_000, 500_000))))
    assert end is not None
    assert end.usage.cost_usd == pytest.approx(3.0)


async def test_what_was_reserved_and_not_used_comes_back() -> None:
    budget = MemoryBudget(Limits(tokens=1_000))
    model = counted(*[Line("yes", usage=Usage(10, 5))] * 20, budget=budget)
    for _ in range(20):
        await heard(model)
    await budget.reserve("abc", Amount(1_000 - 20 * 15))


async def test_a_spent_budget_asks_nobody() -> None:
    budget = MemoryBudget(Limits(tokens=10))
    script = ScriptedModel(["never said"])
    with pytest.raises(ModelError) as refused:
        await heard(CountedModel(script, Plan(budget=budget)))
    assert refused.value.kind == "budget"
    assert script.asked == []


async def test_a_refused_call_costs_nothing_and_a_broken_one_what_it_said() -> None:
    budget = MemoryBudget(Limits(tokens=100_000))
    for line, most in ((ModelError("throttled"), 0), (Line("x" * 300, ModelError("gap")), 108)):
        before = budget._threads.get("abc", (None, 0))[1]
        with pytest.raises(ModelError):
            await heard(counted(line, budget=budget))
        assert budget._threads["abc"][1] - before == pytest.approx(most, abs=4)


async def test_a_call_that_its_reader_leaves_is_paid_as_far_as_it_went() -> None:
    budget = MemoryBudget(Limits(tokens=100_000))
    model = counted(Line("x" * 3000), budget=budget)
    answering = model.answer(REQUEST, Deadline.after(60))
    await anext(answering)
    await answering.aclose()
    await model.settled()
    assert 0 < budget._threads["abc"][1] < 100


async def test_each_call_is_one_line_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Lines()
    before = journal.use(journal.Journal(sinks=(sink,)))
    try:
        await heard(counted("the flat of my dreams"))
        with pytest.raises(ModelError):
            await heard(counted(ModelError("first_token", "silent for 6.0 s")))
        journal.flush()
    finally:
        journal.use(before)
    calls = [line for line in sink.told if line["event"] == "llm_call"]
    assert [(c["kind"], c["level"]) for c in calls] == [("ok", "INFO"), ("first_token", "ERROR")]
    assert calls[1]["message"] == "llm_call provider=primary kind=first_token"
    assert {"latency_ms", "tokens_in", "tokens_out", "thread"} <= set(calls[0])
    assert "flat" not in json.dumps(calls)


async def test_figures_count_what_happened() -> None:
    before = exposition.text().decode()
    await heard(counted(Line("yes", usage=Usage(1000, 10))))
    after = exposition.text().decode()
    for name, labels, step in (
        ("llm_calls_total", 'provider="primary",task="turn"', 1),
        ("llm_completed_total", 'provider="primary",task="turn"', 1),
        ("llm_tokens_total", 'direction="in",provider="primary"', 1000),
        ("llm_cost_usd_total", 'provider="primary"', 0.00104),
    ):
        grown = sample(after, name, labels) - sample(before, name, labels)
        assert grown == pytest.approx(step), name


def sample(text: str, name: str, labels: str) -> float:
    rows = [line for line in text.splitlines() if line.startswith(name + "{")]
    wanted = set(labels.split(","))
    return sum(
        float(row.rsplit(" ", 1)[1])
        for row in rows
        if wanted <= set(row[len(name) + 1 :].split("}")[0].split(","))
    )


@pytest.mark.parametrize("text", ["a flat in Girne by the sea", "квартира в Гирне", "شقة في غيرنه"])
def test_what_is_reserved_is_never_too_little(text: str) -> None:
    request = ChatRequest("turn", (ChatMessage("user", text * 50),), most_tokens=0)
    assert tokens_in(request) >= len(text * 50) / 4
    assert greatest(request, None).micro_usd == 0


def test_settings_name_the_limits() -> None:
    settings = load({"LLM_TOKENS_PER_SESSION": "0", "LLM_DAILY_BUDGET_USD": "2.5"})
    limits = Limits(settings.llm_tokens_per_session, settings.llm_daily_budget_usd)
    assert (limits.tokens, limits.micro_usd) == (0, 2_500_000)
