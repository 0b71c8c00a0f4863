"""`gatehouse cache`: every process of the instance answers, and what matches is gone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import environ
from pathlib import Path

import pytest

from gatehouse.base.database import Database
from gatehouse.listings.cached import CachedCatalogue, cache_of_searches
from gatehouse.listings.news import News
from gatehouse.listings.store import SqlCatalogue
from gatehouse.listings.types import Wish
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.redis_link import RedisLink
from tests.redis_server import PATIENT, running

ROOT = Path(__file__).parents[3]


async def gatehouse(url: str, *words: str, **extra: str) -> tuple[int, str, str]:
    """The command as an operator runs it: exit code, output, errors."""
    ran = await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        *words,
        cwd=ROOT,
        env=environ | {"GATEHOUSE_DATABASE_URL": url} | extra,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await ran.communicate()
    return ran.returncode or 0, out.decode(), errors.decode()


@asynccontextmanager
async def process(
    database: Database, url: str, link: RedisLink | None = None
) -> AsyncIterator[CachedCatalogue]:
    """The cache of one process, with three searches in it."""
    news = News(url)
    cache = cache_of_searches(fresh_seconds=3600, timeout_ms=5000, link=link)
    catalogue = CachedCatalogue(
        SqlCatalogue(database, timeout_ms=5000), news, cache=cache, release="r", timeout_ms=5000
    )
    news.answerer = catalogue.answer
    listening = asyncio.create_task(news.run())
    async with asyncio.timeout(30):
        while not news.is_current:
            await asyncio.sleep(0.01)
    for city in ("girne", "iskele", "lefke"):
        await catalogue.find(Wish(cities=(city,)))
    while cache.in_flight:
        await asyncio.sleep(0.01)
    yield catalogue
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await cache.close()


async def test_all_processes_forget_what_matches_and_say_how_much(
    database: Database, clean: str
) -> None:
    async with process(database, clean) as one, process(database, clean) as two:
        await two.cache.clear("re:search:lefke:*")
        code, out, errors = await gatehouse(clean, "cache", "clear", "re:search:girne:*")
        assert (code, errors) == (0, "") and "removed 2, processes 2" in out
        code, out, _ = await gatehouse(clean, "cache", "clear", "realty_us:*")
        assert "removed 3, processes 2" in out
        assert await one.cache.near.keys() == () == await two.cache.near.keys()


async def test_show_tells_entries_lookups_and_hits(database: Database, clean: str) -> None:
    async with process(database, clean) as one:
        await one.find(Wish(cities=("girne",)))
        _, out, _ = await gatehouse(clean, "cache", "show")
        assert "entries 3, lookups 4, hits 1" in out


async def test_redis_is_cleared_too_and_a_redis_that_is_away_is_told(
    database: Database, clean: str, tmp_path: Path
) -> None:
    with running(tmp_path) as redis:
        link = RedisLink(redis.url, Breaker("redis"), patience=PATIENT)
        async with process(database, clean, link):
            _, out, _ = await gatehouse(clean, "cache", "show", REDIS_URL=redis.url)
            assert "redis: entries 3" in out
            _, out, _ = await gatehouse(clean, "cache", "clear", "*", REDIS_URL=redis.url)
            assert "redis: removed 3" in out and "removed 3, processes 1" in out
            redis.kill()
            code, _, errors = await gatehouse(clean, "cache", "clear", "*", REDIS_URL=redis.url)
            assert code == 1 and "Redis does not answer" in errors
        await link.close()


@pytest.mark.parametrize("words", [("clear", ""), ("clear",), ("burn",), ()])
async def test_what_cannot_be_meant_is_refused(clean: str, words: tuple[str, ...]) -> None:
    code, _, errors = await gatehouse(clean, "cache", *words)
    assert code != 0 and "Traceback" not in errors and errors
