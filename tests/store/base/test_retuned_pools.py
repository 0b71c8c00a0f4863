"""Pools whose limits change while they are used."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.base.database import Database, PoolLimits

CHAT = PoolLimits(size=2, statement_timeout_ms=2000, acquire_seconds=5)
SEARCH = PoolLimits(size=2, statement_timeout_ms=1000, is_read_only=True, acquire_seconds=5)


async def cut_after(database: Database, pool: str = "chat") -> str:
    async with database.visit(pool) as cursor:  # type: ignore[arg-type]
        await cursor.execute("SHOW statement_timeout")
        row = await cursor.fetchone()
    assert row is not None
    return str(row["statement_timeout"])


async def test_connections_are_replaced_but_not_from_under_their_users(database_url: str) -> None:
    database = Database(database_url, chat=CHAT, search=SEARCH)
    await database.open()
    try:
        async with database.visit() as cursor:
            slower = replace(CHAT, statement_timeout_ms=700)
            await database.retune(chat=slower, search=SEARCH)
            await cursor.execute("SELECT 1 AS still")
            assert await cursor.fetchone() == {"still": 1}
        assert [await cut_after(database) for _ in range(4)] == ["700ms"] * 4
        assert await cut_after(database, "search") == "1s"
        assert database.stay_seconds("chat") == 1.2
    finally:
        await database.close()


async def test_a_pool_grows_and_shrinks(database_url: str) -> None:
    database = Database(database_url, chat=CHAT, search=SEARCH)
    await database.open()
    try:
        await database.retune(chat=replace(CHAT, size=5), search=SEARCH)
        assert database._pools["chat"].max_size == 5
        await database.retune(chat=replace(CHAT, size=1), search=SEARCH)
        assert database._pools["chat"].max_size == 1
        assert await cut_after(database) == "2s"
    finally:
        await database.close()


async def test_limits_may_change_before_the_pools_are_open(database_url: str) -> None:
    database = Database(database_url, chat=CHAT, search=SEARCH)
    await database.retune(chat=replace(CHAT, statement_timeout_ms=700), search=SEARCH)
    await database.open()
    try:
        assert await cut_after(database) == "700ms"
    finally:
        await database.close()
