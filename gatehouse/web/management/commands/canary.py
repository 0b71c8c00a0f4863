"""`gatehouse canary`: a signed pass for somebody who is to get a certain version."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import load
from gatehouse.rollout.passes import COOKIE, Passes


class Command(BaseCommand):
    help = "Signs a pass that chooses an arm for new conversations, outside the statistics."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--arm", choices=("canary", "stable", "any"), default="canary")
        parser.add_argument("--traffic", choices=("staff", "soak", "bot"), default="staff")
        parser.add_argument("--minutes", type=float, default=60.0, help="how long it is valid")

    def handle(self, *_: Any, **options: Any) -> None:
        passes = Passes(load().canary_signing_key.get_secret_value())
        arm = None if options["arm"] == "any" else options["arm"]
        text = passes.make(arm, options["traffic"], seconds=options["minutes"] * 60)
        self.stdout.write(f"X-Gatehouse-Canary: {text}")
        self.stdout.write(f"Cookie: {COOKIE}={text}")
