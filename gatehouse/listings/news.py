"""What is new in the stock room, told by the database: no search needs to ask for it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import sql

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.database import cut
from gatehouse.observe import journal

CHANGED = "gatehouse_listings"  # sent by triggers with every commit that changes the stock
ASKED = "gatehouse_cache"  # sent by `gatehouse cache`
ANSWERED = "gatehouse_cache_answer"
LISTENER = "gatehouse-news"  # how these connections are named

LOOK_SECONDS = 2.0  # between two looks at the epoch, whatever was told
ANSWER_SECONDS = 1.0
CURRENT_SECONDS = 5.0  # so long a look counts
AGAIN_SECONDS = 1.0
CONNECT_SECONDS = 2

# Differs from every earlier epoch: the ids of changes are random and kept for a day.
EPOCH = "SELECT coalesce(sum(id), 0)::text FROM real_estate_change"

Answerer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
Connection = psycopg.AsyncConnection[Any]


class News:
    """The epoch of the listings, and questions to every process; run() it as a task.

    `on_change` is called with every new epoch. `answerer` gets what `gatehouse cache` asks.
    """

    def __init__(
        self,
        url: str,
        *,
        on_change: Callable[[], None] = lambda: None,
        answerer: Answerer | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._on_change = on_change
        self.answerer: Answerer = answerer or _nothing
        self._clock = clock or SystemClock()
        self._seen_at = float("-inf")
        self._is_listening: bool | None = None
        self.epoch = ""

    @property
    def is_current(self) -> bool:
        """Would we know by now if the listings had changed?"""
        return self._clock.monotonic() - self._seen_at < CURRENT_SECONDS

    async def run(self) -> None:
        """Until cancelled. A database that is away is tried again every second."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as trouble:
                self._note(is_listening=False, error=type(trouble).__name__)
            except Exception as bug:  # noqa: BLE001 - without news every search asks: never stop
                journal.failure("listing_news_failed", bug)
            self._seen_at = float("-inf")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        connection: Connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=10_000,
            application_name=LISTENER,
        )
        async with connection:
            for channel in (CHANGED, ASKED):
                listen = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
                await _bounded(connection, listen)
            while True:
                await self._look(connection)
                self._note(is_listening=True)
                await self._hear(connection)

    async def _look(self, connection: Connection) -> None:
        began = self._clock.monotonic()
        epoch = str((await _bounded(connection, sql.SQL(EPOCH)))[0])
        if epoch != self.epoch:
            self.epoch = epoch
            self._on_change()
        self._seen_at = began

    async def _hear(self, connection: Connection) -> None:
        """Waits for news; returns when there is a reason to look."""
        questions: list[str] = []
        async for notice in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
            if notice.channel == CHANGED:
                self._seen_at = float("-inf")  # until we have looked, nothing is certain
            else:
                questions.append(notice.payload)
        for question in questions:
            if answer := await self._answer(question):
                tell = sql.SQL("SELECT pg_notify({}, {})").format(ANSWERED, answer)
                await _bounded(connection, tell)

    async def _answer(self, payload: str) -> str | None:
        """Whoever may use the database may send anything at all; only sense is answered."""
        try:
            question = json.loads(payload)
            answer = await self.answerer(question)
            return json.dumps({"id": question["id"], "pid": os.getpid()} | answer)
        except (ValueError, TypeError, KeyError) as wrong:
            journal.event("cache_question_odd", level="WARNING", error=type(wrong).__name__)
            return None

    def _note(self, *, is_listening: bool, error: str = "") -> None:
        if is_listening != self._is_listening:
            name = "listing_news_heard" if is_listening else "listing_news_lost"
            journal.event(name, level="INFO" if is_listening else "WARNING", error=error)
        self._is_listening = is_listening


async def _nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {}


async def _bounded(connection: Connection, query: sql.SQL | sql.Composed) -> tuple[Any, ...]:
    """The first row, or () if the statement has none. A hung server is cut off: psycopg.Error."""
    limit = asyncio.get_running_loop().call_later(ANSWER_SECONDS, cut, connection)
    try:
        cursor = await connection.execute(query)
        return (await cursor.fetchone() or ()) if cursor.description else ()
    finally:
        limit.cancel()
