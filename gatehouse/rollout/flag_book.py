"""Stored values of flags: each is written together with its entry in the audit, or not at all."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.flag_values import Value, checked, named
from gatehouse.rollout.levers import said
from gatehouse.rollout.types import Actor, StoredFlag

SHORTEST_REASON: Final = 3
LAST_SECOND: Final = 253_402_300_800  # of the year 9999, counted from 1970

_STORED: Final = """
SELECT name, value, owner, reason, set_by, extract(epoch FROM set_at)::float8 AS set_at,
       extract(epoch FROM until)::float8 AS until
FROM rollout_flag ORDER BY name
"""
_BEFORE: Final = "SELECT value FROM rollout_flag WHERE name = %(name)s FOR UPDATE"
_PUT: Final = """
INSERT INTO rollout_flag (name, value, owner, reason, set_by, set_at, until)
VALUES (%(name)s, %(value)s, %(owner)s, %(reason)s, %(set_by)s, now(), %(until)s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, owner = excluded.owner,
    reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at,
    until = excluded.until
"""
_TAKE: Final = "DELETE FROM rollout_flag WHERE name = %(name)s"


def stored(connect: Connect) -> dict[str, StoredFlag]:
    """By the name of the environment variable; those that have ended are still there."""
    with connect() as visit:
        rows = visit.execute(_STORED).fetchall()
    return {row.pop("name"): StoredFlag(**row) for row in rows}


def put(
    connect: Connect,
    name: str,
    value: Any,
    *,
    actor: Actor,
    reason: str,
    owner: str = "",
    until: float | None = None,
) -> StoredFlag:
    """Stores a value; `until`: seconds since 1970. Raises BadInput, naming what is allowed."""
    field = named(name)
    flag = StoredFlag(
        checked(field, value),
        owner.strip() or actor.name,
        _said(reason),
        actor.name,
        set_at=time.time(),
        until=_later(until),
    )
    with connect() as visit, visit.transaction():
        before = visit.execute(_BEFORE, {"name": field.upper()}).fetchone()
        visit.execute(_PUT, _row(field, flag))
        audit.append(
            visit,
            actor=actor,
            action="flag_set",
            subject=field.upper(),
            reason=flag.reason,
            evidence={"from": before["value"] if before else None, "to": flag.value}
            | ({"until": flag.until} if flag.until else {}),
        )
    return flag


def take(connect: Connect, name: str, *, actor: Actor, reason: str) -> Value:
    """Takes a stored value back and returns it. Raises NotFound, BadInput."""
    field = named(name)
    with connect() as visit, visit.transaction():
        before = visit.execute(_BEFORE, {"name": field.upper()}).fetchone()
        if before is None:
            raise NotFound(f"no value of {field.upper()} is stored")
        visit.execute(_TAKE, {"name": field.upper()})
        audit.append(
            visit,
            actor=actor,
            action="flag_unset",
            subject=field.upper(),
            reason=_said(reason),
            evidence={"from": before["value"], "to": None},
        )
    found: Value = before["value"]
    return found


def _row(field: str, flag: StoredFlag) -> dict[str, Any]:
    until = None if flag.until is None else datetime.fromtimestamp(flag.until, UTC)
    return {
        "name": field.upper(),
        "value": Jsonb(flag.value),
        "owner": flag.owner,
        "reason": flag.reason,
        "set_by": flag.set_by,
        "until": until,
    }


def _said(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput("reason: say in a few words why")
    return said(reason)


def _later(until: float | None) -> float | None:
    if until is not None and not time.time() < until < LAST_SECOND:
        raise BadInput("until: must lie in the future, and before the year 10000")
    return until
