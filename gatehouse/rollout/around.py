"""All that a move looks at besides the gates, read in one place."""

from __future__ import annotations

from gatehouse.base.config import Settings
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.fleet import fleet
from gatehouse.rollout.limits import limits
from gatehouse.rollout.moves import OpenIncident, Surroundings
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import Standing

WORST = 2  # incidents of this severity or worse hold a rollout
_INCIDENTS = """
SELECT severity, title, extract(epoch FROM opened_at)::float8 AS opened_at
FROM rollout_incident WHERE closed_at IS NULL AND severity <= %(worst)s ORDER BY severity, id
"""


def surroundings(
    connection: Connection,
    standing: Standing,
    plan: Plan,
    *,
    settings: Settings,
    now: float,
    is_budget_spent: bool = False,
    last_look_at: float | None = None,
) -> Surroundings:
    """As they are at this look. Raises psycopg.Error."""
    seen = fleet(connection)
    allowed = limits(connection, settings, now=now)
    denied = standing.canary_version in allowed.denied
    incidents = connection.execute(_INCIDENTS, {"worst": WORST}).fetchall()
    return Surroundings(
        workers=len(seen.workers),
        workers_on_revision=len(seen.workers) - len(seen.behind),
        is_window_open=plan.calendar.is_open(now),
        frozen_until=plan.calendar.frozen_until(now),
        incidents=tuple(OpenIncident(**row) for row in incidents),
        most_share=allowed.most_share,
        is_permitted=allowed.is_permitted,
        kill=f"{standing.canary_version} is denied to everybody" if denied else "",
        is_budget_spent=is_budget_spent,
        last_look_at=last_look_at,
    )
