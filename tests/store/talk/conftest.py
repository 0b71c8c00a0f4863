"""A clean database and direct sight of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def rows(clean: str) -> Iterator[Rows]:
    """Runs a statement on a connection of its own and gives its rows, if it has any."""
    with psycopg.connect(clean, autocommit=True, row_factory=dict_row) as connection:

        def run(statement: str, **values: Any) -> list[dict[str, Any]]:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield run
