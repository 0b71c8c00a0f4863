"""How a process learns what to act on: told by the database, asking it anyway, remembering it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.database import cut
from gatehouse.observe import journal, meters
from gatehouse.rollout.last_known import LastKnown
from gatehouse.rollout.snapshot import CONTROL, REVISION, control_of
from gatehouse.rollout.types import Control

CHANNEL: Final = "gatehouse_control"  # told by triggers with every change
LISTENER: Final = "gatehouse-control"  # how these connections are named
POLL_SECONDS: Final = 2.0  # between two looks, whatever was told
ANSWER_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 1.0
CONNECT_SECONDS: Final = 2
FIRST_SECONDS: Final = 3.0  # a start waits so long for the first look
SKEW_SECONDS: Final = 5.0  # a snapshot from further in the future is no news
KEPT_FRESH: Final = 0.2  # of max_stale: the file on disk is renewed when it is older

BEAT: Final = """
INSERT INTO rollout_worker (name, revision, seen_at, facts)
VALUES (%(name)s, %(revision)s, now(), %(facts)s::jsonb)
ON CONFLICT (name) DO UPDATE
SET revision = excluded.revision, seen_at = excluded.seen_at, facts = excluded.facts
"""
BURY: Final = "DELETE FROM rollout_worker WHERE seen_at < now() - interval '1 day'"

Channel = Literal["push", "poll", "disk"]
Connection = psycopg.AsyncConnection[dict[str, Any]]
Listener = Callable[[Control], None]


@dataclass(frozen=True, slots=True)
class Following:
    """How it is followed. `is_pushed`: False where notifications cannot arrive, as behind a
    pooler of statements; then polling alone carries them. `is_deaf`: a deliberate fault, hears
    nothing more once a rollout is under way. `is_worker`: it answers visitors, so the controller
    waits for it."""

    max_stale_seconds: float = 60.0
    poll_seconds: float = POLL_SECONDS
    is_pushed: bool = True
    is_deaf: bool = False
    is_worker: bool = True


class Follower:
    """Keeps `control` true; run() it as a task, after `start()`.

    `killed` names versions that the kill file denies; they are part of `control.denied`.
    """

    def __init__(
        self,
        url: str,
        last_known: LastKnown,
        *,
        how: Following | None = None,
        killed: Callable[[], frozenset[str]] = frozenset,
        facts: Callable[[], Mapping[str, Any]] = dict,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._last_known = last_known
        self._how = how or Following()
        self._killed = killed
        self._facts = facts
        self._clock = clock or SystemClock()
        self._seen_at = float("-inf")  # monotonic
        self._is_sure = False  # a new connection may lead to another server with the same revision
        self._is_listening: bool | None = None
        self._told: list[Listener] = []
        self._known = Control()  # as read
        self.control = self._known  # as to be acted on
        self.name = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns() // 1_000_000}"
        self._remember()

    @property
    def revision(self) -> int:
        return self.control.revision

    @property
    def age_seconds(self) -> float:
        """Since this process last knew `control` to be true; infinite if it never did."""
        return self._clock.monotonic() - self._seen_at

    @property
    def is_stale(self) -> bool:
        """For so long without news nobody new may get a canary."""
        return self.age_seconds > self._how.max_stale_seconds

    def on_change(self, listener: Listener) -> None:
        """Calls `listener` with each new snapshot, on the event loop. It must not block."""
        self._told.append(listener)

    def refresh(self) -> None:
        """Takes in what the kill file says now."""
        self._replace(self._known)

    async def start(self) -> None:
        """The first look, so that the first turn is assigned by it; waits at most 3 s."""
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                async with await self._connect() as connection:
                    await self._look(connection, "poll")
        except (psycopg.Error, OSError, TimeoutError) as trouble:
            self._note(is_listening=False, error=type(trouble).__name__)
        except Exception as bug:  # noqa: BLE001 - logged; who cannot follow serves, and goes stale
            journal.failure("control_following_failed", bug)
        self._measure()

    async def run(self) -> None:
        """Until cancelled. A database that is away is tried again every second."""
        while True:
            try:
                await self._follow()
            except (psycopg.Error, OSError, TimeoutError) as trouble:
                self._note(is_listening=False, error=type(trouble).__name__)
            except Exception as bug:  # noqa: BLE001 - logged; who stops following goes stale
                journal.failure("control_following_failed", bug)
            self._measure()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _follow(self) -> None:
        async with await self._connect() as connection:
            if self._how.is_pushed:
                listen = sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL))
                await _bounded(connection, listen)
            await _bounded(connection, sql.SQL(BURY))
            channel: Channel = "poll"
            self._is_sure = False
            while True:
                await self._look(connection, channel)
                self._note(is_listening=True)
                if self._how.is_worker:
                    await self._beat(connection)
                self._measure()
                channel = await self._hear(connection)

    async def _connect(self) -> Connection:
        connection: Connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=10_000,
            application_name=LISTENER,
        )
        return connection

    async def _hear(self, connection: Connection) -> Channel:
        """Waits for news; returns when there is a reason to look."""
        if not self._how.is_pushed:
            await asyncio.sleep(self._how.poll_seconds)
            return "poll"
        heard = connection.notifies(timeout=self._how.poll_seconds, stop_after=1)
        return "push" if [notice async for notice in heard] else "poll"

    async def _look(self, connection: Connection, channel: Channel) -> None:
        """The age of what is known counts from before the question: it may be answered late."""
        began, now = self._clock.monotonic(), self._clock.now().timestamp()
        row = await _bounded(connection, sql.SQL(REVISION))
        revision = row["revision"] if row else 0
        is_known = self._is_sure and self._known.source == "database"
        is_new = not is_known or revision != self._known.revision
        is_deaf = self._how.is_deaf and self._known.live is not None
        if is_new and not is_deaf:
            row = await _bounded(connection, sql.SQL(CONTROL))
            nothing = Control(read_at=now, source="database")  # a database of an older release
            self._replace(control_of(row, now=now) if row else nothing)
            meters.config_changes_total.labels(channel=channel).inc()
        else:
            self._known = replace(self._known, read_at=now)
            self.control = replace(self.control, read_at=now)
        self._seen_at, self._is_sure = began, True
        self._keep(now, is_new=is_new)

    def _keep(self, now: float, *, is_new: bool) -> None:
        oldest = self._how.max_stale_seconds * KEPT_FRESH
        if is_new or self._last_known.age_seconds(now) > oldest:
            self._last_known.write(self._known)

    def _remember(self) -> None:
        """What the disk knows, with its age; from the future it has none."""
        kept = self._last_known.read()
        if kept is None:
            return
        age = self._clock.now().timestamp() - kept.read_at
        if age >= -SKEW_SECONDS:
            self._seen_at = self._clock.monotonic() - max(age, 0.0)
        meters.config_changes_total.labels(channel="disk").inc()
        self._replace(kept)

    def _replace(self, known: Control) -> None:
        """From here on this process acts on it; then those who asked are told."""
        self._known = known
        self.control = replace(known, denied=known.denied | self._killed())
        meters.config_revision.set(known.revision)
        for listener in self._told:
            try:
                listener(self.control)
            except Exception as bug:  # noqa: BLE001 - logged; the others are told all the same
                journal.failure("control_listener_failed", bug)

    async def _beat(self, connection: Connection) -> None:
        """Tells the controller which revision is acted on here."""
        values = {
            "name": self.name,
            "revision": self.revision,
            "facts": json.dumps(dict(self._facts()), default=str),
        }
        await _bounded(connection, sql.SQL(BEAT), values)

    def _measure(self) -> None:
        meters.config_age_seconds.set(min(self.age_seconds, 1e9))

    def _note(self, *, is_listening: bool, error: str = "") -> None:
        if is_listening != self._is_listening:
            name = "control_heard" if is_listening else "control_lost"
            journal.event(name, level="INFO" if is_listening else "WARNING", error=error)
        self._is_listening = is_listening


async def _bounded(
    connection: Connection,
    query: sql.SQL | sql.Composed,
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any] | None:
    """The first row, if there is one. A hung server is cut off: psycopg.Error."""
    limit = asyncio.get_running_loop().call_later(ANSWER_SECONDS, cut, connection)
    try:
        cursor = await connection.execute(query, values)
        return await cursor.fetchone() if cursor.description else None
    finally:
        limit.cancel()
