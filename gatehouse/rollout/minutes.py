"""Turns of a rollout minute by minute and arm by arm, for the runbooks' hard rules."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.outcomes import TIMED
from gatehouse.rollout.types import GateSpec, Minute, Phase, Standing

MINUTE: Final = 60.0
MOST_MINUTES: Final = 24 * 60
# metric -> (is the turn one to be counted?, is it a bad one?); what only a whole talk can tell
# has no minutes.
_ASKED: Final = "l.extra ? 'contract'"
RULES: Final[Mapping[str, tuple[str, str]]] = {
    "turn_error": ("true", "l.outcome = 'failed' OR cardinality(l.errors) > 0"),
    "contract": (_ASKED, "l.extra ->> 'contract' IN ('repaired', 'failed')"),
    "validation": (_ASKED, "l.extra ->> 'contract' = 'failed'"),
    "repaired": (_ASKED, "l.extra ->> 'contract' = 'repaired'"),
    "ungrounded": (_ASKED, "l.extra -> 'ungrounded' = 'true'"),
    "model_error": (
        f"{_ASKED} OR l.extra ? 'model_ms' OR 'llm_call_failed' = ANY(l.errors)",
        "'llm_call_failed' = ANY(l.errors)",
    ),
    "search_timeout": ("l.search_ms IS NOT NULL", "'search_timeout' = ANY(l.errors)"),
    "cache_miss": ("l.extra ? 'cached'", "l.extra -> 'cached' = 'false'"),
    "reask": ("true", "l.extra -> 'reask' = 'true'"),
    "state_loss": ("true", "l.extra -> 'lost' = 'true'"),
}


def read(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, now: float
) -> dict[str, tuple[Minute, ...]]:
    """By the gate's name: twice its `minutes`, without gaps, the newest (not yet over) last.

    A turn counts in the minute in which it was claimed, under the arm that answered it.
    """
    rules = {spec.name: rule for spec in specs if (rule := _rule(spec)) is not None}
    if not rules:
        return {}
    spans = {spec.name: _minutes_of(spec) for spec in specs if spec.name in rules}
    newest = int(now // MINUTE)
    first = newest - max(spans.values())
    rows = _rows(connection, standing, specs, since=first * MINUTE)
    by_minute = {(row["minute"], row["arm"]): row for row in rows}
    return {
        name: tuple(
            _minute(by_minute, at, place=place) for at in range(newest - spans[name], newest + 1)
        )
        for place, name in _places(specs)
        if name in rules
    }


def _minutes_of(spec: GateSpec) -> int:
    return min(2 * spec.minutes + 1, MOST_MINUTES)


def _places(specs: Sequence[GateSpec]) -> list[tuple[int, str]]:
    return [(place, spec.name) for place, spec in enumerate(specs)]


def _rule(spec: GateSpec) -> tuple[str, str] | None:
    if spec.metric in TIMED and spec.edge_ms is not None:
        figure = TIMED[spec.metric]
        return f"{figure} IS NOT NULL", f"{figure} > {int(spec.edge_ms)}"
    return RULES.get(spec.metric)


def _rows(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, since: float
) -> list[Row]:
    counted = []
    for place, spec in enumerate(specs):
        if rule := _rule(spec):
            counted.append(f", count(*) FILTER (WHERE {rule[0]}) AS n_{place}")
            counted.append(f", count(*) FILTER (WHERE ({rule[0]}) AND ({rule[1]})) AS bad_{place}")
    is_soak = standing.phase is Phase.SOAKING
    who = "= 'soak'" if is_soak else "= 'visitor' AND c.assign_reason = 'SPLIT'"
    statement = f"""
        SELECT floor(extract(epoch FROM l.claimed_at) / 60)::bigint AS minute, l.arm
               {"".join(counted)}
        FROM turn_ledger l CROSS JOIN LATERAL (
            SELECT FROM talk_conversation c
            WHERE c.id = l.conversation_id AND c.rollout_id = %(rollout)s AND c.traffic {who}
            OFFSET 0) own -- by key: the turns are few, the conversations many
        WHERE l.claimed_at >= to_timestamp(%(since)s)
        GROUP BY 1, 2"""
    values: dict[str, Any] = {"rollout": standing.id, "since": max(since, standing.created_at)}
    return connection.execute(statement, values).fetchall()


def _minute(rows: Mapping[tuple[int, str], Row], at: int, *, place: int) -> Minute:
    canary, stable = rows.get((at, "canary"), {}), rows.get((at, "stable"), {})
    return Minute(
        at=datetime.fromtimestamp(at * MINUTE, UTC),
        canary_n=canary.get(f"n_{place}", 0),
        canary_bad=canary.get(f"bad_{place}", 0),
        stable_n=stable.get(f"n_{place}", 0),
        stable_bad=stable.get(f"bad_{place}", 0),
    )
