"""Is the database there? Asked on a connection of its own, bounded, at most once a second."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

import psycopg

from gatehouse.base.clock import Clock
from gatehouse.observe import journal, meters

LIMIT_SECONDS = 0.3
FRESH_SECONDS = 1.0
# A standby or a database without our tables answers, but cannot store a conversation.
_CAN_STORE = "SELECT NOT pg_is_in_recovery() AND to_regclass('talk_inbox') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at the database."""

    is_up: bool
    can_store: bool


class Pulse(Protocol):
    """Feels the database's pulse. Never raises and never takes longer than LIMIT_SECONDS."""

    async def feel(self) -> Beat: ...


class DatabasePulse:
    """Keeps one connection, so that a full pool does not look like a dead server."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._connection: psycopg.AsyncConnection[tuple[bool]] | None = None
        self._last = Beat(is_up=True, can_store=True)
        self._felt_at = float("-inf")
        self._asking: asyncio.Task[bool] | None = None
        self._turn = asyncio.Lock()

    async def feel(self) -> Beat:
        if self._is_fresh():
            return self._last
        async with self._turn:
            if not self._is_fresh():
                self._note(await self._look())
        return self._last

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        await self._drop()

    def _is_fresh(self) -> bool:
        return self._clock.monotonic() - self._felt_at < FRESH_SECONDS

    async def _look(self) -> Beat:
        """Waits LIMIT_SECONDS for an answer; a late one is waited for again by the next look.

        The question is not cancelled: cancelling asks the server too, and may hang with it.
        """
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait({self._asking}, timeout=LIMIT_SECONDS)
        if not done:
            return Beat(is_up=False, can_store=False)
        asked, self._asking = self._asking, None
        if asked.exception() is not None:
            await self._drop()
            return Beat(is_up=False, can_store=False)
        return Beat(is_up=True, can_store=asked.result())

    async def _ask(self) -> bool:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=2, tcp_user_timeout=10_000
            )
        started = self._clock.monotonic()
        row = await (await self._connection.execute(_CAN_STORE)).fetchone()
        meters.db_roundtrip_ms.observe((self._clock.monotonic() - started) * 1000)
        return row is not None and row[0]

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _note(self, beat: Beat) -> None:
        if beat.is_up != self._last.is_up:
            name = "db_available" if beat.is_up else "db_unavailable"
            journal.event(name, level="INFO" if beat.is_up else "ERROR")
        self._last, self._felt_at = beat, self._clock.monotonic()
