"""`gatehouse X`: Django's commands and ours, on the configured or the bundled PostgreSQL."""

from __future__ import annotations

import os
import sys

from gatehouse.base.config import load
from gatehouse.base.errors import GatehouseError

WITHOUT_DATABASE = frozenset({"settings", "docs", "help", "version", "makemigrations", ""})


def main() -> None:
    """Runs one command of sys.argv. Trouble that we know is one line on stderr and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatehouse.web.settings")
    try:
        _run()
    except GatehouseError as trouble:
        sys.exit(_complain(trouble))


def _run() -> None:
    settings = load()
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    url = os.environ.get("GATEHOUSE_DATABASE_URL") or settings.database_url
    if url or command in WITHOUT_DATABASE:
        return _execute(url)
    from gatehouse.ops import postgres

    url = postgres.ensure(settings.gatehouse_data)
    try:
        return _execute(url)
    finally:
        postgres.release(settings.gatehouse_data)


def _execute(url: str) -> None:
    from django.core.management import execute_from_command_line

    os.environ["GATEHOUSE_DATABASE_URL"] = url
    execute_from_command_line(sys.argv)


def _complain(trouble: GatehouseError) -> int:
    sys.stderr.write(f"gatehouse: {trouble}\n")
    return 2
