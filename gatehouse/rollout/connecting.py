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
                options=f"-c statement_timeout={STATEMENT_MS}",
            ) as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as trouble:
            raise StoreDown(f"The database cannot be used: {trouble}".strip()) from trouble
        except psycopg.errors.UndefinedTable as trouble:
            raise StoreDown("The database lacks tables: run gatehouse migrate") from trouble

    return visit
