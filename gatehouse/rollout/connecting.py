"""How the control room reaches the database: short visits of one connection each, never pooled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gatehouse.base.errors import StoreDown

CONNECT_SECONDS = 3
STATEMENT_MS = 5000
HOLDING_MS = 10_000  # who holds locks and says nothing, as a shell that was stopped, is cut off
SILENT_MS = 10_000  # a line on which nothing is acknowledged for so long is dead, at both ends
OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in (
        ("statement_timeout", STATEMENT_MS),
        ("idle_in_transaction_session_timeout", HOLDING_MS),
        ("tcp_keepalives_idle", 5),
        ("tcp_keepalives_interval", 2),
        ("tcp_keepalives_count", 3),
    )
)
Row = dict[str, Any]
Connection = psycopg.Connection[Row]
Connect = Callable[[], AbstractContextManager[Connection]]


def connecting(url: str, *, name: str = "gatehouse-rollout") -> Connect:
    """Opens a connection a visit: autocommit, rows as dicts. Raises StoreDown."""

    @contextmanager
    def visit() -> Iterator[Connection]:
        try:
            with psycopg.connect(
                url,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=CONNECT_SECONDS,
                application_name=name,
                options=OPTIONS,
                tcp_user_timeout=SILENT_MS,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            ) as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as trouble:
            raise StoreDown(f"The database cannot be used: {trouble}".strip()) from trouble
        except psycopg.errors.UndefinedTable as trouble:
            raise StoreDown("The database lacks tables: run gatehouse migrate") from trouble

    return visit
