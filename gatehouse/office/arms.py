"""The two arms side by side: how long turns took, how far talks came, how many there are."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gatehouse.office import words
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.outcomes import BIT
from gatehouse.rollout.plans import Plan
from gatehouse.rollout.types import Standing, Units

EDGES: Final = (
    25, 50, 75, 100, 150, 200, 300, 450, 600, 800, 1000, 1200, 1500, 2000, 2500, 3000, 4000,
    5000, 7000, 10000, 12000, 20000,
)  # fmt: skip
HOUR_SECONDS: Final = 3600
TIMES: Final = {
    "turn_slow": "Turn",
    "search_slow": "Search",
    "model_slow": "Model",
}
# Each stage as a condition over a unit's row: it can be told of the talk, and it came out well.
STAGES: Final = (
    ("Wrote to us", "true"),
    ("Told us all we need", f"seen & {BIT['not_converted']} <> 0"),
    ("Saw homes", f"bad & {BIT['no_recommendation']} = 0"),
    (
        "Looked closer at one",
        f"seen & {BIT['not_engaged']} <> 0 AND bad & {BIT['not_engaged']} = 0",
    ),
    ("Came to a next step", f"bad & {BIT['not_completed']} = 0"),
)


@dataclass(frozen=True, slots=True)
class Times:
    """How long one thing took in both arms; shares by bucket, between and beyond EDGES."""

    title: str
    edge_ms: int | None  # of the gate that watches it
    canary: tuple[float, ...]
    stable: tuple[float, ...]
    canary_ms: tuple[float, float] | None  # median and 95th percentile
    stable_ms: tuple[float, float] | None

    @property
    def chart_json(self) -> str:
        """What the drawing needs."""
        told = {"edges": EDGES, "edge": self.edge_ms}
        arms = {"canary": self.canary, "stable": self.stable}
        return json.dumps(told | {n: [round(x, 5) for x in arm] for n, arm in arms.items()})

    @property
    def told(self) -> str:
        """The chart in words."""
        arms = (("new", self.canary_ms), ("stable", self.stable_ms))
        parts = [f"{name}: {_ms(each[0])}, p95 {_ms(each[1])}" for name, each in arms if each]
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the funnel; counts, and shares of all who wrote."""

    title: str
    canary: int
    stable: int
    canary_share: float
    stable_share: float

    @property
    def canary_told(self) -> str:
        return f"{self.canary_share * 100:.0f}\N{NO-BREAK SPACE}%"

    @property
    def stable_told(self) -> str:
        return f"{self.stable_share * 100:.0f}\N{NO-BREAK SPACE}%"

    @property
    def canary_width(self) -> str:
        """Of its bar, of 100."""
        return f"{self.canary_share * 100:.1f}"

    @property
    def stable_width(self) -> str:
        return f"{self.stable_share * 100:.1f}"


@dataclass(frozen=True, slots=True)
class Arms:
    """Everything about both."""

    times: tuple[Times, ...]
    funnel: tuple[Stage, ...]
    units: tuple[Units, ...]
    an_hour: int  # conversations of the canary begun in the last hour
    pace: float = 0.0  # of those a second, in this step

    @property
    def canary(self) -> int:
        return sum(each.canary for each in self.units)

    @property
    def stable(self) -> int:
        return sum(each.stable for each in self.units)


def arms(connection: Connection, standing: Standing, *, plan: Plan | None, now: float) -> Arms:
    """As the folded units say; short queries over one rollout's rows."""
    since = max(standing.observing_since or standing.step_since, now - HOUR_SECONDS)
    values = {
        "rollout": standing.id, "edges": [float(each) for each in EDGES], "since": since
    }  # fmt: skip
    edges = _edges(plan)
    times = (
        _times(connection, values | {"metric": metric}, title=title, edge_ms=edges.get(metric))
        for metric, title in TIMES.items()
    )
    units = connection.execute(_UNITS, values).fetchall()
    hour = connection.execute(_HOUR, values).fetchone()
    return Arms(
        times=tuple(each for each in times if each),
        funnel=_funnel(connection, values),
        units=tuple(Units(**row) for row in units),
        an_hour=int(hour["n"]) if hour else 0,
        pace=hour["lately"] / max(now - since, 1.0) if hour else 0.0,
    )


def _edges(plan: Plan | None) -> dict[str, int]:
    """Where a metric is drawn a limit: at its objective, else where the arms are compared."""
    gates = sorted(plan.gates, key=lambda gate: gate.kind == "slo") if plan else ()
    return {gate.metric: gate.edge_ms for gate in gates if gate.edge_ms}


def _times(
    connection: Connection, values: Mapping[str, Any], *, title: str, edge_ms: int | None
) -> Times | None:
    shares = {"canary": [0.0] * (len(EDGES) + 1), "stable": [0.0] * (len(EDGES) + 1)}
    for row in connection.execute(_BUCKETS, values).fetchall():
        shares[row["arm"]][row["bucket"]] = float(row["n"])
    marks = {row["arm"]: row["marks"] for row in connection.execute(_MARKS, values).fetchall()}
    if not marks:
        return None
    return Times(
        title=title,
        edge_ms=edge_ms,
        canary=_parts(shares["canary"]),
        stable=_parts(shares["stable"]),
        canary_ms=_pair(marks.get("canary")),
        stable_ms=_pair(marks.get("stable")),
    )


def _parts(counts: Sequence[float]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(each / total if total else 0.0 for each in counts)


def _pair(marks: Sequence[float] | None) -> tuple[float, float] | None:
    return (float(marks[0]), float(marks[1])) if marks else None


def _funnel(connection: Connection, values: Mapping[str, Any]) -> tuple[Stage, ...]:
    columns = ", ".join(
        f"count(*) FILTER (WHERE {rule}) AS stage_{place}" for place, (_, rule) in enumerate(STAGES)
    )
    rows = connection.execute(
        f"SELECT arm, {columns} FROM rollout_unit WHERE {_OURS} GROUP BY arm", values
    ).fetchall()
    found = {row["arm"]: row for row in rows}
    return tuple(_stage(found, place, title) for place, (title, _) in enumerate(STAGES))


def _stage(found: Mapping[str, Mapping[str, Any]], place: int, title: str) -> Stage:
    counts, shares = {}, {}
    for arm in ("canary", "stable"):
        row = found.get(arm, {})
        counts[arm] = int(row.get(f"stage_{place}", 0))
        all_of_it = int(row.get("stage_0", 0))
        shares[arm] = counts[arm] / all_of_it if all_of_it else 0.0
    return Stage(title, counts["canary"], counts["stable"], shares["canary"], shares["stable"])


def _ms(milliseconds: float) -> str:
    return words.edge(int(round(milliseconds, -1 if milliseconds >= 100 else 0)))


_OURS: Final = "rollout_id = %(rollout)s AND step >= 0"
_FIGURE: Final = "(facts ->> %(metric)s)::float8"
_BUCKETS: Final = (
    f"SELECT arm, width_bucket({_FIGURE}, %(edges)s::float8[]) AS bucket, count(*) AS n "
    f"FROM rollout_unit WHERE {_OURS} AND facts ? %(metric)s GROUP BY 1, 2"
)
_MARKS: Final = (
    f"SELECT arm, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY {_FIGURE}) AS marks "
    f"FROM rollout_unit WHERE {_OURS} AND facts ? %(metric)s GROUP BY arm"
)
_UNITS: Final = (
    "SELECT step, share, count(*) FILTER (WHERE arm = 'canary') AS canary, "
    "count(*) FILTER (WHERE arm = 'stable') AS stable, "
    "count(*) FILTER (WHERE is_slice) AS slice "
    f"FROM rollout_unit WHERE {_OURS} GROUP BY step, share ORDER BY step, share"
)
_HOUR: Final = (
    "SELECT count(*) AS n, "
    "count(*) FILTER (WHERE assigned_at >= to_timestamp(%(since)s)) AS lately "
    f"FROM rollout_unit WHERE {_OURS} AND arm = 'canary' "
    "AND assigned_at > now() - interval '1 hour'"
)
