"""Is the audit as it was written? Finds what was changed, removed or inserted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from gatehouse.rollout.audit import GENESIS, Entry, seal
from gatehouse.rollout.connecting import Connection

PAGE: Final = 1000
WITNESS: Final = "audit-head.json"  # in the data folder


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that this machine has seen."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it was written; `seq` is where."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole chain found."""

    entries: int
    head: Head
    flaws: tuple[Flaw, ...]


class Chain:
    """Checks entries in order; memory stays the same however many there are."""

    def __init__(self, keys: Sequence[bytes], witness: Head | None = None) -> None:
        self._keys = keys
        self._witness = witness
        self.count = 0
        self.head = Head(0, GENESIS)
        self.flaws: list[Flaw] = []

    def take(self, entry: Entry) -> None:
        """Compares one entry with itself and with the one before it."""
        if entry.seq != self.head.seq + 1:
            gone = f"{self.head.seq + 1} to {entry.seq - 1}"
            self._flaw(entry.seq, f"entries are missing before it: {gone}")
        elif entry.prev_hash != self.head.hash:
            self._flaw(entry.seq, "does not follow from the entry before it")
        self._check_seal(entry)
        if self._witness and entry.seq == self._witness.seq and entry.hash != self._witness.hash:
            self._flaw(entry.seq, "is not the entry that this machine saw here before")
        self.count += 1
        self.head = Head(entry.seq, entry.hash)

    def end(self) -> Verified:
        """All entries were taken: is the end still there?"""
        if self._witness and self.head.seq < self._witness.seq:
            self._flaw(
                self._witness.seq,
                f"is missing with the end of the chain: it ends at {self.head.seq}",
            )
        return Verified(self.count, self.head, tuple(self.flaws))

    def _check_seal(self, entry: Entry) -> None:
        row = asdict(entry)
        seals = [seal(row, key) for key in self._keys]
        if entry.hash in seals:
            return
        if entry.hash.partition(".")[0] != seals[0].partition(".")[0]:
            self._flaw(entry.seq, "its content was changed after it was written")
        else:
            self._flaw(entry.seq, "was not sealed with our key: SECRET_KEY changed, or not by us")

    def _flaw(self, seq: int, what: str) -> None:
        self.flaws.append(Flaw(seq, what))


def verify(
    connection: Connection, keys: Sequence[bytes], *, witness: Head | None = None
) -> Verified:
    """Reads the whole chain, and compares each rollout's row with its last entry."""
    chain = Chain(keys, witness)
    last = -(2**62)
    while rows := connection.execute(_PAGE, {"after": last, "page": PAGE}).fetchall():
        for row in rows:
            chain.take(Entry(**row))
            last = row["seq"]
    for row in connection.execute(_UNTOLD).fetchall():
        chain.flaws.append(
            Flaw(row["told"] or 0, _untold(row["id"], row["stands_at"], row["told"]))
        )
    return chain.end()


def _untold(rollout_id: str, revision: int, told: int | None) -> str:
    return (
        f"rollout {rollout_id} is at revision {revision}, its last entry at {told or 'none'}:"
        " a change without an entry, or an entry was removed"
    )


def saw(folder: Path) -> Head | None:
    """The head that this machine saw last; None: none yet, or the file cannot be read."""
    try:
        told = json.loads((folder / WITNESS).read_text())
        return Head(int(told["seq"]), str(told["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def witness(folder: Path, head: Head) -> None:
    """Remembers the head outside the database, so that a cut end is noticed. Never goes back."""
    before = saw(folder)
    if head.seq and (before is None or before.seq < head.seq):
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{WITNESS}.draft"
        draft.write_text(json.dumps(asdict(head)))
        draft.replace(folder / WITNESS)


def is_continued(connection: Connection, folder: Path) -> bool:
    """Is what this machine saw last still where it was? Else nothing newer may take its place:
    an end that was cut and grew again would look whole."""
    seen = saw(folder)
    if seen is None or seen.seq == 0:
        return True
    row = connection.execute(
        "SELECT hash FROM rollout_audit WHERE seq = %s", (seen.seq,)
    ).fetchone()
    return row is not None and row["hash"] == seen.hash


def forget(folder: Path) -> None:
    """Begins anew with what this machine saw, as after restoring an older backup."""
    (folder / WITNESS).unlink(missing_ok=True)


def head(connection: Connection) -> Head:
    """The last entry as the database has it now."""
    row = connection.execute(
        "SELECT seq, hash FROM rollout_audit ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Head(row["seq"], row["hash"]) if row else Head(0, GENESIS)


_PAGE = """
SELECT seq, prev_hash, at, actor_kind, actor, action, subject, revision_before, revision_after,
       reason, evidence, hash
FROM rollout_audit WHERE seq > %(after)s ORDER BY seq LIMIT %(page)s
"""
_UNTOLD = """
SELECT r.id, r.revision AS stands_at, max(a.revision_after) AS told
FROM rollout r LEFT JOIN rollout_audit a ON a.subject = r.id
GROUP BY r.id, r.revision HAVING max(a.revision_after) IS DISTINCT FROM r.revision
ORDER BY r.id
"""
