"""The register of incidents. An open one of severity 1 or 2 holds every step (R1-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.types import Actor

SEVERE: Final = 2  # and 1: they hold a rollout
LONGEST: Final = 200  # characters of a title
_COLUMNS: Final = "id, severity, title, opened_by, opened_at, closed_by, closed_at"


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry. `severity`: 1 is the worst, 4 the mildest."""

    id: int
    severity: int
    title: str
    opened_by: str
    opened_at: datetime
    closed_by: str | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def holds(self) -> bool:
        """Does it keep rollouts from going on?"""
        return self.is_open and self.severity <= SEVERE


def register(connect: Connect, severity: int, *, title: str, actor: Actor) -> Incident:
    """Opens one. Raises BadInput."""
    title = " ".join(title.split())
    if severity not in (1, 2, 3, 4):
        raise BadInput("severity: must be 1, 2, 3 or 4")
    if not 0 < len(title) <= LONGEST:
        raise BadInput(f"title: must have 1 to {LONGEST} characters")
    with connect() as connection, connection.transaction():
        row = connection.execute(
            "INSERT INTO rollout_incident (severity, title, opened_by) "  # noqa: S608 - fixed names
            f"VALUES (%s, %s, %s) RETURNING {_COLUMNS}",
            (severity, title, actor.name),
        ).fetchone()
        incident = Incident(**row or {})
        _note(connection, actor, "incident.open", incident=incident, reason=title)
    return incident


def close(connect: Connect, number: int, *, reason: str, actor: Actor) -> Incident:
    """Ends it. Raises NotFound, BadInput (no reason, or closed before)."""
    if not reason.strip():
        raise BadInput("reason: must not be empty")
    with connect() as connection, connection.transaction():
        row = connection.execute(
            "UPDATE rollout_incident SET closed_by = %s, closed_at = now() "  # noqa: S608
            f"WHERE id = %s AND closed_at IS NULL RETURNING {_COLUMNS}",
            (actor.name, number),
        ).fetchone()
        if row is None:
            raise NotFound(f"there is no open incident {number}")
        incident = Incident(**row)
        _note(connection, actor, "incident.close", incident=incident, reason=reason.strip())
    return incident


def listed(connection: Connection, *, limit: int = 50) -> list[Incident]:
    """The open ones first, the worst of them first; then the closed ones, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM rollout_incident "  # noqa: S608 - fixed names
        "ORDER BY closed_at IS NOT NULL, CASE WHEN closed_at IS NULL THEN severity END, "
        "opened_at DESC, id DESC LIMIT %s",
        (limit,),
    ).fetchall()
    return [Incident(**row) for row in rows]


def holding(connection: Connection) -> list[Incident]:
    """Open ones of severity 1 and 2, the worst first."""
    return [each for each in listed(connection, limit=1000) if each.holds]


def _note(
    connection: Connection, actor: Actor, action: str, *, incident: Incident, reason: str
) -> None:
    audit.append(
        connection,
        actor=actor,
        action=action,
        subject=f"incident {incident.id}",
        reason=reason,
        evidence={"severity": incident.severity, "title": incident.title},
    )
