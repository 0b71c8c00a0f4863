"""Every statement of this store holds on the migrated schema."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gatehouse.listings import cursors, store
from gatehouse.listings.money import Rates
from gatehouse.listings.search import statement
from gatehouse.listings.types import Near, Sort, Wish

Connection = psycopg.Connection[dict[str, Any]]
RATES = Rates({"GBP": 1.0, "EUR": 1.15, "TRY": 58.0})
SORTS: tuple[Sort, ...] = ("best", "price", "-price", "newest", "area", "distance")

EVERYTHING = Wish(
    cities=("girne", "lefke"), districts=("iskele/bogaz", "gazimagusa/emu"),
    not_places=("girne/lapta",),
    deal="rent", property_types=("apartment",), not_property_types=("villa",), bedrooms_min=1,
    bedrooms_max=4, bathrooms_min=1, area_min=20, area_max=400, price_min=10, price_max=9000,
    currency="EUR", check_in=date(2027, 3, 1), check_out=date(2027, 3, 9),
    available_by=date(2027, 3, 1),
    stay_nights=8, amenities=("pool",), not_amenities=("gym",), near=Near(35.3, 33.3, 30),
    text="sea",
)  # fmt: skip


def named(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The statement with $1, $2 … and its values in that order."""
    order = list(values)
    return sql % {name: f"${order.index(name) + 1}" for name in order}, [values[n] for n in order]


@pytest.mark.parametrize(("sort", "is_later"), list(product(SORTS, (False, True))))
def test_every_search_statement_can_be_prepared(
    sql: Connection, sort: Sort, is_later: bool
) -> None:
    from dataclasses import replace

    wish = replace(EVERYTHING, sort=sort)
    if is_later:
        from datetime import UTC, datetime

        key = datetime(2026, 1, 1, tzinfo=UTC) if sort == "newest" else 3.5
        wish = replace(wish, after=cursors.write(cursors.Mark(key, uuid4(), 7), wish))
    asked = statement(wish, RATES)
    text, values = named(asked.sql, asked.values)
    assert len(values) > 20
    sql.execute(f"PREPARE asked AS {text}")
    sql.execute(asked.sql, asked.values)


@pytest.mark.parametrize("text", [store.NEWEST_RATES, store.GET, store.IS_FREE])
def test_every_other_statement_can_be_executed(sql: Connection, text: str) -> None:
    values = {"ids": [uuid4()], "id": uuid4(), "first": date(2027, 1, 1), "last": date(2027, 1, 3)}
    sql.execute(text, values)


def test_a_renamed_column_would_fail_here(sql: Connection) -> None:
    with sql.transaction(force_rollback=True):
        sql.execute("ALTER TABLE real_estate_listing RENAME COLUMN bathrooms TO baths")
        with pytest.raises(psycopg.errors.UndefinedColumn):
            asked = statement(EVERYTHING, RATES)
            sql.execute(asked.sql, asked.values)
