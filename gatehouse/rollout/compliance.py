"""Every objective of the house against what was really seen: ledger, breakers and metrics."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, Final

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.observe import slo_metrics
from gatehouse.observe.objectives import Objective, objectives, of_phase
from gatehouse.observe.slo import Arms, Kept, Measured, check, compliance
from gatehouse.observe.slo_ledger import LedgerMeasure
from gatehouse.rollout import breaker_times
from gatehouse.rollout.connecting import Connect

KEPT_SECONDS: Final = 5.0  # an answer is given again so long: the page may be looked at by many


def kept(
    connect: Connect,
    *,
    profile: str,
    now: float,
    phase: int | None = None,
    since: float | None = None,
) -> tuple[Kept, ...]:
    """How each objective stands at `now` (Unix seconds); `phase`: those of one phase of a rollout
    alone; `since`: from there on instead of over each one's window. Raises StoreDown."""
    chosen = of_phase(objectives(profile), phase)
    return check(
        chosen,
        {
            "ledger": LedgerMeasure(connect, now=now, since=since),
            "breaker": partial(_breakers, connect, now=now, since=since),
            "metrics": slo_metrics.measure,
        },
    )


def _breakers(
    connect: Connect, wanted: tuple[Objective, ...], *, now: float, since: float | None
) -> dict[str, Arms]:
    with connect() as connection:
        return {
            each.name: _breaker(connection, each, now=now, since=since or now - each.window)
            for each in wanted
        }


def _breaker(
    connection: psycopg.Connection[dict[str, Any]],
    objective: Objective,
    *,
    now: float,
    since: float,
) -> Arms:
    """In seconds; the objective's `total` names the service."""
    watched = breaker_times.watch(connection, since=since, now=now)
    spent = breaker_times.not_closed(watched, objective.total)
    alive, shut = (round(ms / 1000) for ms in spent)
    return {"stable": Measured(alive, shut, shut)} if alive else {}


@dataclass(slots=True)
class Compliance:
    """What /api/metrics/observability says of the objectives; a database away is no exception."""

    connect: Connect
    profile: str
    clock: Callable[[], float] = time.time
    _at: float = float("-inf")
    _told: dict[str, Any] | None = None
    _lock: Lock = field(default_factory=Lock)

    def told(self) -> dict[str, Any]:
        """`slo_compliance` (R3-15). Blocks while it asks the database."""
        now = self.clock()
        with self._lock:
            if self._told is None or not 0 <= now - self._at < KEPT_SECONDS:
                self._told, self._at = self._ask(now), now
            return self._told

    def _ask(self, now: float) -> dict[str, Any]:
        try:
            return compliance(kept(self.connect, profile=self.profile, now=now))
        except (StoreDown, psycopg.Error) as trouble:
            why = f"the ledger cannot be read: {trouble}"
            silent = check(objectives(self.profile), {"metrics": slo_metrics.measure})
            return compliance(silent) | {"trouble": why}
