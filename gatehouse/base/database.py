"""The lane's pools and `visit()`: one short, bounded stay in the database."""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any, Literal, cast

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from gatehouse.base.errors import StoreDown

PoolName = Literal["chat", "search"]
Cursor = psycopg.AsyncCursor[dict[str, Any]]
Connection = psycopg.AsyncConnection[dict[str, Any]]
Hook = Callable[[str, float], None]

CUT_MARGIN_SECONDS = 0.5  # a hung server is cut this long after it should have cut itself
RECONNECT_SECONDS = 2.0  # then the next visitor asks anew: no backoff ever grows beyond a second


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Sizes and times of one pool. Milliseconds where the name says so, seconds otherwise."""

    size: int
    statement_timeout_ms: int
    is_read_only: bool = False
    lock_timeout_ms: int = 200
    acquire_seconds: float = 0.25
    most_waiting: int = 0  # 0: only their time is limited

    @property
    def stay_seconds(self) -> float:
        """The longest that anybody may hold a connection."""
        return self.statement_timeout_ms / 1000 + CUT_MARGIN_SECONDS


class Database:
    """Two pools on one PostgreSQL. Connections are in autocommit: one statement, one commit.

    `on_wait` and `on_visit` hear, once a visit, the pool and the milliseconds of the wait for a
    connection and of the whole stay. `visits` counts them.
    """

    def __init__(
        self,
        url: str,
        *,
        chat: PoolLimits,
        search: PoolLimits,
        on_wait: Hook | None = None,
        on_visit: Hook | None = None,
    ) -> None:
        self._url = url
        self._limits: dict[PoolName, PoolLimits] = {"chat": chat, "search": search}
        self._pools: dict[PoolName, AsyncConnectionPool[Connection]] = {}
        self._retuned: set[PoolName] = set()
        self.visits = 0
        self.on_wait = on_wait or _unheard
        self.on_visit = on_visit or _unheard

    async def open(self) -> None:
        """Opens the pools; does not wait for the server."""
        for name, limits in self._limits.items():
            self._pools[name] = _pool(self._url, name, limits, self._options_of(name))
            await self._pools[name].open(wait=False)

    async def retune(self, *, chat: PoolLimits, search: PoolLimits) -> None:
        """Other limits while running: connections made under the old ones are replaced, each
        when nobody uses it."""
        for name, limits in (("chat", chat), ("search", search)):
            await self._retune(cast(PoolName, name), limits)

    async def _retune(self, name: PoolName, limits: PoolLimits) -> None:
        before, self._limits[name] = self._limits[name], limits
        pool = self._pools.get(name)
        if pool is None or limits == before:
            return
        if limits.size != before.size:
            await pool.resize(1, limits.size)
        if _options(limits) != _options(before):
            self._retuned.add(name)
            await pool.drain()

    async def close(self) -> None:
        await asyncio.gather(*(pool.close(timeout=2) for pool in self._pools.values()))
        self._pools.clear()

    def _is_outdated(self, name: PoolName, connection: Connection) -> bool:
        """Was it made under other limits, as one whose making had begun before the change?"""
        if name not in self._retuned or connection.closed:
            return False
        return connection.info.options != _options(self._limits[name])

    def _options_of(self, name: PoolName) -> Callable[[], str]:
        return lambda: _options(self._limits[name])

    def visit(
        self, pool: PoolName = "chat", *, transaction: bool = False
    ) -> AbstractAsyncContextManager[Cursor]:
        """One stay: a cursor, bounded in wait and time. Hold nothing else while inside.

        Raises StoreDown when no connection can be had, or the server goes away, hangs, or cuts the
        statement at its time limit: then the cause is psycopg's QueryCanceled.
        """
        return Stay(self, pool, transaction)

    async def take(self, name: PoolName) -> Connection:
        """A living connection; those that died while idle are thrown away, all at once."""
        pool, deadline = self._pools[name], perf_counter() + self._limits[name].acquire_seconds
        while True:
            connection = await pool.getconn(timeout=max(deadline - perf_counter(), 0.001))
            if self._is_outdated(name, connection):
                connection.pgconn.finish()
            if not _has_died(connection):
                return connection
            await pool.putconn(connection)

    async def give_back(self, name: PoolName, connection: Connection) -> None:
        """The end of a Stay."""
        await self._pools[name].putconn(connection)

    def stay_seconds(self, name: PoolName) -> float:
        """The longest that anybody may hold a connection of this pool."""
        return self._limits[name].stay_seconds


class Stay:
    """What `visit()` enters. A class, because a generator would cost a turn a tenth of its time."""

    __slots__ = ("_began", "_connection", "_cut", "_database", "_is_transaction", "_pool", "_work")

    def __init__(self, database: Database, pool: PoolName, is_transaction: bool) -> None:
        self._database = database
        self._pool: PoolName = pool
        self._is_transaction = is_transaction
        self._work: AbstractAsyncContextManager[Any] | None = None

    async def __aenter__(self) -> Cursor:
        self._began = perf_counter()
        house = self._database
        try:
            self._connection = await house.take(self._pool)
        except psycopg.OperationalError as trouble:
            raise StoreDown(retry_after=2) from trouble
        house.visits += 1
        house.on_wait(self._pool, (perf_counter() - self._began) * 1000)
        loop, seconds = asyncio.get_running_loop(), house.stay_seconds(self._pool)
        self._cut = loop.call_later(seconds, cut, self._connection)
        if self._is_transaction:
            await self._begin()
        return self._connection.cursor()

    async def _begin(self) -> None:
        try:
            self._work = self._connection.transaction()
            await self._work.__aenter__()
        except BaseException as trouble:
            await self._leave()
            if isinstance(trouble, psycopg.OperationalError):
                raise StoreDown(retry_after=2) from trouble
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            try:
                if self._work is not None:
                    await self._work.__aexit__(kind, error, trace)
            finally:
                await self._leave()
        except psycopg.OperationalError as trouble:
            error = trouble
        if not isinstance(error, psycopg.OperationalError):
            return False
        raise StoreDown(retry_after=2) from error

    async def _leave(self) -> None:
        self._cut.cancel()
        await self._database.give_back(self._pool, self._connection)
        self._database.on_visit(self._pool, (perf_counter() - self._began) * 1000)


def _pool(
    url: str, name: str, limits: PoolLimits, options: Callable[[], str]
) -> AsyncConnectionPool[Connection]:
    fixed = {
        "autocommit": True,
        "row_factory": dict_row,
        "prepare_threshold": 1,  # the lane has few statements and says them often
        "connect_timeout": 2,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "application_name": f"gatehouse-{name}",
    }
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=limits.size,
        timeout=limits.acquire_seconds,
        max_waiting=limits.most_waiting,
        reconnect_timeout=RECONNECT_SECONDS,
        open=False,
        name=name,
        kwargs=lambda: fixed | {"options": options()},
    )


def _options(limits: PoolLimits) -> str:
    parts = {
        "statement_timeout": limits.statement_timeout_ms,
        "lock_timeout": limits.lock_timeout_ms,
        "idle_in_transaction_session_timeout": 5000,
        "default_transaction_read_only": "on" if limits.is_read_only else "off",
        "synchronous_commit": "on",
        "jit": "off",
        "timezone": "UTC",
    }
    return " ".join(f"-c {key}={value}" for key, value in parts.items())


def _has_died(connection: Connection) -> bool:
    """Whether the server has said goodbye to this idle connection; no round trip.

    It sends nothing else to an idle one but news of changed settings, after which a new
    connection is no loss.
    """
    if not connection.closed:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if poll.poll(0):
            connection.pgconn.finish()
    return connection.closed


def cut(connection: Connection) -> None:
    """Ends a stay that has become too long: whoever waits for the server hears an error at once."""
    if not connection.closed:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


def _unheard(_pool: str, _milliseconds: float) -> None:
    """Nobody listens."""
