"""`seed_listings`: fills the stock room with made-up homes of Northern Cyprus."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gatehouse.listings.seeding.write import TODAY, seed


class Command(BaseCommand):
    """Deterministic and safe to repeat: the ids and contents depend on the arguments alone."""

    help = "Writes made-up homes of Northern Cyprus; running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=120, help="how many homes (120)")
        parser.add_argument("--seed", type=int, default=1, help="other numbers, other homes (1)")
        parser.add_argument("--flush", action="store_true", help="removes all homes first")
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            default=TODAY,
            help=f"the day on which these homes are new ({TODAY}); fixed, so that runs agree",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] < 0:
            raise CommandError("--count: a number from 0 on")
        seeded = seed(
            count=options["count"],
            seed=options["seed"],
            today=options["today"],
            is_flushing=options["flush"],
            tell=self.stdout.write,
        )
        self.stdout.write(
            f"{options['count']:,} homes from seed {options['seed']}: {seeded.written:,} written,"
            f" {options['count'] - seeded.written:,} already there as they are;"
            f" {seeded.blocked:,} blocked ranges added; {seeded.homes:,} homes in the stock room"
        )
