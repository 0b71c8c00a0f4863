"""`gatehouse docs`: writes the documents that come from the code, or checks them."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.ops import docs


class Command(BaseCommand):
    help = "Writes the settings, metrics, objectives and API of docs/ from the code."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; 1 if one is stale")

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["check"]:
            for path in docs.write():
                self.stdout.write(f"wrote {path}")
            return
        if stale := docs.stale():
            for path in stale:
                self.stderr.write(f"{path} is stale: run `gatehouse docs`")
            sys.exit(1)
