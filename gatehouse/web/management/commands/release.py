"""`gatehouse release {tag,rollback}`: a tag for what was completed, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import load
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import audit, book, telling
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.desk import Desk
from gatehouse.web import releasing
from gatehouse.web.asking_reason import reason_of, shell_actor


class Command(BaseCommand):
    help = "Tags a release when its rollout is completed; takes a release back, pointer first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
        tag = doings.add_parser("tag", help="once, at the commit that the rollout was started from")
        tag.add_argument("name", help="for example prompt-driven-re-v1.0")
        tag.add_argument("--push", default="", metavar="REMOTE", help="for example origin")
        back = doings.add_parser("rollback", help="the version before, at once; then the image")
        back.add_argument("--to", required=True, metavar="TAG", help="the release to go back to")
        for parser_of_one in (tag, back):
            parser_of_one.add_argument("--reason", help="asked for at a terminal")
            parser_of_one.add_argument(
                "--repository", default=".", help="the source; default: here"
            )

    def handle(self, *_: Any, **asked: Any) -> None:
        self.connect = connecting(url_of_instance(load()))
        run = {"tag": self._tag, "rollback": self._rollback}[asked["do"]]
        run(asked, reason_of(asked["reason"]))

    def _tag(self, asked: dict[str, Any], reason: str) -> None:
        with self.connect() as connection:
            standing = book.last(connection)
            folder = Path(asked["repository"])
            done = releasing.tag(standing, asked["name"], folder=folder, push_to=asked["push"])
            audit.append(
                connection,
                actor=shell_actor(),
                action="tag",
                subject=asked["name"],
                reason=reason,
                evidence={"rollout": standing.id if standing else None, "done": done},
            )
        self.stdout.write(done)

    def _rollback(self, asked: dict[str, Any], reason: str) -> None:
        """The pointer first: that is over in seconds, whatever the deployment takes."""
        releasing.known(asked["to"], folder=Path(asked["repository"]))
        desk = Desk(self.connect, load())
        done = desk.restore(actor=shell_actor(), reason=reason)
        self.stdout.write(telling.rollout_line(done))
        self.stdout.write(releasing.PROCEDURE.format(tag=asked["to"]))
