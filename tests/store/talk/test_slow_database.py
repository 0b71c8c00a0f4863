"""A database that is too slow for a statement: said so, nothing lost, nobody stuck."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from gatehouse.base.database import Database, PoolLimits
from gatehouse.base.errors import StoreDown

from .stage import message, service

pytestmark = pytest.mark.usefixtures("clean")
CUT_MS = 200


@pytest.fixture
async def hasty(database_url: str) -> AsyncIterator[Database]:
    """A database whose statements are cut after CUT_MS."""
    limits = PoolLimits(2, CUT_MS)
    hasty = Database(database_url, chat=limits, search=limits)
    await hasty.open()
    yield hasty
    await hasty.close()


@contextmanager
def slow_inserts(url: str, table: str) -> Iterator[None]:
    """Every insert into the table takes longer than any statement may."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(5); RETURN NEW; END $$"
        )
        connection.execute(
            f"CREATE TRIGGER dawdle BEFORE INSERT ON {table} EXECUTE FUNCTION dawdle()"
        )
        try:
            yield
        finally:
            connection.execute(f"DROP TRIGGER dawdle ON {table}")
            connection.execute("DROP FUNCTION dawdle()")


async def test_a_message_that_cannot_be_stored_in_time_is_refused_as_store_down(
    hasty: Database, database_url: str
) -> None:
    turns = service(hasty)
    with slow_inserts(database_url, "talk_inbox"), pytest.raises(StoreDown):
        await turns.accept(message("hello", key="k"))
    reply = json.loads(await turns.reply(await turns.accept(message("hello", key="k"))))
    assert reply["meta"]["turn"] == 1


async def test_a_turn_that_cannot_be_stored_in_time_is_stored_when_it_can(
    hasty: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = service(hasty)
    was_cut, commit = asyncio.Event(), turns.store.commit

    async def watched(*args: Any, **kwargs: Any) -> bool:
        try:
            return await commit(*args, **kwargs)
        except StoreDown:
            was_cut.set()
            raise

    monkeypatch.setattr(turns.store, "commit", watched)
    with slow_inserts(database_url, "talk_turn"):
        accepted = await turns.accept(message("hello"))
        await was_cut.wait()
    reply = json.loads(await turns.reply(accepted))
    assert reply["summary"] == "You said: hello. That was it."  # the reply, not an apology
    assert reply["meta"]["degraded"] == []
