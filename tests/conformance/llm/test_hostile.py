"""Servers that hang, lie or babble: a call ends with its kind, and nothing stays open."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.client.transport import MOST_BYTES
from gatehouse.llm.naming import Address
from gatehouse.llm.types import ModelError
from gatehouse.resilience.deadline import Deadline
from tests.conformance.llm.test_models import REQUEST
from tests.faults.lab.hostile import Mode, hostile

HUNG = Bounds(first_token=0.3, gap=0.3, total=1.0)
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


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("silence", "first_token"),
        ("headers", "first_token"),
        ("drip", "first_token"),
        ("endless", "timeout"),
        ("reset", "protocol"),
        ("tls_stall", "first_token"),
    ],
)
async def test_a_hanging_server_is_cut(mode: Mode, kind: str, trouble_at: Trouble) -> None:
    async with hostile(mode) as server:
        trouble = await trouble_at(server.url, PATIENT if mode == "reset" else HUNG)
        assert trouble.kind == kind
        assert server.accepted == 1
        async with asyncio.timeout(30):
            while server.open:
                await asyncio.sleep(0.01)


async def test_a_line_without_an_end_is_cut_by_its_length(trouble_at: Trouble) -> None:
    async with hostile("long_line") as server:
        assert (await trouble_at(server.url, PATIENT)).kind == "protocol"
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


SSE = "200 OK\r\ncontent-type: text/event-stream"
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
