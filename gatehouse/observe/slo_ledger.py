"""Objectives measured on the turn ledger, one statement a window."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

import psycopg

from gatehouse.observe.objectives import Objective
from gatehouse.observe.slo import Arms, Measured

Connect = Callable[[], AbstractContextManager[psycopg.Connection[dict[str, Any]]]]
MATURE_SECONDS: Final = 1800
# Conversations, in the arm of their first turn of the window, once they have been silent for long.
_TALKS: Final = """
SELECT arm, count(*) AS n, count(*) FILTER (WHERE NOT is_shown) AS bad
FROM (
    SELECT min(f.arm) AS arm, f.full_turn,
           bool_or(l.act = 'SEARCH_AND_RECOMMEND' AND l.cards > 0
                   AND l.turn_no BETWEEN f.full_turn AND f.full_turn + 2) AS is_shown
    FROM (
        SELECT conversation_id, (array_agg(arm ORDER BY turn_no))[1] AS arm,
               min(turn_no) FILTER (WHERE extra -> 'slots_complete' = 'true') AS full_turn
        FROM turn_ledger
        WHERE claimed_at > to_timestamp(%(now)s - %(window)s)
          AND claimed_at <= to_timestamp(%(now)s)
        GROUP BY conversation_id
        HAVING max(claimed_at) <= to_timestamp(%(now)s - %(mature)s)) f
    JOIN turn_ledger l ON l.conversation_id = f.conversation_id
    WHERE f.full_turn IS NOT NULL
    GROUP BY f.conversation_id, f.full_turn) talks
GROUP BY arm
"""


class LedgerMeasure:
    """Measures until `now` (Unix seconds), over each objective's window or since `since`."""

    def __init__(self, connect: Connect, *, now: float, since: float | None = None) -> None:
        self._connect = connect
        self._now = now
        self._since = since

    def __call__(self, objectives: tuple[Objective, ...]) -> dict[str, Arms]:
        """Raises StoreDown, psycopg.Error."""
        windows: dict[float, list[Objective]] = defaultdict(list)
        for each in objectives:
            windows[self._window(each)].append(each)
        with self._connect() as connection:
            told: dict[str, Arms] = {}
            for window, own in windows.items():
                turns = [each for each in own if each.total != "talk"]
                told |= self._turns(connection, turns, window) if turns else {}
                told |= {
                    each.name: self._talks(connection, window) for each in own if each not in turns
                }
        return told

    def _window(self, objective: Objective) -> float:
        return float(objective.window) if self._since is None else self._now - self._since

    def _turns(
        self,
        connection: psycopg.Connection[dict[str, Any]],
        objectives: list[Objective],
        window: float,
    ) -> dict[str, Arms]:
        columns = ", ".join(_columns(each, no) for no, each in enumerate(objectives))
        statement = f"""
            SELECT l.arm, {columns} FROM turn_ledger l
            WHERE l.claimed_at > to_timestamp(%(now)s - %(window)s)
              AND l.claimed_at <= to_timestamp(%(now)s)
            GROUP BY l.arm"""
        rows = connection.execute(statement, {"now": self._now, "window": window}).fetchall()
        return {
            each.name: {row["arm"]: _measured(row, no) for row in rows if row[f"n_{no}"]}
            for no, each in enumerate(objectives)
        }

    def _talks(self, connection: psycopg.Connection[dict[str, Any]], window: float) -> Arms:
        values = {"now": self._now, "window": window, "mature": MATURE_SECONDS}
        rows = connection.execute(_TALKS, values).fetchall()
        return {row["arm"]: Measured(row["n"], row["bad"], row["bad"]) for row in rows}


def _columns(objective: Objective, no: int) -> str:
    total = objective.total
    bad = objective.bad.format(edge=objective.edge_ms)
    worse = objective.bad.format(edge=objective.alert_edge_ms)
    return (
        f"count(*) FILTER (WHERE {total}) AS n_{no}, "
        f"count(*) FILTER (WHERE ({total}) AND ({bad})) AS bad_{no}, "
        f"count(*) FILTER (WHERE ({total}) AND ({worse})) AS worse_{no}"
    )


def _measured(row: Mapping[str, Any], no: int) -> Measured:
    return Measured(row[f"n_{no}"], row[f"bad_{no}"], row[f"worse_{no}"])
