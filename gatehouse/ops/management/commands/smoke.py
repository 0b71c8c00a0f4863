"""`gatehouse smoke r1`: the rollout runbook's three turns, so many times, with a verdict."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

import httpx
from django.core.management.base import BaseCommand

from gatehouse.ops import smoke
from gatehouse.understanding.types import LANGUAGES


class Command(BaseCommand):
    help = "Holds talks of three turns with a running instance and says whether all were right."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("runbook", choices=["r1"])
        parser.add_argument("--sessions", type=int, default=10)
        parser.add_argument("--language", choices=[*LANGUAGES, "all"], default="en")
        parser.add_argument("--url", default="http://127.0.0.1:8000")

    def handle(self, *_: Any, **options: Any) -> None:
        wanted, language = options["sessions"], options["language"]
        languages = LANGUAGES if language == "all" else (language,)
        right = 0
        with httpx.Client(base_url=options["url"], timeout=30, trust_env=False) as client:
            for result in smoke.run(client, sessions=wanted, languages=languages):
                right += result.is_right
                self.stdout.write(_line(result, wanted=wanted))
        self.stdout.write(f"{right} of {wanted}")
        if right != wanted:
            sys.exit(1)


def _line(result: smoke.SessionResult, *, wanted: int) -> str:
    head = f"[{result.number}/{wanted}] {result.language}"
    if result.is_right:
        return f"{head} ok, {result.cards} cards"
    return "\n    ".join([f"{head} NOT right", *result.differences])
