"""The ledger: one row a turn, written in the turn's own commit. It holds no visitor's words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

Ending = Literal["replied", "degraded", "failed"]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One turn. Times in milliseconds; None: the step did not run.

    `commit_ms` is not here: the database adds it, from the start of the commit statement to the
    writing of this row, and adds it to `total_ms` too. The full round trip is in the metrics.
    """

    turn_id: UUID
    conversation_id: UUID
    turn_no: int
    received_at: datetime  # of the oldest message answered
    claimed_at: datetime
    act: str
    move: str
    language: str
    arm: str = "stable"
    handler: str = "rules"
    version: str = ""  # of the agent
    accept_ms: float | None = None
    understand_ms: float | None = None
    decide_ms: float | None = None
    search_ms: float | None = None
    render_ms: float | None = None
    total_ms: float = 0.0  # claim to the start of the commit
    results: int | None = None
    cards: int = 0
    messages: int = 1  # answered by this turn
    tokens_in: int = 0
    tokens_out: int = 0
    degraded: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()  # `re_error_total` types
    outcome: Ending = "replied"
    is_recomputed: bool = False
    extra: dict[str, Any] = field(default_factory=dict)  # numbers and codes only


_COLUMNS = tuple(each.name for each in fields(LedgerRow))
_NAMES = tuple(f"ledger_{name}" for name in _COLUMNS)
_READ = attrgetter(*_COLUMNS)
_SPENT = "extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000"


def insert_sql(source: str = "", *, turn_id: str = "%(ledger_turn_id)s::uuid") -> str:
    """INSERT of one row with the named parameters of `params()`; usable as a CTE member.

    `source` names a CTE: the row is written once for each of its rows, so a commit whose epoch
    check gave none writes none. `turn_id` may be a column of it instead of the parameter.
    """
    values = ", ".join(_value(name, turn_id) for name in _COLUMNS)
    origin = f" FROM {source}" if source else ""
    return (
        f"INSERT INTO turn_ledger ({', '.join(_COLUMNS)}, commit_ms) "
        f"SELECT {values}, {_SPENT}{origin}"
    )


def params(row: LedgerRow) -> dict[str, Any]:
    """The named parameters of `insert_sql()`, each beginning with `ledger_`."""
    values: dict[str, Any] = dict(zip(_NAMES, _READ(row), strict=True))
    values["ledger_degraded"] = _array(row.degraded)
    values["ledger_errors"] = _array(row.errors)
    values["ledger_extra"] = json.dumps(row.extra) if row.extra else "{}"
    return values


def _array(codes: tuple[str, ...]) -> str:
    """A text[] literal: adapting a list costs more than the rest of the row."""
    return "{" + ",".join(codes) + "}"


_CASTS = {
    "conversation_id": "uuid", "turn_no": "int", "received_at": "timestamptz",
    "claimed_at": "timestamptz", "results": "int", "cards": "int", "messages": "int",
    "tokens_in": "int", "tokens_out": "int", "degraded": "text[]", "errors": "text[]",
    "is_recomputed": "bool", "extra": "jsonb",
}  # fmt: skip


def _value(name: str, turn_id: str) -> str:
    if name == "turn_id":
        return turn_id
    kind = "float8" if name.endswith("_ms") else _CASTS.get(name, "text")
    value = f"%(ledger_{name})s::{kind}"
    return f"{value} + {_SPENT}" if name == "total_ms" else value


INSERT = insert_sql()
