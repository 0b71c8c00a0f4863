"""What the edge refuses before anything parses it."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.errors import BadInput, GatehouseError, MalformedRequest
from gatehouse.web import body, edge
from gatehouse.web.body import BodyLimits

JSON = {"content-type": "application/json"}
LIMIT = BodyLimits().size


def padded(size: int) -> bytes:
    """A JSON object of exactly `size` bytes."""
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (padded(LIMIT), 200),
        (padded(LIMIT + 1), 413),
        (nested(32), 200),
        (nested(33), 400),
        (nested(100_000), 400),
        (b'{"a":"' + b"[{" * 50_000 + b'"}', 200),  # brackets in a string are text
        (b'{"a":["' + b'\\"[' * 40 + b'"]}', 200),
        (b'{"a":[' + b"[]," * 20_000 + b"1]}", 400),
        (b"{", 400),
        (b'{"a":1}\x00', 400),
        ('{"a":"é"}'.encode("latin-1"), 400),
        ('{"a":1}'.encode("utf-16"), 400),
        (b'{"a":"\xed\xa0\x80"}', 400),
        (b'{"a":"\\u0000"}', 422),
        (b'{"a":"\\\\u0000"}', 200),  # a backslash and letters, not a NUL
        (b'{"a":"\\ud800"}', 422),
        (b'{"\\udfff":1}', 422),
        (b'{"a":"\\ud83c\\udfe1"}', 200),  # a whole pair: a house
        (b'{"a":NaN}', 400),
        (b'{"a":-Infinity}', 400),
        (b'{"a":1e999}', 400),
        (b'{"a":' + b"9" * 5000 + b"}", 400),
        (b"", 422),
        (b"null", 422),
    ],
)
async def test_a_body_is_judged_by_size_depth_and_characters(
    http: httpx.AsyncClient, content: bytes, status: int
) -> None:
    answer = await http.post("/api/echo", content=content, headers=JSON)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/problem+json", 415),
        ("", 415),
    ],
)
async def test_a_body_must_be_declared_as_json(
    http: httpx.AsyncClient, kind: str, status: int
) -> None:
    answer = await http.post("/api/echo", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == status


async def test_a_compressed_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = JSON | {"content-encoding": "gzip"}
    assert (await http.post("/api/echo", content=b"{}", headers=headers)).status_code == 415


async def test_a_chunked_body_is_cut_at_the_limit(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    answer = await http.post("/api/echo", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert sent <= LIMIT + 2 * 65536


def drip(parts: list[bytes], seconds: float = 0.0) -> Any:
    """A `receive` that hands out parts and then never ends."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    return receive


@pytest.mark.parametrize("parts", [[], [b"x"], [b"x" * 30, b"y" * 30]])
async def test_a_body_that_never_ends_times_out(parts: list[bytes]) -> None:
    limits = BodyLimits(seconds=0.08, grace_seconds=0.03)
    with pytest.raises(body.TooSlow):
        await body.read(drip(parts), limits)


async def test_a_steady_body_gets_more_time_than_the_grace() -> None:
    """200 bytes at 1,000 a second are given 0.2 s, although the grace is 0.02 s."""
    limits, loop = BodyLimits(seconds=30, grace_seconds=0.02), asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(body.TooSlow):
        await body.read(drip([b"x" * 200]), limits)
    assert 0.15 < loop.time() - began < 2


async def test_a_client_that_goes_away_is_counted_and_not_answered(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/echo", "query_string": b"",
        "scheme": "http",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"9")],
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent == []


@pytest.mark.parametrize("path", ["/api/homes/1?limit=%00", "/api/homes/%00"])
async def test_a_nul_in_the_address_is_refused(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 422


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_honest_json_passes(value: Any) -> None:
    plain = json.dumps(value)
    if "\\u0000" in plain or _depth(value) > 32:
        return
    body.check_json(plain.encode(), BodyLimits())
    body.check_json(json.dumps(value, ensure_ascii=False).encode(), BodyLimits())


@given(
    st.binary(max_size=400) | st.text(alphabet='{}[]"\\ua0d8,:1eN', max_size=400).map(str.encode)
)
def test_any_bytes_are_judged_without_an_accident(content: bytes) -> None:
    try:
        body.check_json(content, BodyLimits())
    except (MalformedRequest, BadInput):
        return
    try:
        value = json.loads(content)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    assert _depth(value) <= 32


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(each) for each in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(each) for each in value), default=0)
    return 0


@pytest.mark.parametrize(
    "content", [b'"' + b'\\"' * 128_000, b'"' * 250_000, b"\\" * 250_000, b"[" * 9_999 + b'"' * 9]
)
def test_no_body_makes_the_scan_hang(content: bytes) -> None:
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(60)  # only ends a test that hangs; a quadratic scan of this size would
    try:
        with suppress(GatehouseError):
            body.check_json(content + b"[" * 40, BodyLimits())
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _give_up(*_: object) -> None:
    raise AssertionError("the scan hangs")


async def test_over_a_real_connection_an_endless_body_ends_it(app: FastAPI) -> None:
    """uvicorn in this loop: the answer comes while the client is still sending, then it closes."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    writer.write((b"10000\r\n" + b"x" * 65536 + b"\r\n") * 5)
    answer = await asyncio.wait_for(reader.read(), 5)  # to the end of the connection
    assert answer.startswith(b"HTTP/1.1 413 ")
    writer.close()
    server.should_exit = True
    await serving


def test_the_limits_are_those_that_were_promised() -> None:
    assert BodyLimits() == BodyLimits(size=262144, depth=32, seconds=30.0, rate=1000.0)
    assert {"POST", "PUT", "PATCH", "DELETE"} == edge.UNSAFE
