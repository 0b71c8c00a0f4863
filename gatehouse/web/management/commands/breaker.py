"""`gatehouse breaker`: lets an operator force a breaker for a while, without a restart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import load
from gatehouse.base.errors import BadInput
from gatehouse.base.shell import user_name
from gatehouse.observe.labels import SERVICES
from gatehouse.resilience.overrides import FORCED, Overrides

DEFAULT_SECONDS = 600


class Command(BaseCommand):
    help = (
        "Forces the breaker of a dependency for a while, or takes that back; without arguments: "
        "what is forced. All processes of the instance follow within two seconds."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service", nargs="?", choices=SERVICES)
        parser.add_argument("action", nargs="?", choices=(*FORCED, "release"))
        parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
        parser.add_argument("--reason", default="", help="goes into the journal")

    def handle(self, *_: Any, **asked: Any) -> None:
        overrides = Overrides(load().gatehouse_data)
        service, action = asked["service"], asked["action"]
        if service is None:
            self._show(overrides)
        elif action is None:
            raise BadInput(f"{service}: what shall it be? {', '.join((*FORCED, 'release'))}")
        elif action == "release":
            was_there = overrides.release(service)
            self.stdout.write(f"{service}: {'released' if was_there else 'was not forced'}")
        else:
            seconds, reason = asked["seconds"], _signed(asked["reason"])
            made = overrides.force(service, action, seconds=seconds, reason=reason)
            self.stdout.write(f"{service}: {made.state} until {_moment(made.until)}")

    def _show(self, overrides: Overrides) -> None:
        forced = overrides.read()
        for service, each in forced.items():
            told = f"{service}: {each.state} until {_moment(each.until)}: {each.reason}"
            self.stdout.write(told)
        if not forced:
            self.stdout.write("no breaker is forced")


def _signed(reason: str) -> str:
    """With the name of who asks."""
    return f"{reason} (by {user_name()})" if reason.strip() else ""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
