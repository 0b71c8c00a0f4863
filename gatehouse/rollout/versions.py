"""Versions of the agent: kept for ever, never changed, named by what is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.observe import journal
from gatehouse.rollout import audit
from gatehouse.rollout.bundles import JUST_RULES, Bundle, bundle_of, canonical
from gatehouse.rollout.connecting import Connect, Connection, Row
from gatehouse.rollout.types import RULES, Actor

SYSTEM: Final = Actor("system", "release")
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Version:
    """A bundle, and how it came to be. The label is for people: many may have the same one."""

    bundle: Bundle
    label: str = ""
    note: str = ""
    created_by: str = "system"
    created_at: datetime = _EPOCH

    @property
    def id(self) -> str:
        return self.bundle.id


RULES_VERSION: Final = Version(JUST_RULES, "the rules handler")


_KEEP = """
INSERT INTO rollout_version (id, bundle, label, note, created_by)
VALUES (%(id)s, %(bundle)s::jsonb, %(label)s, %(note)s, %(by)s)
ON CONFLICT (id) DO NOTHING
"""
_KNOWN = "SELECT 1 FROM rollout_version WHERE id = %(id)s"
_READ = "SELECT id, bundle, label, note, created_by, created_at FROM rollout_version"

_NEWEST = f"""{_READ}
WHERE id <> ALL(%(but)s) AND created_at >= coalesce(%(since)s::timestamptz, '-infinity')
ORDER BY created_at DESC, id LIMIT %(most)s"""


def keep(
    connect: Connect, version: Version, *, actor: Actor = SYSTEM, reason: str = ""
) -> tuple[Version, bool]:
    """Stores it unless it is there; as stored, and whether it is new. Raises StoreDown.

    Nothing is written for a known one: every write to the table is news to all processes.
    """
    values = {
        "id": version.id,
        "bundle": canonical(version.bundle.as_json()),
        "label": version.label,
        "note": version.note,
        "by": version.created_by,
    }
    if version.id == RULES:
        return RULES_VERSION, False
    with connect() as visit:
        is_known = visit.execute(_KNOWN, values).fetchone() is not None
        is_new = not is_known and _insert(visit, version, values, actor=actor, reason=reason)
    return read(connect, version.id), is_new


def _insert(visit: Connection, version: Version, values: Row, *, actor: Actor, reason: str) -> bool:
    """False: somebody else was quicker."""
    with visit.transaction():
        if visit.execute(_KEEP, values).rowcount == 0:
            return False
        audit.append(
            visit,
            actor=actor,
            action="version_create",
            subject=version.id,
            reason=reason or version.note or "registered",
            evidence={"label": version.label, "model": version.bundle.model},
        )
    return True


def read(connect: Connect, version_id: str) -> Version:
    """One version. Raises NotFound, StoreDown."""
    if version_id == RULES:
        return RULES_VERSION
    with connect() as visit:
        row = visit.execute(f"{_READ} WHERE id = %s", (version_id,)).fetchone()
    if row is None:
        raise NotFound(f"there is no version {version_id}: gatehouse version list tells them")
    return _version(row)


def newest(
    connect: Connect,
    *,
    most: int = 50,
    but: Collection[str] = (),
    since: datetime | None = None,
) -> tuple[Version, ...]:
    """The stored ones without those of `but` and those before `since`, newest first.

    Raises StoreDown.
    One that was changed in the database is left out, and told to the journal.
    """
    with connect() as visit:
        wanted = {"most": most, "but": list(but), "since": since}
        rows = visit.execute(_NEWEST, wanted).fetchall()
    return tuple(version for row in rows if (version := _sound(row)) is not None)


def found(connect: Connect, named: str) -> Version:
    """By id, the beginning of one, or a label that only one has. Raises NotFound, BadInput."""
    if named == RULES:
        return RULES_VERSION
    with connect() as visit:
        rows = visit.execute(
            f"{_READ} WHERE id = %(it)s OR starts_with(id, %(it)s) OR label = %(it)s "
            "ORDER BY id = %(it)s DESC, created_at DESC LIMIT 10",
            {"it": named},
        ).fetchall()
    versions = tuple(map(_version, rows))
    if not versions:
        raise NotFound(f"there is no version {named}: gatehouse version list tells them")
    if len(versions) > 1 and versions[0].id != named:
        told = ", ".join(version.id for version in versions)
        raise BadInput(f"{named} may be any of {told}: name one of them")
    return versions[0]


def _sound(row: Row) -> Version | None:
    try:
        return _version(row)
    except BadInput as wrong:
        journal.event("version_damaged", message=str(wrong), level="ERROR", version=row["id"])
        return None


def _version(row: Row) -> Version:
    """Raises BadInput where the stored content is not what its name says."""
    bundle = bundle_of(row["bundle"])
    if bundle.id != row["id"]:
        raise BadInput(
            f"version {row['id']} was changed in the database: its content is {bundle.id}"
        )
    created_at = row["created_at"].astimezone(UTC)
    return Version(bundle, row["label"], row["note"], row["created_by"], created_at)
