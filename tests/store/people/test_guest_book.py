"""The guest book takes each effect of a turn once."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import psycopg
import pytest

from gatehouse.people.store import day_sql

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


@pytest.mark.parametrize(
    "text",
    ["2026-11-21", "2024-02-29", "2023-02-29", "2026-19-39", "2026-00-10", "2026-04-31",
     "2026-06-00", "0000-01-01", "0001-01-01", "9999-12-31", "9999-99-99", "soon", ""],
)  # fmt: skip
def test_only_a_day_of_the_calendar_is_read_and_no_text_fails_the_commit(
    clean: str, text: str
) -> None:
    with psycopg.connect(clean, autocommit=True) as connection:
        row = connection.execute(f"SELECT {day_sql('%(day)s::text')}", {"day": text}).fetchone()
    assert row == (_day(text),)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
