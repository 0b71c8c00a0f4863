"""`gatehouse understand "text"`: what was heard, where in the text, why, and what it changes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from gatehouse.base.config import load
from gatehouse.talk.stored_state import decode, encode
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import merge, required_open
from gatehouse.understanding.trace import differences, lines
from gatehouse.understanding.types import LANGUAGES, DialogueState


class Command(BaseCommand):
    help = "Prints what the ear hears in a message, where, why, and what changes in the talk."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--lang", choices=LANGUAGES, help="the page's language, as a hint")
        parser.add_argument("--state", type=Path, help="JSON of the talk so far, as printed")

    def handle(self, *_: Any, **options: Any) -> None:
        state = _state(options["state"])
        zone = load().market_timezone
        today = datetime.now(ZoneInfo(zone)).date()
        ear = RuleEar(Gazetteer.default(), today=lambda: today, timezone=zone)
        heard = ear.hear(options["text"], state=state, language=options["lang"])
        for line in (*lines(heard), *ear.explain(options["text"], heard, state=state)):
            self.stdout.write(line)
        for line in _outcome(state, merge(state, heard)):
            self.stdout.write(line)


def _outcome(before: DialogueState, after: DialogueState) -> Iterator[str]:
    yield "changes in the talk:"
    yield from (f"  {line}" for line in differences(before, after) or ("nothing",))
    still = ", ".join(slot.value for slot in required_open(after))
    yield f"still open: {still or 'nothing'}"
    yield f"state: {json.dumps(encode(after), ensure_ascii=False)}"


def _state(path: Path | None) -> DialogueState:
    """The talk so far; CommandError for a file that cannot be read as one."""
    if path is None:
        return DialogueState()
    try:
        return decode(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise CommandError(f"--state {path}: {trouble}") from trouble
