"""Connections: kept alive for few calls, spread for many, and always given back."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from gatehouse.llm.client import Connections
from gatehouse.llm.client.shards import SMALL, ShardedTransport
from gatehouse.llm.types import ModelError
from gatehouse.resilience.deadline import Deadline
from tests.conformance.llm.stages import Act, Stage
from tests.conformance.llm.test_models import ANSWER, REQUEST, heard
from tests.conformance.llm.wires import wire


class Held(httpx2.AsyncBaseTransport):
    """A pool whose calls wait until they are let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.calls = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.calls += 1
        await self.let_go.wait()
        if request.url.path == "/fails":
            raise httpx2.ConnectError("no")
        return httpx2.Response(200, stream=httpx2.ByteStream(b"hi"))


def pools() -> tuple[ShardedTransport, list[Held]]:
    made: list[Held] = []

    def make() -> Held:
        made.append(Held())
        return made[-1]

    return ShardedTransport(make), made


async def call(transport: ShardedTransport, path: str = "/") -> None:
    async with httpx2.AsyncClient(transport=transport) as client:
        client._transport = transport
        await client.get(f"http://pool.test{path}")


async def test_many_calls_are_spread_and_few_share_one_pool() -> None:
    transport, made = pools()
    calls = [asyncio.create_task(call(transport)) for _ in range(SMALL * 2 + 1)]
    while sum(transport.busy) < len(calls):
        await asyncio.sleep(0)
    assert transport.busy == (SMALL, SMALL, 1)
    for pool in made:
        pool.let_go.set()
    await asyncio.gather(*calls)
    assert transport.busy == (0, 0, 0)
    await call(transport)
    assert [pool.calls for pool in made] == [SMALL + 1, SMALL, 1]


async def test_failed_and_cancelled_calls_give_their_place_back() -> None:
    transport, made = pools()
    failing = asyncio.create_task(call(transport, "/fails"))
    leaving = asyncio.create_task(call(transport))
    while sum(transport.busy) < 2:
        await asyncio.sleep(0)
    leaving.cancel()
    made[0].let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    with pytest.raises(httpx2.ConnectError):
        await failing
    assert transport.busy == (0,)


def busy(connections: Connections) -> int:
    transport = connections.http._transport
    assert isinstance(transport, ShardedTransport)
    return sum(transport.busy)


async def test_calls_one_after_the_other_use_one_connection(connections: Connections) -> None:
    async with wire("openai", connections) as stage:
        model = stage.model(*[Act(ANSWER)] * 5)
        for _ in range(5):
            await heard(model)
        assert stage.calls == 5
        assert stage.accepted == 1
    assert busy(connections) == 0


@pytest.mark.parametrize(
    "act", [Act(ANSWER, "silence"), Act(ANSWER, "cut"), Act(ANSWER, "endless")]
)
async def test_a_call_that_ends_badly_gives_its_connection_back(
    connections: Connections, act: Act
) -> None:
    async with wire("openai", connections) as stage:
        await leave(stage, act)
        async with asyncio.timeout(30):
            while busy(connections) or stage.open_sockets:
                await asyncio.sleep(0.01)


async def leave(stage: Stage, act: Act) -> None:
    answering = stage.model(act).answer(REQUEST, Deadline.after(60))
    await anext(answering)
    if act.end != "silence":
        with pytest.raises(ModelError):
            async for _ in answering:
                pass
    await answering.aclose()


async def test_a_library_that_retried_would_be_seen(connections: Connections) -> None:
    """The negative control of every test that counts one call."""
    from openai import AsyncOpenAI, InternalServerError

    async with wire("openai", connections) as stage:
        stage.model(*[Act(status=500)] * 3)
        client = AsyncOpenAI(
            base_url=f"http://127.0.0.1:{stage.port}",
            api_key="key",
            http_client=connections.http,
            max_retries=1,
        )
        with pytest.raises(InternalServerError):
            await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "hi"}]
            )
        assert stage.calls == 2
