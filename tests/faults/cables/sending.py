"""A message written while the database cannot be reached, sent again as the page does it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gatehouse.understanding.types import Language

from ..lab import conversation
from ..lab.conversation import RETRY
from ..modes.visits import GOLDEN, Visit

LONGEST_ANSWER_SECONDS = 5.0  # of a statement, its cut, and a wait for a connection
MOST_SECONDS_BACK = 5.0  # from the healed cable to the first message that is taken
WAIT_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
TEXTS = Path(__file__).parents[3] / "gatehouse" / "widget" / "texts"


def page_says(language: Language) -> str:
    """What the page shows while the database is away."""
    return str(json.loads((TEXTS / f"{language}.json").read_text("utf-8"))["waiting_store"])


@dataclass(slots=True)
class Sending:
    """One message with one key, tried until it is answered."""

    visit: Visit
    text: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    worst_seconds: float = 0.0
    refusals: int = 0

    async def refused(self) -> None:
        """Sent while the cable is out: refused in time, as the page expects it."""
        began = time.monotonic()
        answer = await self._send()
        self.worst_seconds = max(self.worst_seconds, time.monotonic() - began)
        self.refusals += answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        told, kind = answer.headers.get("retry-after"), answer.headers.get("content-type", "")
        self.visit.expect(answer.status_code == 503, f"{answer.status_code} without a database")
        self.visit.expect(bool(told), "503 without Retry-After")
        is_problem = kind.startswith("application/problem+json")
        code = answer.json().get("error") if is_problem else kind
        self.visit.expect(code == "store-down", f"not told what is away: {code!r}")
        is_golden = page_says(self.visit.language) == GOLDEN["store_down"][self.visit.language]
        self.visit.expect(is_golden, "the page's words are not the golden ones")

    async def taken(self) -> None:
        """Sent again with the same key once the cable is back: answered, the wish kept."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (answer := await self._send()).status_code in RETRY and time.monotonic() < until:
            await asyncio.sleep(WAIT_SECONDS)
        self.visit.expect(answer.status_code == httpx.codes.OK, f"{answer.status_code} afterwards")
        if answer.status_code != httpx.codes.OK:
            return
        reply = answer.json()
        self.visit.replies.append(reply)
        known = reply["meta"]["slots"].get("budget") or {}
        self.visit.expect(known.get("high") == self.visit.price, "the wish was not kept")
        marks = set(reply["meta"]["degraded"]) - {"search"}  # its breaker may be open for seconds
        self.visit.expect(not marks, f"the reply is marked: {marks}")

    async def _send(self) -> httpx.Response:
        url = f"{conversation.address(self.visit.port)}/api/chat/ask"
        body = self.visit.talk.body(self.text) | {"language": self.visit.language}
        return await self.visit.http.post(url, json=body, headers=self.visit.talk.headers(self.key))


async def status(http: httpx.AsyncClient, port: int, path: str) -> int:
    return (await http.get(f"{conversation.address(port)}{path}")).status_code


async def seconds_until(http: httpx.AsyncClient, port: int, wanted: int) -> float:
    """How long /readyz takes to answer with this status; PATIENCE_SECONDS if it never does."""
    began = time.monotonic()
    while await status(http, port, "/readyz") != wanted:
        if time.monotonic() - began > PATIENCE_SECONDS:
            return PATIENCE_SECONDS
        await asyncio.sleep(0.05)
    return time.monotonic() - began
