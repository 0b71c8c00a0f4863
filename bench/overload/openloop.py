"""Load that does not wait for answers: each request has its time, whatever became of the others."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

DEADLINE_SECONDS = 2.0
WARM_UP_SECONDS = 1.0  # at the same rate, not counted


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the wire, and the class of work that it is."""

    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`ms` from the time at which the request should have begun; status 0: none in time."""

    kind: str
    status: int
    ms: float
    retry_after: int | None


@dataclass(slots=True)
class Seen:
    """All answers of one run."""

    seconds: float
    answers: list[Answer] = field(default_factory=list)

    def of(self, kind: str) -> Seen:
        return Seen(self.seconds, [each for each in self.answers if each.kind == kind])

    @property
    def good(self) -> list[Answer]:
        """Answered as wished and in time. 404: of the office, which is answered by nobody yet."""
        return [a for a in self.answers if a.status in (200, 201, 404) and a.ms <= 2000]

    @property
    def refused(self) -> list[Answer]:
        return [each for each in self.answers if each.status in (429, 503)]

    @property
    def odd(self) -> list[Answer]:
        """Neither served nor refused: late, cut, or broken."""
        fine = {id(each) for each in (*self.good, *self.refused)}
        return [each for each in self.answers if id(each) not in fine]

    @property
    def goodput(self) -> float:
        return len(self.good) / self.seconds

    @property
    def success(self) -> float:
        return len(self.good) / max(1, len(self.answers))

    @property
    def polite(self) -> float:
        """The share of refusals that say when to come again, in 1 s to 5 s or by a quota."""
        told = [a for a in self.refused if a.retry_after is not None and a.retry_after >= 1]
        return len(told) / max(1, len(self.refused))


def percentile(answers: Sequence[Answer], share: float) -> float:
    """Milliseconds; 0 of nothing."""
    ordered = sorted(each.ms for each in answers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def request(
    kind: str, method: str, path: str, *, body: Mapping[str, object] | None = None, **headers: str
) -> Request:
    """One HTTP/1.1 request that keeps its connection."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return Request(kind, ("\r\n".join(lines) + "\r\n\r\n").encode() + content)


def message(kind: str, token: str, session: str, **headers: str) -> Request:
    """A visitor's message under a key of its own."""
    body = {"question": "I need an apartment", "session_id": session}
    own = {"Authorization": f"Bearer {token}", "Idempotency_Key": str(uuid.uuid4())}
    return request(kind, "POST", "/api/chat/ask", body=body, **(own | headers))


class Line(asyncio.Protocol):
    """One kept connection, lean: ten thousand requests a second must not cost us a core."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._received = b""
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if found and len(rest) >= length_of(head) and self._waiting and not self._waiting.done():
            self._received = b""
            self._waiting.set_result(head)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError())

    async def ask(self, content: bytes, *, until: float) -> bytes:
        """The head of the answer. Raises TimeoutError at the time, OSError when cut."""
        assert self.transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(content)
        async with asyncio.timeout_at(until):
            return await self._waiting

    def close(self) -> None:
        self.is_open = False
        if self.transport is not None:
            self.transport.abort()


def length_of(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def retry_after_of(head: bytes) -> int | None:
    _, found, rest = head.lower().partition(b"retry-after:")
    return int(rest.split(b"\r\n", 1)[0]) if found else None


@dataclass(slots=True)
class Load:
    """Requests at a rate, at random times of equal chance, over as many connections as needed."""

    port: int
    seen: Seen
    counts_from: float = 0.0
    idle: list[Line] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, rate: float, make: Callable[[], Request], dice: random.Random) -> None:
        """Ends when all are answered or given up."""
        began = asyncio.get_running_loop().time()
        at = began
        self.counts_from = began + WARM_UP_SECONDS
        while (at := at + dice.expovariate(rate)) < self.counts_from + self.seen.seconds:
            late = at - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, late))
            task = asyncio.create_task(self._send(make(), at))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=DEADLINE_SECONDS + 1)
        for line in self.idle:
            line.close()

    async def _send(self, wanted: Request, at: float) -> None:
        loop = asyncio.get_running_loop()
        status, after, line = 0, None, None
        with suppress(OSError, TimeoutError):
            line = await self._line()
            head = await line.ask(wanted.content, until=at + DEADLINE_SECONDS)
            status, after = int(head.split(b" ", 2)[1]), retry_after_of(head)
            self.idle.append(line)
        if line is not None and not status:
            line.close()
        if at >= self.counts_from:
            ms = (loop.time() - at) * 1000
            self.seen.answers.append(Answer(wanted.kind, status, ms, after))

    async def _line(self) -> Line:
        while self.idle:
            line = self.idle.pop()
            if line.is_open:
                return line
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", self.port)
        return line


async def open_loop(
    port: int, rate: float, make: Callable[[], Request], *, seconds: float, seed: int = 7
) -> Seen:
    """What became of all requests of one run."""
    load = Load(port, Seen(seconds))
    await load.run(rate, make, random.Random(seed))
    return load.seen
