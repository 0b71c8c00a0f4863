"""Looking up hosts of models: nobody else waits for it, and nobody waits for what hangs."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpcore2 import AsyncMockStream, AsyncNetworkStream

from gatehouse.base.clock import TurnableClock
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.client.names import (
    FRESH_SECONDS,
    HUNG_SECONDS,
    KEPT_SECONDS,
    MOST_THREADS,
    LookUpFailed,
    Names,
)
from gatehouse.llm.client.reaching import reached
from gatehouse.llm.client.tidy import TidyBackend
from gatehouse.llm.naming import Address
from gatehouse.llm.types import ChatModel, ModelError
from gatehouse.resilience.deadline import Deadline
from tests.conformance.llm.test_models import REQUEST

HOST = "model.test"
THREADS = 2
PATIENT = Bounds(first_token=30, gap=30, total=60)
_ask = socket.getaddrinfo


@dataclass
class Server:
    """A name server for *.test; hosts in `lost` have no answer until `let_go`."""

    lost: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    found: tuple[str, ...] = ("127.0.0.1",)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, host: Any, *given: Any, **named: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if not str(text).endswith(".test"):
            return _ask(host, *given, **named)
        self.asked.append(text)
        if text in self.lost:
            self.let_go.wait()
        if text in self.failing | self.lost:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        stream = socket.SOCK_STREAM
        return [(socket.AF_INET, stream, 6, "", (each, 0)) for each in self.found]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.let_go.set()


def others_are_served(server: Server, *, hung: int, seconds: float) -> bool:
    """While calls wait for the name of their model, is a thread of the loop left for others?"""
    with ThreadPoolExecutor(1) as apart:  # a loop of its own, with few threads
        return apart.submit(asyncio.run, _others_are_served(server, hung, seconds)).result()


async def _others_are_served(server: Server, hung: int, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    server.lost.add(HOST)
    connections = Connections()
    there = Address("openai", "m", f"http://{HOST}:9/v1", "key")
    model = connections.model(there, provider="primary", bounds=PATIENT)
    calls = [asyncio.create_task(kind_of(model)) for _ in range(THREADS * 3)]
    async with asyncio.timeout(60):
        while len(server.asked) < hung:
            await asyncio.sleep(0.01)
    work = loop.run_in_executor(None, lambda: None)
    done, _ = await asyncio.wait({work}, timeout=seconds)
    server.let_go.set()
    assert set(await asyncio.gather(*calls)) == {"connect"}
    await asyncio.gather(work, connections.close())
    return bool(done)


async def kind_of(model: ChatModel) -> str:
    try:
        async for _ in model.answer(REQUEST, Deadline.after(60)):
            pass
    except ModelError as error:
        return error.kind
    return "answered"


def test_hung_look_ups_of_a_model_leave_the_threads_of_the_loop_to_others(server: Server) -> None:
    assert others_are_served(server, hung=1, seconds=30)
    assert server.asked == [HOST]


def test_the_same_test_notices_look_ups_in_the_threads_of_the_loop(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def untouched(_: TidyBackend, host: str) -> tuple[str, ...]:
        return (host,)

    monkeypatch.setattr(TidyBackend, "_addresses", untouched)
    assert not others_are_served(server, hung=THREADS, seconds=0.2)


async def test_a_look_up_that_hangs_is_waited_for_by_nobody_new(server: Server) -> None:
    clock = TurnableClock()
    looking = Names(clock.monotonic)
    server.lost.add(HOST)
    first = asyncio.create_task(looking.addresses(HOST))
    async with asyncio.timeout(30):
        while not server.asked:
            await asyncio.sleep(0.01)
    clock.turn(HUNG_SECONDS + 1)
    with pytest.raises(LookUpFailed, match="hangs"):
        await looking.addresses(HOST)
    server.let_go.set()
    with pytest.raises(LookUpFailed, match="failed"):
        await first


async def test_few_look_ups_hang_at_once(server: Server) -> None:
    looking = Names()
    hosts = [f"m{n}.test" for n in range(MOST_THREADS + 1)]
    server.lost.update(hosts)
    waiting = [asyncio.create_task(looking.addresses(host)) for host in hosts]
    with pytest.raises(LookUpFailed, match=f"{MOST_THREADS} look-ups hang"):
        await waiting[-1]
    server.let_go.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(server.asked) == MOST_THREADS


async def test_addresses_serve_for_a_while_and_longer_if_the_next_look_up_fails(
    server: Server,
) -> None:
    clock = TurnableClock()
    looking = Names(clock.monotonic)
    for _ in range(3):
        assert await looking.addresses(HOST) == ("127.0.0.1",)
    assert server.asked == [HOST]
    server.failing.add(HOST)
    clock.turn(FRESH_SECONDS + 1)
    assert await looking.addresses(HOST) == ("127.0.0.1",)
    assert len(server.asked) == 2
    clock.turn(KEPT_SECONDS)
    with pytest.raises(LookUpFailed):
        await looking.addresses(HOST)


async def test_old_addresses_serve_while_the_next_look_up_hangs(server: Server) -> None:
    clock = TurnableClock()
    looking = Names(clock.monotonic)
    await looking.addresses(HOST)
    server.lost.add(HOST)
    clock.turn(FRESH_SECONDS + 1)
    assert await looking.addresses(HOST) == ("127.0.0.1",)


async def test_families_take_turns_and_an_address_is_itself(server: Server) -> None:
    server.found = ("::2", "::3", "10.0.0.1", "::2")
    assert await Names().addresses(HOST) == ("::2", "10.0.0.1", "::3")
    assert await Names().addresses("::1") == ("::1",)
    assert server.asked == [HOST]


class Line(AsyncMockStream):
    """A connection that knows whether it was closed."""

    def __init__(self) -> None:
        super().__init__([])
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


async def test_an_address_that_leads_nowhere_does_not_hold_the_next() -> None:
    line, left = Line(), []

    async def connect(address: str) -> AsyncNetworkStream:
        if address == "nowhere":
            try:
                await asyncio.Event().wait()
            finally:
                left.append(address)
        if address == "refused":
            raise OSError(address)
        return line

    assert await reached(connect, ("nowhere", "refused", "good")) is line
    assert left == ["nowhere"]
    assert not line.is_closed
    with pytest.raises(OSError, match="refused"):
        await reached(connect, ("refused", "refused"))


async def test_of_two_connections_the_later_one_is_closed() -> None:
    lines = {"a": Line(), "b": Line()}
    both = asyncio.Barrier(2)

    async def connect(address: str) -> AsyncNetworkStream:
        await both.wait()
        return lines[address]

    made = await reached(connect, ("a", "b"))
    assert sorted(line.is_closed for line in lines.values()) == [False, True]
    assert isinstance(made, Line)
    assert not made.is_closed
