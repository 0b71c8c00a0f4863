"""Slow heads, endless heads and readers who do not read, at a protocol without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from gatehouse.base.config import load
from gatehouse.ops.guarding import HEAD_BYTES, READ_BYTES, Guarded
from gatehouse.ops.serving import configure

HEAD = b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"


class Wire:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.written = b""
        self.unread = 0
        self.is_closed = False
        self.aborts = 0

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.aborts += 1

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return self.unread

    def get_extra_info(self, *_: object) -> None:
        return None

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""


class Full:
    """A house that turns everybody away."""

    is_watchful = True

    def __init__(self) -> None:
        self.asked: list[str] = []

    def refusal(self, path: str, headers: Mapping[bytes, bytes]) -> bytes | None:
        self.asked.append(path)
        return None if path == "/health" else b"HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def connect(porter: object = None) -> tuple[Guarded, Wire]:
    config = Config(echo, http=Guarded, ws="none", interface="asgi3", log_config=None)
    config.load()
    protocol, wire = Guarded(config, ServerState(), {"porter": porter}), Wire()
    protocol.connection_made(wire)
    return protocol, wire


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_head_that_does_not_end_is_cut_after_ten_seconds() -> None:
    protocol, wire = connect()
    protocol.data_received(HEAD)
    now = protocol.loop.time()
    protocol.check(now + 9)
    assert wire.written == b""
    for _ in range(3):
        protocol.data_received(b"X-Slow: y\r\n")  # dripping wins no time
    protocol.check(now + 11)
    assert wire.is_closed
    assert wire.written.startswith(b"HTTP/1.1 408 ")


async def test_a_connection_that_says_nothing_is_closed_without_a_word() -> None:
    protocol, wire = connect()
    protocol.check(protocol.loop.time() + 11)
    assert wire.is_closed
    assert wire.written == b""


async def test_a_second_slow_head_on_a_kept_connection_is_cut_too() -> None:
    protocol, wire = connect()
    protocol.data_received(HEAD + b"\r\n{}")
    await settle()
    assert wire.written.startswith(b"HTTP/1.1 204 ")
    protocol.data_received(b"\r\n")  # not even a method
    protocol.check(protocol.loop.time() + 11)
    assert wire.is_closed


async def test_a_turn_that_is_thought_about_for_long_is_not_cut() -> None:
    protocol, wire = connect()
    protocol.data_received(HEAD + b"\r\n{}")
    protocol.check(protocol.loop.time() + 60)
    assert not wire.is_closed
    await settle()


@pytest.mark.parametrize("ending", [b"", b"\r\n{}"])
async def test_a_head_of_a_megabyte_is_refused(ending: bytes) -> None:
    protocol, wire = connect()
    protocol.data_received(HEAD)
    for _ in range(4):
        protocol.data_received(b"X-Flood: " + b"y" * (HEAD_BYTES // 2) + b"\r\n")
    protocol.data_received(ending)
    assert wire.is_closed
    assert wire.written.startswith(b"HTTP/1.1 431 ")
    assert wire.written.count(b"HTTP/1.1") == 1


async def test_a_reader_who_does_not_read_is_cut() -> None:
    protocol, wire = connect()
    now = protocol.loop.time()
    protocol.on_headers_complete = lambda: None  # type: ignore[method-assign]
    protocol._head_since = None
    wire.unread = 50_000
    protocol.check(now)
    protocol.check(now + 9)
    assert wire.aborts == 0
    wire.unread -= READ_BYTES // 2  # a trickle is not reading
    protocol.check(now + 11)
    assert wire.aborts == 1


async def test_a_slow_reader_who_does_read_is_left_alone() -> None:
    protocol, wire = connect()
    now = protocol.loop.time()
    protocol._head_since = None
    wire.unread = 60_000
    for second in range(0, 60, 5):
        protocol.check(now + second)
        wire.unread = max(1, wire.unread - READ_BYTES)
        protocol.check(now + second + 1)
        protocol.resume_writing()
    assert wire.aborts == 0


async def test_a_full_house_answers_without_a_task_and_keeps_the_connection() -> None:
    full = Full()
    protocol, wire = connect(full)
    for _ in range(3):
        protocol.data_received(HEAD + b"\r\n")
        protocol.data_received(b"{}")
    assert wire.written.count(b"HTTP/1.1 503") == 3
    assert not wire.is_closed
    assert not protocol.tasks
    assert full.asked == ["/api/echo"] * 3


async def test_a_full_house_lets_in_who_may_and_any_preflight() -> None:
    full = Full()
    protocol, wire = connect(full)
    protocol.data_received(b"GET /health?x HTTP/1.1\r\nHost: x\r\n\r\n")
    await settle()
    protocol.data_received(b"OPTIONS /api/echo HTTP/1.1\r\nHost: x\r\n\r\n")
    await settle()
    assert wire.written.count(b"HTTP/1.1 204 ") == 2
    assert full.asked == ["/health"]


async def test_garbage_on_the_wire_ends_the_connection() -> None:
    protocol, wire = connect(Full())
    protocol.data_received(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert wire.is_closed


def test_the_server_is_guarded() -> None:
    assert configure("gatehouse.web.asgi:app", load({})).http is Guarded
