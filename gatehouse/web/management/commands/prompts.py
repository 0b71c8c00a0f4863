"""`gatehouse prompts`: what a changed sentence changes, and whether the model still keeps to it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.observe import journal
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.differences import differences, is_about_prompts
from gatehouse.rollout.versions import Version
from gatehouse.web import drafting, wiring
from gatehouse.web.drafting import Wishes
from gatehouse.web.trial import Findings, Memory, sizes, trial

TALKS = 16
_WHICH = "current, own, an id or its beginning, or a label"


class Command(BaseCommand):
    help = "Compares the prompts of two versions, or tries one with its model before a rollout."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, parser_class=CommandParser)
        diff = actions.add_parser("diff", help="the texts of two versions, line by line")
        diff.add_argument("before", help=_WHICH)
        diff.add_argument("after", help=_WHICH)
        test = actions.add_parser("test", help="place-holders, then talks in eight languages")
        test.add_argument("version", nargs="?", default=drafting.CURRENT, help=_WHICH)
        test.add_argument("--prompt", action="append", default=[], metavar="PART=FILE",
                          help="a draft, not yet a version")  # fmt: skip
        test.add_argument("--talks", type=int, default=TALKS, help="0: place-holders alone")
        test.add_argument("--seed", type=int, default=1)

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        connect = connecting(url_of_instance(settings))
        run = {"diff": self._diff, "test": self._test}[asked["action"]]
        run(connect, settings, asked)

    def _diff(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        before, after = (
            drafting.based_on(asked[name], connect, settings) for name in ("before", "after")
        )
        lines = differences(before, after)
        if not any(map(is_about_prompts, lines)):
            lines = [f"the prompts of {before.id} and {after.id} are the same"]
        for line in lines:
            self.stdout.write(line)

    def _test(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        version = _meant(connect, settings, asked)
        self.stdout.write(f"{version.id}: all place-holders are right")
        for line in sizes(version.bundle.prompts):
            self.stdout.write(f"  {line}")
        if asked["talks"] <= 0:
            return
        found = asyncio.run(tried(version, settings, talks=asked["talks"], seed=asked["seed"]))
        for line in found.lines:
            self.stdout.write(line)
        self.stdout.write("fit for a rollout" if found.is_fit else "NOT fit for a rollout")
        if not found.is_fit:
            sys.exit(1)


async def tried(version: Version, settings: Settings, *, talks: int, seed: int) -> Findings:
    """With the version's own model, and no budget but the settings' time-outs."""
    before = journal.use(journal.Journal(sinks=()))
    try:
        async with wiring.on_trial(version, settings, memory := Memory()) as handler:
            return await trial(handler, memory, talks=talks, seed=seed)
    finally:
        journal.use(before)


def _meant(connect: Connect, settings: Settings, asked: dict[str, Any]) -> Version:
    version = drafting.based_on(asked["version"], connect, settings)
    files = drafting.pairs(asked["prompt"], what="prompt")
    wishes = Wishes({part: Path(name) for part, name in files.items()})
    bundle = drafting.drafted(version.bundle, wishes)
    if bundle.handler != "prompted":
        raise BadInput(f"{version.id} is the rules handler, which has no prompts")
    return Version(bundle)
