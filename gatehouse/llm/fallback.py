"""A chain of models under one deadline: each behind its own breaker, two attempts at most."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from gatehouse.base.errors import CircuitOpen, DeadlinePassed, Overloaded
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.types import (
    Answering,
    ChatModel,
    ChatRequest,
    Completion,
    ModelError,
    Task,
    Trouble,
)
from gatehouse.observe import meters
from gatehouse.resilience.breaker import Breaker, Judged, Permit, Vote
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.retry import BACKOFF, Backoff, RetryBudget

ATTEMPTS = 2  # of one interactive turn
LEAST_SECONDS = 1.0  # a call with less says nothing about its model
VOTES: dict[Trouble, Vote] = {
    "connect": Vote.FAILURE,
    "timeout": Vote.FAILURE,
    "first_token": Vote.FAILURE,
    "gap": Vote.FAILURE,
    "http_5xx": Vote.FAILURE,
    "protocol": Vote.FAILURE,
    "other": Vote.FAILURE,
    "throttled": Vote.THROTTLED,
    "unauthorised": Vote.MISCONFIGURED,
}  # all others are the caller's, or our own
FINAL = frozenset({"budget", "busy", "filtered"})  # another model would not help, or may not


def judge(error: Exception, *, granted: float = LEAST_SECONDS) -> Judged:
    """How a failed call counts for its model's breaker; `granted` are the seconds that it had."""
    if not isinstance(error, ModelError):
        return Judged(Vote.NONE)
    if error.kind == "timeout" and granted < LEAST_SECONDS:
        return Judged(Vote.NONE)
    return Judged(VOTES.get(error.kind, Vote.NONE), float(error.retry_after or 0))


@dataclass(frozen=True, slots=True)
class Link:
    """One model of a chain. `bounds.total` limits one call in seconds, as for its breaker."""

    model: ChatModel
    breaker: Breaker
    budget: RetryBudget
    bounds: Bounds = field(default_factory=Bounds)


class FallbackModel:
    """Asks the first model, and when it fails before a word was handed out, the next.

    A chain of one asks it twice, within its retry budget. All attempts share the caller's deadline
    and one place in the bulkhead. Raises the last model's error.
    """

    def __init__(
        self, links: Sequence[Link], bulkhead: Bulkhead, *, backoff: Backoff = BACKOFF
    ) -> None:
        self._links = tuple(links)
        self._bulkhead = bulkhead
        self._backoff = backoff

    @property
    def name(self) -> str:
        """Of the first model."""
        return self._links[0].model.name

    async def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        async with _place(self._bulkhead, deadline):
            trouble: ModelError | None = None
            for number, link in enumerate((self._links * ATTEMPTS)[:ATTEMPTS]):
                if number and not await self._may_follow(trouble, link, deadline):
                    break
                answering = _ask(link, request, deadline)
                try:
                    async for piece in answering:
                        yield piece
                    return
                except ModelError as failed:
                    trouble = failed
                finally:
                    await answering.aclose()
            if trouble:
                raise trouble

    async def _may_follow(self, trouble: ModelError | None, link: Link, deadline: Deadline) -> bool:
        """Can a further attempt help, and is there time and budget for it? Waits as long as asked.

        Another provider is asked at once; the same one only after a failure of its own.
        """
        if trouble is None or trouble.has_begun or trouble.kind in FINAL:
            return False
        wait = 0.0
        if len(self._links) == 1:
            if judge(trouble).vote not in (Vote.FAILURE, Vote.THROTTLED):
                return False
            wait = judge(trouble).pause + self._backoff.seconds(0)
        has_time = deadline.remaining >= wait + link.budget.typical_seconds
        has_budget = len(self._links) > 1 or link.budget.allows
        if not (has_time and has_budget):
            meters.retry_refused_total.labels(service=link.breaker.service).inc()
            return False
        meters.retry_total.labels(service=link.breaker.service).inc()
        if wait:
            await self._backoff.sleep(wait)
        return True


async def _ask(link: Link, request: ChatRequest, deadline: Deadline) -> Answering:
    granted = deadline.allow(link.bounds.total)
    began = deadline.clock.monotonic()
    answering = link.model.answer(request, deadline)
    try:
        with _permit(link, granted) as permit:
            async for piece in answering:
                if isinstance(piece, Completion):  # its reader may leave now
                    permit.settle(Judged(Vote.OK))
                    link.budget.succeeded(deadline.clock.monotonic() - began)
                yield piece
    except CircuitOpen as rests:
        raise ModelError("circuit_open", str(rests), retry_after=rests.retry_after) from rests
    except ModelError as trouble:
        if judge(trouble, granted=granted).vote in (Vote.FAILURE, Vote.THROTTLED):
            link.budget.failed()
        raise
    finally:
        await answering.aclose()


def _permit(link: Link, granted: float) -> Permit:
    seconds = link.bounds.total
    return link.breaker.watch(timeout_seconds=seconds, judge=partial(judge, granted=granted))


@asynccontextmanager
async def _place(bulkhead: Bulkhead, deadline: Deadline) -> AsyncIterator[None]:
    try:
        async with bulkhead.place(deadline):
            yield
    except Overloaded as full:
        raise ModelError("busy", "all places are taken", retry_after=full.retry_after) from full
    except DeadlinePassed as late:
        raise ModelError("timeout", "no time is left for the answer") from late


class TaskModels:
    """One ChatModel for all tasks: each goes to its own chain, or to that of the turn."""

    def __init__(self, chains: Mapping[Task, ChatModel]) -> None:
        self._chains = dict(chains)

    @property
    def name(self) -> str:
        """Of the model that talks."""
        return self._chains["turn"].name

    def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        chain = self._chains.get(request.task, self._chains["turn"])
        return chain.answer(request, deadline)
