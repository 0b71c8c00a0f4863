"""A database of its own with 3,000 seeded homes, made once for all tests of the stock room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.base.database import Database, PoolLimits
from gatehouse.listings.store import SqlCatalogue
from tests.conftest import scratch_database

HOMES = 3000
ROOT = Path(__file__).parents[3]
_made: dict[str, str] = {}  # by server: several folders share one stock


@pytest.fixture(scope="session")
def stock_url(server_url: str) -> Iterator[str]:
    """The URL of the stocked database; tests put back what they change."""
    if server_url in _made:
        yield _made[server_url]
        return
    with scratch_database(server_url) as url:
        manage(url, "migrate", "--verbosity=0")
        manage(url, "seed_listings", f"--count={HOMES}")
        _made[server_url] = url
        yield url
        del _made[server_url]


@pytest.fixture
async def stock(stock_url: str) -> AsyncIterator[Database]:
    """Pools on the stocked database."""
    limits = PoolLimits(4, 5000, is_read_only=True, lock_timeout_ms=5000, acquire_seconds=5)
    opened = Database(stock_url, chat=PoolLimits(2, 5000, acquire_seconds=5), search=limits)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def catalogue(stock: Database) -> SqlCatalogue:
    """The catalogue under test."""
    return SqlCatalogue(stock, timeout_ms=5000)


@pytest.fixture
def sql(stock_url: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A connection whose changes last until the test ends: it starts no transaction by itself."""
    with psycopg.connect(stock_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def manage(url: str, *words: str) -> str:
    """`manage.py` as an operator runs it; its output."""
    env = os.environ | {"GATEHOUSE_DATABASE_URL": url}
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
