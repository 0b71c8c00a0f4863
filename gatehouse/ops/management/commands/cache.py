"""`gatehouse cache show` and `cache clear PATTERN`: the searches that all processes keep."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from gatehouse.base.config import Settings, load
from gatehouse.ops.asking import ask_all, url_of_instance
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.cells import Codec, RedisCell
from gatehouse.resilience.redis_link import Patience, RedisDown, RedisLink

# Cleared and counted, never read here.
OPAQUE: Codec[bytes] = Codec(write=bytes, read=bytes)
PATIENT = Patience(connect=2, operation=2)
ALIASES = {"realty_us:": "re:search:"}


class Command(BaseCommand):
    help = "Shows or clears the searches that the processes of this instance keep."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        doings = parser.add_subparsers(dest="do", required=True)
        doings.add_parser("show", help="entries, look-ups and hits of each process, and Redis")
        clear = doings.add_parser("clear", help="forgets what matches; limits and talks stay")
        clear.add_argument("pattern", help="of keys, such as '*' or 're:search:girne:*'")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            asyncio.run(self._do(options))
        except psycopg.Error as trouble:
            raise CommandError(f"the database does not answer: {trouble}") from trouble

    async def _do(self, options: dict[str, Any]) -> None:
        settings = load()
        question = {"do": options["do"]}
        if options["do"] == "clear":
            question["pattern"] = pattern(options["pattern"])
        told = await ask_all(url_of_instance(settings), question)
        for each in sorted(told.answers, key=lambda answer: int(answer["pid"])):
            self.stdout.write(line(each))
        if told.missing:
            self.stderr.write(f"no answer in time, processes {told.missing}")
        if settings.redis_url:
            self.stdout.write(await in_redis(settings, question))
        if options["do"] == "clear":
            removed = sum(int(each["removed"]) for each in told.answers)
            self.stdout.write(f"removed {removed}, processes {len(told.answers)}")
        elif not told.answers:
            self.stdout.write("no process of this instance is running")


def pattern(text: str) -> str:
    """With the family's own name in front. Raises CommandError for an empty one."""
    if not text.strip():
        raise CommandError("PATTERN must not be empty: '*' clears everything")
    for alias, name in ALIASES.items():
        if text.startswith(alias):
            return name + text.removeprefix(alias)
    return text


def line(answer: dict[str, Any]) -> str:
    """One process, in words."""
    facts = {name: value for name, value in answer.items() if name not in ("id", "pid")}
    return f"process {answer['pid']}: " + ", ".join(f"{k} {v}" for k, v in facts.items())


async def in_redis(settings: Settings, question: dict[str, Any]) -> str:
    """The shared cell, by a connection of our own. Raises CommandError if it is away."""
    link = RedisLink(settings.redis_url, Breaker("redis"), patience=PATIENT)
    try:
        await link.run(lambda client: client.get("gh:cache"))
        cell = RedisCell(link, OPAQUE)
        if question["do"] == "clear":
            return f"redis: removed {await cell.clear(question['pattern'])}"
        return f"redis: entries {len(await cell.keys())}"
    except RedisDown as away:
        raise CommandError("Redis does not answer; the processes have been asked") from away
    finally:
        await link.close()
