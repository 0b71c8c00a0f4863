"""`gatehouse incident {open,close,list}`: an open one of severity 1 or 2 holds every rollout."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import load
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import incidents
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.incidents import Incident
from gatehouse.web.asking_reason import shell_actor


class Command(BaseCommand):
    help = "The register of incidents; an open one of severity 1 or 2 holds every rollout."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
        opening = doings.add_parser("open", help="for example: open 2 'the model answers slowly'")
        opening.add_argument("severity", type=int, help="1 is the worst, 4 the mildest")
        opening.add_argument("title")
        closing = doings.add_parser("close", help="for example: close 7 --reason 'restarted'")
        closing.add_argument("number", type=int)
        closing.add_argument("--reason", required=True)
        doings.add_parser("list", help="open ones first")

    def handle(self, *_: Any, **asked: Any) -> None:
        connect = connecting(url_of_instance(load()))
        actor = shell_actor()
        if asked["do"] == "open":
            made = incidents.register(connect, asked["severity"], title=asked["title"], actor=actor)
            self.stdout.write(line(made))
        elif asked["do"] == "close":
            done = incidents.close(connect, asked["number"], reason=asked["reason"], actor=actor)
            self.stdout.write(line(done))
        else:
            with connect() as connection:
                known = incidents.listed(connection)
            self.stdout.write("\n".join(map(line, known)) or "no incident is known")


def line(incident: Incident) -> str:
    """One incident, in words."""
    begun = f"{incident.opened_at:%Y-%m-%d %H:%M} by {incident.opened_by}"
    ended = f", closed {incident.closed_at:%Y-%m-%d %H:%M}" if incident.closed_at else ""
    holds = "  (holds rollouts)" if incident.holds else ""
    return f"{incident.id}  SEV{incident.severity}  {incident.title}  {begun}{ended}{holds}"
