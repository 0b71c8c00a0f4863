"""Reads beside the turn: a page of history is of one instant, and no conversation is overlooked."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from gatehouse.base.database import Database
from gatehouse.talk import statements as sql
from gatehouse.talk.history import Archive
from gatehouse.talk.sessions import Principal
from tests.store.talk.conftest import Rows
from tests.store.talk.stage import ALICE

FLOOD = 1500
TALK = """
INSERT INTO talk_conversation (id, owner_hash, name, lease_owner, lease_until, next_seq)
VALUES (%(id)s, %(owner)s, %(name)s, %(holder)s::text,
        CASE WHEN %(holder)s::text IS NOT NULL THEN now() + interval '1 hour' END, %(count)s)"""
MESSAGES = """
INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq, fingerprint, text)
SELECT 'web', 'a', gen_random_uuid()::text, %(id)s, n, ''::bytea, 'message ' || n
FROM generate_series(1, %(count)s) n"""


def conversation(rows: Rows, *, count: int, holder: str | None = None) -> UUID:
    talk = uuid4()
    rows(TALK, id=talk, owner=ALICE, name=str(talk), holder=holder, count=count)
    rows(MESSAGES, id=talk, count=count)
    return talk


def unattended(rows: Rows) -> set[UUID]:
    return {row["id"] for row in rows(sql.UNATTENDED, host="here:", me="here:1:x")}


def test_a_flooded_conversation_hides_no_other_from_the_sweep(rows: Rows) -> None:
    talks = {conversation(rows, count=count) for count in (FLOOD, 1, 2, FLOOD, 1)}
    assert unattended(rows) == talks


def test_many_conversations_that_are_being_answered_hide_no_waiting_one(rows: Rows) -> None:
    for _ in range(250):
        conversation(rows, count=1, holder="here:1:x")
    waiting = conversation(rows, count=1)
    assert waiting in unattended(rows)


def test_nothing_waiting_and_nothing_of_other_hosts_is_swept(rows: Rows) -> None:
    assert unattended(rows) == set()
    conversation(rows, count=1, holder="elsewhere:1:x")
    assert unattended(rows) == set()


def test_the_sweep_walks_an_index(rows: Rows) -> None:
    for _ in range(3):
        conversation(rows, count=FLOOD)
    rows("UPDATE talk_inbox SET turn_id = gen_random_uuid() WHERE seq > 5")
    rows("VACUUM ANALYZE talk_inbox")
    values = {"host": "here:", "me": "here:1:x"}
    plan = "\n".join(row["QUERY PLAN"] for row in rows(f"EXPLAIN {sql.UNATTENDED}", **values))
    assert "talk_inbox_waiting" in plan
    assert "Seq Scan on talk_inbox" not in plan


async def test_a_turn_committed_during_the_read_takes_no_message_from_the_page(
    database: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered right after the first statement, the message must still be where it was."""
    talk = conversation(rows, count=2)
    read = psycopg.AsyncCursor.execute

    async def execute_then_answer(cur: Any, *args: Any, **kwargs: Any) -> Any:
        done = await read(cur, *args, **kwargs)
        rows("UPDATE talk_inbox SET turn_id = gen_random_uuid() WHERE conversation_id = %(id)s",
             id=talk)  # fmt: skip
        return done

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", execute_then_answer)
    told = await Archive(database).page(Principal(ALICE, "cookie"), talk, before=None, limit=10)
    assert [each["content"] for each in told["messages"]] == ["message 1", "message 2"]
    assert all(each["timestamp"] and each["turn"] is None for each in told["messages"])


async def test_an_earlier_page_has_nothing_unanswered(database: Database, rows: Rows) -> None:
    talk = conversation(rows, count=1)
    told = await Archive(database).page(Principal(ALICE, "cookie"), talk, before=5, limit=10)
    assert told["messages"] == []
