"""`gatehouse X`: Django's commands and ours, on the configured or the bundled PostgreSQL."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs one command of sys.argv."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatehouse.web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
