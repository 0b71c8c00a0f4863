"""Visitors who go on talking, and what answered them: when, on which process, which arm."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from ..lab import conversation
from .wires import Wire

LINES = ("hello", "I need an apartment", "in Kyrenia", "up to 500 pounds", "long term", "thanks")
PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 60.0


class Seen(NamedTuple):
    """One reply, as a visitor got it. Monotonic seconds; `turn` counts from 1."""

    at: float
    sent: float
    port: int
    arm: str
    version: str
    turn: int


@dataclass(frozen=True, slots=True)
class Process:
    """One server process. `kind`: how the news reach it, or "one node" where there is no other."""

    port: int
    kind: str
    wire: Wire


@dataclass(slots=True)
class Crowd:
    """So many visitors at each process; a new conversation every few turns."""

    http: httpx.AsyncClient
    seen: list[Seen] = field(default_factory=list)
    lost: int = 0  # messages that got no reply, as while the database is away

    async def visit(self, port: int) -> None:
        """One visitor after the other, until cancelled."""
        while True:
            try:
                talk = await conversation.begin(self.http, port)
                for text in LINES:
                    await self._say(port, talk, text)
                    await asyncio.sleep(PAUSE_SECONDS)
            except httpx.HTTPError:
                self.lost += 1
                await asyncio.sleep(PAUSE_SECONDS)

    async def _say(self, port: int, talk: conversation.Conversation, text: str) -> None:
        key, sent = str(uuid.uuid4()), time.monotonic()
        answer = await conversation.ask(self.http, talk, text, key=key, port=port)
        if answer.status_code != httpx.codes.OK:
            self.lost += 1
            return
        meta = answer.json()["meta"]
        self.seen.append(
            Seen(time.monotonic(), sent, port, meta["arm"], meta["version"], int(meta["turn"]))
        )

    def last(self, port: int, is_wanted: Callable[[Seen], bool]) -> float | None:
        """When this process last gave such a reply; None: never."""
        found = (each.at for each in reversed(self.seen) if each.port == port and is_wanted(each))
        return next(found, None)

    async def until(self, port: int, is_wanted: Callable[[Seen], bool], *, since: float) -> None:
        """Waits until this process has given such a reply after `since`. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (at := self.last(port, is_wanted)) is None or at <= since:
                await asyncio.sleep(0.02)


def is_canary(seen: Seen) -> bool:
    return seen.arm == "canary"


def is_new(seen: Seen) -> bool:
    """The first reply of a conversation: its arm was assigned just then."""
    return seen.turn == 1


@asynccontextmanager
async def crowd(running: list[Process], *, each: int = 2) -> AsyncIterator[Crowd]:
    """Visitors at all of these processes while the block runs."""
    async with conversation.client(seconds=30) as http:
        made = Crowd(http)
        tasks = [asyncio.create_task(made.visit(p.port)) for p in running for _ in range(each)]
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
