"""faultd spoils connections as it is told, and lets them heal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from .lab.control import Control, application
from .lab.proxy import Proxy, proxied
from .lab.toxics import Refusal, Toxic

PATIENT = 20.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the proxy resets connections, which is what it is for
    finally:
        writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """Before a server that says everything again."""
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with proxied(f"127.0.0.1:{port}", seed=7) as proxy:
        yield proxy
    server.close()


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Streams]:
    host, _, port = proxy.listen.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        async with asyncio.timeout(PATIENT):
            yield reader, writer
    finally:
        writer.transport.abort()


async def said_again(streams: Streams, data: bytes) -> bytes:
    """As much as comes back before the end."""
    reader, writer = streams
    writer.write(data)
    received = b""
    while len(received) < len(data):
        piece = await reader.read(65536)
        if not piece:
            break
        received += piece
    return received


def toxic(type: str, **attributes: float) -> Toxic:
    return Toxic(type, type, attributes=attributes)


async def test_a_server_that_listens_on_a_socket_only_is_reached_by_tcp() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "echo"
        server = await asyncio.start_unix_server(_echo, path)
        async with proxied(f"unix:{path}") as proxy, connected(proxy) as streams:
            assert await said_again(streams, b"hello") == b"hello"
        server.close()


async def test_a_healthy_proxy_changes_nothing(proxy: Proxy) -> None:
    data = bytes(range(256)) * 2000
    async with connected(proxy) as streams:
        assert await said_again(streams, data) == data


async def test_latency_holds_bytes_back(proxy: Proxy) -> None:
    await proxy.add(toxic("latency", latency=120, jitter=20))
    async with connected(proxy) as streams:
        began = time.monotonic()
        assert await said_again(streams, b"hello") == b"hello"
        assert time.monotonic() - began >= 0.1


async def test_bandwidth_lets_only_so_many_bytes_through(proxy: Proxy) -> None:
    await proxy.add(toxic("bandwidth", rate=100))
    async with connected(proxy) as streams:
        began = time.monotonic()
        assert len(await said_again(streams, b"x" * 20_000)) == 20_000
        assert time.monotonic() - began >= 0.19


async def test_down_refuses_and_drops_until_it_is_up_again(proxy: Proxy) -> None:
    async with connected(proxy) as streams:
        assert await said_again(streams, b"a") == b"a"
        await proxy.add(toxic("down"))
        with pytest.raises(ConnectionError):
            assert await said_again(streams, b"b") == b""
            raise ConnectionResetError
        with pytest.raises(ConnectionRefusedError):
            async with connected(proxy):
                pass
    await proxy.remove("down")
    async with connected(proxy) as streams:
        assert await said_again(streams, b"c") == b"c"


async def test_a_black_hole_swallows_until_it_is_taken_away(proxy: Proxy) -> None:
    await proxy.add(toxic("timeout"))
    async with connected(proxy) as streams:
        streams[1].write(b"hello")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await streams[0].read(1)
        await proxy.remove("timeout")
        assert await streams[0].read(5) == b"hello"


async def test_a_timeout_ends_the_connection_without_a_byte(proxy: Proxy) -> None:
    await proxy.add(toxic("timeout", timeout=50))
    async with connected(proxy) as streams:
        assert await said_again(streams, b"hello") == b""


async def test_a_reset_is_a_reset_and_no_end(proxy: Proxy) -> None:
    await proxy.add(toxic("reset_peer", timeout=20))
    async with connected(proxy) as (reader, _):
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


async def test_a_toxic_reaches_connections_that_are_open(proxy: Proxy) -> None:
    async with connected(proxy) as streams:
        assert await said_again(streams, b"a") == b"a"
        await proxy.add(toxic("reset_peer", timeout=1))
        with pytest.raises(ConnectionResetError):
            await streams[0].read(1)


async def test_a_slicer_sends_small_pieces_and_loses_none(proxy: Proxy) -> None:
    await proxy.add(toxic("slicer", average_size=3, size_variation=2, delay=100))
    async with connected(proxy) as streams:
        assert await said_again(streams, b"hello, slices of bread") == b"hello, slices of bread"


async def test_a_limit_ends_the_connection_after_so_many_bytes(proxy: Proxy) -> None:
    await proxy.add(toxic("limit_data", bytes=7))
    async with connected(proxy) as streams:
        assert await said_again(streams, b"hello, world") == b"hello, "


async def test_corruption_changes_bytes_and_keeps_their_number(proxy: Proxy) -> None:
    await proxy.add(toxic("corrupt", p=0.1))
    async with connected(proxy) as streams:
        data = b"\0" * 5000
        received = await said_again(streams, data)
    assert len(received) == 5000
    assert 300 < sum(byte != 0 for byte in received) < 700


async def test_a_half_closed_connection_still_takes_what_is_sent(proxy: Proxy) -> None:
    await proxy.add(toxic("half_close", bytes=5))
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello, world")
        assert await reader.read(20) == b"hello"
        assert await reader.read(20) == b""
        writer.write(b"more")
        await writer.drain()


async def test_a_slow_close_comes_late(proxy: Proxy) -> None:
    await proxy.add(toxic("slow_close", delay=150))
    async with connected(proxy) as (reader, writer):
        began = time.monotonic()
        writer.write_eof()
        assert await reader.read(1) == b""
        assert time.monotonic() - began >= 0.14


async def test_toxicity_is_the_share_of_connections_that_it_falls_on(proxy: Proxy) -> None:
    half = Toxic("half", "limit_data", toxicity=0.5, attributes={"bytes": 0})
    await proxy.add(half)
    answers = []
    for _ in range(24):
        async with connected(proxy) as streams:
            answers.append(await said_again(streams, b"x"))
    assert {b"", b"x"} == set(answers)


@pytest.mark.parametrize(
    "wrong", [("gremlin", {}), ("latency", {"bytes": 1}), ("corrupt", {"p": -1})]
)
def test_what_does_not_exist_is_refused(wrong: tuple[str, dict[str, float]]) -> None:
    with pytest.raises(Refusal):
        Toxic("t", wrong[0], attributes=wrong[1])


async def test_it_is_controlled_over_http_as_toxiproxy_is(proxy: Proxy) -> None:
    control = Control()
    door = httpx.ASGITransport(app=application(control))
    async with httpx.AsyncClient(transport=door, base_url="http://faultd.test") as http:
        made = await http.post("/proxies", json={"name": "echo", "upstream": proxy.listen})
        assert made.status_code == 201
        assert (
            await http.post("/proxies", json={"name": "echo", "upstream": "x:1"})
        ).status_code == 409
        named = {"name": "slow", "type": "latency", "attributes": {"latency": 5}}
        added = await http.post("/proxies/echo/toxics", json=named)
        assert added.json()["attributes"] == {"latency": 5, "jitter": 0}
        changed = await http.post("/proxies/echo/toxics/slow", json={"attributes": {"jitter": 2}})
        assert changed.json()["attributes"] == {"latency": 5, "jitter": 2}
        async with connected(control.proxies["echo"]) as streams:
            assert await said_again(streams, b"hi") == b"hi"
        assert (
            await http.post("/proxies/echo/toxics", json={"type": "gremlin"})
        ).status_code == 400
        await http.post("/proxies/echo", json={"enabled": False})
        with pytest.raises(ConnectionRefusedError):
            async with connected(control.proxies["echo"]):
                pass
        await http.post("/reset")
        shown = (await http.get("/proxies")).json()["echo"]
        assert (shown["enabled"], shown["toxics"]) == (True, [])
        assert (await http.delete("/proxies/echo")).status_code == 204
        assert (await http.get("/proxies/echo")).status_code == 404
    await control.close()
