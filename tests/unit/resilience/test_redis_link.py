"""A Redis that refuses, hangs, talks nonsense or comes back: bounded, told once, never an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from gatehouse.observe.sinks import Sink
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.cells import Codec, RedisCell
from gatehouse.resilience.limits import MemoryLimiter, Quota, Ruling
from gatehouse.resilience.redis_link import Patience, RedisDown, RedisLink, open_link
from gatehouse.resilience.shared_limits import RedisLimiter, limiter_of

TEXT: Codec[str] = Codec(write=str.encode, read=bytes.decode)
MESSAGES = Quota("session", 12, 60, 4)
QUICK = Patience(connect=0.05, operation=0.05)


class Lines(Sink):
    """A sink that keeps what it is given."""

    name = "kept"

    def __init__(self) -> None:
        self.text = b""

    def write(self, lines: bytes, monotonic: float) -> None:
        self.text += lines

    def count(self, name: str) -> int:
        journal.flush()
        return self.text.count(f'"event":"{name}"'.encode())


@pytest.fixture
def lines() -> Iterator[Lines]:
    kept = Lines()
    before = journal.use(Journal(sinks=(kept,)))
    yield kept
    journal.use(before)


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte now and then: no single read is late, the whole never comes."""
    while not reader.at_eof():
        writer.write(b"+")
        await writer.drain()
        await asyncio.sleep(0.02)


async def talk_nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.drain()


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[str, list[int]]]:
    """A URL, and a list with one element per connection."""
    reached: list[int] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(1)
        try:
            await answer(reader, writer)
        except ConnectionError:
            pass  # the client gave up, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"redis://127.0.0.1:{port}/0", reached
    finally:
        server.close()


@pytest.mark.parametrize("answer", [hang, drip, talk_nonsense, hang_up])
async def test_a_sick_server_is_left_alone_after_five_calls_and_told_once(
    answer: Answer, lines: Lines
) -> None:
    async with serving(answer) as (url, reached):
        link = RedisLink(url, Breaker("redis"), patience=QUICK)
        cell = RedisCell(link, TEXT)
        for _ in range(20):
            assert await cell.get("a") is None
        assert 1 <= len(reached) <= 5
        assert lines.count("redis_unavailable") == 1 and not link.is_up
        await link.close()


async def test_a_call_ends_within_its_patience_whatever_the_library_does(lines: Lines) -> None:
    async def deaf(_: Any) -> None:
        await asyncio.Event().wait()

    link = RedisLink("redis://127.0.0.1:1/0", Breaker("redis"), patience=Patience(0.01, 0.01))
    async with asyncio.timeout(30):
        with pytest.raises(RedisDown):
            await link.run(deaf)


async def test_a_refused_connection_is_down_and_a_good_answer_is_up_again(lines: Lines) -> None:
    clock = TurnableClock()
    link = RedisLink("redis://127.0.0.1:1/0", Breaker("redis", clock=clock))

    async def answer(_: Any) -> int:
        return 7

    for _ in range(5):
        with pytest.raises(RedisDown):
            await link.run(lambda client: client.get("a"))
    with pytest.raises(RedisDown):
        await link.run(answer)  # the breaker is open: Redis is not asked
    clock.turn(10)
    assert await link.run(answer) == 7
    assert (lines.count("redis_unavailable"), lines.count("redis_available")) == (1, 1)


async def test_a_redis_that_nobody_calls_is_looked_at_all_the_same(lines: Lines) -> None:
    link = RedisLink("redis://127.0.0.1:1/0", Breaker("redis"))
    watching = asyncio.create_task(link.watch(every_seconds=0.001))
    async with asyncio.timeout(30):
        while link.is_up:
            await asyncio.sleep(0.001)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert lines.count("redis_unavailable") == 1


async def test_a_caller_that_leaves_says_nothing_about_redis(lines: Lines) -> None:
    async def wait(_: Any) -> None:
        await asyncio.Event().wait()

    breaker = Breaker("redis")
    link = RedisLink("redis://127.0.0.1:1/0", breaker, patience=Patience(30, 30))
    for _ in range(20):
        call = asyncio.create_task(link.run(wait))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    assert breaker.standing.opens_total == 0 and link.is_up


class FakeLink(RedisLink):
    """Away or there, as a test says; there, it lets everything through."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere", Breaker("redis"))
        self.is_away = False

    async def script(self, *_: object) -> list[int]:
        if self.is_away:
            raise RedisDown
        return [0, 0]


class OpenLimiter(RedisLimiter):
    """The negative control: what cannot be counted is let in."""

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        try:
            await self._link.script("", (), ())
        except RedisDown:
            return Ruling(True, 1, 0, 0)
        return await super().take(key, quota, cost=cost)


async def allowed_in_five_minutes(kind: type[RedisLimiter], workers: int) -> int:
    """What so many processes let in together while Redis is away, asked once a second each."""
    clock, link, allowed = TurnableClock(), FakeLink(), 0
    link.is_away = True
    limiters = [kind(link, MemoryLimiter(workers=workers, clock=clock)) for _ in range(workers)]
    for _ in range(300):
        for limiter in limiters:
            allowed += (await limiter.take("a", MESSAGES)).is_allowed
        clock.turn(1)
    return allowed


async def test_without_redis_the_limit_is_shared_out_and_neither_open_nor_closed() -> None:
    most, least = 12 * 5 + MESSAGES.burst, 12 * 5 - 2
    assert least <= await allowed_in_five_minutes(RedisLimiter, workers=2) <= most
    assert not await allowed_in_five_minutes(OpenLimiter, workers=2) <= most


async def test_redis_counts_again_as_soon_as_it_is_back() -> None:
    link = FakeLink()
    limiter = RedisLimiter(link, MemoryLimiter(workers=2, clock=TurnableClock()))
    link.is_away = True
    for _ in range(5):
        ruling = await limiter.take("a", MESSAGES)
    assert not ruling.is_allowed
    link.is_away = False
    assert (await limiter.take("a", MESSAGES)).is_allowed


def test_without_a_url_there_is_no_link() -> None:
    assert open_link("", Breakers()) is None
    assert isinstance(limiter_of(None, workers=2), MemoryLimiter)
