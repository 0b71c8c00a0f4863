"""One controller at a time: who holds the advisory lock, on the connection it writes by."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Final

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.rollout.connecting import Connect, Connection

LOCK: Final = 5_016_002
TAKE: Final = "SELECT pg_try_advisory_lock(%s) AS won"
SILENT_SECONDS: Final = 60.0  # who leads and asks nothing for so long is frozen: another one leads


class Lead:
    """Keeps the lock, and with it the connection, until it is dropped or the database ends it.

    Whoever writes on this connection leads: if the lock is gone, so is the connection. The server
    itself ends it when its holder falls silent, as a process that was stopped does.
    """

    def __init__(self, connect: Connect, *, silent_seconds: float = SILENT_SECONDS) -> None:
        self._connect = connect
        self._silent_ms = int(silent_seconds * 1000)
        self._open: ExitStack | None = None
        self._connection: Connection | None = None

    @property
    def is_held(self) -> bool:
        return self._connection is not None

    def take(self) -> Connection | None:
        """The connection of the leader; None: somebody else leads. Raises StoreDown."""
        if self._connection is None:
            self._try()
        return self._connection

    def drop(self) -> None:
        """Lets another one lead."""
        opened, self._open, self._connection = self._open, None, None
        if opened:
            opened.close()

    def _try(self) -> None:
        try:
            with ExitStack() as opened:
                connection = opened.enter_context(_quiet(self._connect()))
                row = connection.execute(TAKE, (LOCK,)).fetchone()
                if row and row["won"]:
                    connection.execute(f"SET idle_session_timeout = {self._silent_ms}")
                    self._open, self._connection = opened.pop_all(), connection
        except psycopg.Error as trouble:
            raise StoreDown(f"Nobody can lead: {trouble}".strip()) from trouble


class _Quiet(AbstractContextManager[Connection]):
    """A visit whose end does not matter: the server may be gone by then."""

    def __init__(self, visit: AbstractContextManager[Connection]) -> None:
        self._visit = visit

    def __enter__(self) -> Connection:
        return self._visit.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._visit.__exit__(kind, error, trace)
        except (psycopg.Error, StoreDown):
            return


def _quiet(visit: AbstractContextManager[Connection]) -> AbstractContextManager[Connection]:
    return _Quiet(visit)


def is_led(connection: Connection) -> bool:
    """Does any process hold the lead in this database?"""
    found = connection.execute(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (LOCK,),
    )
    return found.fetchone() is not None
