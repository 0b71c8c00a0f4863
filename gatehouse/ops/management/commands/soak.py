"""`gatehouse soak`: simulated visitors for hours, and a verdict by the limits of the runbook."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from django.core.management.base import BaseCommand

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.ops.soaking import Counters, Soak, report
from gatehouse.ops.visitors.crowd import Crowd, client, gather
from gatehouse.ops.visitors.lasting import seconds_of
from gatehouse.ops.visitors.seen import Visit
from gatehouse.ops.visitors.tally import by_version, lines_of, tally
from gatehouse.rollout.passes import HEADER, Passes

DEFAULT = "600"
LOOK_SECONDS = 5.0
LENGTHS = (3, 5, 10)  # turns of a talk
AT_ONCE = 5
WORDY = 0.3  # of the talks: long messages
PAUSE_SECONDS = 5.0  # as slow as a person, and within RATE_LIMIT_PER_SESSION
START_SECONDS = 120.0  # until the first talks are over
SPARE_SECONDS = 3600.0  # that a pass outlives the soak


@dataclass(frozen=True, slots=True)
class How:
    """Seconds without a breach, seconds at most, and whether the first breach ends it."""

    wanted: float
    most: float
    is_strict: bool = False

    def is_over(self, soak: Soak, now: float) -> bool:
        has_failed = self.is_strict and bool(soak.breaches)
        return soak.is_done or has_failed or now - soak.began >= self.most


class Command(BaseCommand):
    help = (
        "Talks of 3, 5 and 10 turns, five at once, in every language, for SOAK_DURATION (600 s; "
        "48h). A broken limit starts the clock again. Exit code 0: passed; 1: failed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=os.environ.get("SOAK_URL", "http://127.0.0.1:8000"))
        parser.add_argument("--duration", default="", help="such as 60s or 48h; wins")
        parser.add_argument(
            "--most", default="", help="give up after; default: a tenth more than the duration"
        )
        parser.add_argument("--strict", action="store_true", help="the first breach ends it")
        parser.add_argument("--arm", choices=["canary", "stable", "any"], default="canary")
        parser.add_argument("--pause", type=float, default=PAUSE_SECONDS)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--report", type=Path, help="file for the report, JSON")

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        wanted = seconds_of(asked["duration"] or os.environ.get("SOAK_DURATION") or DEFAULT)
        most = seconds_of(asked["most"]) if asked["most"] else wanted * 1.1 + START_SECONDS
        if most < wanted:
            raise BadInput(f"--most is {most:g} s, which is less than the {wanted:g} s wanted")
        headers = self._headers(settings, asked["arm"], most)
        crowd = _crowd(asked, headers, most)
        how = How(wanted, most, asked["strict"])
        told = asyncio.run(_soaked(crowd, how, say=self._say))
        path = asked["report"] or _report_path(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told | {"arm": asked["arm"]}, indent=2), "utf-8")
        self._say(f"report: {path}")
        if told["verdict"] != "passed":
            sys.exit(1)

    def _headers(self, settings: Settings, arm: str, most: float) -> dict[str, str]:
        key = settings.canary_signing_key.get_secret_value()
        if not key:
            self._say(
                "CANARY_SIGNING_KEY is empty: these talks choose no arm, and count as visitors'"
            )
            return {}
        forced: Any = None if arm == "any" else arm
        return {HEADER: Passes(key).make(forced, "soak", seconds=most + SPARE_SECONDS)}

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _crowd(asked: dict[str, Any], headers: dict[str, str], most: float) -> Crowd:
    return Crowd(
        asked["url"].rstrip("/"),
        asked["seed"],
        seconds=most,
        at_once=AT_ONCE,
        pause_seconds=asked["pause"],
        streaming=0.3,
        lengths=LENGTHS,
        wordy=WORDY,
        stays=True,
        is_loyal=True,
        headers=headers,
    )


async def _soaked(crowd: Crowd, how: How, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Until it has passed, or there is no time left to."""
    soak, stop = Soak(how.wanted, monotonic()), asyncio.Event()
    visits: list[Visit] = []

    def told(visit: Visit) -> None:
        visits.append(visit)
        soak.see(visit, monotonic())

    async with client(crowd.url) as http, asyncio.TaskGroup() as works:
        works.create_task(gather(crowd, told=told, stop=stop, http=http))
        while not how.is_over(soak, monotonic()):
            await asyncio.sleep(min(LOOK_SECONDS, how.wanted / 4))
            _tell_news(soak, await _counted(http), say)
        stop.set()
    soak.look(monotonic(), None)
    for line in [measure.line for measure in soak.measures] + lines_of(tally(visits), "talks"):
        say(line)
    say(f"soak {soak.verdict}: {soak.clean:.0f} of {how.wanted:.0f} s without a breach")
    versions = {name: each.as_json() for name, each in by_version(visits).items()}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return report(soak, monotonic(), url=crowd.url, ended_at=at, versions=versions)


def _tell_news(soak: Soak, counters: Counters | None, say: Callable[[str], None]) -> None:
    before = len(soak.breaches)
    soak.look(monotonic(), counters)
    for breach in soak.breaches[before:]:
        say(f"{breach.at:.0f} s: {breach.measure.line}; the clock starts again")


async def _counted(http: httpx.AsyncClient) -> Counters | None:
    """From /metrics, where it may be read from here."""
    try:
        answer = await http.get("/metrics")
    except httpx.HTTPError:
        return None
    if answer.status_code != httpx.codes.OK:
        return None
    text = answer.text
    answers = ("contract_ok_total", "contract_repaired_total", "contract_fallback_total")
    return Counters(
        sum_of("checkpointer_ops_total", text),
        sum_of("checkpointer_errors_total", text),
        sum(sum_of(name, text) for name in answers),
        sum_of("contract_repaired_total", text),
    )


def sum_of(name: str, exposition: str) -> float:
    """Of a counter over all its labels, in a Prometheus text."""
    lines = exposition.splitlines()
    heads = (f"{name}{{", f"{name} ")
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(heads))


def _report_path(settings: Settings) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return settings.gatehouse_data / "soak" / f"soak-{moment}.json"
