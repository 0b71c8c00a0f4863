"""One visitor's conversation over HTTP, by whichever process is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

MOST_TRIES, RETRY_SECONDS = 100, 0.1
RETRY = frozenset({409, 429, 502, 503, 504})  # the answers after which the page tries again


@dataclass(frozen=True, slots=True)
class Conversation:
    """A session that exists, and the token that opens it."""

    id: str
    token: str

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}

    def body(self, text: str) -> dict[str, str]:
        return {"question": text, "session_id": self.id}


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One server-sent event."""

    kind: str
    data: Any


@asynccontextmanager
async def client(*, seconds: float = 30) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client for loopback, with as many connections as visitors need."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=400)
    async with httpx.AsyncClient(timeout=seconds, limits=limits, trust_env=False) as http:
        yield http


async def begin(http: httpx.AsyncClient, port: int) -> Conversation:
    """A new conversation, asked for again while the server is short. Raises httpx.HTTPError."""
    for _ in range(MOST_TRIES):
        answer = await http.post(f"{address(port)}/api/chat/sessions", json={"bearer": True})
        if answer.status_code not in RETRY:
            break
        await asyncio.sleep(RETRY_SECONDS)
    answer.raise_for_status()
    opened = answer.json()
    return Conversation(opened["session_id"], opened["token"])


async def ask(
    http: httpx.AsyncClient, talk: Conversation, text: str, *, key: str, port: int
) -> httpx.Response:
    """Sends one message and waits for the whole reply. Raises httpx.TransportError."""
    url = f"{address(port)}/api/chat/ask"
    return await http.post(url, json=talk.body(text), headers=talk.headers(key))


@asynccontextmanager
async def stream(
    http: httpx.AsyncClient, talk: Conversation, text: str, *, key: str, port: int
) -> AsyncIterator[httpx.Response]:
    """Sends one message and opens its stream. Raises httpx.TransportError."""
    url = f"{address(port)}/api/chat/stream"
    sent = http.stream("POST", url, json=talk.body(text), headers=talk.headers(key))
    async with sent as answer:
        yield answer


async def events(answer: httpx.Response) -> AsyncIterator[StreamEvent]:
    """The server-sent events of a stream, as they come."""
    kind, data = "message", ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            data += value
        elif not line and data:
            yield StreamEvent(kind, json.loads(data))
            kind, data = "message", ""


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
