"""From settings to chains: who is there, what is refused, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gatehouse.base.config import load
from gatehouse.base.errors import Misconfigured
from gatehouse.llm.assembly import Voice, assemble, named
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.budget import Limits, MemoryBudget
from gatehouse.llm.checking import check
from gatehouse.llm.naming import Address
from gatehouse.llm.safety.types import Moderator
from gatehouse.llm.scripted import ScriptedEmbedder, ScriptedModel, ScriptedModerator
from gatehouse.llm.spans import NoSpans
from gatehouse.llm.types import ChatMessage, ChatModel, ChatRequest, Embedder, ModelError, Provider
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.deadline import Deadline

FIRST = {"LLM_MODEL": "gpt-5-mini", "LLM_API_KEY": "key"}
SECOND = {
    "LLM_FALLBACK_MODEL": "anthropic:claude-haiku-4-5",
    "LLM_FALLBACK_API_KEY": "other-key",
}


@dataclass
class ScriptedMaker:
    """Models that answer, or all fail in the same way."""

    failure: ModelError | None = None
    made: list[tuple[Address, Provider, str]] = field(default_factory=list)
    is_closed: bool = False

    def model(
        self, there: Address, *, provider: Provider, bounds: Bounds, form: str = "auto"
    ) -> ChatModel:
        self.made.append((there, provider, form))
        failure = self.failure
        return ScriptedModel(lambda _: failure or "{}", name=there.name, provider=provider)

    def embedder(self, there: Address) -> Embedder:
        return ScriptedEmbedder(failure=self.failure)

    def moderator(self, there: Address) -> Moderator:
        return ScriptedModerator({}, failure=self.failure)

    async def close(self) -> None:
        self.is_closed = True


def built(maker: ScriptedMaker, **environment: str) -> Voice:
    return assemble(
        load({**FIRST, **environment}),
        maker,
        breakers=Breakers(),
        budget=MemoryBudget(Limits(10**6)),
        spans=NoSpans(),
    )


async def fail(voice: Voice) -> None:
    request = ChatRequest("turn", (ChatMessage("user", "hi"),))
    with pytest.raises(ModelError):
        async for _ in voice.chat.answer(request, Deadline.after(60)):
            pass


def test_without_a_model_there_is_none() -> None:
    assert named(load({})) == ()


@pytest.mark.parametrize("orphan", ["LLM_FALLBACK_MODEL", "LLM_MODEL_REPAIR"])
def test_a_second_model_without_a_first_is_refused(orphan: str) -> None:
    with pytest.raises(Misconfigured, match=f"{orphan} is set but LLM_MODEL is empty"):
        named(load({orphan: "m"}))


def test_each_task_has_its_model_at_the_same_endpoint() -> None:
    environment = {"LLM_MODEL_REPAIR": "gpt-5-nano", "LLM_MODEL_EMBEDDINGS": "openai:emb"}
    told = named(load({**FIRST, **SECOND, **environment}))
    assert [(m.variable, m.there.family, m.there.name, m.there.key) for m in told] == [
        ("LLM_MODEL", "openai", "gpt-5-mini", "key"),
        ("LLM_MODEL_REPAIR", "openai", "gpt-5-nano", "key"),
        ("LLM_MODEL_EMBEDDINGS", "openai", "emb", "key"),
        ("LLM_FALLBACK_MODEL", "anthropic", "claude-haiku-4-5", "other-key"),
    ]


async def test_the_chain_asks_the_fallback_and_its_health_follows_the_breakers() -> None:
    maker = ScriptedMaker(failure=ModelError("http_5xx"))
    voice = built(maker, **SECOND)
    assert [provider for _, provider, _ in maker.made] == ["fallback", "primary"]
    seen = [voice.health]
    for _ in range(5):
        await fail(voice)
    seen.append(voice.health)
    assert seen == ["connected", "disconnected"]
    await voice.close()
    assert maker.is_closed


def test_a_budget_of_money_needs_a_known_price() -> None:
    with pytest.raises(Misconfigured, match="LLM_DAILY_BUDGET_USD is set"):
        built(ScriptedMaker(), LLM_MODEL="my-own", LLM_DAILY_BUDGET_USD="5")


def test_the_form_of_answers_can_be_set() -> None:
    maker = ScriptedMaker()
    built(maker, LLM_OUTPUT="tool")
    assert maker.made[0][2] == "tool"


async def test_each_model_gets_one_line() -> None:
    environment = {**FIRST, **SECOND, "LLM_MODEL_EMBEDDINGS": "e", "LLM_MODEL_MODERATION": "m"}
    maker = ScriptedMaker()
    lines = [finding.line for finding in await check(load(environment), maker)]
    assert len(lines) == 4
    assert all(": ok in " in line for line in lines)
    assert maker.is_closed


async def test_what_fails_comes_with_advice() -> None:
    maker = ScriptedMaker(failure=ModelError("unauthorised", "status 401"))
    findings = await check(load({**FIRST, **SECOND}), maker)
    assert not any(finding.is_ok for finding in findings)
    assert "check LLM_API_KEY" in findings[0].line
    assert "check LLM_FALLBACK_API_KEY" in findings[1].line
    assert "key" not in findings[0].line.replace("LLM_API_KEY", "").replace("the key", "")
