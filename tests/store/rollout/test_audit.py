"""The audit: whatever is changed, removed or inserted afterwards is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from gatehouse.rollout import audit, verifying
from gatehouse.rollout.audit import GENESIS, own_key
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import Actor
from gatehouse.rollout.verifying import Head, Verified
from tests.store.rollout.control_room import ANNA, ControlRoom

Tamper = Callable[[ControlRoom], object]


@pytest.fixture
def room(clean: str) -> ControlRoom:
    return ControlRoom.of(clean)


def written(room: ControlRoom, entries: int = 5) -> None:
    with room.connect() as connection:
        for number in range(entries):
            audit.append(
                connection,
                actor=ANNA,
                action="flag_set",
                subject="ENABLE_RE_RECOMMEND_CARD",
                reason=f"reason {number}: картки 🏠",
                before=number,
                after=number + 1,
                evidence={"log_e": 0.1 + number, "n": 7},
            )


def verified(room: ControlRoom, witness: Head | None = None) -> Verified:
    with room.connect() as connection:
        return verifying.verify(connection, [own_key()], witness=witness)


def forged(room: ControlRoom, seq: int, prev_hash: str) -> None:
    """An entry whose seal is right in itself, but made without our key."""
    row = {
        "seq": seq, "prev_hash": prev_hash, "at": "2026-01-05T09:00:00+00:00",
        "actor_kind": "person", "actor": "mallory", "action": "promote", "subject": "ro-1",
        "revision_before": None, "revision_after": None, "reason": "because", "evidence": "{}",
    }  # fmt: skip
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    room.sql(
        f"INSERT INTO rollout_audit ({names}, hash) VALUES ({places}, %s)",
        *row.values(),
        audit.seal(row, b"another key"),
    )


def test_an_untouched_chain_has_no_flaws(room: ControlRoom) -> None:
    written(room)
    found = verified(room)
    assert (found.entries, found.flaws, found.head.seq) == (5, (), 5)


def insert_between(room: ControlRoom) -> None:
    room.tamper("UPDATE rollout_audit SET seq = seq + 100 WHERE seq > 2")
    room.tamper("UPDATE rollout_audit SET seq = seq - 99 WHERE seq > 100")
    before = room.sql("SELECT hash FROM rollout_audit WHERE seq = 2")[0]["hash"]
    forged(room, 3, before)


def insert_at_the_end(room: ControlRoom) -> None:
    forged(room, 6, room.sql("SELECT hash FROM rollout_audit WHERE seq = 5")[0]["hash"])


def change_content_and_seal(room: ControlRoom) -> None:
    row = room.sql("SELECT * FROM rollout_audit WHERE seq = 5")[0]
    row["actor"] = "bob"
    room.tamper("UPDATE rollout_audit SET actor = 'bob', hash = %s WHERE seq = 5",
             audit.seal(row, b"another key"))  # fmt: skip


def remove_and_renumber(room: ControlRoom) -> None:
    room.tamper("DELETE FROM rollout_audit WHERE seq = 3")
    room.tamper("UPDATE rollout_audit SET seq = seq - 1 WHERE seq > 3")


TAMPERINGS: dict[str, Tamper] = {
    "reason changed": lambda r: r.tamper("UPDATE rollout_audit SET reason = 'x' WHERE seq = 3"),
    "actor changed": lambda r: r.tamper("UPDATE rollout_audit SET actor = 'bob' WHERE seq = 1"),
    "kind changed": lambda r: r.tamper("UPDATE rollout_audit SET actor_kind = 'engine'"),
    "time changed": lambda r: r.tamper("UPDATE rollout_audit SET at = at || ' ' WHERE seq = 5"),
    "evidence changed": lambda r: r.tamper(
        "UPDATE rollout_audit SET evidence = replace(evidence, '7', '8') WHERE seq = 4"
    ),
    "revision changed": lambda r: r.tamper("UPDATE rollout_audit SET revision_after = 9"),
    "seal changed": lambda r: r.tamper("UPDATE rollout_audit SET hash = 'x' WHERE seq = 2"),
    "first removed": lambda r: r.tamper("DELETE FROM rollout_audit WHERE seq = 1"),
    "middle removed": lambda r: r.tamper("DELETE FROM rollout_audit WHERE seq = 3"),
    "middle removed, rest renumbered": remove_and_renumber,
    "inserted between": insert_between,
    "inserted at the end": insert_at_the_end,
    "content and seal changed": change_content_and_seal,
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_whatever_is_changed_removed_or_inserted_is_found(
    room: ControlRoom, tampering: str
) -> None:
    written(room)
    assert not verified(room).flaws
    TAMPERINGS[tampering](room)
    assert verified(room).flaws


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rollout_audit SET reason = 'x'",
        "UPDATE rollout_audit SET reason = 'x' WHERE false",
        "DELETE FROM rollout_audit WHERE seq = 5",
    ],
)
def test_the_database_refuses_what_is_no_addition(room: ControlRoom, statement: str) -> None:
    written(room)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
        room.sql(statement)
    written(room, 1)
    assert (verified(room).entries, verified(room).flaws) == (6, ())


def test_a_cut_end_is_found_by_what_this_machine_saw_before(
    room: ControlRoom, tmp_path: Path
) -> None:
    written(room)
    verifying.witness(tmp_path, verified(room).head)
    room.tamper("DELETE FROM rollout_audit WHERE seq > 3")
    assert not verified(room).flaws, "the chain alone cannot know how long it was"
    assert [flaw.seq for flaw in verified(room, verifying.saw(tmp_path)).flaws] == [5]


def test_a_chain_written_anew_is_found_by_what_this_machine_saw_before(
    room: ControlRoom, tmp_path: Path
) -> None:
    written(room)
    verifying.witness(tmp_path, verified(room).head)
    room.tamper("DELETE FROM rollout_audit")
    written(room, 6)
    assert not verified(room).flaws
    assert [flaw.seq for flaw in verified(room, verifying.saw(tmp_path)).flaws] == [5]


def test_the_witness_never_goes_back(tmp_path: Path) -> None:
    verifying.witness(tmp_path, Head(5, "e"))
    verifying.witness(tmp_path, Head(3, "c"))
    assert verifying.saw(tmp_path) == Head(5, "e")


def test_a_change_of_a_rollout_without_an_entry_is_found(room: ControlRoom) -> None:
    room.submit()
    assert not verified(room).flaws
    room.sql("UPDATE rollout SET share = 100000, revision = revision + 1")
    assert "a change without an entry" in verified(room).flaws[0].what


def test_entries_of_parallel_writers_stand_in_one_line(room: ControlRoom) -> None:
    writers = [Thread(target=written, args=(room, 6)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (verified(room).entries, verified(room).flaws) == (24, ())


def test_an_entry_is_gone_with_the_change_that_failed(room: ControlRoom) -> None:
    with pytest.raises(RuntimeError), connecting(room.url)() as connection:  # noqa: SIM117
        with connection.transaction():
            audit.append(connection, actor=Actor("system", "x"), action="a", subject="s", reason="")
            raise RuntimeError
    assert verified(room).head == Head(0, GENESIS)
