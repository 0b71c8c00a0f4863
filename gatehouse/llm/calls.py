"""One model with everything around a call: its budget, its figures, its span, its log line."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter

from gatehouse.base.errors import StoreDown
from gatehouse.llm.budget import MICRO, Amount, Budget
from gatehouse.llm.prices import Price
from gatehouse.llm.spans import NoSpans, Span, Spans
from gatehouse.llm.types import (
    Answering,
    ChatModel,
    ChatRequest,
    Completion,
    Delta,
    ModelError,
    Provider,
    Usage,
)
from gatehouse.observe import journal, meters
from gatehouse.resilience.deadline import Deadline

BYTES_PER_TOKEN = 3  # at least, in every script: what is taken from the budget is never too little
TOKENS_PER_PICTURE = 1600
SETTLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What surrounds the calls to one model. No budget: nothing is limited, as in tests."""

    provider: Provider = "primary"
    system: str = "openai"
    price: Price | None = None
    budget: Budget | None = None
    spans: Spans = field(default_factory=NoSpans)


class CountedModel:
    """A ChatModel whose calls are paid, counted and told."""

    def __init__(self, model: ChatModel, plan: Plan) -> None:
        self._model = model
        self._plan = plan
        self._settling: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        return self._model.name

    async def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        """As the model itself; ModelError of kind "budget" where nothing may be spent."""
        most = await self._reserve(request, deadline)
        call = Call(self._plan, request, self._begin(request))
        answering = self._model.answer(request, deadline)
        try:
            async for piece in answering:
                yield call.heard(piece)
        except ModelError as trouble:
            call.failed(trouble)
            raise
        finally:
            call.end(self.name)
            self._settle(request, most.without(call.used))
            await answering.aclose()

    async def settled(self) -> None:
        """Waits until the budgets of the calls so far are right, for a moment at most."""
        if self._settling:
            await asyncio.wait(self._settling, timeout=SETTLE_SECONDS)

    async def _reserve(self, request: ChatRequest, deadline: Deadline) -> Amount:
        most = greatest(request, self._plan.price)
        if self._plan.budget:
            try:
                async with asyncio.timeout(max(deadline.remaining, 0.001)):
                    await self._plan.budget.reserve(request.trace.get("thread", ""), most)
            except TimeoutError:
                raise ModelError("timeout", "the budget did not answer in time") from None
            except ModelError as refused:
                _count_error(self._plan.provider, refused)
                raise
        return most

    def _begin(self, request: ChatRequest) -> Span:
        plan = self._plan
        meters.llm_calls_total.labels(provider=plan.provider, task=request.task).inc()
        return plan.spans.begin(
            request, model=self.name, system=plan.system, provider=plan.provider
        )

    def _settle(self, request: ChatRequest, rest: Amount) -> None:
        """In the background: the visitor does not wait for book-keeping."""
        if self._plan.budget:
            giving = _give_back(self._plan.budget, request.trace.get("thread", ""), rest)
            task = asyncio.get_running_loop().create_task(giving)
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)


class Call:
    """One call on its way: what it has said so far, and what it will have cost."""

    def __init__(self, plan: Plan, request: ChatRequest, span: Span) -> None:
        self._plan = plan
        self._request = request
        self._span = span
        self._began = perf_counter()
        self._first: float | None = None
        self._said = 0
        self._completion: Completion | None = None
        self._trouble: ModelError | None = None

    def heard(self, piece: Delta | Completion) -> Delta | Completion:
        """Notes a piece; a completion gets its price."""
        if isinstance(piece, Delta):
            if self._first is None:
                self._first = perf_counter() - self._began
                told = meters.llm_first_token_ms.labels(provider=self._plan.provider)
                told.observe(self._first * 1000)
            self._said += len(piece.text.encode())
            return piece
        self._completion = replace(piece, usage=_priced(piece.usage, self._plan.price))
        return self._completion

    def failed(self, trouble: ModelError) -> None:
        self._trouble = trouble

    @property
    def used(self) -> Amount:
        """What the call has cost; a broken one what it asked, and what it said until then."""
        if self._completion:
            return _amount(self._completion.usage, self._plan.price)
        if self._trouble and not self._said and self._trouble.kind in UNPAID:
            return Amount()
        asked = tokens_in(self._request)
        return _amount(Usage(asked, math.ceil(self._said / BYTES_PER_TOKEN)), self._plan.price)

    def end(self, model: str) -> None:
        """Figures, span and line; once."""
        took_ms = (perf_counter() - self._began) * 1000
        labels = {"provider": self._plan.provider, "task": self._request.task}
        meters.llm_latency_ms.labels(**labels).observe(took_ms)
        self._span.end(
            completion=self._completion, error=self._trouble, first_token_seconds=self._first
        )
        if self._completion:
            meters.llm_completed_total.labels(**labels).inc()
            self._count_usage(self._completion.usage)
        elif self._trouble:
            _count_error(self._plan.provider, self._trouble)
        self._tell(model, took_ms)

    def _count_usage(self, usage: Usage) -> None:
        provider = self._plan.provider
        meters.llm_tokens_total.labels(provider=provider, direction="in").inc(usage.tokens_in)
        meters.llm_tokens_total.labels(provider=provider, direction="out").inc(usage.tokens_out)
        meters.llm_cost_usd_total.labels(provider=provider).inc(usage.cost_usd or 0.0)

    def _tell(self, model: str, took_ms: float) -> None:
        usage = self._completion.usage if self._completion else Usage()
        trouble = self._trouble
        kind = trouble.kind if trouble else "ok" if self._completion else "cancelled"
        journal.event(
            "llm_call",
            message=f"llm_call provider={self._plan.provider} kind={kind}",
            level="ERROR" if trouble else "INFO",
            thread=self._request.trace.get("thread", ""),
            provider=self._plan.provider,
            model=model,
            task=self._request.task,
            kind=kind,
            detail=trouble.detail if trouble else "",
            latency_ms=round(took_ms),
            first_token_ms=None if self._first is None else round(self._first * 1000),
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
        )


UNPAID = frozenset({"connect", "throttled", "unauthorised", "bad_request", "http_5xx"})


def tokens_in(request: ChatRequest) -> int:
    """Of a request, at most."""
    words = sum(len(message.text.encode()) for message in request.messages)
    pictures = sum(len(message.pictures) for message in request.messages)
    schema = len(str(request.schema)) if request.schema is not None else 0
    return math.ceil((words + schema) / BYTES_PER_TOKEN) + pictures * TOKENS_PER_PICTURE


def greatest(request: ChatRequest, price: Price | None) -> Amount:
    """What a call can cost at most."""
    return _amount(Usage(tokens_in(request), request.most_tokens), price)


def _amount(usage: Usage, price: Price | None) -> Amount:
    usd = price.cost(usage.tokens_in, usage.tokens_out) if price else 0.0
    tokens = usage.tokens_in + usage.tokens_out
    return Amount(tokens, math.ceil(usd * MICRO), is_priced=price is not None)


def _priced(usage: Usage, price: Price | None) -> Usage:
    cost = price.cost(usage.tokens_in, usage.tokens_out) if price else usage.cost_usd
    return replace(usage, cost_usd=cost)


def _count_error(provider: Provider, trouble: ModelError) -> None:
    meters.llm_errors_total.labels(provider=provider, kind=trouble.kind).inc()


async def _give_back(budget: Budget, thread: str, rest: Amount) -> None:
    with suppress(asyncio.CancelledError):
        try:
            await budget.give_back(thread, rest)
        except StoreDown as trouble:  # stays taken: the limit errs on the operator's side
            journal.event("llm_budget_unsettled", level="WARNING", error=trouble.code)
