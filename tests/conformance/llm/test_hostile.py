"""Servers that hang, lie or babble: a call ends with its kind, and nothing stays open."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.client.transport import MOST_BYTES
from gatehouse.llm.naming import Address
from gatehouse.llm.types import ModelError
from gatehouse.resilience.deadline import Deadline
from tests.conformance.llm.test_models import REQUEST

HUNG = Bounds(first_token=0.3, gap=30, total=60)
PATIENT = Bounds(first_token=30, gap=30, total=60)


Trouble = Callable[[str, Bounds], Awaitable[ModelError]]


@pytest.fixture
def trouble_at(connections: Connections) -> Trouble:
    async def met(url: str, bounds: Bounds) -> ModelError:
        there = Address("openai", "test-model", url, "key")
        model = connections.model(there, provider="primary", bounds=bounds)
        with pytest.raises(ModelError) as caught:
            async for _ in model.answer(REQUEST, Deadline.after(60)):
                pass
        return caught.value

    return met


Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Hanging:
    """A server that speaks as told to every caller; `open` connections are not closed yet."""

    speak: Speak
    url: str = ""
    accepted: int = 0
    callers: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.accepted += 1
        self.callers.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.speak(reader, writer)
        self.callers.discard(task)
        writer.transport.abort()


@asynccontextmanager
async def hanging(mode: str) -> AsyncIterator[Hanging]:
    made = Hanging(MODES[mode])
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    scheme = "https" if mode == "tls" else "http"
    made.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield made
        async with asyncio.timeout(30):
            while made.callers:  # nothing of a call stays open
                await asyncio.sleep(0.01)
    finally:
        server.close()
        for caller in made.callers:
            caller.cancel()


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass


async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(f"HTTP/1.1 {SSE}\r\ntransfer-encoding: chunked\r\n\r\n".encode())


async def only_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await begin(reader, writer)
    await silence(reader, writer)


async def comments(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Alive, as proxies say, and saying nothing."""
    await begin(reader, writer)
    while True:
        await chunk(writer, b": ping\n\n")
        await asyncio.sleep(0.02)


async def long_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await begin(reader, writer)
    for _ in range(160):
        await chunk(writer, b"x" * 65536)
    await silence(reader, writer)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await begin(reader, writer)
    await chunk(writer, b'data: {"choices": [{"del')
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def chunk(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(content), content))
    await writer.drain()


SSE = "200 OK\r\ncontent-type: text/event-stream"
MODES: dict[str, Speak] = {
    "silence": silence,
    "tls": silence,
    "only headers": only_headers,
    "comments": comments,
    "a line without an end": long_line,
    "a reset": reset,
}


@pytest.mark.parametrize(
    ("mode", "bounds", "kind"),
    [
        ("silence", HUNG, "first_token"),
        ("tls", HUNG, "first_token"),
        ("only headers", HUNG, "first_token"),
        ("comments", HUNG, "first_token"),
        ("a line without an end", PATIENT, "protocol"),
        ("a reset", PATIENT, "protocol"),
    ],
)
async def test_a_hanging_server_is_cut_and_nothing_stays_open(
    mode: str, bounds: Bounds, kind: str, trouble_at: Trouble
) -> None:
    async with hanging(mode) as server:
        assert (await trouble_at(server.url, bounds)).kind == kind
        assert server.accepted == 1


@asynccontextmanager
async def raw(answer: bytes) -> AsyncIterator[str]:
    """A server that answers every request with these bytes and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


def whole(body: bytes, head: str) -> bytes:
    return f"HTTP/1.1 {head}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


LIES = {
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "a page": whole(b"<html>login</html>", "200 OK\r\ncontent-type: text/html"),
    "nothing": whole(b"", SSE),
    "no events": whole(b"hello\n\nhello\n\n", SSE),
    "no JSON": whole(b"data: {oops\n\n", SSE),
    "a number": whole(b"data: 7\n\n", SSE),
    "a list": whole(b"data: [1, 2]\n\n", SSE),
    "choices that are none": whole(b'data: {"choices": "abc"}\n\n', SSE),
    "a choice that is none": whole(b'data: {"choices": [7]}\n\n', SSE),
    "no UTF-8": whole(b'data: {"choices": "\xff\xfe"}\n\n', SSE),
    "only the end": whole(b"data: [DONE]\n\n", SSE),
    "compressed": whole(gzip.compress(b" " * 20_000_000), SSE + "\r\ncontent-encoding: gzip"),
    "too many bytes": whole(b": ping\n" * (MOST_BYTES // 7 + 2), SSE),
    "another length": b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\ndata: {}\n\n",
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_is_no_answer_is_a_protocol_error(lie: str, trouble_at: Trouble) -> None:
    async with raw(LIES[lie]) as url:
        assert (await trouble_at(url, PATIENT)).kind == "protocol"


async def test_a_redirect_is_not_followed(trouble_at: Trouble) -> None:
    async with raw(whole(b"", "302 Found\r\nlocation: http://127.0.0.1:9/")) as url:
        assert (await trouble_at(url, PATIENT)).kind in ("bad_request", "protocol")


async def test_nobody_there_is_a_connect_error(trouble_at: Trouble) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    assert (await trouble_at(f"http://127.0.0.1:{port}/v1", PATIENT)).kind == "connect"


async def test_a_provider_that_ignores_its_cancellation_holds_nobody() -> None:
    from gatehouse.llm.bounds import bounded
    from gatehouse.llm.types import Answering, Delta

    released = asyncio.Event()

    async def stubborn() -> Answering:
        yield Delta("x")
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()

    bounds = Bounds(first_token=30, gap=0.1, total=60)
    with pytest.raises(ModelError) as cut:
        async for _ in bounded(stubborn(), bounds, Deadline.after(60)):
            pass
    assert cut.value.kind == "gap"
    assert not released.is_set()
    released.set()
