"""`gatehouse flags`: what is on, for whom it was changed, and changing it without a restart."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.clock import SystemClock
from gatehouse.base.config import Settings, load, read
from gatehouse.base.errors import BadInput
from gatehouse.llm.assembly import refuse_unpriced
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import flag_book
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.flag_values import CEILINGS, FLAGS, Value, checked, named
from gatehouse.rollout.flags import counting, effective
from gatehouse.rollout.kill_file import KillFile
from gatehouse.rollout.types import StoredFlag
from gatehouse.web.asking_reason import shell_actor

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Command(BaseCommand):
    help = (
        "Flags and live settings: list them, store a value, take it back. A stored value can only "
        "restrict a ceiling, and takes the place of a live setting; every process follows within "
        "five seconds."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", parser_class=CommandParser)
        listing = actions.add_parser("list", help="what is in force, and why")
        listing.add_argument("--all", action="store_true", help="those that nobody changed, too")
        put = actions.add_parser("set", help="for example SEARCH_CACHE_TTL=60 --reason 'slow base'")
        put.add_argument("assignment", metavar="NAME=VALUE")
        put.add_argument("--reason", required=True)
        put.add_argument("--owner", default="", help="who answers for it; you, if not said")
        put.add_argument("--for", dest="period", metavar="TIME", help="then it ends: 30m, 2h, 1d")
        take = actions.add_parser("unset", help="the environment's value again")
        take.add_argument("name", metavar="NAME")
        take.add_argument("--reason", required=True)

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        connect = connecting(url_of_instance(settings))
        run = {"set": self._set, "unset": self._unset}
        run.get(asked["action"] or "", self._list)(connect, settings, asked)

    def _set(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        name, equals, text = asked["assignment"].partition("=")
        if not equals:
            raise BadInput(f"{name}: give it a value, as {name}=VALUE")
        field = named(name)
        value = checked(field, text)
        _refuse(settings, field, value)
        flag = flag_book.put(
            connect,
            field,
            value,
            actor=shell_actor(),
            reason=asked["reason"],
            owner=asked["owner"],
            until=_until(asked["period"]),
        )
        ends = f" until {_moment(flag.until)}" if flag.until else ""
        self.stdout.write(f"{field.upper()} is stored as {_told(value)}{ends}")
        now = getattr(effective(settings, {field: value}), field)
        if field in CEILINGS and now != value:
            self.stdout.write(f"the environment permits no more than {_told(now)}, which counts")

    def _unset(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        field = named(asked["name"])
        flag_book.take(connect, field, actor=shell_actor(), reason=asked["reason"])
        now = _told(getattr(settings, field))
        self.stdout.write(f"{field.upper()} is the environment's again: {now}")

    def _list(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        kept = flag_book.stored(connect)
        killed = KillFile(settings.kill_path).kill.ceilings
        for field in FLAGS:
            flag = kept.get(field.upper())
            if flag is None and field not in killed and not asked.get("all"):
                continue
            self.stdout.write(_line(settings, field, flag, killed.get(field)))
        for name in sorted(kept.keys() - {field.upper() for field in FLAGS}):
            self.stdout.write(f"{name}: stored, but no flag of this release; it counts nothing")
        if not kept and not killed and not asked.get("all"):
            self.stdout.write("nothing is stored: the environment's values are in force (--all)")


def _line(settings: Settings, field: str, flag: StoredFlag | None, killed: Value | None) -> str:
    counts = counting({field: flag} if flag else {}, SystemClock().now().timestamp())
    values = {name: each.value for name, each in counts.items()}
    now = effective(settings, values, killed={} if killed is None else {field: killed})
    told = [f"{field.upper()} = {_told(getattr(now, field))}"]
    told.append("environment" if field in read() else "default")
    told[-1] += f" {_told(getattr(settings, field))}"
    if flag is not None:
        ends = "" if flag.until is None else f" until {_moment(flag.until)}"
        state = "" if field in counts else " (ended, or not allowed: it counts nothing)"
        told.append(f"stored {_told(flag.value)}{ends}{state}")
        told.append(f"owner {flag.owner}, set by {flag.set_by}: {flag.reason}")
    if killed is not None:
        told.append(f"kill file {_told(killed)}")
    return "; ".join(told)


def _refuse(settings: Settings, field: str, value: Value) -> None:
    """What a start would refuse is not stored either. Raises Misconfigured."""
    if field == "llm_daily_budget_usd":
        refuse_unpriced(settings.model_copy(update={field: value}))


def _until(period: str | None) -> float | None:
    if period is None:
        return None
    found = re.fullmatch(r"(\d{1,6})([smhd])", period.strip())
    if found is None:
        raise BadInput(f"--for is {period!r}: allowed is a number and s, m, h or d, such as 30m")
    return time.time() + int(found[1]) * SECONDS[found[2]]


def _told(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
