"""The ledger in the database: one row a turn, none when the commit is fenced off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from gatehouse.base.clock import SystemClock, TurnableClock
from gatehouse.base.database import Database
from gatehouse.observe import exposition, ledger, probes, traffic
from gatehouse.observe.pulse import LIMIT_SECONDS, DatabasePulse

Rows = psycopg.Connection[DictRow]


@pytest.fixture
def store(clean: str) -> Rows:
    return psycopg.connect(clean, autocommit=True, row_factory=dict_row)


def row(**changes: object) -> ledger.LedgerRow:
    now = datetime.now(UTC)
    usual = ledger.LedgerRow(
        turn_id=uuid4(),
        conversation_id=uuid4(),
        turn_no=3,
        received_at=now,
        claimed_at=now,
        act="SEARCH_AND_RECOMMEND",
        move="recommend",
        language="tr",
        understand_ms=0.4,
        search_ms=12.5,
        total_ms=14.0,
        results=6,
        cards=6,
        degraded=("cards_off",),
        errors=("search_timeout", "card_emit"),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_a_row_comes_back_as_it_was_written(store: Rows) -> None:
    written = row(extra={"shown": 6})
    store.execute(ledger.INSERT, ledger.params(written))
    [found] = store.execute("SELECT * FROM turn_ledger").fetchall()
    assert found["turn_id"] == written.turn_id
    assert found["degraded"] == ["cards_off"]
    assert found["errors"] == ["search_timeout", "card_emit"]
    assert found["search_ms"] == 12.5 and found["decide_ms"] is None
    assert found["extra"] == {"shown": 6}
    assert 0 <= found["commit_ms"] < 1000
    assert found["total_ms"] >= 14.0


@pytest.mark.parametrize(("passes", "rows"), [(True, 1), (False, 0)])
def test_a_commit_that_the_fence_stops_writes_no_row(store: Rows, passes: bool, rows: int) -> None:
    statement = f"""
        WITH committed AS (SELECT %(id)s::uuid AS turn WHERE %(passes)s),
             book AS ({ledger.insert_sql("committed", turn_id="committed.turn")})
        SELECT count(*) AS n FROM committed
    """
    written = row()
    given = {**ledger.params(written), "id": uuid4(), "passes": passes}
    store.execute(statement.encode(), given)
    found = store.execute("SELECT turn_id FROM turn_ledger").fetchall()
    assert [each["turn_id"] for each in found] == [given["id"]] * rows


def test_the_ledger_has_no_column_for_words(store: Rows) -> None:
    columns = store.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'turn_ledger'"
    ).fetchall()
    named = {each["column_name"] for each in columns}
    assert len(named) == 28
    assert named.isdisjoint({"text", "question", "summary", "reply", "message", "speak"})


async def test_active_users_are_conversations_with_a_turn(store: Rows, database: Database) -> None:
    now = datetime.now(UTC)
    talking = uuid4()
    for ago, conversation in ((1, talking), (2, talking), (30, uuid4()), (600, uuid4())):
        then = now - timedelta(minutes=ago)
        written = row(received_at=then, claimed_at=then, conversation_id=conversation)
        store.execute(ledger.INSERT, ledger.params(written))
    clock = SystemClock()
    pulse = DatabasePulse("", clock)
    watch = probes.Watch(
        clock, pulse, database, traffic.TrafficRing(clock, None), probes.Turn(None)
    )
    await watch._count_users()
    shown = {s.labels["window"]: s.value for s in exposition.samples("active_users")}
    assert shown == {"5m": 1, "1h": 2, "24h": 3}


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine is not a dead database."""
    monkeypatch.setattr("gatehouse.observe.pulse.LIMIT_SECONDS", 10)


@pytest.mark.usefixtures("_patient")
async def test_a_living_database_can_store(database_url: str) -> None:
    pulse = DatabasePulse(database_url, SystemClock())
    beat = await pulse.feel()
    await pulse.close()
    assert beat.is_up and beat.can_store


async def test_an_absent_database_is_down_within_the_limit() -> None:
    pulse = DatabasePulse("postgresql://nobody@127.0.0.1:1/nothing", SystemClock())
    async with asyncio.timeout(LIMIT_SECONDS * 10):  # the looks themselves are bounded far below
        assert not (await pulse.feel()).is_up
    await pulse.close()


@pytest.mark.usefixtures("_patient")
async def test_the_database_is_asked_at_most_once_a_second(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = TurnableClock(), []
    pulse = DatabasePulse(database_url, clock)
    ask = pulse._ask

    async def counted() -> bool:
        asked.append(1)
        return await ask()

    monkeypatch.setattr(pulse, "_ask", counted)
    for _ in range(20):
        await pulse.feel()
    assert len(asked) == 1
    clock.turn(1.1)
    await pulse.feel()
    await pulse.close()
    assert len(asked) == 2


async def test_a_hung_database_is_down_within_the_limit_and_up_again_when_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, answer = TurnableClock(), asyncio.Event()
    pulse = DatabasePulse("", clock)
    monkeypatch.setattr("gatehouse.observe.pulse.LIMIT_SECONDS", 0.01)

    async def ask() -> bool:
        return await answer.wait()

    monkeypatch.setattr(pulse, "_ask", ask)
    assert not (await pulse.feel()).is_up
    clock.turn(2)
    assert not (await pulse.feel()).is_up  # the first question is still open; no second is asked
    answer.set()
    clock.turn(2)
    assert (await pulse.feel()).is_up
    await pulse.close()


@pytest.mark.usefixtures("_patient")
async def test_a_broken_connection_is_made_again(database_url: str) -> None:
    clock = TurnableClock()
    pulse = DatabasePulse(database_url, clock)
    await pulse.feel()
    assert pulse._connection is not None
    pulse._connection.pgconn.finish()
    clock.turn(2)
    assert not (await pulse.feel()).is_up
    clock.turn(2)
    assert (await pulse.feel()).is_up
    await pulse.close()
