"""`gatehouse slo check`: every objective, in each arm, as it stands now (R1-18)."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.observe.objectives import Objective
from gatehouse.observe.slo import Kept, compliance, overall
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout.compliance import kept
from gatehouse.rollout.connecting import connecting

EXIT: Final = {"pass": 0, "fail": 1, "no_data": 3}
_SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"


class Command(BaseCommand):
    help = (
        "Checks the service objectives. Ends with 0 if all that can be told are kept, 1 if one is "
        "missed, 3 if there is nothing to tell."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
        check = doings.add_parser("check", help="now, over each objective's own window")
        check.add_argument(
            "--phase", type=int, choices=(1, 2, 3, 4), help="those of that phase of a rollout"
        )
        check.add_argument("--minutes", type=float, help="so many, for every objective")
        check.add_argument("--json", action="store_true", help="as /api/metrics/observability")

    def handle(self, *_: Any, **asked: Any) -> None:
        settings, now = load(), time.time()
        minutes = asked["minutes"]
        if minutes is not None and not 0 < minutes <= 60 * 24 * 31:
            raise BadInput("minutes: must be above 0 and at most 44640")
        join_instance(settings)
        told = kept(
            connecting(url_of_instance(settings)),
            profile=settings.slo_profile,
            now=now,
            phase=asked["phase"],
            since=None if minutes is None else now - minutes * 60,
        )
        self.stdout.write(json.dumps(compliance(told), indent=2) if asked["json"] else table(told))
        sys.exit(EXIT[overall(told)])


def join_instance(settings: Settings) -> None:
    """Reads the metrics of the server that runs on this machine, if there is one."""
    if os.environ.get(_SHARED):
        return
    folders = sorted(Path(settings.gatehouse_data).absolute().glob("metrics/*-*"))
    living = [folder for folder in folders if _lives(folder.name.partition("-")[0])]
    if living:
        os.environ[_SHARED] = str(living[-1])


def _lives(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists()


def table(told: tuple[Kept, ...]) -> str:
    """A line each; an arm of its own is set in."""
    head = f"{'objective':<24} {'status':<8} {'bad':>8} {'target':>8} {'n':>8}  window"
    return "\n".join((head, *map(line, told), f"overall: {overall(told)}"))


def line(each: Kept) -> str:
    """One objective in one arm: the share of bad events, beside the greatest allowed."""
    name = each.objective.name if each.arm == "all" else f"  {each.arm}"
    value = "–" if each.value is None else f"{each.value:.2%}"
    alerting = "  ALERT" if each.is_alerting else ""
    return (
        f"{name:<24} {each.status:<8} {value:>8} {each.objective.target:>8.2%} "
        f"{each.measured.n:>8}  {_window(each.objective)}{_why(each)}{alerting}"
    )


def _window(objective: Objective) -> str:
    if objective.source == "metrics":
        return "since start"
    minutes = objective.window // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _why(each: Kept) -> str:
    return f"  {each.why}" if each.why else ""
