"""`visit()`: bounded in wait and time, honest about a lost server, safe to cancel."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from gatehouse.base import database as module
from gatehouse.base.database import Database, PoolLimits
from gatehouse.base.errors import StoreDown
from gatehouse.ops import postgres

Waits = list[tuple[str, float]]
HANGING = 60  # seconds; only ends a test that would wait for ever


@asynccontextmanager
async def opened(
    url: str, *, size: int = 1, timeout_ms: int = 1000, waits: Waits | None = None
) -> AsyncIterator[Database]:
    heard: Waits = [] if waits is None else waits
    limits = PoolLimits(size, timeout_ms)
    database = Database(
        url,
        chat=limits,
        search=PoolLimits(size, timeout_ms, is_read_only=True),
        on_wait=lambda pool, milliseconds: heard.append((pool, milliseconds)),
    )
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def backend(database: Database) -> int:
    async with database.visit() as cur:
        row = await (await cur.execute("SELECT pg_backend_pid() AS pid")).fetchone()
    assert row
    return int(row["pid"])


async def works(database: Database) -> bool:
    try:
        return await backend(database) > 0
    except StoreDown:
        return False


def terminate(url: str) -> None:
    """Cuts every connection of the lane, as a restart of the server would."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE application_name LIKE 'gatehouse-%' AND datname = current_database()"
        )


async def test_an_exhausted_pool_says_so_while_it_is_exhausted(database_url: str) -> None:
    async with opened(database_url, timeout_ms=30_000) as database, database.visit() as cur:
        with pytest.raises(StoreDown) as refusal:
            async with database.visit():
                pass
        await cur.execute("SELECT 1")  # the first stay is not over yet
        assert refusal.value.retry_after == 2
        async with database.visit("search"):
            pass  # the pools are separate


async def test_visits_and_their_waits_are_counted(database_url: str) -> None:
    waits: Waits = []
    async with opened(database_url, waits=waits) as database:
        await backend(database)
        async with database.visit("search"):
            pass
        assert database.visits == 2
    assert [pool for pool, _ in waits] == ["chat", "search"]
    assert all(milliseconds >= 0 for _, milliseconds in waits)


async def test_a_connection_cut_in_the_middle_is_store_down_and_the_next_visit_works(
    database_url: str,
) -> None:
    async with opened(database_url) as database:
        with pytest.raises(StoreDown):
            async with database.visit() as cur:
                await asyncio.to_thread(terminate, database_url)
                await cur.execute("SELECT 1")
        assert await works(database)


async def test_connections_that_died_while_idle_disturb_no_visitor(database_url: str) -> None:
    async with opened(database_url, size=6) as database:
        await _use_all(database, 6)
        await asyncio.to_thread(terminate, database_url)
        for _ in range(8):
            assert await works(database)


async def test_without_the_look_at_the_socket_they_would(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database_url, size=6) as database:
        await _use_all(database, 6)
        monkeypatch.setattr(module, "_has_died", lambda _: False)
        await asyncio.to_thread(terminate, database_url)
        assert not all([await works(database) for _ in range(8)])


async def _use_all(database: Database, size: int) -> None:
    gate = asyncio.Barrier(size)

    async def stay() -> None:
        async with database.visit():
            await gate.wait()

    await asyncio.gather(*(stay() for _ in range(size)))


async def test_a_server_is_cut_while_it_still_hangs(database_url: str) -> None:
    async with opened(database_url, timeout_ms=200) as database:
        pid = await backend(database)
        os.kill(pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(HANGING):
                with pytest.raises(StoreDown):
                    async with database.visit() as cur:
                        await cur.execute("SELECT 1")
                assert await works(database)
        finally:
            os.kill(pid, signal.SIGCONT)


async def test_a_cancelled_visit_leaves_a_usable_connection_and_nothing_running(
    database_url: str,
) -> None:
    async with opened(database_url) as database:
        first = await backend(database)
        for _ in range(3):
            visitor = asyncio.create_task(_sleep(database))
            assert await _is_busy(database_url, first)
            visitor.cancel()
            with pytest.raises(asyncio.CancelledError):
                await visitor
            assert await works(database)
        assert not await _is_busy(database_url, first, patience=0)


async def test_a_cancelled_transaction_is_rolled_back(database_url: str) -> None:
    async with opened(database_url) as database:
        async with database.visit() as cur:
            await cur.execute("CREATE TABLE IF NOT EXISTS half (x int)")

        async def write_and_wait() -> None:
            async with database.visit(transaction=True) as cur:
                await cur.execute("INSERT INTO half VALUES (1)")
                await asyncio.Event().wait()

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(write_and_wait(), 0.2)
        async with database.visit(transaction=True) as cur:
            await cur.execute("SELECT count(*) AS n FROM half")
            assert await cur.fetchone() == {"n": 0}
            await cur.execute("DROP TABLE half")


async def test_visitors_that_give_up_waiting_lose_no_connection(database_url: str) -> None:
    async with opened(database_url, size=2) as database:
        for _ in range(20):
            crowd = [asyncio.create_task(backend(database)) for _ in range(12)]
            await asyncio.sleep(0)
            for visitor in crowd[::2]:
                visitor.cancel()
            await asyncio.gather(*crowd, return_exceptions=True)
        await _use_all(database, 2)  # both connections are still there


async def test_mistakes_of_the_caller_are_not_called_an_outage(database_url: str) -> None:
    async with opened(database_url) as database:
        with pytest.raises(psycopg.errors.UndefinedTable):
            async with database.visit() as cur:
                await cur.execute("SELECT * FROM no_such_table")
        with pytest.raises(KeyError):
            async with database.visit():
                raise KeyError("bug")
        assert await works(database)


async def test_the_search_pool_cannot_write_and_a_slow_statement_is_cut(database_url: str) -> None:
    async with opened(database_url, timeout_ms=150) as database:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            async with database.visit("search") as cur:
                await cur.execute("CREATE TABLE forbidden (x int)")
        with pytest.raises(StoreDown) as cut:
            await _sleep(database, "search")
        assert isinstance(cut.value.__cause__, psycopg.errors.QueryCanceled)
        assert await works(database)


async def test_what_is_said_often_is_prepared(database_url: str) -> None:
    async with opened(database_url) as database:
        for number in range(3):
            async with database.visit() as cur:
                await cur.execute("SELECT %s::int + 1 AS hot", [number])
        async with database.visit() as cur:
            await cur.execute("SELECT statement FROM pg_prepared_statements")
            assert any("AS hot" in row["statement"] for row in await cur.fetchall())


@pytest.fixture
def own_server() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        postgres.release(Path(folder))


async def test_a_killed_server_is_store_down_and_served_again_after_its_return(
    own_server: Path,
) -> None:
    async with opened(postgres.ensure(own_server), size=4) as database:
        await _use_all(database, 4)
        pid_file = own_server / "postgres" / "cluster" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        while await works(database):
            await asyncio.sleep(0.02)
        for _ in range(3):  # long enough for the pool's own attempts to be given up
            assert not await works(database)
            await asyncio.sleep(0.6)
        await asyncio.to_thread(postgres.ensure, own_server)
        async with asyncio.timeout(HANGING):
            while not await works(database):
                await asyncio.sleep(0.02)
        await _use_all(database, 4)


async def _sleep(database: Database, pool: module.PoolName = "chat") -> None:
    async with database.visit(pool) as cur:
        await cur.execute("SELECT pg_sleep(0.9)")


async def _is_busy(url: str, pid: int, *, patience: float = 3) -> bool:
    """Whether that backend executes a statement, or does so soon."""
    deadline = time.monotonic() + patience
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            cur = await connection.execute(
                "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s", [pid]
            )
            if (await cur.fetchone()) == (True,):
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
