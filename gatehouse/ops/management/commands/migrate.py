"""`gatehouse migrate`: Django's, safe to repeat and safe when two start at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

ONE_AT_A_TIME = 0x67617465  # the number of our advisory lock


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with _alone(connection, self.stdout.write):
            _add_vector(connection, self.stdout.write)
            super().handle(*args, **options)


def is_current(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether nothing is left to migrate; costs a few milliseconds."""
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@contextmanager
def _alone(connection: BaseDatabaseWrapper, say: Any) -> Iterator[None]:
    """Waits by asking again: a blocked statement would hold a snapshot, for which
    CREATE INDEX CONCURRENTLY in the other process would wait for ever."""
    is_told = False
    with connection.cursor() as cursor:
        while not _succeeds(cursor, f"SELECT pg_try_advisory_lock({ONE_AT_A_TIME})"):
            if not is_told:
                say("Another migrate is at work; waiting for it.")
                is_told = True
            time.sleep(0.1)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({ONE_AT_A_TIME})")


def _add_vector(connection: BaseDatabaseWrapper, say: Any) -> None:
    """The extension, where the server has it and we may create it."""
    with connection.cursor() as cursor:
        missing = (
            "SELECT EXISTS (SELECT FROM pg_available_extensions"
            " WHERE name = 'vector' AND installed_version IS NULL)"
        )
        if not _succeeds(cursor, missing):
            return
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except ProgrammingError as refused:
            say(f"The extension vector was not created: {str(refused).strip()}")


def _succeeds(cursor: Any, statement: str) -> bool:
    cursor.execute(statement)
    return bool(cursor.fetchone()[0])
