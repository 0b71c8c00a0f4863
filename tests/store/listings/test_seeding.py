"""Seeding as an operator does it, and what the tables refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from gatehouse.listings.folding import fold, folded_sql
from gatehouse.listings.rank import rank
from tests.conftest import scratch_database
from tests.store.listings.stock import HOMES, manage

Connection = psycopg.Connection[dict[str, Any]]
STATE = """
SELECT md5(string_agg(h::text, ',' ORDER BY id)) AS homes, count(*),
    (SELECT md5(string_agg(b.listing_id::text || b.during, ',' ORDER BY b.listing_id, b.during))
     FROM real_estate_blocked_dates b) AS blocked
FROM real_estate_listing h
"""


@pytest.fixture(scope="module")
def empty_url(server_url: str) -> Iterator[str]:
    with scratch_database(server_url) as url:
        manage(url, "migrate", "--verbosity=0")
        yield url


def state(url: str) -> dict[str, Any]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        row = connection.execute(STATE).fetchone()
        assert row
        return row


def test_seeding_twice_changes_nothing_and_flush_brings_the_same_homes(empty_url: str) -> None:
    manage(empty_url, "seed_listings", "--count=120")
    first = state(empty_url)
    assert first["count"] == 120
    told = manage(empty_url, "seed_listings", "--count=120")
    assert "0 written" in told and "120 already there" in told
    assert state(empty_url) == first
    manage(empty_url, "seed_listings", "--count=60", "--seed=7", "--flush")
    other = state(empty_url)
    assert other["count"] == 60 and other["homes"] != first["homes"]


def test_half_of_the_rentals_are_short_and_a_fifth_is_for_sale(sql: Connection) -> None:
    rows = sql.execute("SELECT variant, count(*) FROM real_estate_listing GROUP BY 1").fetchall()
    counts = {row["variant"]: row["count"] for row in rows}
    assert counts["short_term"] == counts["long_term"] == HOMES * 2 // 5
    assert counts["sale"] == HOMES // 5


def test_only_homes_by_the_night_have_blocked_dates(sql: Connection) -> None:
    rows = sql.execute(
        "SELECT DISTINCT variant FROM real_estate_blocked_dates b"
        " JOIN real_estate_listing h ON h.id = b.listing_id"
    ).fetchall()
    assert [row["variant"] for row in rows] == ["short_term"]


def test_the_stored_rank_is_the_formula(sql: Connection) -> None:
    rows = sql.execute(
        "SELECT rank, rating, verified_at, listed_at, jsonb_array_length(pictures) AS pictures"
        " FROM real_estate_listing LIMIT 500"
    ).fetchall()
    for row in rows:
        stored = row.pop("rank")
        assert stored == pytest.approx(rank(**row), abs=0.0011)


@pytest.mark.parametrize(
    "text",
    [
        "ÇĞIİÖŞÜ çğıöşü",
        "Ёлка И Ґанок Їжак Є",
        "п'ять п’ять",
        "a-b/c.d@e_f<g>&~«x»—y",
        "É m² 2+1",
        "Größe Straße",
        "Łąka żółć",
        "cœur à l’été",
        "شُقَّة في إسنتبه على مدى أسبوع ـ مسبحٌ",
    ],
)
def test_sql_folds_letters_as_python_does(sql: Connection, text: str) -> None:
    statement = f"SELECT {folded_sql('%(text)s::text')} AS folded"
    row = sql.execute(statement, {"text": text}).fetchone()
    assert row and row["folded"] == fold(text)


@pytest.mark.parametrize(
    "change",
    [
        "price_month = NULL", "price_month = -1", "bedrooms = -1", "rent_type = NULL",
        "status = 'x'", "currency = 'pounds'", "latitude = 91", "rating = 6",
        "minimum_months = 0", "area_m2 = 0",
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused(sql: Connection, change: str) -> None:
    statement = (
        f"UPDATE real_estate_listing SET {change} WHERE id ="
        " (SELECT id FROM real_estate_listing WHERE variant = 'long_term' LIMIT 1)"
    )
    with pytest.raises(psycopg.errors.CheckViolation), sql.transaction(force_rollback=True):
        sql.execute(statement)


def test_an_empty_range_of_dates_is_refused(sql: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), sql.transaction(force_rollback=True):
        sql.execute("UPDATE real_estate_blocked_dates SET during = 'empty'")
