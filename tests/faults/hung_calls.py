"""P10 at the model client: no call outlives its deadline, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any
from unittest import mock

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections, direct, tidy
from gatehouse.llm.naming import address
from gatehouse.llm.types import Answering, ChatMessage, ChatModel, ChatRequest, ModelError
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk import contract

from .lab.hostile import MODES, Apart, Mode, hostile
from .lab.leaks import POLL_SECONDS, SETTLE_SECONDS, held_here, leaked
from .lab.lost_names import lost_names
from .lab.stage import Outcome, violations

ALLOWED_MS = 250.0
STAGGER_SECONDS = 0.015  # so that the calls' own beginning is not what they wait for
PATIENCE_SECONDS = 2.0  # beyond the deadline, then the test itself gives up
LOST_SECONDS = 1.5  # of a look-up
WIDE = Bounds(first_token=60, gap=60, total=60)  # so that only the deadline cuts
ASKED = ChatRequest("turn", (ChatMessage("user", "I need an apartment"),), schema=contract.schema())


async def hung_calls(
    *, calls: int, seconds: float = 1.5, modes: tuple[Mode, ...] = MODES, mutant: str = "",
    allowed_ms: float = ALLOWED_MS,
) -> Outcome:  # fmt: skip
    """In each mode so many calls, which soon all hang at once.

    The mutants: "no_bounds" takes the deadline away; "untidy" leaves the socket of a cancelled
    handshake open, as the library does.
    """
    figures: dict[str, int | float | str] = {"calls": calls * len(modes)}
    broken: list[str] = []
    with _mutated(mutant), lost_names(LOST_SECONDS):
        for mode in modes:
            settle = SETTLE_SECONDS if not mutant else 0.5
            found = await _calls(
                mode, calls=calls, seconds=seconds, allowed_ms=allowed_ms, settle=settle
            )
            figures[f"{mode}_over_ms"] = found.figures["over_ms"]
            broken += [f"{mode}: {each}" for each in found.broken]
    return Outcome("P10 model client", figures, tuple(broken))


async def _calls(
    mode: Mode, *, calls: int, seconds: float, allowed_ms: float, settle: float
) -> Outcome:
    async with hostile(mode) as there, _model(there.url) as model:
        await _call(model, 0.1)  # what is made once is made
        before = await held_here()
        pauses = (n * STAGGER_SECONDS for n in range(calls))
        overs = await asyncio.gather(*(_call(model, seconds, pause=p) for p in pauses))
        more = await leaked(held_here, before, seconds=settle)
        open_there = await _open_there(there, seconds=settle)
    worst = max(overs) * 1000
    late = sum(over * 1000 > allowed_ms for over in overs)
    return Outcome(
        mode,
        {"over_ms": round(worst)},
        violations(
            calls_past_their_deadline=late,
            sockets_leaked=more.sockets,
            tasks_leaked=more.tasks,
            connections_that_the_server_still_has=open_there,
        ),
    )


async def _open_there(there: Apart, *, seconds: float) -> int:
    """Connections that the server still has; some notice only with their next byte."""
    until = time.monotonic() + seconds
    while (left := (await there.numbers()).open) and time.monotonic() < until:
        await asyncio.sleep(POLL_SECONDS)
    return left


async def _call(model: ChatModel, seconds: float, *, pause: float = 0.0) -> float:
    """How many seconds the call ended after its deadline; below 0: before."""
    await asyncio.sleep(pause)
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds + PATIENCE_SECONDS):
            async with aclosing(model.answer(ASKED, Deadline.after(seconds))) as answer:
                async for _ in answer:
                    pass
    except (ModelError, TimeoutError):
        return time.monotonic() - began - seconds
    raise AssertionError("a server that hangs gave a whole answer")


@asynccontextmanager
async def _model(url: str) -> AsyncIterator[ChatModel]:
    connections = Connections()
    there = address("openai:hostile", url, "none")
    try:
        yield connections.model(there, provider="primary", bounds=WIDE)
    finally:
        await connections.close()


@contextmanager
def _mutated(mutant: str) -> Iterator[None]:
    """The client broken on purpose."""
    if not mutant:
        yield
        return
    breakage: dict[str, Any] = {
        "no_bounds": mock.patch.object(direct, "bounded", _unbounded),
        "untidy": mock.patch.object(tidy.TidyStream, "start_tls", _untidily),
    }
    with breakage[mutant]:
        yield


def _unbounded(source: Answering, _bounds: Bounds, _deadline: Deadline) -> Answering:
    return source


async def _untidily(self: tidy.TidyStream, *given: Any, **named: Any) -> Any:
    return await self._stream.start_tls(*given, **named)
