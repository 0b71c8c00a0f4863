"""`gatehouse settings`: every setting, its effective value and where that comes from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.inventory import Row, rows


class Command(BaseCommand):
    help = "Lists every setting: effective value (secrets masked), source, meaning."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON, one object a setting")

    def handle(self, *_: Any, **options: Any) -> None:
        listed = rows()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in listed], indent=2))
            return
        width = max(len(row.name) for row in listed)
        for row in listed:
            self.stdout.write(f"{row.name:{width}}  {_shown(row)}  [{row.source}]")
            self.stdout.write(f"{'':{width}}  {row.description} Allowed: {row.allowed}.")


def _shown(row: Row) -> str:
    if isinstance(row.value, list):
        return ",".join(row.value) or "(empty)"
    return "(empty)" if row.value == "" else json.dumps(row.value).strip('"')
