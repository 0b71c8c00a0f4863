"""The stage of all tests: one bundled PostgreSQL, one scratch database a session."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
import pytest
from hypothesis import settings as property_settings
from psycopg import conninfo, sql

from gatehouse.base.database import Database, PoolLimits

property_settings.register_profile("untimed", deadline=None)  # no test fails by a slow machine
property_settings.load_profile("untimed")

_filled_by_migrations: set[str] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's driver keeps an event loop running: no coroutine test could follow it."""
    astray = [item.nodeid for item in items if item.get_closest_marker("browser")]
    if astray := [name for name in astray if not name.startswith("tests/e2e/")]:
        raise pytest.UsageError(f"browser tests belong into tests/e2e: {', '.join(astray)}")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A running server: a given one (GATEHOUSE_TEST_DATABASE_URL) or a bundled one of our own."""
    if given := os.environ.get("GATEHOUSE_TEST_DATABASE_URL"):
        yield given
        return
    from gatehouse.ops import postgres

    with _data_folder() as data:
        os.environ.setdefault("GATEHOUSE_DATA", str(data))
        os.environ.setdefault("LOG_FILE", str(data / "app.log"))
        yield postgres.ensure(data)
        postgres.release(data)


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """A fresh database with today's schema; Django's own connection points at it, too."""
    with scratch_database(server_url) as url:
        os.environ["GATEHOUSE_DATABASE_URL"] = url
        _migrate()
        _filled_by_migrations.update(_filled_tables(url))
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The lane's pools, opened."""
    opened = Database(
        database_url,
        chat=PoolLimits(size=8, statement_timeout_ms=2000, acquire_seconds=5),
        search=PoolLimits(size=8, statement_timeout_ms=5000, is_read_only=True, acquire_seconds=5),
    )
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clean(database_url: str) -> str:
    """Every table is empty, except those that migrations filled. Returns the URL."""
    if filled := _filled_tables(database_url) - _filled_by_migrations:
        tables = sql.SQL(", ").join(map(sql.Identifier, sorted(filled)))
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))
            connection.execute(
                "UPDATE rollout_control SET stable_version = NULL, denied = '[]'"
                " WHERE stable_version IS NOT NULL OR denied <> '[]'"
            )
    return database_url


def _filled_tables(url: str) -> set[str]:
    """Tables with a row. Emptying only those costs a tenth of emptying all."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        probe = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(name, sql.Identifier(name))
            for (name,) in names
        )
        return {name for (name,) in connection.execute(probe).fetchall()} if names else set()


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """A database of its own on that server, dropped afterwards."""
    name = f"scratch_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url_of_database(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))


def url_of_database(server_url: str, name: str) -> str:
    """The same server, another database."""
    parts = conninfo.conninfo_to_dict(server_url)
    given = str(parts.get("dbname") or "")
    head, slash, query = server_url.partition("?")
    return head.removesuffix(f"/{given}") + f"/{name}" + slash + query


@contextmanager
def _data_folder() -> Iterator[Path]:
    if kept := os.environ.get("GATEHOUSE_TEST_DATA"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="gh-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _migrate() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatehouse.web.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from gatehouse.web.settings import database_of

    connections["default"].settings_dict.update(database_of(os.environ["GATEHOUSE_DATABASE_URL"]))
    call_command("migrate", verbosity=0, interactive=False)
