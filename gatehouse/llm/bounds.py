"""The time and size that one model call may take, whoever answers and however badly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gatehouse.base.config import Settings
from gatehouse.llm.types import Answering, Completion, Delta, ModelError, Trouble
from gatehouse.resilience.deadline import Deadline

CLOSING_SECONDS = 0.1  # how long the end of a call waits for its provider to let go
Item = Delta | Completion | Exception | None  # None: the source is spent
_stragglers: set[asyncio.Task[None]] = set()  # calls that ignored their cancellation so far


@dataclass(slots=True)
class Bounds:
    """Seconds until the first token, between two, and altogether; characters of an answer.

    All chains of a house share one, so that live settings reach every call.
    """

    first_token: float = 6.0
    gap: float = 5.0
    total: float = 12.0
    characters: int = 32_000

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """LLM_FIRST_TOKEN_MS, LLM_GAP_MS and LLM_TIMEOUT_MS."""
        return cls(
            settings.llm_first_token_ms / 1000,
            settings.llm_gap_ms / 1000,
            settings.llm_timeout_ms / 1000,
        )

    def follow(self, settings: Settings) -> None:
        """Takes over what the settings say now."""
        now = Bounds.of(settings)
        self.first_token, self.gap, self.total = now.first_token, now.gap, now.total


class Waiting:
    """What was read and not handed on yet.

    Texts that wait together become one piece, so that a caller who is late catches up.
    """

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._some = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._items)

    def put(self, item: Item) -> None:
        last = self._items[-1] if self._items else None
        if isinstance(item, Delta) and isinstance(last, Delta):
            self._items[-1] = Delta(last.text + item.text)
        else:
            self._items.append(item)
        self._some.set()

    def take(self) -> Item:
        """The first; there must be one."""
        item = self._items.popleft()
        if not self._items:
            self._some.clear()
        return item

    async def come(self) -> None:
        """Waits until there is something."""
        await self._some.wait()


async def bounded(source: Answering, bounds: Bounds, deadline: Deadline) -> Answering:
    """Hands `source` on within the bounds; raises ModelError when one of them is passed.

    The source runs in a task of its own, so that no provider can hold its caller by ignoring a
    cancellation. Time that the caller spends between two pieces counts for the total alone. An
    empty piece is a sign of life, as of a model that thinks, and is not handed on.
    """
    end = Deadline(min(deadline.at, deadline.clock.monotonic() + bounds.total), deadline.clock)
    has_begun = is_alive = False
    if end.has_passed:
        await source.aclose()
        raise ModelError("timeout", "no time is left for the answer")
    async with _pumping(source, bounds.characters) as pieces:
        try:
            while (item := await _next(pieces, bounds, end, is_alive=is_alive)) is not None:
                if isinstance(item, Exception):
                    raise item
                is_alive = True
                if isinstance(item, Delta) and not item.text:
                    continue
                yield item
                if isinstance(item, Completion):
                    return
                has_begun = True
            raise ModelError("protocol", "the answer broke off without an end")
        except ModelError as trouble:
            trouble.has_begun = has_begun
            raise


@asynccontextmanager
async def _pumping(source: Answering, most: int) -> AsyncIterator[Waiting]:
    pieces = Waiting()
    task = asyncio.create_task(_pump(source, pieces, most))
    try:
        yield pieces
    finally:
        await _let_go(task)


async def _pump(source: Answering, pieces: Waiting, most: int) -> None:
    """Reads on while the caller works; what waits is bounded by `most` characters."""
    length = 0
    try:
        async for item in source:
            if isinstance(item, Delta):
                length += len(item.text)
                if length > most:
                    raise ModelError("protocol", f"the answer is longer than {most} characters")
            pieces.put(item)
        pieces.put(None)
    except Exception as trouble:  # noqa: BLE001 - raised again by whoever reads the pieces
        pieces.put(trouble)
    finally:
        await source.aclose()


async def _let_go(task: asyncio.Task[None]) -> None:
    """Cancels the call and waits a moment; a provider that holds on is left to itself."""
    task.cancel()
    _stragglers.add(task)
    task.add_done_callback(_stragglers.discard)
    await asyncio.wait({task}, timeout=CLOSING_SECONDS)


async def _next(pieces: Waiting, bounds: Bounds, end: Deadline, *, is_alive: bool) -> Item:
    if end.has_passed:
        raise ModelError("timeout", "the time for the answer is over")
    if pieces:
        return pieces.take()
    kind: Trouble = "gap" if is_alive else "first_token"
    cap = bounds.gap if is_alive else bounds.first_token
    seconds = end.allow(cap)
    try:
        async with asyncio.timeout(seconds):
            await pieces.come()
        return pieces.take()
    except TimeoutError:
        is_total = seconds < cap
        raise ModelError("timeout" if is_total else kind, f"silent for {seconds:.1f} s") from None
