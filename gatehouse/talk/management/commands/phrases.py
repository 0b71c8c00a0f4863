"""`gatehouse phrases`: what the catalogues lack; with --write, they are written out anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gatehouse.talk.phrases import gather
from gatehouse.understanding.types import LANGUAGES


class Command(BaseCommand):
    help = "Says which sentences a catalogue lacks; --write adds them, empty, to be translated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["write"]:
            for language in LANGUAGES:
                self.stdout.write(f"{language}: {gather.update(language)} to translate")
            return
        faults = gather.all_faults()
        self.stdout.write("\n".join(faults) or f"{len(gather.gather())} sentences, none missing")
        sys.exit(1 if faults else 0)
