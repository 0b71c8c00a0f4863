"""Idempotency keys end after eight days, a bounded step at a time."""

from __future__ import annotations

import psycopg
import pytest

from gatehouse.base.database import Database
from gatehouse.talk import keys
from gatehouse.talk.keys import Keys

from .stage import message, service


@pytest.fixture
async def messages(database: Database, clean: str) -> list[int]:
    """Ten messages of Alice, the first six of them nine days old."""
    turns = service(database)
    for number in range(10):
        await turns.reply(await turns.accept(message(f"message {number}", key=f"key-{number}")))
    with psycopg.connect(clean, autocommit=True) as sql:
        ids = [row[0] for row in sql.execute("SELECT id FROM talk_inbox ORDER BY id")]
        sql.execute(
            "UPDATE talk_inbox SET received_at = now() - interval '9 days' WHERE id <= %s",
            (ids[5],),
        )
    return ids


def known_keys(url: str) -> list[str]:
    with psycopg.connect(url, autocommit=True) as sql:
        rows = sql.execute(
            "SELECT ext_id FROM talk_inbox WHERE NOT starts_with(ext_id, 'expired:') ORDER BY id"
        )
        return [row[0] for row in rows]


async def test_keys_older_than_eight_days_end_and_no_message_is_lost(
    database: Database, clean: str, messages: list[int]
) -> None:
    assert await Keys(database).sweep() == 6
    assert known_keys(clean) == [f"key-{number}" for number in range(6, 10)]
    with psycopg.connect(clean, autocommit=True) as sql:
        row = sql.execute("SELECT count(*), count(DISTINCT text) FROM talk_inbox").fetchone()
    assert row == (10, 10)


async def test_a_young_key_still_replays_and_an_old_one_is_a_new_message(
    database: Database, clean: str, messages: list[int]
) -> None:
    await Keys(database).sweep()
    turns = service(database)
    young = await turns.accept(message("message 9", key="key-9"))
    old = await turns.accept(message("message 0", key="key-0"))
    assert (young.is_replay, old.is_replay) == (True, False)
    await turns.reply(old)


async def test_each_step_is_bounded_and_the_next_goes_on_where_it_ended(
    database: Database, clean: str, messages: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "AT_ONCE", 2)
    sweeper = Keys(database)
    assert [await sweeper.sweep() for _ in range(5)] == [2, 2, 2, 0, 0]
    assert len(known_keys(clean)) == 4


async def test_a_second_process_finds_nothing_left(
    database: Database, clean: str, messages: list[int]
) -> None:
    assert await Keys(database).sweep() == 6
    assert await Keys(database).sweep() == 0
