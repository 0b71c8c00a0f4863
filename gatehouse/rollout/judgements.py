"""Verdicts with all that went into them, kept so that each can be recomputed bit for bit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.failpoints import reach
from gatehouse.rollout.types import Evidence, Standing, Verdict

GROWTH: Final = 1.05  # kept again when so many times more was seen: bounded by its logarithm
INFINITIES: Final = {math.inf: "Infinity", -math.inf: "-Infinity"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored judgement."""

    id: int
    rollout_id: str
    step: int
    phase: str
    at: float  # seconds since 1970
    evidence: Evidence


def keep(connection: Connection, standing: Standing, judged: Sequence[Evidence]) -> int:
    """Stores those that say something new since they were stored last; gives how many.

    What is judged of all gates together is stored with whichever of them is.
    """
    before = {each.evidence.gate: each for each in newest(connection, standing.id)}
    new = [each for each in judged if _is_new(before.get(each.gate), standing, each)]
    if any("counts" in each.inputs for each in new):
        new += [each for each in judged if "counts" not in each.inputs and each not in new]
    reach("before_judgements")
    for evidence in new:
        connection.execute(_INSERT, _values(standing, evidence))
        reach("after_judgement")
    reach("after_judgements")
    return len(new)


def newest(connection: Connection, rollout_id: str) -> list[Kept]:
    """The last judgement of each gate."""
    rows = connection.execute(_NEWEST, {"rollout": rollout_id}).fetchall()
    return [_kept(row) for row in rows]


def history(connection: Connection, rollout_id: str, *, gate: str | None = None) -> list[Kept]:
    """All stored judgements, oldest first; of one gate, or of all."""
    values = {"rollout": rollout_id, "gate": gate}
    return [_kept(row) for row in connection.execute(_HISTORY, values).fetchall()]


def outline(connection: Connection, rollout_id: str, *, most: int) -> list[Kept]:
    """About `most` judgements of each gate, evenly over its whole way, its last one always."""
    values = {"rollout": rollout_id, "most": most}
    return [_kept(row) for row in connection.execute(_OUTLINE, values).fetchall()]


def seen(evidence: Evidence) -> int:
    """Conversations of both arms that went into it."""
    return sum(row[2] + row[4] for row in evidence.inputs.get("counts", ()))


def plain(value: Any) -> Any:
    """As JSON can keep it: tuples are lists, infinities are names. Raises ValueError for NaN."""
    if isinstance(value, float):
        if math.isnan(value):
            raise ValueError("a judgement with NaN in it cannot be kept")
        return INFINITIES.get(value, value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    return value


def text_of(evidence: Evidence) -> str:
    """What is compared bit for bit: every number with all its digits."""
    return json.dumps(told(evidence), sort_keys=True, separators=(",", ":"), allow_nan=False)


def told(evidence: Evidence) -> dict[str, Any]:
    """As JSON keeps it: enough to compute it again."""
    return {
        "gate": evidence.gate,
        "verdict": evidence.verdict.name.lower(),
        "params": plain(evidence.params),
        "inputs": plain(evidence.inputs),
        "outputs": plain(evidence.outputs),
    }


def read(text: str) -> Evidence:
    """What `text_of` wrote. Raises ValueError, KeyError."""
    found = json.loads(text)
    restored = {name: _restored(found[name]) for name in ("params", "inputs", "outputs")}
    return Evidence(gate=found["gate"], verdict=Verdict[found["verdict"].upper()], **restored)


def _restored(value: Any) -> Any:
    if isinstance(value, str) and value in INFINITIES.values():
        return math.inf if value == "Infinity" else -math.inf
    if isinstance(value, dict):
        return {name: _restored(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_restored(each) for each in value]
    return value


def _is_new(before: Kept | None, standing: Standing, evidence: Evidence) -> bool:
    if before is None or before.evidence.verdict != evidence.verdict:
        return True
    if (before.step, before.phase) != (standing.step, str(standing.phase)):
        return True
    return seen(evidence) > seen(before.evidence) * GROWTH


def _values(standing: Standing, evidence: Evidence) -> dict[str, Any]:
    return {
        "rollout": standing.id,
        "step": standing.step,
        "phase": str(standing.phase),
        "gate": evidence.gate,
        "verdict": evidence.verdict.name.lower(),
        "evidence": json.dumps(text_of(evidence)),
    }


def _kept(row: Row) -> Kept:
    return Kept(
        row["id"],
        row["rollout_id"],
        row["step"],
        row["phase"],
        row["at"],
        replace(read(row["evidence"]), gate=row["gate"]),
    )


# The evidence is one JSON string inside jsonb: jsonb itself would rewrite 1e-07 and 2.0.
_INSERT: Final = """
INSERT INTO rollout_judgement (rollout_id, step, phase, gate, verdict, evidence)
VALUES (%(rollout)s, %(step)s, %(phase)s, %(gate)s, %(verdict)s, %(evidence)s::jsonb)
"""
_COLUMNS: Final = (
    "id, rollout_id, step, phase, gate, evidence, extract(epoch FROM at)::float8 AS at"
)
_NEWEST: Final = (
    f"SELECT DISTINCT ON (gate) {_COLUMNS} FROM rollout_judgement "  # noqa: S608 - fixed names
    "WHERE rollout_id = %(rollout)s ORDER BY gate, rollout_judgement.at DESC, id DESC"
)
_HISTORY: Final = (
    f"SELECT {_COLUMNS} FROM rollout_judgement "  # noqa: S608 - fixed names
    "WHERE rollout_id = %(rollout)s AND (%(gate)s::text IS NULL OR gate = %(gate)s) ORDER BY id"
)
_OUTLINE: Final = (
    f"SELECT {_COLUMNS} FROM rollout_judgement JOIN (SELECT id AS chosen, "  # noqa: S608
    "row_number() OVER looks - 1 AS place, count(*) OVER (PARTITION BY gate) AS looks "
    "FROM rollout_judgement WHERE rollout_id = %(rollout)s "
    "WINDOW looks AS (PARTITION BY gate ORDER BY id)) way ON chosen = id "
    "WHERE place = looks - 1 OR place %% greatest(ceil(looks / %(most)s::float8)::int, 1) = 0 "
    "ORDER BY id"
)
