"""A rollout that has been under way for two hours, as the engine would have left it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import psycopg

from gatehouse.base.config import load
from gatehouse.rollout import audit, book, gates, judgements, plans
from gatehouse.rollout.bundles import Bundle, canonical
from gatehouse.rollout.connecting import Connection, connecting
from gatehouse.rollout.desk import Desk, Submission
from gatehouse.rollout.gates import Observed
from gatehouse.rollout.outcomes import BIT
from gatehouse.rollout.types import (
    ENGINE,
    Actor,
    Count,
    Evidence,
    GateSpec,
    Minute,
    Phase,
    Reading,
    Standing,
    Units,
)

Scene = Literal["ramping", "held", "failed", "baking"]
OLD = Bundle("prompted", {"reply": "Answer briefly.\n"}, "gpt-5-mini")
NEW = Bundle("prompted", {"reply": "Answer briefly and warmly.\n"}, "gpt-5-mini")
LOOKS = 48
SECONDS = 7200.0
CANARY, EARLY = 1240, 290  # conversations of the new version; while it is too early to say
# metric -> share of bad conversations: of the canary while all is well, of it while it is not,
# of the stable arm
RATES: dict[str, tuple[float, float, float]] = {
    "turn_error": (0.002, 0.004, 0.003),
    "contract": (0.001, 0.09, 0.002),
    "turn_slow": (0.02, 0.06, 0.025),
    "search_slow": (0.015, 0.02, 0.015),
    "not_converted": (0.12, 0.19, 0.13),
    "not_completed": (0.45, 0.5, 0.46),
    "negative_feedback": (0.03, 0.05, 0.03),
    "model_error": (0.002, 0.01, 0.002),
}


@dataclass(frozen=True, slots=True)
class Staged:
    """What was put on the stage."""

    rollout_id: str
    old: str = OLD.id
    new: str = NEW.id


def stage(url: str, scene: Scene = "ramping", *, looks: int = LOOKS) -> Staged:
    """Fills the tables. Everything is made up; every verdict is worked out by the real gates."""
    connect = connecting(url)
    with connect() as connection:
        _versions(connection)
    begun = Desk(connect, load()).submit(
        Submission(NEW.id, plans.to_json(plans.named("default")), "default"),
        actor=Actor("person", "dana"),
        reason="Warmer greeting, as agreed on Thursday",
    )
    with connect() as connection:
        standing = _moved(connection, begun, scene)
        size = EARLY if scene == "ramping" else CANARY
        _units(connection, standing, size=size, is_bad=scene == "failed")
        _looks(connection, standing, size=size, is_bad=scene == "failed", looks=looks)
        _workers(connection)
    return Staged(begun.id)


def _versions(connection: Connection) -> None:
    for bundle, label in ((OLD, "house"), (NEW, "warm greeting")):
        connection.execute(
            "INSERT INTO rollout_version (id, bundle, label, created_by)"
            " VALUES (%s, %s, %s, 'dana')",
            (bundle.id, canonical(bundle.as_json()), label),
        )
    connection.execute(
        "UPDATE rollout_control SET stable_version = %s, denied = '[]' WHERE id = 1", (OLD.id,)
    )


def _moved(connection: Connection, begun: Standing, scene: Scene) -> Standing:
    """Where the engine would have brought it by now, with the audit of its way."""
    now = time.time()
    ramping = replace(
        begun, phase=Phase.RAMPING, step=0, share=10_000, created_at=now - SECONDS,
        phase_since=now - SECONDS, step_since=now - SECONDS, observing_since=now - SECONDS + 3,
    )  # fmt: skip
    moved = _write(connection, begun, ramping, "ramping", "step 1: 10 %")
    if scene == "held":
        held = replace(moved, held="approval", held_since=now - 720)
        return _write(connection, moved, held, "hold_approval", "step 2 waits for approval")
    if scene == "failed":
        failure = {"gate": "contract", "at": now - 41}
        back = replace(
            moved, phase=Phase.ROLLING_BACK, share=0, failure=failure, phase_since=now - 41
        )
        return _write(connection, moved, back, "rolling_back", "contract failed")
    if scene == "baking":
        baking = replace(
            moved, phase=Phase.BAKING, step=2, share=100_000, phase_since=now - 1800,
            observing_since=now - 1800,
        )  # fmt: skip
        return _write(connection, moved, baking, "baking", "every process has it")
    return moved


def _write(
    connection: Connection, before: Standing, after: Standing, action: str, reason: str
) -> Standing:
    written = book.write(connection, after)
    assert written is not None
    audit.append(
        connection,
        actor=ENGINE,
        action=action,
        subject=before.id,
        reason=reason,
        before=before.revision,
        after=written.revision,
        evidence={"from": _short(before), "to": _short(after)},
    )
    return written


def _short(standing: Standing) -> dict[str, Any]:
    return {"phase": str(standing.phase), "share": standing.share, "held": standing.held}


def _units(connection: Connection, standing: Standing, *, size: int, is_bad: bool) -> None:
    """Conversations of both arms, with times like those of a log-normal distribution."""
    connection.execute("SELECT setseed(0.42)")
    for arm, count, factor in (
        ("canary", size, 1.35 if is_bad else 0.97),
        ("stable", 9 * size, 1.0),
    ):
        connection.execute(
            _UNITS,
            {"id": standing.id, "arm": arm, "count": count, "factor": factor} | _BITS,
        )


_BITS = {
    "seen": sum(BIT.values()),
    "full": BIT["not_converted"] | BIT["not_engaged"],
    "homes": BIT["no_recommendation"],
    "closer": BIT["not_engaged"],
    "next": BIT["not_completed"],
}
_UNITS = """
INSERT INTO rollout_unit (conversation_id, rollout_id, arm, is_slice, step, share, assigned_at,
                          last_turn_at, turns, seen, bad, facts)
SELECT gen_random_uuid(), %(id)s, %(arm)s, false, 0, 10000, now() - u.ago * interval '2 hours',
    now() - u.ago * interval '110 minutes', 3,
    %(seen)s - CASE WHEN u.luck > 0.82 THEN %(full)s ELSE 0 END,
    CASE WHEN u.luck > 0.74 THEN %(homes)s ELSE 0 END
        + CASE WHEN u.luck > 0.55 AND u.luck <= 0.82 THEN %(closer)s ELSE 0 END
        + CASE WHEN u.luck > 0.46 THEN %(next)s ELSE 0 END,
    jsonb_build_object(
        'turn_slow', round((%(factor)s * 420 * exp(u.bell * 0.42))::numeric, 1),
        'search_slow', round((%(factor)s * 62 * exp(u.bell * 0.5))::numeric, 1),
        'model_slow', round((%(factor)s * 310 * exp(u.bell * 0.45))::numeric, 1))
FROM (SELECT random() AS ago, random() AS luck,
        (random() + random() + random() + random() - 2) * 1.73 AS bell
      FROM generate_series(1, %(count)s)) u
"""


def _looks(
    connection: Connection, standing: Standing, *, size: int, is_bad: bool, looks: int
) -> None:
    """The verdicts at every look, from counts that grew with time."""
    plan, now = plans.from_json(standing.plan), time.time()
    at_step = replace(standing, phase=Phase.RAMPING, step=0, failure=None)
    for look in range(1, looks + 1):
        part, at = look / looks, now - SECONDS * (1 - look / looks)
        readings = {
            gate.name: _reading(gate, part, size=size, is_bad=is_bad) for gate in plan.gates
        }
        stable = int(9 * size * part)
        drawn = Units(0, 10_000, int(size * part), stable, int(stable / 9))
        judged = gates.judge_rollout(plan, at_step, Observed(readings, (drawn,)), now=at)
        for evidence in judged.everything:
            _keep(connection, at_step, evidence, at)


def _reading(gate: GateSpec, part: float, *, size: int, is_bad: bool) -> Reading:
    well, ill, stable = RATES.get(gate.metric, (0.0, 0.0, 0.0))
    canary_n, stable_n = int(size * part), int(9 * size * part)
    late = max(part - 0.55, 0.0) / 0.45 if is_bad else 0.0
    canary_bad = int(canary_n * (well + (ill - well) * late))
    count = Count(0, 10_000, canary_n, canary_bad, stable_n, int(stable_n * stable))
    return Reading(gate.metric, counts=(count,), minutes=_minutes(gate, is_bad=late > 0))


def _minutes(gate: GateSpec, *, is_bad: bool) -> tuple[Minute, ...]:
    """The last minutes; a fuse's are in milliseconds."""
    times = [datetime.fromtimestamp(60.0 * number, UTC) for number in range(gate.minutes + 1)]
    if gate.kind == "breaker":
        return tuple(Minute(at, 60_000, 0, 60_000, 0) for at in times)
    bad = 1 if is_bad and gate.metric == "contract" else 0
    return tuple(Minute(at, 9, bad, 90, 0) for at in times)


def _keep(connection: Connection, standing: Standing, evidence: Evidence, at: float) -> None:
    connection.execute(
        "INSERT INTO rollout_judgement (rollout_id, step, phase, gate, verdict, evidence, at)"
        " VALUES (%s, %s, %s, %s, %s, %s::jsonb, to_timestamp(%s))",
        (standing.id, standing.step, str(standing.phase), evidence.gate,
         evidence.verdict.name.lower(), json.dumps(judgements.text_of(evidence)), at),
    )  # fmt: skip


def _workers(connection: Connection) -> None:
    for number in range(4):
        connection.execute(
            "INSERT INTO rollout_worker (name, revision, seen_at) SELECT %s, revision,"
            " now() + interval '1 day' FROM rollout_control",
            (f"web:{number}",),
        )


def clear(url: str) -> None:
    """The pointer as a fresh house has it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE rollout_control SET stable_version = NULL, denied = '[]'")


__all__ = ("NEW", "OLD", "Scene", "Staged", "clear", "stage")
