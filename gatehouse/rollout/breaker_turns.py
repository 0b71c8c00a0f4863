"""Writes down each change of a breaker, with the process and the version it belongs to."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

import psycopg

from gatehouse.base.clock import Clock
from gatehouse.base.errors import StoreDown
from gatehouse.observe import journal
from gatehouse.resilience.standing import Change
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.own_thread import in_thread

PAUSE_SECONDS: Final = 0.5
MOST_KEPT: Final = 1000  # while the database is away; the oldest are let go
FORGOTTEN_DAYS: Final = 14
_INSERT: Final = """
INSERT INTO rollout_breaker_turn (worker, service, version, state, at)
VALUES (%(worker)s, %(service)s, %(version)s, %(state)s, to_timestamp(%(at)s))
"""
_FORGET: Final = f"""
DELETE FROM rollout_breaker_turn WHERE at < now() - interval '{FORGOTTEN_DAYS} days'
"""  # noqa: S608 - a constant


@dataclass(slots=True)
class BreakerTurns:
    """Hears changes anywhere (`heard`), and stores them from a thread of its own pace (`run`).

    `worker`: the name under which this process is in rollout_worker.
    """

    connect: Connect
    worker: str
    clock: Clock
    waiting: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))

    def heard(self, change: Change) -> None:
        """One change; returns at once and raises nothing."""
        self.waiting.append(
            {
                "worker": self.worker,
                "service": change.service,
                "version": change.version,
                "state": change.to.value,
                "at": self.clock.now().timestamp(),
            }
        )

    async def run(self) -> None:
        """Stores what was heard, again and again; ends by cancellation."""
        await in_thread(lambda: self._visit(_FORGET, [{}]))
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            await in_thread(self.store)

    def store(self) -> None:
        """Stores what waits; what could not be stored waits on."""
        rows = [self.waiting.popleft() for _ in range(len(self.waiting))]
        if rows and not self._visit(_INSERT, rows):
            self.waiting.extendleft(reversed(rows))

    def _visit(self, statement: str, rows: list[dict[str, object]]) -> bool:
        try:
            with self.connect() as connection, connection.cursor() as cursor:
                cursor.executemany(statement, rows)
        except (StoreDown, psycopg.Error) as trouble:
            journal.failure("breaker_turns_kept", trouble, waiting=len(rows))
            return False
        return True
