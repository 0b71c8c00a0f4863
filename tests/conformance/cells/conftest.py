"""Both kinds of cell; the Redis one on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.cells import Cell, Codec, MemoryCell, RedisCell
from gatehouse.resilience.redis_link import RedisLink
from tests.redis_server import PATIENT, RedisServer, running

TEXT: Codec[str] = Codec(write=str.encode, read=bytes.decode)


@pytest.fixture(scope="session")
def redis_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(Path(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture
def redis(redis_of_session: RedisServer) -> RedisServer:
    """Empty and alive, whatever the test before did to it."""
    if redis_of_session.process is None:
        redis_of_session.start()
    redis_of_session.thaw()
    redis_of_session.flush()
    return redis_of_session


@pytest.fixture
async def link(redis: RedisServer) -> AsyncIterator[RedisLink]:
    opened = RedisLink(redis.url, Breaker("redis"), patience=PATIENT)
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "redis"])
def cell(request: pytest.FixtureRequest) -> Cell[str]:
    if request.param == "memory":
        return MemoryCell[str](len)
    link: RedisLink = request.getfixturevalue("link")
    return RedisCell(link, TEXT)
