"""`gatehouse serve`: the web server with all its processes, until Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from gatehouse.base.config import Settings, load
from gatehouse.ops import metrics_folder
from gatehouse.ops.management.commands.migrate import is_current

APP = "gatehouse.web.asgi:app"
FIRST_HOMES = 120


class Command(BaseCommand):
    help = "Serves visitors and staff until Ctrl-C; stops everything that it started."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the schema up to date")
        parser.add_argument(
            "--seed", action="store_true", help=f"{FIRST_HOMES} homes, if there are none"
        )
        parser.add_argument("--app", default=APP, help="the ASGI application (for tests)")

    def handle(self, *_: Any, **options: Any) -> None:
        settings = load()
        from gatehouse.ops.serving import Crew, bind, configure

        bound = bind(settings)
        if options["migrate"] and not is_current():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if options["seed"] and _has_no_homes():
            call_command("seed_listings", count=FIRST_HOMES)
        connection.close()
        with metrics_folder.fresh(settings.gatehouse_data):
            config = configure(options["app"], settings)
            greet = lambda: self.stdout.write(_greeting(settings))  # noqa: E731
            code = Crew(config, bound, on_ready=greet, on_death=metrics_folder.forget).run()
        if code:
            sys.exit(code)


def _has_no_homes() -> bool:
    from gatehouse.listings.models import Home

    return not Home.objects.exists()


def _greeting(settings: Settings) -> str:
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host  # noqa: S104
    place = f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port}"
    return (
        f"Gatehouse is at {place}\n"
        f"  health   {place}/health\n"
        f"  metrics  {place}/metrics\n"
        f"  API      {place}/api/openapi.json\n"
        "Ctrl-C stops it, and the database that it started."
    )
