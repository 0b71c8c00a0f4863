"""A PostgreSQL that somebody else runs: fit for us, or refused with one line."""

from __future__ import annotations

import psycopg

from gatehouse.base.errors import Misconfigured

OLDEST = 150000


def inspect(url: str) -> list[str]:
    """Notes for the operator. Raises Misconfigured when the server must not be used."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            _demand_version(connection)
            _demand_durability(connection)
            return _notes(connection)
    except psycopg.OperationalError as trouble:
        reason = str(trouble).strip().splitlines()[-1]
        raise Misconfigured(
            f"the PostgreSQL of DATABASE_URL or DB_HOST cannot be used: {reason}"
        ) from trouble


def _demand_version(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST:
        found = connection.info.parameter_status("server_version")
        raise Misconfigured(f"the PostgreSQL of DATABASE_URL is {found}: allowed is 15 or newer")


def _demand_durability(connection: psycopg.Connection) -> None:
    """Without these a crash could lose messages that we have acknowledged."""
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        if row == ("off",):
            raise Misconfigured(
                f"the PostgreSQL of DATABASE_URL runs with {name} = off: allowed is on, "
                "or acknowledged messages could be lost"
            )


def _notes(connection: psycopg.Connection) -> list[str]:
    found = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
    if connection.execute(found).fetchone():
        return []
    return ["this PostgreSQL has no pgvector: everything works but search by meaning"]
