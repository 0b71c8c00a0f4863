"""A closed-loop load of talks over keep-alive connections, lean enough not to be the brake."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

BUSY, MOST_TRIES, RETRY_SECONDS = 503, 20, 0.1
# The smoke test's talk: two questions, then a search with cards.
TALK = ("I need an apartment", "Kyrenia 500 pounds", "long term")


class Refused(Exception):
    """The server answered something else than a 2xx."""

    def __init__(self, status: int, content: bytes = b"") -> None:
        super().__init__(f"{status} {content[:300]!r}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Measured:
    """What one closed-loop run brought; latencies in milliseconds, in the order of arrival."""

    turns: int
    seconds: float
    refused: int  # answers 503, after which the same message was sent again
    latencies_ms: tuple[float, ...] = field(repr=False)

    @property
    def per_second(self) -> float:
        return self.turns / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in ms below which this share (0..1) of the turns lies."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Wire:
    """One HTTP/1.1 connection on loopback, kept open, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> bytes:
        """Posts JSON and returns the answer's bytes. Raises Refused unless it is a 2xx."""
        self.send(path, body, **headers)
        status, length = await self.head()
        content = await self._reader.readexactly(length or 0)
        if not 200 <= status < 300:
            raise Refused(status, content)
        return content

    def send(self, path: str, body: dict[str, Any], **headers: str) -> None:
        content = json.dumps(body).encode()
        lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(content)}\r\n\r\n")
        self._writer.write("\r\n".join(lines).encode() + content)

    async def head(self) -> tuple[int, int | None]:
        """Reads one answer's head: its status and, if given, its length in bytes."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        _, found, rest = head.partition(b"content-length:")
        length = int(rest.split(b"\r\n", 1)[0]) if found else None
        return int(head.split(b" ", 2)[1]), length

    async def line(self) -> bytes:
        """The next line of a streamed answer; empty at its end."""
        return await self._reader.readline()


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    """A connection to a server of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation that exists already, with the token that opens it."""

    id: str
    token: str


async def open_sessions(port: int, count: int) -> list[Session]:
    """Begins conversations ahead of a measurement."""
    async with wire(port) as line:
        opened = [await line.post("/api/chat/sessions", {"bearer": True}) for _ in range(count)]
    return [session_of(each) for each in opened]


def session_of(told: bytes) -> Session:
    """From the answer that began it."""
    said = json.loads(told)
    return Session(said["session_id"], said["token"])


async def say(line: Wire, session: Session, text: str, *, path: str = "/api/chat/ask") -> int:
    """One turn, sent again with the same key while the server is short of something.

    Returns how often it was. Raises Refused.
    """
    body, key = {"question": text, "session_id": session.id}, str(uuid.uuid4())
    for tries in range(MOST_TRIES):
        try:
            await line.post(
                path, body, Authorization=f"Bearer {session.token}", Idempotency_Key=key
            )
        except Refused as refused:
            if refused.status != BUSY or tries == MOST_TRIES - 1:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return tries
    return MOST_TRIES


async def closed_loop(
    port: int, sessions: list[Session], *, clients: int, path: str = "/api/chat/ask"
) -> Measured:
    """Holds one talk per session: `clients` visitors, each with one message under way, no pause."""
    waiting = list(sessions)
    began = time.perf_counter()
    runs = [_visitor(port, waiting, path=path) for _ in range(clients)]
    told = [each for visitor in await asyncio.gather(*runs) for each in visitor]
    seconds = time.perf_counter() - began
    return Measured(len(told), seconds, sum(r for _, r in told), tuple(ms for ms, _ in told))


async def _visitor(port: int, waiting: list[Session], *, path: str) -> list[tuple[float, int]]:
    """Per turn its milliseconds and its refusals."""
    told: list[tuple[float, int]] = []
    async with wire(port) as line:
        while waiting:
            session = waiting.pop()
            for text in TALK:
                start = time.perf_counter()
                refused = await say(line, session, text, path=path)
                told.append(((time.perf_counter() - start) * 1000, refused))
    return told
