"""What was seen of each metric of a rollout, read from the turn ledger: counts, never opinions."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.rollout import breaker_times, minutes
from gatehouse.rollout.connecting import Connect, Connection, Row
from gatehouse.rollout.folding import SOAK_STEP, fold_on
from gatehouse.rollout.outcomes import BIT, LATE
from gatehouse.rollout.tallying import (
    counts,
    equal_steps,
    in_place,
    mature_after,
    outcomes,
    over_edges,
    place_of,
    settle_after,
    trouble_of,
    units,
)
from gatehouse.rollout.types import GateSpec, Phase, Reading, Standing, Units

FRESH_SECONDS: Final = 1.0
_BAKING: Final = frozenset((Phase.PROMOTING, Phase.BAKING))


class Readings(Protocol):
    """Where readings come from. Trouble is told in the reading, never raised."""

    def read(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        """One reading a gate, by the gate's name. `now`: seconds since 1970."""
        ...


class LedgerReadings:
    """Readings of the house's own ledger: exact, one observation a conversation.

    A metric whose outcome takes time counts a conversation when it has been silent for
    `mature_after` seconds of the plan (1,800) or was closed; any other one when it is
    `settle_after` seconds old (a sixth of that), whatever came of it by then. A late failure turns
    it bad, never good again: that makes a verdict of FAIL no easier than waiting would (until it
    is over, each talk counts as good). Re-asks and lost contexts count at once.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._last: _Look | None = None

    def read(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        """See `Readings`. A breaker's minutes are in milliseconds: of life, and of not closed;
        its one count has the openings in the gate's `minutes`."""
        return self._told(standing, specs, now=now, is_guard=False)

    def guard(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        """The same for the A/A guard: the baseline slice in the canary's place, against the rest
        of the stable conversations. Anything found there is a fault of the measurement."""
        return self._told(standing, specs, now=now, is_guard=True)

    def units(self, standing: Standing) -> tuple[Units, ...]:
        """Conversations drawn so far, per step and share. Raises StoreDown, psycopg.Error."""
        last = self._last
        if last is not None and last.is_of(standing):
            return units(last.groups)
        with self._connect() as connection:
            fold_on(connection, standing.id, **_folding(standing))
            rows = connection.execute(_UNITS, {"rollout": standing.id}).fetchall()
        return units(rows)

    def _told(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float, is_guard: bool
    ) -> dict[str, Reading]:
        try:
            with self._connect() as connection:
                look = self._look(connection, standing, specs, now=now, is_guard=is_guard)
                return _read(connection, standing, look, is_guard=is_guard)
        except (StoreDown, psycopg.Error) as trouble:
            why = f"the ledger cannot be read: {trouble}".strip()
            return {spec.name: Reading(spec.metric, trouble=why) for spec in specs}

    def _look(
        self,
        connection: Connection,
        standing: Standing,
        specs: Sequence[GateSpec],
        *,
        now: float,
        is_guard: bool,
    ) -> _Look:
        """The guard and the units of the controller's look are told from what `read` just saw."""
        last = self._last
        if (
            is_guard
            and last is not None
            and last.is_of(standing)
            and (last.now, last.specs) == (now, tuple(specs))
        ):
            return last
        fold_on(connection, standing.id, **_folding(standing))
        groups = _groups(connection, standing, specs, now=now)
        look = _Look(standing, tuple(specs), now, groups, time.monotonic())
        self._last = None if is_guard else look
        return look


@dataclass(frozen=True, slots=True)
class _Look:
    """Conversations alike in everything that is counted, with their number `n`."""

    standing: Standing
    specs: tuple[GateSpec, ...]
    now: float
    groups: list[Row]
    at: float  # of the monotonic clock

    def is_of(self, standing: Standing) -> bool:
        """Is it of that rollout, and of just now?"""
        return self.standing == standing and time.monotonic() - self.at < FRESH_SECONDS


_UNITS: Final = """
SELECT step, share, arm, is_slice, count(*) AS n FROM rollout_unit
WHERE rollout_id = %(rollout)s AND step >= 0 GROUP BY step, share, arm, is_slice
"""


def _folding(standing: Standing) -> dict[str, Any]:
    return {"equal_steps": equal_steps(standing), "settle_seconds": settle_after(standing)}


def _read(
    connection: Connection, standing: Standing, look: _Look, *, is_guard: bool
) -> dict[str, Reading]:
    specs, now = look.specs, look.now
    placed = [in_place(row, standing, is_guard=is_guard) for row in look.groups]
    groups = [row for row in placed if row is not None]
    of_talks = {no: spec for no, spec in enumerate(specs) if spec.metric != "breaker_open"}
    baked = {} if is_guard else _bakes(connection, standing, specs, now=now)
    by_minute = {} if is_guard else minutes.read(connection, standing, specs, now=now)
    told = {
        spec.name: Reading(
            spec.metric,
            counts=counts(groups, spec, place=place_of(no)),
            minutes=by_minute.get(spec.name, ()),
            bake=baked.get(spec.name, b""),
            trouble=trouble_of(spec),
        )
        for no, spec in of_talks.items()
    }
    if not is_guard:
        fused = [spec for spec in specs if spec.metric == "breaker_open"]
        told |= breaker_times.read(connection, standing, fused, now=now)
    return told


_CLOSED: Final = f"bad & {BIT['closed']} <> 0"


def _groups(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, now: float
) -> list[Row]:
    over, edges = over_edges(specs)
    is_soak = standing.phase is Phase.SOAKING
    who = f"step = {SOAK_STEP}" if is_soak else "step >= 0"
    statement = f"""
        SELECT step, share, arm, is_slice, seen, bad,
               {_CLOSED} OR assigned_at <= to_timestamp(%(settled)s) AS is_settled,
               {_CLOSED} OR last_turn_at <= to_timestamp(%(mature)s) AS is_mature{over},
               count(*) AS n
        FROM rollout_unit WHERE rollout_id = %(rollout)s AND {who}
        GROUP BY {", ".join(map(str, range(1, 9 + len(edges))))}"""
    return connection.execute(statement, _times(standing, now) | edges).fetchall()


def _times(standing: Standing, now: float) -> dict[str, Any]:
    return {
        "rollout": standing.id,
        "settled": now - settle_after(standing),
        "mature": now - mature_after(standing),
    }


def _bakes(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, now: float
) -> dict[str, bytes]:
    """Outcomes of the canary's conversations begun since it serves everybody, oldest first."""
    if standing.phase not in _BAKING:
        return {}
    over, edges = over_edges(specs)
    statement = f"""
        SELECT seen, bad, {_CLOSED} OR assigned_at <= to_timestamp(%(settled)s) AS is_settled,
               {_CLOSED} OR last_turn_at <= to_timestamp(%(mature)s) AS is_mature,
               last_turn_at{over}
        FROM rollout_unit
        WHERE rollout_id = %(rollout)s AND arm = 'canary' AND step >= 0
          AND assigned_at >= to_timestamp(%(begun)s)
        ORDER BY assigned_at, conversation_id"""
    values = _times(standing, now) | edges | {"begun": standing.phase_since}
    rows = connection.execute(statement, values).fetchall()
    late = sorted(rows, key=_last_turn)
    return {
        spec.name: outcomes(late if spec.metric in LATE else rows, spec, place=place_of(number))
        for number, spec in enumerate(specs)
    }


def _last_turn(row: Row) -> datetime:
    at: datetime = row["last_turn_at"]
    return at
