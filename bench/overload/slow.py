"""P23: clients that send or read as slowly as they can, and what they do to everybody else."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, machine
from bench.overload.openloop import Seen, open_loop, percentile
from bench.overload.shedding import existing, say
from bench.product import Server

PACE = 20.0  # normal messages a second
PIPELINED = 120
READERS_COMING = 100.0  # a second
LARGE = b"GET /api/openapi.json HTTP/1.1\r\nHost: bench\r\n\r\n"
COMING = 400.0  # slow senders a second
HALF_HEAD = b"GET /health HTTP/1.1\r\nHost: bench\r\nX-Slow: "
SLOW_BODY = (
    b"POST /api/chat/ask HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    b'Content-Length: 4000\r\n\r\n{"question":"'
)


@dataclass(slots=True)
class Slow:
    """How long each slow connection lived, in seconds; None: it outlived the test."""

    lives: list[float | None] = field(default_factory=list)

    @property
    def longest(self) -> float:
        return max((each for each in self.lives if each is not None), default=0.0)

    @property
    def survivors(self) -> int:
        return self.lives.count(None)


@dataclass(frozen=True, slots=True)
class Siege:
    """What was seen."""

    slow: Slow
    readers_left: int
    before: Seen
    during: Seen
    rss_mb: float

    def told(self) -> str:
        alone, beside = (percentile(s.good, 0.95) for s in (self.before, self.during))
        return (
            f"  {len(self.slow.lives)} slow senders: {self.slow.survivors} left, last cut after "
            f"{self.slow.longest:.1f} s; slow readers left {self.readers_left}; normal served "
            f"{self.during.success:.1%}, p95 {alone:.0f} ms before, {beside:.0f} ms during; "
            f"memory {self.rss_mb:+.0f} MB"
        )


async def siege(server: Server, *, loris: int, bodies: int, readers: int, seconds: float) -> Siege:
    """All slow clients at once, while others write as usual."""
    sessions = await load.open_sessions(server.port, 300)
    make, before_mb = existing(sessions), machine.rss_mb(server.pids)
    before = await open_loop(server.port, PACE, make, seconds=seconds)
    until, slow = time.monotonic() + seconds, Slow()
    sockets_before = sockets_of(server)
    reading = await with_cards(server.port, sessions[0])
    beginnings = [HALF_HEAD] * loris + [SLOW_BODY] * bodies
    tasks = [
        asyncio.create_task(drip(server.port, each, slow, until=until, after=n / COMING))
        for n, each in enumerate(beginnings)
    ]
    async with not_reading(server.port, reading, readers):
        during = await open_loop(server.port, PACE, make, seconds=seconds)
        rss = machine.rss_mb(server.pids) - before_mb
        await asyncio.gather(*tasks)
        left = sockets_of(server) - sockets_before
    found = Siege(slow, left if left > SPARE_SOCKETS else 0, before, during, rss)
    say(found.told())
    return found


SPARE_SOCKETS = 10  # of those who write as usual


def sockets_of(server: Server) -> int:
    """Open sockets of the processes that answer requests."""
    count = 0
    for pid in server.workers:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                count += str(entry.readlink()).startswith("socket:")
    return count


async def drip(port: int, beginning: bytes, slow: Slow, *, until: float, after: float) -> None:
    """Sends the beginning, then a byte a second, until it is cut."""
    await asyncio.sleep(after)
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        slow.lives.append(0.0)
        return
    writer.write(beginning)
    while time.monotonic() < until:
        try:
            if not await asyncio.wait_for(reader.read(1000), 1.0):
                break
        except TimeoutError:
            writer.write(b"x")
        except OSError:
            break
    is_cut = time.monotonic() < until
    slow.lives.append(time.monotonic() - began if is_cut else None)
    writer.close()


async def with_cards(port: int, session: load.Session) -> bytes:
    """Asks until there are cards; returns a request for the events of that turn."""
    async with load.wire(port) as line:
        for text in load.TALK:
            await load.say(line, session, text)
    turn = len(load.TALK)
    return (
        f"GET /api/chat/stream/{session.id}?turn={turn} HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {session.token}\r\n\r\n"
    ).encode()


@asynccontextmanager
async def not_reading(port: int, wanted: bytes, count: int) -> AsyncIterator[None]:
    """Connections that ask for events and then for more than a kernel holds, and read nothing."""
    loop, opened = asyncio.get_running_loop(), list[socket.socket]()
    for _ in itertools.repeat(None, count):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, wanted + LARGE * PIPELINED)
        opened.append(client)
        await asyncio.sleep(1 / READERS_COMING)
    try:
        yield
    finally:
        for client in opened:
            client.close()
