"""`gatehouse notify oncall`: a message to people outside, sent now, its delivery recorded."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatehouse.base.config import load
from gatehouse.base.errors import BadInput
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import audit, notices
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.delivery import deliver
from gatehouse.rollout.outlets import senders
from gatehouse.web.asking_reason import reason_of, shell_actor


class Command(BaseCommand):
    help = "Tells the people on call: by signed webhook, Slack, mail, Grafana; whatever is set."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
        oncall = doings.add_parser("oncall", help="before a rollout, or whenever it is wanted")
        oncall.add_argument("--reason", "--message", help="what they are to read")
        outlets = doings.add_parser("log", help="the last notices and what became of them")
        outlets.add_argument("--most", type=int, default=20)

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        connect = connecting(url_of_instance(settings))
        if asked["do"] == "log":
            with connect() as connection:
                for each in notices.log(connection, asked["most"]):
                    self.stdout.write(each)
            return
        outlets = notices.outlets_of(settings)
        if not outlets:
            raise BadInput(
                "nobody can be told: set NOTIFY_WEBHOOK_URL, NOTIFY_SLACK_URL or NOTIFY_EMAIL_TO"
            )
        actor, reason = shell_actor(), reason_of(asked["reason"])
        told = {"reason": reason, "by": actor.name}
        with connect() as connection, connection.transaction():
            ids = notices.queue(connection, "oncall", told, outlets=outlets)
            audit.append(
                connection,
                actor=actor,
                action="notify",
                subject="oncall",
                reason=reason,
                evidence={"notices": ids, "outlets": list(outlets)},
            )
        done = deliver(connect, senders(settings), only=tuple(ids))
        with connect() as connection:
            for line in notices.log(connection, len(ids)):
                self.stdout.write(line)
        if done.sent < len(ids):
            raise CommandError("not everybody was told yet; it is tried again", returncode=1)
