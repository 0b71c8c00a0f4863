"""Far more newcomers than the server can serve, for the row of overload."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gatehouse.understanding.types import Language

from ..lab import conversation
from . import rows
from .visits import GOLDEN, Visit

SIZE = 60  # newcomers at once
SECONDS_TO_REFUSE = 30.0
TEXTS = Path(__file__).parents[3] / "gatehouse" / "widget" / "texts"
# Little room, and turns that cost something.
NARROW = {"MOST_IN_FLIGHT": "8", "LAB_WORK_MS": "30"}
QUESTION = {"question": "I need an apartment"}
BUSY = "temporary-reduced-capacity"


def page_says(language: Language) -> str:
    """What the page shows while it waits to send again, without its seconds."""
    texts = json.loads((TEXTS / f"{language}.json").read_text("utf-8"))
    return str(texts["waiting_busy"])


@dataclass(slots=True)
class Crowd:
    """Counts who was turned away, and keeps what was odd about it."""

    refused: int = 0
    odd: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def around(self, port: int) -> AsyncIterator[None]:
        """The crowd is there while this is open."""
        async with conversation.client(seconds=30) as http:
            pushing = [asyncio.create_task(self._push(http, port)) for _ in range(SIZE)]
            try:
                yield
            finally:
                for task in pushing:
                    task.cancel()
                await asyncio.gather(*pushing, return_exceptions=True)

    async def _push(self, http: httpx.AsyncClient, port: int) -> None:
        url = f"{conversation.address(port)}/api/chat/ask"
        while True:
            try:
                key = {"Idempotency-Key": str(uuid.uuid4())}
                answer = await http.post(url, json=QUESTION, headers=key)
            except httpx.TransportError as trouble:
                self.odd.append(type(trouble).__name__)
                continue
            if not answer.is_success:
                self._note(answer)

    def _note(self, answer: httpx.Response) -> None:
        """Turned away as the page expects it: 503, what it is, and when to come again."""
        self.refused += 1
        is_plain = answer.headers.get("content-type", "").startswith("application/problem+json")
        is_told = is_plain and answer.json().get("error") == BUSY
        if not is_told or "retry-after" not in answer.headers:
            self.odd.append(f"{answer.status_code} {answer.text[:80]}")

    async def meet(self, visit: Visit) -> None:
        """Newcomers are turned away in plain words; who is in a talk is answered."""
        until = time.monotonic() + SECONDS_TO_REFUSE
        while not self.refused and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await rows.unnoticed(visit)
        visit.expect(self.refused > 0, "nobody was turned away")
        visit.expect(not self.odd, f"turned away oddly: {self.odd[:2]}")
        is_told = page_says(visit.language) == GOLDEN["busy"][visit.language]
        visit.expect(is_told, "the page's words are not the golden ones")
