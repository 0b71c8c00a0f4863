"""The voice as the settings want it: which models there are, their chains, and how they do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol
from weakref import WeakSet

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.budget import Budget, Limits
from gatehouse.llm.calls import CountedModel, Plan
from gatehouse.llm.fallback import FallbackModel, Link, TaskModels
from gatehouse.llm.naming import PREFIXES, Address, address
from gatehouse.llm.prices import Prices, load
from gatehouse.llm.safety.types import Moderator
from gatehouse.llm.spans import NoSpans, Spans
from gatehouse.llm.types import ChatModel, Embedder, Provider, Task
from gatehouse.resilience.breaker import State
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.retry import RetryBudget

Health = Literal["disabled", "connected", "disconnected"]
SERVICES: dict[Provider, str] = {"primary": "llm_primary", "fallback": "llm_fallback"}
CHATTING: tuple[Task, ...] = ("turn", "repair", "vision")
VISION_PLACES = 2
CLOSING_SECONDS = 4.0


class Maker(Protocol):
    """Makes clients; the wiring passes the real one."""

    def model(
        self, there: Address, *, provider: Provider, bounds: Bounds, form: str = "auto"
    ) -> ChatModel: ...

    def embedder(self, there: Address) -> Embedder: ...

    def moderator(self, there: Address) -> Moderator: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Named:
    """One configured model: the variable that names it, and where it lives."""

    variable: str
    task: Task
    provider: Provider
    there: Address


@dataclass(frozen=True, slots=True)
class Voice:
    """All models of the house. `chat` takes every task; its chain is picked by the task."""

    chat: ChatModel
    embedder: Embedder | None
    moderator: Moderator | None
    breakers: Breakers
    spans: Spans
    counted: Collection[CountedModel]
    close_clients: Callable[[], Awaitable[None]]
    chat_of: Callable[[Settings, str], ChatModel]
    retune: Callable[[Settings], None]  # live settings, from the next call on

    def chat_for(self, settings: Settings, version: str) -> ChatModel:
        """A chain as other settings name it, within the same budgets, places and connections.

        Its first model has breakers of that agent version; the fallback's are everybody's.
        Raises Misconfigured.
        """
        return self.chat_of(settings, version)

    @property
    def health(self) -> Health:
        """By the breakers of the models, which live from real calls: no probe that costs."""
        standings = self.breakers.standings_of_versions()
        told = [standings[name, ""] for name in SERVICES.values() if (name, "") in standings]
        rests = (State.OPEN, State.HALF_OPEN, State.FORCED_OPEN)  # half-open: nobody has proven it
        return "disconnected" if told and all(s.state in rests for s in told) else "connected"

    async def close(self) -> None:
        """Settles budgets, sends the last spans, closes connections; bounded."""
        telling = asyncio.to_thread(self.spans.close)
        await asyncio.gather(telling, *[each.settled() for each in self.counted])
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close_clients()


def named(settings: Settings) -> tuple[Named, ...]:
    """Every model that the settings name; empty without LLM_MODEL. Raises Misconfigured."""
    if not settings.llm_model:
        _refuse_orphans(settings)
        return ()
    base, key = settings.llm_base_url, settings.llm_api_key.get_secret_value()
    found = [
        Named(variable, task, "primary", _address(model, base, key, settings.llm_model))
        for variable, task, model in _primaries(settings)
        if model
    ]
    if settings.llm_fallback_model:
        there = address(
            settings.llm_fallback_model,
            settings.llm_fallback_base_url,
            settings.llm_fallback_api_key.get_secret_value(),
            variables="LLM_FALLBACK",
        )
        found.append(Named("LLM_FALLBACK_MODEL", "turn", "fallback", there))
    return tuple(found)


def assemble(
    settings: Settings, maker: Maker, *, breakers: Breakers, budget: Budget, spans: Spans
) -> Voice:
    """Puts the chains together. Raises Misconfigured."""
    prices = load(settings.llm_prices)
    models = named(settings)
    bounds = Bounds.of(settings)
    workshop = _Workshop(settings, maker, prices, breakers, budget, spans, bounds)
    beside = {each.task: each.there for each in models}
    return Voice(
        chat=workshop.chat(settings),
        embedder=maker.embedder(beside["embeddings"]) if "embeddings" in beside else None,
        moderator=maker.moderator(beside["moderation"]) if "moderation" in beside else None,
        breakers=breakers,
        spans=spans,
        counted=workshop.made,
        close_clients=maker.close,
        chat_of=workshop.chat,
        retune=workshop.retune,
    )


@dataclass(slots=True)
class _Workshop:
    settings: Settings
    maker: Maker
    prices: Prices
    breakers: Breakers
    budget: Budget
    spans: Spans = field(default_factory=NoSpans)
    bounds: Bounds = field(default_factory=Bounds)
    made: WeakSet[CountedModel] = field(default_factory=WeakSet)  # those of versions come and go
    talk: Bulkhead = field(init=False)
    vision: Bulkhead = field(init=False)

    def __post_init__(self) -> None:
        self.talk = Bulkhead("llm", self.settings.llm_in_flight)
        self.vision = Bulkhead("vision", VISION_PLACES)

    def chat(self, settings: Settings, version: str = "") -> ChatModel:
        """The chains of all tasks that chat; `version`: whose breakers they have."""
        models = named(settings)
        second = next((m for m in models if m.provider == "fallback"), None)
        tail = (self.link(second, settings),) if second else ()
        chains: dict[Task, ChatModel] = {
            each.task: FallbackModel(
                (self.link(each, settings, version=version), *tail),
                self.vision if each.task == "vision" else self.talk,
            )
            for each in models
            if each.provider == "primary" and each.task in CHATTING
        }
        return TaskModels(chains)

    def link(self, model: Named, settings: Settings, *, version: str = "") -> Link:
        service = SERVICES[model.provider]
        price = self.prices.of(model.there)
        if price is None and self.settings.llm_daily_budget_usd:
            raise _unpriced(model)
        client = self.maker.model(
            model.there, provider=model.provider, bounds=self.bounds, form=settings.llm_output
        )
        plan = Plan(model.provider, model.there.system, price, self.budget, self.spans)
        counted = CountedModel(client, plan)
        self.made.add(counted)
        return Link(
            counted,
            self.breakers.of(service, version),
            RetryBudget(service, typical_seconds=1.0),
            self.bounds,
        )

    def retune(self, settings: Settings) -> None:
        self.bounds.follow(settings)
        self.talk.resize(settings.llm_in_flight)
        self.budget.retune(Limits.of(settings))


def refuse_unpriced(settings: Settings) -> None:
    """A budget of money needs the price of every model that chats. Raises Misconfigured."""
    prices = load(settings.llm_prices)
    for model in named(settings):
        is_unpriced = model.task in CHATTING and prices.of(model.there) is None
        if settings.llm_daily_budget_usd and is_unpriced:
            raise _unpriced(model)


def _unpriced(model: Named) -> Misconfigured:
    return Misconfigured(
        f"LLM_DAILY_BUDGET_USD is set, but no price is known for {model.variable} "
        f"{model.there.name!r}: allowed is a model of the price list, or LLM_PRICES"
    )


def _primaries(settings: Settings) -> tuple[tuple[str, Task, str], ...]:
    return (
        ("LLM_MODEL", "turn", settings.llm_model),
        ("LLM_MODEL_REPAIR", "repair", settings.llm_model_repair),
        ("LLM_MODEL_VISION", "vision", settings.llm_model_vision),
        ("LLM_MODEL_EMBEDDINGS", "embeddings", settings.llm_model_embeddings),
        ("LLM_MODEL_MODERATION", "moderation", settings.llm_model_moderation),
    )


def _address(model: str, base: str, key: str, first: str) -> Address:
    """A model of a task; a plain name lives where the first one lives."""
    there = address(first, base, key)
    if model.partition(":")[0] in PREFIXES:
        return address(model, base, key)
    return Address(there.family, model.strip(), there.base_url, key)


def _refuse_orphans(settings: Settings) -> None:
    orphans = [name for name, _, model in _primaries(settings) if model]
    orphans += ["LLM_FALLBACK_MODEL"] if settings.llm_fallback_model else []
    if orphans:
        raise Misconfigured(f"{orphans[0]} is set but LLM_MODEL is empty: set LLM_MODEL too")
