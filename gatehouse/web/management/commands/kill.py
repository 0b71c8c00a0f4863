"""`gatehouse kill`: takes the agent, a version or a feature away at once, without a database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput, GatehouseError, StoreDown
from gatehouse.base.shell import user_name
from gatehouse.ops import cluster
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import audit
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.flag_values import CEILINGS, checked, least
from gatehouse.rollout.kill_file import FEATURES, NOTHING, Kill, KillFile, as_told
from gatehouse.web.asking_reason import shell_actor

GLOBAL: Final = "use_re_prompt_driven"


class Command(BaseCommand):
    help = (
        "The kill file: `kill on` answers everybody by the rules from their next turn on; with "
        "NAME=VALUE, --version or --feature only that is taken away. Every process of this "
        "instance follows within a second, also while PostgreSQL and Redis are down."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", parser_class=CommandParser)
        on = actions.add_parser("on", help="takes away; without a target: the prompt-driven agent")
        _add_targets(on, "NAME=VALUE", "a ceiling and the most that it may be")
        on.add_argument("--reason", default="", help="stands in the file and in the audit")
        off = actions.add_parser("off", help="gives back; without a target: everything")
        _add_targets(off, "NAME", "a ceiling")
        off.add_argument("--reason", default="")
        actions.add_parser("status", help="what is taken away")

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        file = KillFile(settings.kill_path)
        change = {"on": _more, "off": _less}.get(asked["action"] or "")
        if change is None:
            self._show(file)
            return
        kill = change(_before(file.kill, asked["action"]), asked)
        file.write(kill)
        self._show(KillFile(settings.kill_path))
        self._audit(settings, asked["action"], kill, asked["reason"])

    def _show(self, file: KillFile) -> None:
        kill = file.kill
        for trouble in kill.troubles:
            self.stderr.write(trouble)
        if kill.is_empty:
            self.stdout.write(f"nothing is taken away ({file.path})")
            return
        self.stdout.write(f"{file.path}: {json.dumps(as_told(kill))}")

    def _audit(self, settings: Settings, action: str, kill: Kill, reason: str) -> None:
        """The act itself needs no database; its record does, and says so where there is none."""
        try:
            with connecting(_url(settings))() as visit:
                audit.append(
                    visit,
                    actor=shell_actor(),
                    action=f"kill_{action}",
                    subject="kill_file",
                    reason=reason or "not said",
                    evidence={"file": as_told(kill)},
                )
        except GatehouseError as trouble:
            self.stderr.write(f"done, but not in the audit: {trouble}")


def _add_targets(parser: CommandParser, name: str, about: str) -> None:
    parser.add_argument("ceilings", nargs="*", metavar=name, help=about)
    parser.add_argument("--version", dest="denied", action="append", default=[], metavar="ID")
    parser.add_argument("--feature", action="append", default=[], choices=sorted(FEATURES))


def _before(kill: Kill, action: str) -> Kill:
    """What cannot be read takes everything away: `on` leaves it so, `off` begins anew."""
    return NOTHING if kill.is_unreadable and action == "off" else kill


def _more(kill: Kill, asked: dict[str, Any]) -> Kill:
    """Raises BadInput."""
    wanted = dict(_ceiling(each) for each in asked["ceilings"])
    if not (wanted or asked["denied"] or asked["feature"]):
        wanted = {GLOBAL: False}
    return Kill(
        flags={**kill.flags, **wanted},
        versions_denied=kill.versions_denied | set(asked["denied"]),
        features_off=kill.features_off | set(asked["feature"]),
        notes={"reason": asked["reason"], "by": user_name(), "at": _now()},
    )


def _less(kill: Kill, asked: dict[str, Any]) -> Kill:
    names = [_field(each) for each in asked["ceilings"]]
    if not (names or asked["denied"] or asked["feature"]):
        return NOTHING
    return replace(
        kill,
        flags={name: value for name, value in kill.flags.items() if name not in names},
        versions_denied=kill.versions_denied - set(asked["denied"]),
        features_off=kill.features_off - set(asked["feature"]),
    )


def _ceiling(text: str) -> tuple[str, bool | int]:
    name, equals, value = text.partition("=")
    field = _field(name)
    most = checked(field, value) if equals else least(field)
    return field, most if isinstance(most, bool | int) else least(field)


def _field(name: str) -> str:
    field = name.strip().lower()
    if field not in CEILINGS:
        known = ", ".join(each.upper() for each in CEILINGS)
        raise BadInput(f"{name} is no ceiling; there are {known}")
    return field


def _url(settings: Settings) -> str:
    """Of the database as it runs: none is started for this. Raises StoreDown."""
    if given := url_of_instance(settings):
        return given
    if settings.gatehouse_data.exists():
        bundled = cluster.locate(settings.gatehouse_data)
        if bundled.pid_file.exists():
            return bundled.url()
    raise StoreDown("no database is running")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
