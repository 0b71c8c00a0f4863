"""`gatehouse visitors`: simulated home seekers visit a running instance, and tell what they saw."""

from __future__ import annotations

import asyncio
import json
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from gatehouse.base.errors import BadInput
from gatehouse.ops.visitors.crowd import Crowd, Gathering, gather
from gatehouse.ops.visitors.lasting import seconds_of
from gatehouse.ops.visitors.seen import Visit
from gatehouse.ops.visitors.tally import by_version, lines_of, tally
from gatehouse.understanding.types import LANGUAGES, Language


class Command(BaseCommand):
    help = (
        "Whole conversations of simulated visitors, so many a minute or a fixed number, then what "
        "they saw by version. The same seed gives the same visitors. Ends by itself, or by Ctrl-C."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--count", type=int, help="of visitors")
        parser.add_argument("--for", default="", help="how long, such as 90s, 10m or 48h")
        parser.add_argument("--per-minute", type=float, help="without it: --at-once all the time")
        parser.add_argument("--at-once", type=int, default=20)
        parser.add_argument("--pause", type=float, default=1.0, help="seconds before each message")
        parser.add_argument("--language", choices=[*LANGUAGES, "all"], default="all")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--header", action="append", default=[], metavar="NAME: VALUE")
        addresses = "each has an address of 2001:db8::/32, where TRUSTED_PROXIES lets that count"
        parser.add_argument("--addresses", action="store_true", help=addresses)
        parser.add_argument("--report", type=Path, help="file for the account, JSON")

    def handle(self, *_: Any, **asked: Any) -> None:
        crowd = _crowd(asked)
        found = asyncio.run(_gathered(crowd, self._tell))
        total = tally(found.visits)
        for line in lines_of(total, "all"):
            self.stdout.write(line)
        for version, each in by_version(found.visits).items():
            for line in lines_of(each, version):
                self.stdout.write(line)
        if found.turned_away:
            self.stdout.write(f"{found.turned_away} found {crowd.at_once} others inside")
        if asked["report"]:
            asked["report"].write_text(json.dumps(account(found), indent=2), "utf-8")

    def _tell(self, visit: Visit) -> None:
        if self.verbosity > 1:
            version = ",".join(visit.versions)
            acts = ">".join(turn.act or str(turn.status) for turn in visit.turns)
            self.stdout.write(f"{visit.number} {visit.language} {version} {visit.ending} {acts}")

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.verbosity = options["verbosity"]
        return super().execute(*args, **options)


def account(found: Gathering) -> dict[str, Any]:
    """All that was seen, as JSON."""
    return {
        "seconds": round(found.seconds, 1),
        "turned_away": found.turned_away,
        "all": tally(found.visits).as_json(),
        "versions": {name: each.as_json() for name, each in by_version(found.visits).items()},
    }


async def _gathered(crowd: Crowd, tell: Any) -> Gathering:
    """Ctrl-C lets those who are inside finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await gather(crowd, told=tell, stop=stop)


def _crowd(asked: dict[str, Any]) -> Crowd:
    languages: tuple[Language, ...] = LANGUAGES
    if asked["language"] != "all":
        languages = (asked["language"],)
    lasting = asked["for"]
    count = asked["count"] if asked["count"] or lasting else 20
    return Crowd(
        asked["url"].rstrip("/"),
        asked["seed"],
        languages,
        per_minute=asked["per_minute"],
        visitors=count,
        seconds=seconds_of(lasting) if lasting else None,
        at_once=asked["at_once"],
        pause_seconds=asked["pause"],
        headers=dict(_header(each) for each in asked["header"]),
        addresses=asked["addresses"],
    )


def _header(text: str) -> tuple[str, str]:
    name, sign, value = text.partition(":")
    if not sign or not name.strip():
        raise BadInput(f"{text!r} is no header: allowed is NAME: VALUE")
    return name.strip(), value.strip()
