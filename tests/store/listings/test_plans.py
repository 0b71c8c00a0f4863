"""No main search reads the whole table of homes; and the test would notice if one did."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from bench.search import WISHES, is_scanned
from gatehouse.listings.money import Rates
from gatehouse.listings.search import statement
from gatehouse.listings.store import NEWEST_RATES
from gatehouse.listings.types import Wish

Connection = psycopg.Connection[dict[str, Any]]


def plan(sql: Connection, wish: Wish) -> dict[str, Any]:
    rows = sql.execute(NEWEST_RATES).fetchall()
    asked = statement(wish, Rates({row["currency"]: row["per_gbp"] for row in rows}))
    row = sql.execute("EXPLAIN (FORMAT JSON) " + asked.sql, asked.values).fetchone()
    assert row
    found: dict[str, Any] = row["QUERY PLAN"][0]["Plan"]
    return found


@pytest.mark.parametrize("name", WISHES)
def test_no_main_search_reads_the_whole_table(sql: Connection, name: str) -> None:
    assert not is_scanned(plan(sql, WISHES[name]))


@pytest.mark.parametrize("name", WISHES)
def test_nor_does_a_plan_that_is_prepared_for_all_values(sql: Connection, name: str) -> None:
    sql.execute("SET plan_cache_mode = force_generic_plan")
    sql.prepare_threshold = 0
    assert not is_scanned(plan(sql, WISHES[name]))


def test_without_its_index_the_whole_table_is_read_and_noticed(sql: Connection) -> None:
    newest = Wish(sort="newest")
    with sql.transaction(force_rollback=True):
        sql.execute("DROP INDEX re_newest")
        assert is_scanned(plan(sql, newest))
    assert not is_scanned(plan(sql, newest))
