"""`gatehouse audit {verify,list}`: who did what and why, and whether it is as it was written."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import audit, verifying
from gatehouse.rollout.audit import Entry
from gatehouse.rollout.connecting import connecting


class Command(BaseCommand):
    help = "The audit of versions, flags, rollouts and levers."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
        check = doings.add_parser("verify", help="finds what was changed, removed or inserted")
        check.add_argument(
            "--former-key-file",
            action="append",
            default=[],
            metavar="PATH",
            help="a SECRET_KEY of earlier entries",
        )
        check.add_argument(
            "--forget",
            action="store_true",
            help="what this machine saw before, as after restoring an older backup",
        )
        listing = doings.add_parser("list", help="the newest entries, oldest first")
        listing.add_argument("--subject", help="a rollout, a version, a flag")
        listing.add_argument("--most", type=int, default=50)
        listing.add_argument("--json", action="store_true", help="with the evidence, one a line")

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        with connecting(url_of_instance(settings))() as connection:
            if asked["do"] == "verify":
                return self._verify(connection, settings, asked)
            found = audit.entries(connection, subject=asked["subject"], limit=asked["most"])
        for entry in found:
            self.stdout.write(json.dumps(asdict(entry)) if asked["json"] else line(entry))
        return None

    def _verify(self, connection: Any, settings: Settings, asked: dict[str, Any]) -> None:
        keys = [audit.own_key(), *map(_key, asked["former_key_file"])]
        if asked["forget"]:
            verifying.forget(settings.gatehouse_data)
        found = verifying.verify(connection, keys, witness=verifying.saw(settings.gatehouse_data))
        for flaw in found.flaws:
            self.stderr.write(f"entry {flaw.seq}: {flaw.what}")
        if found.flaws:
            raise CommandError(
                f"{found.entries} entries, {len(found.flaws)} flaws: "
                "the audit is not as it was written",
                returncode=1,
            )
        verifying.witness(settings.gatehouse_data, found.head)
        self.stdout.write(
            f"{found.entries} entries, no flaw; head {found.head.seq} {found.head.hash[:12]}"
        )


def _key(path: str) -> bytes:
    try:
        return audit.derive(Path(path).read_text().strip())
    except (OSError, ValueError) as trouble:
        raise BadInput(f"--former-key-file {path}: cannot be read") from trouble


def line(entry: Entry) -> str:
    """One entry, in words."""
    at = entry.at[:19].replace("T", " ")
    who = f"{entry.actor} ({entry.actor_kind})"
    return f"{entry.seq}  {at}  {who}  {entry.action}  {entry.subject}  {entry.reason}"
