"""`gatehouse models`: does each configured model answer, and what to do if not."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand

from gatehouse.base.config import load
from gatehouse.web import wiring


class Command(BaseCommand):
    help = "Sends one small request to each configured model and tells how it went."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        findings = asyncio.run(wiring.check_models(load()))
        for finding in findings:
            self.stdout.write(finding.line)
        if not findings:
            self.stdout.write("LLM_MODEL is empty: the rules handler alone answers")
        if not all(finding.is_ok for finding in findings):
            sys.exit(1)
