"""`gatehouse demo rollout`: a good version goes all the way, a bad one is taken back by itself."""

from __future__ import annotations

import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gatehouse.ops.demo import story
from gatehouse.ops.demo.account import Account
from gatehouse.ops.demo.acts import BAD, GOOD, Act
from gatehouse.ops.demo.installation import installed, invited


class Command(BaseCommand):
    help = (
        "In a scratch installation with simulated visitors and a simulated model: a good version "
        "through 10, 50 and 100 %, then bad ones into automatic rollback, with the console open."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rollout"])
        bad = "a bad version after the good one; may be given several times (contract)"
        parser.add_argument("--bad", action="append", choices=[*BAD, "all", "none"], help=bad)
        parser.add_argument("--per-minute", type=float, default=200, help="simulated visitors")
        parser.add_argument("--port", type=int, default=0, help="of the page and the console")
        parser.add_argument("--stay", action="store_true", help="go on serving until Ctrl-C")

    def handle(self, *_: Any, **asked: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing it started stays behind
        acts = [GOOD, *_bad(asked["bad"] or ["contract"])]
        with installed(port=asked["port"], tell=self._tell) as here:
            self._tell(f"page     {here.url}\nconsole  {here.url}/office/console")
            self._tell(f"sign in  as demo, after choosing a password at {invited(here)}")
            told = story.play(here, acts, per_minute=asked["per_minute"], tell=self._tell)
            self._sum_up(acts, told)
            while asked["stay"]:
                time.sleep(1)

    def _sum_up(self, acts: list[Act], told: list[Account]) -> None:
        """Raises CommandError where a rollout did not end as its version deserves."""
        self._tell("")
        wrong = []
        for act, each in zip(acts, told, strict=True):
            ended = each.standing.phase
            hurt = "" if each.hurt is None else f", {each.hurt} hurt"
            self._tell(
                f"{act.name:<11} {ended.replace('_', ' '):<12} {each.minutes:4.1f} min, "
                f"{each.reached} of {each.everybody} visitors met it{hurt}"
            )
            if ended is not act.ending:
                wrong.append(f"{act.name} was {ended}, not {act.ending}")
        if wrong:
            raise CommandError("; ".join(wrong), returncode=1)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _bad(names: list[str]) -> list[Act]:
    if "all" in names:
        return list(BAD.values())
    return [BAD[name] for name in names if name != "none"]
