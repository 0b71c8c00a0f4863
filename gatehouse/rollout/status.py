"""What is live, who gets it, why it is held, and when a verdict can be expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from gatehouse.base.config import Settings
from gatehouse.rollout import book, fleet, judgements, leading, plans
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.fleet import Fleet
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.limits import Limits, limits
from gatehouse.rollout.pace import Drawn, GateLine, Wait, until_verdict
from gatehouse.rollout.plan_shapes import Plan, Step
from gatehouse.rollout.types import RULES, Phase, Standing

WHY: Final[Mapping[str, str]] = {
    "manual": "a person has paused it; `rollout resume` goes on",
    "approval": "a releaser has to approve the next step: `rollout approve`",
    "inconclusive": "the step's time is over and its gates could not say; "
    "`rollout resume --waive GATE`, `advance` or `rollback`",
    "nodata": "no conversation counts yet, and none is no proof",
    "srm": "the arms do not get the shares they should: the measurement is not to be trusted",
    "window_closed": "no window is open for going forward now",
    "error_budget": "the error budget of the month is spent",
    "breaker": "a breaker is open",
    "dependency": "a breaker is open on both arms: what we depend on is ill, not the canary",
    "incident": "an incident of severity 1 or 2 is open",
    "measurement": "something cannot be measured",
    "ceiling": "the environment's ceiling is below this step",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One look at everything. `eta_seconds`: until this step can be decided; None: unknown."""

    now: float
    live: str  # the version that everybody outside a canary gets
    rollout: Standing | None
    step: Step | None
    steps: int
    gates: tuple[GateLine, ...]
    drawn: Drawn
    held_why: str
    eta_seconds: float | None
    eta_why: str
    fleet: Fleet
    limits: Limits
    incidents: tuple[str, ...]
    has_leader: bool

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return judgements.plain(asdict(self) | {"limits": self._limits()})  # type: ignore[no-any-return]

    def _limits(self) -> dict[str, Any]:
        return asdict(self.limits) | {"denied": sorted(self.limits.denied)}


def status(connection: Connection, settings: Settings, *, now: float) -> Status:
    """Reads all of it. Raises psycopg.Error."""
    standing = book.last(connection)
    allowed = limits(connection, settings, now=now)
    plan = plans.from_json(standing.plan) if standing else None
    step = _step(plan, standing)
    kept = judgements.newest(connection, standing.id) if standing else []
    drawn = _drawn(connection, standing)
    lines = _lines(kept, plan)
    wait = Wait(None, "")
    if standing is not None and step is not None:
        wait = until_verdict(standing, step, lines, drawn, now=now)
    return Status(
        now=now,
        live=allowed.stable or RULES,
        rollout=standing,
        step=step,
        steps=len(plan.steps) if plan else 0,
        gates=lines,
        drawn=drawn,
        held_why=_held_why(connection, standing),
        eta_seconds=wait.seconds,
        eta_why=wait.why,
        fleet=fleet.fleet(connection),
        limits=allowed,
        incidents=tuple(_incidents(connection)),
        has_leader=leading.is_led(connection),
    )


def _step(plan: Plan | None, standing: Standing | None) -> Step | None:
    if plan is None or standing is None or standing.phase != Phase.RAMPING:
        return None
    return plan.steps[standing.step] if standing.step < len(plan.steps) else None


def _ordered(kept: list[Kept], plan: Plan | None) -> list[Kept]:
    """As the plan lists its gates; then what only all together show."""
    names = [gate.name for gate in plan.gates] if plan else []
    place = {name: number for number, name in enumerate(names)}
    return sorted(kept, key=lambda each: place.get(each.evidence.gate, len(place)))


def _lines(kept: list[Kept], plan: Plan | None) -> tuple[GateLine, ...]:
    required = {gate.name for gate in plan.gates if gate.required} if plan else set()
    return tuple(
        GateLine(
            each.evidence.gate,
            each.evidence.verdict.name.lower(),
            str(each.evidence.outputs.get("why", "")),
            each.at,
            each.evidence.outputs,
            is_required=each.evidence.gate in required,
        )
        for each in _ordered(kept, plan)
    )


def _held_why(connection: Connection, standing: Standing | None) -> str:
    """What the audit says of this hold, and what can be done about it."""
    if standing is None or standing.held is None:
        return ""
    actions = ("pause", "rollback") if standing.held == "manual" else (f"hold_{standing.held}",)
    row = connection.execute(
        "SELECT reason FROM rollout_audit WHERE subject = %s AND action = ANY(%s)"
        " ORDER BY seq DESC LIMIT 1",
        (standing.id, list(actions)),
    ).fetchone()
    return f"{row['reason']} ({WHY[standing.held]})" if row else WHY[standing.held]


def _drawn(connection: Connection, standing: Standing | None) -> Drawn:
    if standing is None:
        return Drawn(0, 0)
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE arm = 'canary') AS canary,"
        " count(*) FILTER (WHERE arm = 'stable') AS stable FROM rollout_unit"
        " WHERE rollout_id = %(it)s AND step = %(step)s",
        {"it": standing.id, "step": standing.step},
    ).fetchone()
    return Drawn(row["canary"], row["stable"]) if row else Drawn(0, 0)


def _incidents(connection: Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT severity, title FROM rollout_incident WHERE closed_at IS NULL ORDER BY severity, id"
    ).fetchall()
    return (f"SEV{row['severity']} {row['title']}" for row in rows)
