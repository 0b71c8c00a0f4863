"""What everybody acts on, read in one statement, and as text for the file that outlives us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.types import (
    HASH_VERSION,
    WHOLE,
    Baseline,
    Control,
    Live,
    Policy,
    StoredFlag,
)

REVISION: Final = "SELECT revision FROM rollout_control WHERE id = 1"

# One statement sees one state of the database. Retreats are those of the last thousand rollouts:
# their conversations are years old by then. Until one was promoted, who was stable in the last
# rollout that began stays so: what was taken back does not return by itself.
CONTROL: Final = """
SELECT
  c.revision,
  coalesce(c.stable_version, (
      SELECT r.stable_version FROM rollout r WHERE r.phase <> 'draft'
      ORDER BY r.created_at DESC LIMIT 1)) AS stable_version,
  c.denied,
  (SELECT jsonb_build_object(
       'rollout_id', r.id, 'stable_version', r.stable_version,
       'canary_version', r.canary_version, 'share', r.share, 'step', r.step,
       'baseline', r.plan -> 'steps' -> r.step -> 'baseline',
       'hash_version', r.facts -> 'hash_version',
       'allow', r.plan -> 'allow', 'deny', r.plan -> 'deny')
   FROM rollout r
   WHERE r.phase IN ('soaking', 'ready', 'ramping', 'promoting', 'baking')
      OR (r.phase = 'rolling_back' AND r.share > 0)) AS live,
  (SELECT coalesce(jsonb_object_agg(r.id, r.policy), '{}') FROM (
       SELECT id, policy FROM rollout
       WHERE phase IN ('rolled_back', 'aborted', 'superseded')
          OR (phase = 'rolling_back' AND share = 0)
       ORDER BY created_at DESC LIMIT 1000) r) AS retreats,
  (SELECT coalesce(jsonb_object_agg(f.name, jsonb_build_object(
       'value', f.value, 'owner', f.owner, 'reason', f.reason, 'set_by', f.set_by,
       'set_at', extract(epoch FROM f.set_at)::float8,
       'until', extract(epoch FROM f.until)::float8)), '{}') FROM rollout_flag f) AS flags
FROM rollout_control c WHERE c.id = 1
"""


def read_control(connection: Connection, *, now: float) -> Control:
    """The snapshot as it is in the database; `now`: seconds since 1970. Raises psycopg.Error."""
    row = connection.execute(CONTROL).fetchone()
    return Control() if row is None else control_of(row, now=now)


def control_of(row: Row | Mapping[str, Any], *, now: float) -> Control:
    """The snapshot of a row of CONTROL."""
    return Control(
        revision=int(row["revision"]),
        stable_version=row["stable_version"],
        live=_live(row["live"]),
        retreats={str(k): _policy(v) for k, v in dict(row["retreats"]).items()},
        denied=frozenset(map(str, row["denied"])),
        flags={str(name): _flag(told) for name, told in dict(row["flags"]).items()},
        read_at=now,
        source="database",
    )


def to_text(control: Control) -> str:
    """As JSON, equal for equal snapshots."""
    live = control.live
    told = {
        "revision": control.revision,
        "stable_version": control.stable_version,
        "denied": sorted(control.denied),
        "live": None if live is None else {n: getattr(live, n) for n in Live.__slots__},
        "retreats": dict(control.retreats),
        "flags": {
            name: {n: getattr(flag, n) for n in StoredFlag.__slots__}
            for name, flag in control.flags.items()
        },
        "read_at": control.read_at,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> Control:
    """What `to_text` wrote, marked as from the disk. Raises ValueError, KeyError, TypeError."""
    told = json.loads(text)
    control = control_of(told, now=float(told["read_at"]))
    return Control(**{n: getattr(control, n) for n in Control.__slots__} | {"source": "disk"})


def _live(told: Mapping[str, Any] | None) -> Live | None:
    if told is None:
        return None
    baseline = told["baseline"] if told["baseline"] in get_args(Baseline) else "all"
    return Live(
        rollout_id=str(told["rollout_id"]),
        stable_version=str(told["stable_version"]),
        canary_version=str(told["canary_version"]),
        share=min(max(int(told["share"]), 0), WHOLE),
        step=int(told["step"]),
        baseline=cast(Baseline, baseline),
        hash_version=int(told["hash_version"] or HASH_VERSION),
        allow=tuple(map(str, told["allow"] or ())),
        deny=tuple(map(str, told["deny"] or ())),
    )


def _policy(told: Any) -> Policy:
    """One that nobody knows takes people back as failures do."""
    return cast(Policy, told) if told in get_args(Policy) else "migrate_next_turn"


def _flag(told: Mapping[str, Any]) -> StoredFlag:
    until = told["until"]
    return StoredFlag(
        value=told["value"],
        owner=str(told["owner"]),
        reason=str(told["reason"]),
        set_by=str(told["set_by"]),
        set_at=float(told["set_at"]),
        until=None if until is None else float(until),
    )
