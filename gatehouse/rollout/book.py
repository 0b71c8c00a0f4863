"""The rows of rollouts: read as `Standing`, written with compare-and-set."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.types import Phase, Standing

_TIMES: Final = (
    "created_at", "phase_since", "step_since", "observing_since", "held_since", "ended_at",
)  # fmt: skip
_JSON: Final = ("plan", "failure", "approvals", "facts")
_PLAIN: Final = (
    "id", "phase", "step", "share", "revision", "stable_version", "canary_version", "held",
    "promoted_by", "is_paused", "policy",
)  # fmt: skip
_READ: Final = ", ".join(
    [
        *_PLAIN,
        *_JSON,
        *(f"extract(epoch FROM {name})::float8 AS {name}" for name in _TIMES),
    ]
)
_ENDED = "('completed', 'rolled_back', 'aborted', 'superseded')"
_FIND = f"SELECT {_READ} FROM rollout WHERE id = %s"  # noqa: S608 - fixed names
_ALIVE = f"SELECT {_READ} FROM rollout WHERE phase NOT IN {_ENDED}"  # noqa: S608
_NEWEST = f"SELECT {_READ} FROM rollout ORDER BY created_at DESC, id LIMIT %s"  # noqa: S608


def alive(connection: Connection, *, for_update: bool = False) -> Standing | None:
    """The one rollout that has not ended; locked until the transaction ends, if asked."""
    row = connection.execute(_ALIVE + (" FOR UPDATE" if for_update else "")).fetchone()
    return standing_of(row) if row else None


def find(connection: Connection, rollout_id: str, *, for_update: bool = False) -> Standing | None:
    """One by its id."""
    locked = _FIND + (" FOR UPDATE" if for_update else "")
    row = connection.execute(locked, (rollout_id,)).fetchone()
    return standing_of(row) if row else None


def newest(connection: Connection, limit: int = 20) -> list[Standing]:
    """The last rollouts, newest first."""
    return [standing_of(row) for row in connection.execute(_NEWEST, (limit,)).fetchall()]


def last(connection: Connection) -> Standing | None:
    """The one that is alive, else the one that began last."""
    found = newest(connection, 1)
    return alive(connection) or (found[0] if found else None)


def knows(connection: Connection, version: str) -> bool:
    """Is there such a version?"""
    found = connection.execute("SELECT 1 FROM rollout_version WHERE id = %s", (version,))
    return found.fetchone() is not None


def standing_of(row: Row) -> Standing:
    """A row as the rest of the room knows it."""
    return Standing(**{**row, "phase": Phase(row["phase"])})


def insert(connection: Connection, standing: Standing, *, created_by: str, plan_name: str) -> None:
    """A new row, at revision 1. Raises psycopg's UniqueViolation while another one is alive."""
    connection.execute(_INSERT, _values(standing) | {"by": created_by, "plan_name": plan_name})


def write(connection: Connection, standing: Standing) -> Standing | None:
    """Stores it over the revision that it was read at; None if somebody else was quicker."""
    row = connection.execute(UPDATE, _values(standing)).fetchone()
    return replace(standing, revision=row["revision"]) if row else None


def point(connection: Connection, version: str) -> None:
    """Makes `version` the one that everybody outside a canary gets; no change writes nothing."""
    connection.execute(
        "UPDATE rollout_control SET stable_version = %(to)s"
        " WHERE id = 1 AND stable_version IS DISTINCT FROM %(to)s",
        {"to": version},
    )


def pointed(connection: Connection, *, for_update: bool = False) -> str | None:
    """The version that the pointer shows; None before the first promotion. Locked until the
    transaction ends, if asked; always after the row of a rollout."""
    read = "SELECT stable_version FROM rollout_control WHERE id = 1"
    row = connection.execute(read + (" FOR UPDATE" if for_update else "")).fetchone()
    return row["stable_version"] if row else None


def deny(connection: Connection, version: str) -> None:
    """From now on nobody may get this version."""
    connection.execute(
        "UPDATE rollout_control SET denied = denied || to_jsonb(%(it)s::text)"
        " WHERE id = 1 AND NOT denied ? %(it)s",
        {"it": version},
    )


def _values(standing: Standing) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(standing, name) for name in (*_PLAIN, *_TIMES)}
    for name in _JSON:
        value = getattr(standing, name)
        plain[name] = None if value is None else json.dumps(value, allow_nan=False)
    return plain | {"phase": str(standing.phase)}


_PARAMS: Final = (
    {name: f"%({name})s" for name in _PLAIN}
    | {name: f"%({name})s::jsonb" for name in _JSON}
    | {name: f"to_timestamp(%({name})s::float8)" for name in _TIMES}
)
_INSERT = (
    f"INSERT INTO rollout ({', '.join(_PARAMS)}, created_by, plan_name) "  # noqa: S608
    f"VALUES ({', '.join(_PARAMS.values())}, %(by)s, %(plan_name)s)"
)
_SET = ", ".join(
    f"{name} = {value}"
    for name, value in _PARAMS.items()
    if name not in ("id", "revision", "created_at", "plan", "canary_version", "stable_version")
)
UPDATE = (
    f"UPDATE rollout SET {_SET}, revision = revision + 1 "  # noqa: S608 - fixed names
    "WHERE id = %(id)s AND revision = %(revision)s RETURNING revision"
)
