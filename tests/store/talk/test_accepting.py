"""Accept: stored once, in order, by the owner alone, claimed by one."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import psycopg
import pytest

from gatehouse.base.database import Database
from gatehouse.base.errors import KeyReused, NotFound
from gatehouse.talk.history import Archive
from gatehouse.talk.owner import Owner
from gatehouse.talk.sessions import Principal
from gatehouse.talk.store import Store

from .conftest import Rows
from .stage import ALICE, BOB, message


@pytest.fixture
def store(database: Database, rows: Rows) -> Store:
    return Store(database, Owner(), lease_seconds=30)


async def test_a_message_is_in_the_inbox_when_accept_returns(store: Store, rows: Rows) -> None:
    accepted = await store.accept(message("find me a flat"))
    (row,) = rows("SELECT * FROM talk_inbox")
    assert (row["id"], row["seq"], row["text"]) == (accepted.inbox_id, 1, "find me a flat")
    assert row["turn_id"] is None


async def test_accepting_and_claiming_is_one_visit(store: Store, database: Database) -> None:
    before = database.visits
    assert (await store.accept(message())).claim is not None
    assert database.visits - before == 1


async def test_the_same_key_sent_twice_is_stored_once(store: Store, rows: Rows) -> None:
    first = await store.accept(message(key="k"))
    second = await store.accept(message(key="k"))
    assert second.is_replay
    assert second.inbox_id == first.inbox_id
    assert second.claim is None
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1


async def test_the_same_key_at_one_instant_is_stored_once(store: Store, rows: Rows) -> None:
    all_ten = await asyncio.gather(*(store.accept(message(key="k")) for _ in range(10)))
    assert len({accepted.inbox_id for accepted in all_ten}) == 1
    assert sum(not accepted.is_replay for accepted in all_ten) == 1
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1


async def test_the_same_key_with_another_body_is_refused(store: Store, rows: Rows) -> None:
    await store.accept(message("one", key="k"))
    with pytest.raises(KeyReused):
        await store.accept(message("two", key="k"))
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1


async def test_two_visitors_may_use_the_same_key(store: Store, rows: Rows) -> None:
    await store.accept(message("one", key="k"))
    await store.accept(message("two", key="k", owner=BOB))
    assert len(rows("SELECT 1 FROM talk_inbox")) == 2


async def test_a_foreign_conversation_is_as_absent_as_none(store: Store, rows: Rows) -> None:
    own = await store.accept(message())
    for conversation in (own.conversation, uuid4()):
        with pytest.raises(NotFound):
            await store.accept(message(owner=BOB, conversation=conversation))
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1


async def test_a_name_belongs_to_its_owner(store: Store) -> None:
    hers = await store.accept(message(name="flat"))
    again = await store.accept(message(name="flat"))
    his = await store.accept(message(name="flat", owner=BOB))
    assert hers.conversation == again.conversation != his.conversation
    assert (hers.seq, again.seq, his.seq) == (1, 2, 1)


async def test_only_one_of_many_messages_claims_the_conversation(store: Store) -> None:
    all_five = await asyncio.gather(*(store.accept(message(str(n))) for n in range(5)))
    assert sum(accepted.claim is not None for accepted in all_five) == 1
    assert sorted(accepted.seq for accepted in all_five) == [1, 2, 3, 4, 5]


async def test_order_is_kept_under_five_simultaneous_messages_in_fifty_conversations(
    store: Store, rows: Rows
) -> None:
    sent = [message(str(n), name=f"talk-{talk}") for talk in range(50) for n in range(5)]
    gate = asyncio.Semaphore(16)  # of connections waited for, as the pool allows

    async def send(each: int) -> None:
        async with gate:
            await store.accept(sent[each])

    await asyncio.gather(*map(send, range(len(sent))))
    stored = rows(
        "SELECT conversation_id, array_agg(seq ORDER BY id) AS seqs, "
        "bool_and(received_at >= earlier) AS is_ordered FROM (SELECT *, coalesce(lag(received_at) "
        "OVER (PARTITION BY conversation_id ORDER BY seq), received_at) AS earlier "
        "FROM talk_inbox) AS i GROUP BY 1"
    )
    assert len(stored) == 50
    assert all(sorted(row["seqs"]) == [1, 2, 3, 4, 5] and row["is_ordered"] for row in stored)


async def test_rows_close_in_time_become_one_turn(store: Store, rows: Rows) -> None:
    first = await store.accept(message("one"))
    assert first.claim is not None
    await store.accept(message("two"))
    await store.accept(message("three"))
    rows("UPDATE talk_inbox SET received_at = received_at + interval '9 s' WHERE seq = 3")
    await store.release(first.claim)
    claimed = await store.claim(first.conversation)
    assert claimed is not None
    assert claimed.thread.text == "one\ntwo"


async def test_whoever_answers_knows_the_home_that_a_message_is_about(
    store: Store, rows: Rows
) -> None:
    home = uuid4()
    first = await store.accept(message("one", about=home))
    assert first.claim is not None and first.claim.thread.about == home
    await store.accept(message("two"))
    await store.release(first.claim)
    taken_over = await store.claim(first.conversation)
    assert taken_over is not None
    assert [m.about for m in taken_over.thread.messages] == [home, None]
    assert taken_over.thread.about == home


async def test_a_claim_that_waited_for_the_row_sees_the_message_stored_meanwhile(
    store: Store, rows: Rows, clean: str
) -> None:
    first = await store.accept(message("one"))
    assert first.claim is not None
    values = {"id": first.conversation, "owner": ALICE}
    async with await psycopg.AsyncConnection.connect(clean) as rival:
        await rival.execute(
            "UPDATE talk_conversation SET next_seq = 2, lease_owner = NULL, lease_until = NULL "
            "WHERE id = %(id)s",
            values,
        )
        await rival.execute(
            "INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq, fingerprint, "
            "text, received_at) VALUES ('web', 'x', 'x', %(id)s, 2, '', 'two', clock_timestamp())",
            values,
        )
        third = asyncio.create_task(store.accept(message("three")))
        await _until_blocked(rows)
        await rival.commit()
    claim = (await third).claim
    assert claim is not None
    assert claim.thread.text == "one\ntwo\nthree"


async def _until_blocked(rows: Rows) -> None:
    async with asyncio.timeout(5):
        while not rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)


async def test_a_first_message_has_the_language_in_which_its_session_was_opened(
    store: Store, database: Database
) -> None:
    visitor = Principal(ALICE, "minted")
    conversation = await Archive(database).open(visitor, "tr")
    first = await store.accept(message(conversation=conversation))
    assert first.claim is not None
    assert first.claim.thread.messages[0].language == "tr"


async def test_a_row_locked_for_a_moment_does_not_refuse_a_message(
    store: Store, rows: Rows, clean: str
) -> None:
    first = await store.accept(message("one"))
    async with await psycopg.AsyncConnection.connect(clean) as rival:
        lock = "SELECT 1 FROM talk_conversation WHERE id = %(id)s FOR UPDATE"
        await rival.execute(lock, {"id": first.conversation})
        second = asyncio.create_task(store.accept(message("two")))
        await _until_blocked(rows)
        await asyncio.sleep(0.25)  # longer than the lock timeout of 200 ms
        await rival.rollback()
    assert (await second).seq == 2
