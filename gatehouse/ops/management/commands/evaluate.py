"""`gatehouse evaluate understanding sgd PATH …`: how well the house does, on data of others.

A kind that names a room of its own is called by that: `gatehouse evaluate safety FOLDER`.
What must be as promised ends with exit code 1 if it is not: `gatehouse evaluate rollout all`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gatehouse.ops.evaluation import kinds
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sources import EvaluationError

KINDS: Mapping[str, ModuleType] = {
    found.name: import_module(f"{kinds.__name__}.{found.name}")
    for found in iter_modules(kinds.__path__)
}


class Command(BaseCommand):
    help = "Measures how well messages are understood, on files of real dialogues and values."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        rooms = parser.add_subparsers(dest="room", required=True)
        parsers = rooms.add_parser("understanding").add_subparsers(dest="kind", required=True)
        for name, module in KINDS.items():
            room = getattr(module, "ROOM", None)
            about = (module.__doc__ or "").split("\n")[0]
            kind = (rooms if room else parsers).add_parser(room or name, help=about)
            kind.set_defaults(kind=name)
            kind.add_argument("--json", action="store_true", help="figures as JSON")
            kind.add_argument("--predictions", type=Path, help="file for one JSON line per unit")
            module.add_arguments(kind)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            report: Report = KINDS[options["kind"]].run(options)
            _write(report, options["predictions"])
        except (EvaluationError, OSError) as trouble:
            raise CommandError(str(trouble), returncode=2) from trouble
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            for line in report.lines():
                self.stdout.write(line)
        if broken := getattr(report, "broken", ()):
            raise CommandError(f"not as promised: {'; '.join(broken)}", returncode=1)


def _write(report: Report, path: Path | None) -> None:
    if path is not None:
        rows = (json.dumps(row, ensure_ascii=False) for row in report.predictions)
        text = "".join(f"{row}\n" for row in rows)
        path.write_text(text, "utf-8", errors="backslashreplace")  # halves of pairs, as in JSON
