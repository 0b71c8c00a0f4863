"""The lane's pools and `visit()`: one short, bounded stay in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from gatehouse.base.errors import StoreDown

PoolName = Literal["chat", "search"]
Cursor = psycopg.AsyncCursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Sizes and times of one pool. Milliseconds where the name says so, seconds otherwise."""

    size: int
    statement_timeout_ms: int
    is_read_only: bool = False
    lock_timeout_ms: int = 200
    acquire_seconds: float = 0.25


class Database:
    """Two pools on one PostgreSQL. Connections are in autocommit: one statement, one commit."""

    def __init__(self, url: str, *, chat: PoolLimits, search: PoolLimits) -> None:
        self._url = url
        self._limits: dict[PoolName, PoolLimits] = {"chat": chat, "search": search}
        self._pools: dict[
            PoolName, AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]]
        ] = {}
        self.visits = 0

    async def open(self) -> None:
        """Opens the pools; does not wait for the server."""
        for name, limits in self._limits.items():
            pool: AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]] = (
                AsyncConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=limits.size,
                    timeout=limits.acquire_seconds,
                    max_waiting=limits.size * 2,
                    open=False,
                    name=name,
                    kwargs={
                        "autocommit": True,
                        "row_factory": dict_row,
                        "connect_timeout": 2,
                        "options": _options(limits),
                    },
                )
            )
            await pool.open(wait=False)
            self._pools[name] = pool

    async def close(self) -> None:
        await asyncio.gather(*(pool.close(timeout=2) for pool in self._pools.values()))
        self._pools.clear()

    @asynccontextmanager
    async def visit(
        self, pool: PoolName = "chat", *, transaction: bool = False
    ) -> AsyncIterator[Cursor]:
        """One stay: a cursor, bounded in wait and time. Hold nothing else while inside.

        Raises StoreDown when no connection can be had or the server goes away.
        """
        try:
            async with self._pools[pool].connection() as conn, conn.cursor() as cur:
                self.visits += 1
                if transaction:
                    async with conn.transaction():
                        yield cur
                else:
                    yield cur
        except (PoolTimeout, TooManyRequests, psycopg.OperationalError) as trouble:
            if isinstance(trouble, psycopg.errors.QueryCanceled):
                raise
            raise StoreDown(retry_after=2) from trouble


def _options(limits: PoolLimits) -> str:
    parts = {
        "statement_timeout": limits.statement_timeout_ms,
        "lock_timeout": limits.lock_timeout_ms,
        "idle_in_transaction_session_timeout": 5000,
        "default_transaction_read_only": "on" if limits.is_read_only else "off",
        "timezone": "UTC",
    }
    return " ".join(f"-c {key}={value}" for key, value in parts.items())
