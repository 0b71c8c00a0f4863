"""Eight ways in which a model server hangs, as raw TCP: accepted, then never a whole answer.

`python -m tests.faults.lab.hostile MODE` serves one of them, and tells its numbers when asked.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, get_args

Mode = Literal["silence", "headers", "drip", "endless", "long_line", "reset", "tls_stall", "dns"]
MODES: tuple[Mode, ...] = get_args(Mode)
LOST_HOST = "model.hang.test"  # its name server does not answer, where the lab says so
LONG_LINE_BYTES = 10 * 1024 * 1024
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_LET_GO = struct.pack("ii", 1, 0)  # linger on, no seconds: closing resets
Speak = Callable[["Caller"], Awaitable[None]]


@dataclass(slots=True)
class Caller:
    """One connection that is waiting for an answer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def read_request(self) -> None:
        """Up to the end of the headers; the body stays where it is."""
        await self.reader.readuntil(b"\r\n\r\n")

    async def send(self, data: bytes) -> None:
        """As one chunk."""
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self.writer.drain()

    async def wait_for_the_end(self) -> None:
        """Until the caller hangs up."""
        while await self.reader.read(65536):
            pass

    def reset(self) -> None:
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, _LET_GO
        )
        self.writer.transport.abort()


@dataclass(slots=True)
class Hostile:
    """A server that hangs."""

    mode: Mode
    port: int
    accepted: int = 0
    callers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def open(self) -> int:
        """Connections that their callers have not closed yet."""
        return len(self.callers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        self.callers.add(task)
        caller = Caller(reader, writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _SPEAK[self.mode](caller)  # cancelled only by the end of the lab
        finally:
            self.callers.discard(task)
            writer.transport.abort()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Connections that came, and those that their callers have not closed yet."""

    accepted: int
    open: int


@dataclass(frozen=True, slots=True)
class Apart:
    """A hostile server in a process of its own. `url` is what LLM_BASE_URL is set to."""

    mode: Mode
    port: int
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        if self.mode == "dns":
            return f"http://{LOST_HOST}:{self.port}/v1"
        scheme = "https" if self.mode == "tls_stall" else "http"
        return f"{scheme}://127.0.0.1:{self.port}/v1"

    async def numbers(self) -> Numbers:
        self._stdin.write(b"?\n")
        await self._stdin.drain()
        return Numbers(**json.loads(await self._line()))

    async def _line(self) -> bytes:
        if self.process.stdout is None:
            raise RuntimeError("the server's output goes elsewhere")
        return await self.process.stdout.readline()

    @property
    def _stdin(self) -> asyncio.StreamWriter:
        if self.process.stdin is None:
            raise RuntimeError("the server's input comes from elsewhere")
        return self.process.stdin


@asynccontextmanager
async def hostile(mode: Mode) -> AsyncIterator[Apart]:
    """Such a server on a free port of loopback, apart, so that its work is not our own."""
    command = (sys.executable, "-m", "tests.faults.lab.hostile", mode)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        yield Apart(mode, int(await process.stdout.readline()), process)
    finally:
        process.kill()
        await process.wait()


async def _serve(mode: Mode) -> None:
    """Tells the port, then the numbers for each line of input, until that ends."""
    async with serving(mode) as made:
        print(made.port, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps({"accepted": made.accepted, "open": made.open}), flush=True)


@asynccontextmanager
async def serving(mode: Mode) -> AsyncIterator[Hostile]:
    """One such server in this process; its connections end with it."""
    made = Hostile(mode, 0)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, backlog=1024)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        callers = list(made.callers)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


async def _silence(caller: Caller) -> None:
    await caller.wait_for_the_end()


async def _headers(caller: Caller) -> None:
    await caller.read_request()
    caller.writer.write(_HEAD)
    await caller.wait_for_the_end()


async def _drip(caller: Caller) -> None:
    """One byte a second, each of them part of a flawless answer."""
    await caller.read_request()
    caller.writer.write(_HEAD)
    for byte in _event("A") + _event("nd"):
        await caller.send(bytes([byte]))
        await asyncio.sleep(1)
    await caller.wait_for_the_end()


async def _endless(caller: Caller) -> None:
    """Words for ever, as steadily as a slow model speaks."""
    await caller.read_request()
    caller.writer.write(_HEAD)
    while True:
        await caller.send(_event("la "))
        await asyncio.sleep(0.2)


async def _long_line(caller: Caller) -> None:
    await caller.read_request()
    caller.writer.write(_HEAD)
    await caller.send(b"data: ")
    for _ in range(LONG_LINE_BYTES // 65536):
        await caller.send(b"x" * 65536)
    await caller.wait_for_the_end()


async def _reset(caller: Caller) -> None:
    await caller.read_request()
    caller.writer.write(_HEAD)
    await caller.send(_event('{"act": "ASK_SL') + b'data: {"choices": [{"del')
    await asyncio.sleep(0.05)  # so that the half answer arrives before the reset
    caller.reset()


def _event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "hostile"}
    return b"data: " + json.dumps(head | {"choices": [choice]}).encode() + b"\n\n"


_SPEAK: dict[Mode, Speak] = {
    "silence": _silence,
    "headers": _headers,
    "drip": _drip,
    "endless": _endless,
    "long_line": _long_line,
    "reset": _reset,
    "tls_stall": _silence,
    "dns": _silence,
}

if __name__ == "__main__":
    (_told,) = (mode for mode in MODES if mode == sys.argv[1])
    asyncio.run(_serve(_told))
