"""Everything the console shows of one rollout, read in one short visit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import NotFound
from gatehouse.office import arms, gates_shown, glance, past, words
from gatehouse.office.arms import Arms
from gatehouse.office.gates_shown import GateShown
from gatehouse.office.glance import Glance
from gatehouse.office.past import Done
from gatehouse.office.today import Seen
from gatehouse.rollout import audit, book, fleet, judgements, leading
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.fleet import Fleet
from gatehouse.rollout.limits import limits
from gatehouse.rollout.types import TERMINAL, Standing

ENTRIES_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Watched:
    """One rollout and its surroundings."""

    standing: Standing
    glance: Glance
    gates: tuple[GateShown, ...]
    arms: Arms
    history: tuple[Done, ...]
    fleet: Fleet
    has_engine: bool  # a process leads, and looks at the gates
    incidents: tuple[str, ...]  # open ones
    labels: dict[str, str]
    now: float
    zone: str

    @property
    def charted(self) -> tuple[GateShown, ...]:
        return tuple(gate for gate in self.gates if gate.is_charted)

    @property
    def plain(self) -> tuple[GateShown, ...]:
        """Hard rules and guards that have nothing to complain about."""
        return tuple(gate for gate in self.gates if gate.points and not gate.is_charted)

    @property
    def silent(self) -> tuple[GateShown, ...]:
        """Gates that have not been judged."""
        return tuple(gate for gate in self.gates if not gate.points)

    @property
    def followers(self) -> int:
        return len(self.fleet.workers) - len(self.fleet.behind)

    @property
    def units(self) -> list[dict[str, Any]]:
        """Conversations a step, in words."""
        return [
            {"step": each.step + 1, "share": words.percent(each.share),
             "canary": each.canary, "stable": each.stable}
            for each in self.arms.units
        ]  # fmt: skip

    @property
    def is_alive(self) -> bool:
        return self.standing.phase not in TERMINAL


def watch(connect: Connect, rollout_id: str | None = None) -> Watched | None:
    """One rollout; without an id the one alive, else the last; None: there was none yet.

    Raises NotFound, StoreDown.
    """
    settings = load()
    with connect() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        standing = _chosen(connection, rollout_id)
        return _watched(connection, standing, settings) if standing else None


def _chosen(connection: Connection, rollout_id: str | None) -> Standing | None:
    if rollout_id is None:
        return book.last(connection)
    found = book.find(connection, rollout_id)
    if found is None:
        raise NotFound(f"There is no rollout {rollout_id}.")
    return found


def _watched(connection: Connection, standing: Standing, settings: Settings) -> Watched:
    zone, now = ZoneInfo(settings.market_timezone), time.time()
    plan = glance.plan_of(standing)
    crew = fleet.fleet(connection)
    both = arms.arms(connection, standing, plan=plan, now=now)
    looks = judgements.outline(connection, standing.id, most=gates_shown.POINTS_AT_MOST)
    gates = gates_shown.shown(plan, looks, pace=both.pace, is_over=standing.phase in TERMINAL)
    labels, last = labels_of(connection), book.last(connection)
    seen = Seen(
        now=now,
        zone=zone,
        verdicts={gate.name: gate.verdict_name for gate in gates},
        titles={gate.name: gate.title for gate in gates},
        units=both.units,
        workers=len(crew.workers),
        followers=len(crew.workers) - len(crew.behind),
        labels=labels,
        allowed=limits(connection, settings, now=now),
        alive=last if last and last.phase not in TERMINAL else None,
    )
    entries = audit.entries(connection, subject=standing.id, limit=ENTRIES_AT_MOST)
    return Watched(
        standing=standing,
        glance=glance.glance(standing, seen),
        gates=gates,
        arms=both,
        history=past.told(entries, zone=zone, now=now),
        fleet=crew,
        has_engine=leading.is_led(connection),
        incidents=incidents_of(connection),
        labels=labels,
        now=now,
        zone=settings.market_timezone,
    )


def incidents_of(connection: Connection) -> tuple[str, ...]:
    """The open ones, the worst first."""
    rows = connection.execute(
        "SELECT severity, title FROM rollout_incident WHERE closed_at IS NULL ORDER BY severity, id"
    ).fetchall()
    return tuple(f"SEV{row['severity']} {row['title']}" for row in rows)


def labels_of(connection: Connection) -> dict[str, str]:
    """What people call the versions that have a name."""
    rows = connection.execute(
        "SELECT id, label FROM rollout_version WHERE label <> '' ORDER BY created_at DESC LIMIT 500"
    ).fetchall()
    return {row["id"]: row["label"] for row in rows} | {"rules": "the rules"}
