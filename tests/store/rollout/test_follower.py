"""A process follows the control room: told, asking, remembering, and knowing when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gatehouse.base.clock import TurnableClock
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.follower import Follower, Following
from gatehouse.rollout.last_known import LastKnown
from gatehouse.rollout.snapshot import read_control
from gatehouse.rollout.types import Control, Live

KEY = "a key that nobody guesses, at least 32 long"
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
PLAN = {"steps": [{"share": 1000, "baseline": "all"}, {"share": 10000, "baseline": "equal"}]}
Sql = Callable[..., None]


@pytest.fixture
def sql(clean: str) -> Sql:
    def run(statement: str, **values: Any) -> None:
        with psycopg.connect(clean, autocommit=True) as connection:
            connection.execute(statement, values)

    run("UPDATE rollout_control SET stable_version = NULL, denied = '[]'")
    return run


def begin(sql: Sql, name: str, phase: str, *, share: int = 10_000, **more: Any) -> None:
    values = {"id": name, "phase": phase, "share": share, "plan": Jsonb(PLAN | more)}
    sql(
        "INSERT INTO rollout (id, phase, step, share, stable_version, canary_version, plan,"
        " created_by) VALUES (%(id)s, %(phase)s, 1, %(share)s, 'v-old', 'v-new', %(plan)s, 'me')",
        **values,
    )


def follower(url: str, folder: Path, **how: Any) -> Follower:
    clock = how.pop("clock", None)
    killed = how.pop("killed", frozenset)
    following = Following(**how)
    return Follower(url, LastKnown(folder, KEY), how=following, killed=killed, clock=clock)


@asynccontextmanager
async def following(made: Follower) -> AsyncIterator[asyncio.Queue[Control]]:
    """Runs it meanwhile; every new snapshot is put into the queue."""
    news: asyncio.Queue[Control] = asyncio.Queue()
    made.on_change(news.put_nowait)
    await made.start()
    task = asyncio.create_task(made.run())
    try:
        async with asyncio.timeout(60):
            yield news
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def heard(news: asyncio.Queue[Control], is_it: Callable[[Control], bool]) -> Control:
    while not is_it(control := await news.get()):
        pass
    return control


def test_the_whole_snapshot_is_read_at_once(sql: Sql, clean: str) -> None:
    begin(sql, "ro-0", "rolled_back")
    begin(sql, "ro-1", "ramping", allow=["a"], deny=["b"])
    sql("UPDATE rollout_control SET denied = '[\"v-bad\"]'")
    sql(
        "INSERT INTO rollout_flag (name, value, owner, reason, set_by)"
        " VALUES ('SEARCH_CACHE_TTL', '60', 'ops', 'slow', 'me')"
    )
    with connecting(clean)() as connection:
        control = read_control(connection, now=5.0)
    assert control.live == Live("ro-1", "v-old", "v-new", 10_000, 1, "equal", 1, ("a",), ("b",))
    assert control.retreats == {"ro-0": "migrate_next_turn"}
    assert control.denied == {"v-bad"}
    assert control.flags["SEARCH_CACHE_TTL"].value == 60
    assert (control.source, control.read_at) == ("database", 5.0)


@pytest.mark.parametrize(
    ("phase", "share", "is_live", "is_back"),
    [
        ("draft", 0, False, False),
        ("soaking", 0, True, False),
        ("ready", 0, True, False),
        ("ramping", 10_000, True, False),
        ("promoting", 100_000, True, False),
        ("baking", 100_000, True, False),
        ("rolling_back", 50_000, True, False),  # in stages
        ("rolling_back", 0, False, True),
        ("completed", 100_000, False, False),
        ("rolled_back", 0, False, True),
        ("aborted", 0, False, True),
        ("superseded", 0, False, True),
    ],
)
def test_each_phase_gives_and_takes(
    phase: str, share: int, is_live: bool, is_back: bool, sql: Sql, clean: str
) -> None:
    begin(sql, "ro-1", phase, share=share)
    with connecting(clean)() as connection:
        control = read_control(connection, now=0.0)
    assert (control.live is not None, "ro-1" in control.retreats) == (is_live, is_back)


def test_after_a_rollout_its_stable_version_stays_until_one_is_promoted(
    sql: Sql, clean: str
) -> None:
    """Else the version that was taken back would return as the house's own newest one."""
    with connecting(clean)() as connection:
        assert read_control(connection, now=0.0).stable_version is None
        begin(sql, "ro-1", "rolled_back")
        assert read_control(connection, now=0.0).stable_version == "v-old"
        sql("UPDATE rollout_control SET stable_version = 'v-newer'")
        assert read_control(connection, now=0.0).stable_version == "v-newer"


@pytest.mark.parametrize("is_pushed", [True, False])
async def test_a_change_arrives_pushed_and_polled(
    is_pushed: bool, sql: Sql, clean: str, tmp_path: Path
) -> None:
    made = follower(clean, tmp_path, is_pushed=is_pushed, poll_seconds=30 if is_pushed else 0.05)
    async with following(made) as news:
        begin(sql, "ro-1", "ramping")
        control = await heard(news, lambda c: c.live is not None)
    assert control == made.control
    assert not made.is_stale
    kept = LastKnown(tmp_path, KEY).read()
    assert kept is not None and kept.live == control.live


async def test_the_controller_sees_which_revision_is_acted_on(
    sql: Sql, clean: str, tmp_path: Path
) -> None:
    made = follower(clean, tmp_path, poll_seconds=0.05)
    async with following(made) as news:
        begin(sql, "ro-1", "ramping")
        control = await heard(news, lambda c: c.live is not None)
        async with await psycopg.AsyncConnection.connect(clean, autocommit=True) as looking:
            while True:
                row = await (await looking.execute(
                    "SELECT revision FROM rollout_worker WHERE name = %s", (made.name,)
                )).fetchone()  # fmt: skip
                if row and row[0] == control.revision:
                    return
                await asyncio.sleep(0.01)


async def test_a_broken_connection_is_made_again(sql: Sql, clean: str, tmp_path: Path) -> None:
    made = follower(clean, tmp_path)
    async with following(made) as news:
        await heard(news, lambda c: c.source == "database")
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gatehouse-control' AND datname = current_database()"
        )
        begin(sql, "ro-1", "ramping")
        assert (await heard(news, lambda c: c.live is not None)).live is not None


async def test_after_a_failover_the_same_revision_is_not_taken_for_the_same(
    sql: Sql, clean: str, tmp_path: Path
) -> None:
    """A standby may have lost the last change, and then counted to the same number again."""
    made = follower(clean, tmp_path)
    async with following(made) as news:
        known = await heard(news, lambda c: c.source == "database")
        sql("ALTER TABLE rollout_control DISABLE TRIGGER rollout_pointed")
        sql("UPDATE rollout_control SET denied = '[\"v-bad\"]'")
        sql("ALTER TABLE rollout_control ENABLE TRIGGER rollout_pointed")
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gatehouse-control' AND datname = current_database()"
        )
        found = await heard(news, lambda c: c.denied == {"v-bad"})
    assert found.revision == known.revision


async def test_a_start_survives_what_it_cannot_understand(
    sql: Sql, clean: str, tmp_path: Path
) -> None:
    begin(sql, "ro-1", "ramping")
    sql('UPDATE rollout SET facts = \'{"hash_version": "of another release"}\'')
    made = follower(clean, tmp_path)
    await made.start()
    assert (made.control, made.is_stale) == (Control(), True)


async def test_without_a_database_a_start_goes_by_what_the_disk_knows(
    sql: Sql, clean: str, tmp_path: Path
) -> None:
    begin(sql, "ro-1", "ramping")
    first = follower(clean, tmp_path)
    await first.start()
    second = follower(NOWHERE, tmp_path)
    await second.start()
    assert second.control.source == "disk"
    assert second.control.live == first.control.live
    assert not second.is_stale


async def test_what_is_old_is_stale_and_a_file_from_the_future_is_no_news(tmp_path: Path) -> None:
    clock = TurnableClock()
    now = clock.now().timestamp()
    LastKnown(tmp_path, KEY).write(Control(revision=3, read_at=now - 50))
    made = follower(NOWHERE, tmp_path, clock=clock, max_stale_seconds=60)
    assert (made.revision, made.is_stale) == (3, False)
    clock.turn(11)
    assert made.is_stale
    LastKnown(tmp_path, KEY).write(Control(revision=3, read_at=now + 3600))
    assert follower(NOWHERE, tmp_path, clock=clock).is_stale


def test_who_knows_nothing_is_stale(tmp_path: Path) -> None:
    assert follower(NOWHERE, tmp_path).is_stale


async def test_versions_of_the_kill_file_are_denied_like_others(
    sql: Sql, clean: str, tmp_path: Path
) -> None:
    killed: set[str] = set()
    made = follower(clean, tmp_path, killed=lambda: frozenset(killed))
    await made.start()
    assert made.control.denied == frozenset()
    killed.add("v-new")
    made.refresh()
    assert made.control.denied == {"v-new"}
    kept = LastKnown(tmp_path, KEY).read()
    assert kept is not None and kept.denied == frozenset()  # the file alone says so
