"""A database's owner at work on the audit: the guard is taken away, and put back afterwards."""

from __future__ import annotations

from typing import Any

import psycopg

GUARD = "ALTER TABLE rollout_audit {} TRIGGER rollout_audit_kept"


def tamper(connection: psycopg.Connection[Any], statement: str, *values: Any) -> None:
    """Runs a statement that the guard of rollout_audit would refuse."""
    with connection.transaction():
        connection.execute(GUARD.format("DISABLE"))
        connection.execute(statement, values)
        connection.execute(GUARD.format("ENABLE"))
