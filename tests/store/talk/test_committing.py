"""Commit: the whole turn or nothing, and only by the holder of the epoch."""

from __future__ import annotations

import psycopg
import pytest

from gatehouse.base.database import Database
from gatehouse.base.errors import LostLease
from gatehouse.talk import statements
from gatehouse.talk.claims import Claimed
from gatehouse.talk.committing import Written, write_down
from gatehouse.talk.owner import Owner
from gatehouse.talk.store import Store
from gatehouse.talk.types import Effect

from .conftest import Rows
from .stage import message, outcome

CONTACT = {"name": "Ann", "phone": "+44 20 7946 0000", "email": None}
EFFECTS = (
    Effect("lead", {"contact": CONTACT}),
    Effect(
        "viewing_request",
        {
            "listing_id": "7fc9bd96-3e25-492f-9d43-aad6b160571e",
            "day": "2026-05-02",
            "time": "15:00",
            "contact": CONTACT,
        },
    ),
    Effect("viewing_request", {"listing_id": "?", "day": "Saturday", "contact": None}),
    Effect("handover", {"to_domain": "staff"}),
)


@pytest.fixture
def store(database: Database, rows: Rows) -> Store:
    return Store(database, Owner(), lease_seconds=30)


async def _claim(store: Store) -> Claimed:
    claimed = (await store.accept(message())).claim
    assert claimed is not None
    return claimed


def _write(claimed: Claimed, effects: tuple[Effect, ...] = ()) -> Written:
    return write_down(claimed, outcome(claimed.thread, effects=effects), handler="rules")


async def test_a_commit_stores_turn_outbox_ledger_and_frees_the_conversation(
    store: Store, rows: Rows
) -> None:
    claimed = await _claim(store)
    written = _write(claimed)
    assert not await store.commit(claimed, written.values, has_effects=False)
    (turn,) = rows("SELECT * FROM talk_turn")
    assert (turn["id"], turn["turn_no"], turn["reply"]) == (written.turn_id, 1, written.reply)
    (part,) = rows("SELECT * FROM talk_outbox")
    assert (part["turn_id"], part["status"]) == (written.turn_id, "pull")
    assert rows("SELECT turn_id FROM talk_inbox") == [{"turn_id": written.turn_id}]
    assert rows("SELECT turn_id FROM turn_ledger") == [{"turn_id": written.turn_id}]
    (talk,) = rows("SELECT * FROM talk_conversation")
    assert (talk["lease_owner"], talk["turn_no"], talk["done_seq"]) == (None, 1, 1)


async def test_effects_fill_the_guest_book_in_the_same_commit(store: Store, rows: Rows) -> None:
    claimed = await _claim(store)
    written = _write(claimed, EFFECTS)
    await store.commit(claimed, written.values, has_effects=True)
    numbers = rows("SELECT effect_no, kind FROM talk_effect ORDER BY 1")
    assert [row["kind"] for row in numbers] == [effect.kind for effect in EFFECTS]
    (lead,) = rows("SELECT * FROM people_lead")
    assert (lead["name"], lead["phone"], lead["email"]) == ("Ann", "+44 20 7946 0000", None)
    viewings = rows("SELECT * FROM people_viewing_request ORDER BY effect_no")
    assert [str(row["day"]) for row in viewings] == ["2026-05-02", "None"]
    assert [row["listing_id"] is None for row in viewings] == [False, True]
    assert rows("SELECT to_domain FROM people_handover") == [{"to_domain": "staff"}]


async def test_a_lost_lease_stores_nothing(store: Store, rows: Rows) -> None:
    claimed = await _claim(store)
    rows("UPDATE talk_conversation SET epoch = epoch + 1")
    written = _write(claimed, EFFECTS)
    with pytest.raises(LostLease):
        await store.commit(claimed, written.values, has_effects=True)
    for table in ("talk_turn", "talk_outbox", "talk_effect", "turn_ledger", "people_lead"):
        assert rows(f"SELECT 1 FROM {table}") == []
    assert rows("SELECT turn_id FROM talk_inbox") == [{"turn_id": None}]


async def test_a_commit_repeated_after_a_lost_answer_stores_nothing_more(
    store: Store, rows: Rows
) -> None:
    claimed = await _claim(store)
    written = _write(claimed)
    await store.commit(claimed, written.values, has_effects=False)
    with pytest.raises(LostLease):
        await store.commit(claimed, written.values, has_effects=False)
    assert len(rows("SELECT 1 FROM talk_turn")) == 1


async def test_a_message_that_came_while_thinking_is_announced(store: Store) -> None:
    claimed = await _claim(store)
    await store.accept(message("and cheap"))
    written = _write(claimed)
    assert await store.commit(claimed, written.values, has_effects=False)
    following = await store.claim(claimed.thread.id)
    assert following is not None
    assert following.thread.text == "and cheap"
    assert following.thread.turn_no == 2


async def test_a_claim_after_one_that_never_ended_is_a_recomputation(
    store: Store, rows: Rows
) -> None:
    claimed = await _claim(store)
    assert not claimed.is_recomputed
    rows("UPDATE talk_conversation SET lease_until = now() - interval '1 s'")
    again = await store.claim(claimed.thread.id)
    assert again is not None
    assert again.is_recomputed


@pytest.mark.parametrize(
    "name",
    [name for name, text in vars(statements).items() if name.isupper() and isinstance(text, str)
     and name[0] != "_" and name != "FILL_FROM_EFFECTS"],
)  # fmt: skip
def test_every_statement_fits_the_schema(name: str, database_url: str) -> None:
    text: str = getattr(statements, name)
    with psycopg.connect(database_url, autocommit=True) as connection:
        query = psycopg._queries.PostgresQuery(psycopg.adapt.Transformer(connection))
        query.convert(text, _Anything())
        result = connection.pgconn.prepare(b"probe", query.query)
        assert result.status == psycopg.pq.ExecStatus.COMMAND_OK, result.error_message.decode()


class _Anything(dict[str, None]):
    """A value for every name."""

    def __missing__(self, name: str) -> None:
        return None
