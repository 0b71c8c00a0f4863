"""What was seen of each metric of a rollout, read from the turn ledger: counts, never opinions."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.rollout import breaker_times, minutes
from gatehouse.rollout.connecting import Connect, Connection, Row
from gatehouse.rollout.folding import SETTLE_SECONDS, SOAK_STEP, fold_on
from gatehouse.rollout.outcomes import AT_ONCE, BIT, LATE, TIMED, TOKENS
from gatehouse.rollout.types import WHOLE, Count, GateSpec, Phase, Reading, Standing, Units

MATURE_SECONDS: Final = 1800.0  # silent for so long: the talk is over (R1-25, R3-23)
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
        with self._connect() as connection:
            fold_on(connection, standing.id, **_folding(standing))
            rows = connection.execute(_UNITS, {"rollout": standing.id}).fetchall()
        return tuple(Units(**row) for row in rows)

    def _told(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float, is_guard: bool
    ) -> dict[str, Reading]:
        try:
            with self._connect() as connection:
                fold_on(connection, standing.id, **_folding(standing))
                return _read(connection, standing, specs, now=now, is_guard=is_guard)
        except (StoreDown, psycopg.Error) as trouble:
            why = f"the ledger cannot be read: {trouble}".strip()
            return {spec.name: Reading(spec.metric, trouble=why) for spec in specs}


_UNITS: Final = """
SELECT step, share, count(*) FILTER (WHERE arm = 'canary') AS canary,
       count(*) FILTER (WHERE arm = 'stable') AS stable,
       count(*) FILTER (WHERE is_slice) AS slice
FROM rollout_unit WHERE rollout_id = %(rollout)s AND step >= 0
GROUP BY step, share ORDER BY step, share
"""


def mature_after(standing: Standing) -> float:
    """Seconds of silence after which a conversation is over."""
    return float(standing.plan.get("mature_after", MATURE_SECONDS))


def settle_after(standing: Standing) -> float:
    """Seconds after its first turn at which a conversation counts for the quick metrics."""
    settled = mature_after(standing) * SETTLE_SECONDS / MATURE_SECONDS
    return float(standing.plan.get("settle_after", settled))


def equal_steps(standing: Standing) -> tuple[int, ...]:
    """The steps whose baseline is the equal slice, not all stable conversations."""
    steps = standing.plan.get("steps") or ()
    return tuple(no for no, step in enumerate(steps) if step.get("baseline") == "equal")


def _folding(standing: Standing) -> dict[str, Any]:
    return {"equal_steps": equal_steps(standing), "settle_seconds": settle_after(standing)}


def _read(
    connection: Connection,
    standing: Standing,
    specs: Sequence[GateSpec],
    *,
    now: float,
    is_guard: bool,
) -> dict[str, Reading]:
    of_talks = [spec for spec in specs if spec.metric != "breaker_open"]
    groups = _groups(connection, standing, of_talks, now=now, is_guard=is_guard)
    baked = _bakes(connection, standing, of_talks, now=now)
    by_minute = {} if is_guard else minutes.read(connection, standing, of_talks, now=now)
    told = {
        spec.name: Reading(
            spec.metric,
            counts=_counts(groups, spec, place=_place(place)),
            minutes=by_minute.get(spec.name, ()),
            bake=baked.get(spec.name, b""),
            trouble=_trouble(spec),
        )
        for place, spec in enumerate(of_talks)
    }
    if not is_guard:
        fused = [spec for spec in specs if spec.metric == "breaker_open"]
        told |= breaker_times.read(connection, standing, fused, now=now)
    return told


def _trouble(spec: GateSpec) -> str:
    if _is_known(spec):
        return ""
    return f"{spec.metric}: the ledger has no such metric, or the gate has no edge_ms"


def _is_known(spec: GateSpec) -> bool:
    is_edged = spec.metric in TIMED or spec.metric == TOKENS
    return spec.edge_ms is not None if is_edged else spec.metric in BIT


def _place(number: int) -> str:
    return f"over_{number}"


def _over(specs: Sequence[GateSpec]) -> tuple[str, dict[str, Any]]:
    """Columns that say of each timed gate whether the figure is above its edge; null: no figure."""
    columns, values = [], {}
    for number, spec in enumerate(specs):
        if _is_known(spec) and spec.metric not in BIT:
            place = _place(number)
            figure = f"(facts ->> '{spec.metric}')::float8"
            columns.append(f", {figure} > %({place})s AS {place}")
            values[place] = spec.edge_ms
    return "".join(columns), values


_CLOSED: Final = f"bad & {BIT['closed']} <> 0"


def _groups(
    connection: Connection,
    standing: Standing,
    specs: Sequence[GateSpec],
    *,
    now: float,
    is_guard: bool,
) -> list[Row]:
    """Conversations alike in everything that is counted, with their number `n`."""
    over, edges = _over(specs)
    is_soak = standing.phase is Phase.SOAKING
    who = f"step = {SOAK_STEP}" if is_soak else "step >= 0"
    if is_guard:
        who += " AND arm = 'stable'"
    statement = f"""
        SELECT step, share, arm, is_slice, seen, bad,
               {_CLOSED} OR assigned_at <= to_timestamp(%(settled)s) AS is_settled,
               {_CLOSED} OR last_turn_at <= to_timestamp(%(mature)s) AS is_mature{over},
               count(*) AS n
        FROM rollout_unit WHERE rollout_id = %(rollout)s AND {who}
        GROUP BY {", ".join(map(str, range(1, 9 + len(edges))))}"""
    rows = connection.execute(statement, _times(standing, now) | edges).fetchall()
    placed = (_in_place(row, standing, is_guard=is_guard) for row in rows)
    return [row for row in placed if row is not None]


def _times(standing: Standing, now: float) -> dict[str, Any]:
    return {
        "rollout": standing.id,
        "settled": now - settle_after(standing),
        "mature": now - mature_after(standing),
    }


def _in_place(row: Row, standing: Standing, *, is_guard: bool) -> Row | None:
    """The group under the share that its two arms were drawn with; None: in neither arm."""
    share, step = row["share"], row["step"]
    is_equal = step in equal_steps(standing)
    if is_guard:
        slice_ = min(share, WHOLE - share) if is_equal else min(share, (WHOLE - share) // 2)
        rest = WHOLE - share
        arm = "canary" if row["is_slice"] else "stable"
        return row | {"arm": arm, "share": slice_ * WHOLE // rest if rest else 0}
    if not is_equal:
        return row
    if row["arm"] == "stable" and not row["is_slice"]:
        return None
    return row | {"share": share * WHOLE // (share + min(share, WHOLE - share)) if share else 0}


def _counts(groups: Iterable[Row], spec: GateSpec, *, place: str) -> tuple[Count, ...]:
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in groups:
        outcome = _outcome(row, spec, place=place)
        if outcome is None or not _is_due(row, spec):
            continue
        tally = sums[row["step"], row["share"]]
        tally[f"{row['arm']}_n"] += row["n"]
        tally[f"{row['arm']}_bad"] += row["n"] * outcome
    return tuple(_count(step, share, sums[step, share]) for step, share in sorted(sums))


def _count(step: int, share: int, tally: dict[str, int]) -> Count:
    return Count(
        step=step,
        share=share,
        canary_n=tally["canary_n"],
        canary_bad=tally["canary_bad"],
        stable_n=tally["stable_n"],
        stable_bad=tally["stable_bad"],
    )


def _is_due(row: Row, spec: GateSpec) -> bool:
    if spec.metric in AT_ONCE:
        return True
    return bool(row["is_mature"] if spec.metric in LATE else row["is_settled"])


def _outcome(row: Row, spec: GateSpec, *, place: str) -> bool | None:
    """Bad, good, or None: it cannot be told."""
    if spec.metric not in BIT:
        return row.get(place)
    bit = BIT[spec.metric]
    return bool(row["bad"] & bit) if row["seen"] & bit else None


def _bakes(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, now: float
) -> dict[str, bytes]:
    """Outcomes of the canary's conversations begun since it serves everybody, oldest first."""
    if standing.phase not in _BAKING:
        return {}
    over, edges = _over(specs)
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
        spec.name: _outcomes(late if spec.metric in LATE else rows, spec, place=_place(number))
        for number, spec in enumerate(specs)
    }


def _last_turn(row: Row) -> datetime:
    at: datetime = row["last_turn_at"]
    return at


def _outcomes(rows: Iterable[Row], spec: GateSpec, *, place: str) -> bytes:
    outcomes = (_outcome(row, spec, place=place) for row in rows if _is_due(row, spec))
    return bytes(outcome for outcome in outcomes if outcome is not None)
