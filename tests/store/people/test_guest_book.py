"""The guest book takes each effect of a turn once."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

INSERT = "INSERT INTO {} (turn_id, effect_no, conversation_id, payload) VALUES (%s, 1, %s, '{{}}')"


@pytest.mark.parametrize("table", ["people_lead", "people_viewing_request", "people_handover"])
def test_an_effect_is_written_once(clean: str, table: str) -> None:
    turn, conversation = uuid4(), uuid4()
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute(INSERT.format(table), (turn, conversation))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INSERT.format(table), (turn, conversation))
        (row,) = connection.execute(f"SELECT status, created_at FROM {table}").fetchall()
    assert row[0] == "new"
    assert row[1] is not None
