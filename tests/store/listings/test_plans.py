"""No main search reads the whole table of homes; and the test would notice if one did."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from bench.search import WISHES, is_scanned
from gatehouse.listings.money import Rates
from gatehouse.listings.search import Statement, statement
from gatehouse.listings.store import NEWEST_RATES, TUNE
from gatehouse.listings.types import Wish
from tests.store.listings.test_statements import named

Connection = psycopg.Connection[dict[str, Any]]
Plan = dict[str, Any]


@pytest.fixture(autouse=True)
def _tuned(sql: Connection) -> None:
    sql.execute(TUNE)


def asked(sql: Connection, wish: Wish) -> Statement:
    rows = sql.execute(NEWEST_RATES).fetchall()
    return statement(wish, Rates({row["currency"]: row["per_gbp"] for row in rows}))


def plan(sql: Connection, wish: Wish) -> Plan:
    """The plan for the values of this wish."""
    search = asked(sql, wish)
    row = sql.execute("EXPLAIN (FORMAT JSON) " + search.sql, search.values).fetchone()
    assert row
    found: Plan = row["QUERY PLAN"][0]["Plan"]
    return found


def plan_for_all_values(sql: Connection, wish: Wish) -> Plan:
    """The plan that PostgreSQL keeps for a statement prepared once and used for any values."""
    search = asked(sql, wish)
    text, values = named(search.sql, search.values)
    sql.execute("SET plan_cache_mode = force_generic_plan")
    sql.execute("DEALLOCATE ALL")
    sql.execute(f"PREPARE asked AS {text}")
    places = ", ".join(["%s"] * len(values))
    with psycopg.ClientCursor(sql) as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({places})", values)
        row = cursor.fetchone()
    assert row
    found: Plan = dict(row)["QUERY PLAN"][0]["Plan"]
    return found


@pytest.mark.parametrize("name", WISHES)
def test_no_main_search_reads_the_whole_table(sql: Connection, name: str) -> None:
    assert not is_scanned(plan(sql, WISHES[name]))


@pytest.mark.parametrize("name", WISHES)
def test_nor_does_a_plan_that_is_kept_for_all_values(sql: Connection, name: str) -> None:
    assert not is_scanned(plan_for_all_values(sql, WISHES[name]))


@pytest.mark.parametrize("planned", [plan, plan_for_all_values])
def test_without_its_index_the_whole_table_is_read_and_noticed(
    sql: Connection, planned: Any
) -> None:
    newest = Wish(sort="newest")
    with sql.transaction(force_rollback=True):
        sql.execute("DROP INDEX re_newest")
        assert is_scanned(planned(sql, newest))
    assert not is_scanned(planned(sql, newest))
