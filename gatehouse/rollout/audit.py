"""What was done, by whom and why: a chain in which nothing can be changed unnoticed.

Each entry is sealed over its content and the seal of the one before: `sha256.mac`. The first half
binds the chain together and can be checked by anybody; the second is keyed with SECRET_KEY, so
that whoever may only write to the database cannot make an entry that passes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from gatehouse.base.config import load
from gatehouse.base.keys import signing_key
from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.types import Actor

GENESIS: Final = "0" * 64
LOCK: Final = 5_016_001  # of pg_advisory_xact_lock: one entry is added at a time
_SEALED = (
    "seq", "prev_hash", "at", "actor_kind", "actor", "action", "subject",
    "revision_before", "revision_after", "reason", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done."""

    seq: int
    prev_hash: str
    hash: str
    at: str  # as it was sealed: ISO 8601, UTC
    actor_kind: str
    actor: str
    action: str
    subject: str  # rollout id, flag name, version id …
    revision_before: int | None
    revision_after: int | None
    reason: str
    evidence: str  # canonical JSON

    @property
    def details(self) -> dict[str, Any]:
        """The evidence, read."""
        read: dict[str, Any] = json.loads(self.evidence)
        return read


def append(
    connection: Connection,
    *,
    actor: Actor,
    action: str,
    subject: str,
    reason: str,
    before: int | None = None,
    after: int | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> int:
    """Adds one entry and gives its number; call it last in the transaction of the change itself.

    Last, because the lock is kept to the transaction's end and is always taken after those of the
    rows. `before` and `after`: revisions of the subject, where it has any.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        last = connection.execute(
            "SELECT seq, hash FROM rollout_audit ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        row: Row = {
            "seq": last["seq"] + 1 if last else 1,
            "prev_hash": last["hash"] if last else GENESIS,
            "at": datetime.now(UTC).isoformat(),
            "actor_kind": actor.kind,
            "actor": actor.name,
            "action": action,
            "subject": subject,
            "revision_before": before,
            "revision_after": after,
            "reason": reason,
            "evidence": canonical(evidence or {}),
        }
        row["hash"] = seal(row, own_key())
        connection.execute(_INSERT, row)
    return int(row["seq"])


def entries(
    connection: Connection, *, subject: str | None = None, since: int = 0, limit: int = 200
) -> list[Entry]:
    """The newest `limit` of them after number `since`, oldest first; of one subject, or all."""
    rows = connection.execute(
        f"SELECT * FROM (SELECT {_COLUMNS} FROM rollout_audit"  # noqa: S608 - fixed names
        " WHERE seq > %(since)s AND (%(subject)s::text IS NULL OR subject = %(subject)s)"
        " ORDER BY seq DESC LIMIT %(limit)s) newest ORDER BY seq",
        {"since": since, "subject": subject, "limit": limit},
    ).fetchall()
    return [Entry(**row) for row in rows]


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a JSON value. Raises ValueError for numbers that JSON does not have."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def seal(row: Mapping[str, Any], key: bytes) -> str:
    """`sha256.mac` over everything in the row, including the seal of the one before it."""
    text = json.dumps([row[name] for name in _SEALED], ensure_ascii=False).encode()
    return f"{sha256(text).hexdigest()}.{hmac.new(key, text, sha256).hexdigest()}"


@cache
def own_key() -> bytes:
    """Derived from SECRET_KEY, which also signs staff sessions."""
    return derive(signing_key(load()))


def derive(secret: str) -> bytes:
    """The key of the seals from a SECRET_KEY."""
    return sha256(b"gatehouse-audit\x1f" + secret.encode()).digest()


_COLUMNS = ", ".join((*_SEALED, "hash"))
_INSERT = (
    f"INSERT INTO rollout_audit ({_COLUMNS}) "  # noqa: S608 - fixed names
    f"VALUES ({', '.join(f'%({name})s' for name in (*_SEALED, 'hash'))})"
)
