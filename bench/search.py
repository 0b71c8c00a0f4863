"""Main searches at 100,000 homes: plan nodes, p50 and p95. `python -m bench.search [URL]`.

Without a URL it starts the bundled PostgreSQL in a folder of its own and seeds it first, which
takes two to five minutes. A sequential scan over the homes ends the run with exit code 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from gatehouse.base.database import Database, PoolLimits
from gatehouse.listings.money import Rates
from gatehouse.listings.search import statement
from gatehouse.listings.store import NEWEST_RATES, TUNE, SqlCatalogue
from gatehouse.listings.types import Near, Wish

HOMES = 100_000
ROUNDS = 60
TABLE = "real_estate_listing"

WISHES: dict[str, Wish] = {
    "flat in Girne, 500 pounds a month": Wish(
        cities=("girne",), deal="rent", rent_type="long_term", price_max=500, currency="GBP",
        price_period="month", property_types=("apartment",),
    ),
    "two bedrooms in Girne, 600 euros": Wish(
        cities=("girne",), deal="rent", rent_type="long_term", bedrooms_min=2, bedrooms_max=2,
        price_max=600, currency="EUR", price_period="month",
    ),
    "anything": Wish(),
    "to rent": Wish(deal="rent"),
    "to buy in two cities or a village": Wish(
        deal="buy", cities=("girne", "iskele"), districts=("gazimagusa/tuzla",)
    ),
    "one district": Wish(districts=("girne/lapta",), deal="rent", rent_type="short_term"),
    "twelve bedrooms": Wish(bedrooms_min=12),
    "villa with pool and sea view": Wish(
        property_types=("villa",), amenities=("private_pool", "sea_view")
    ),
    "pets, not furnished": Wish(
        amenities=("pets_allowed",), not_amenities=("furnished",), rent_type="long_term",
        deal="rent",
    ),
    "free in the Christmas week": Wish(
        deal="rent", rent_type="short_term", cities=("iskele",), check_in=date(2026, 12, 21),
        check_out=date(2026, 12, 28), stay_nights=7,
    ),
    "words": Wish(text="sea view villa"),
    "words in Russian": Wish(text="вилла сад", cities=("girne",)),
    "a rare word": Wish(text="fireplace generator"),
    "near a point": Wish(near=Near(35.339, 33.32, 2.0)),
    "near a point, nearest first": Wish(near=Near(35.339, 33.32, 3.0), sort="distance"),
    "cheapest": Wish(sort="price"),
    "cheapest in Girne": Wish(deal="rent", rent_type="long_term", cities=("girne",), sort="price"),
    "dearest to buy up to 300,000 dollars": Wish(
        deal="buy", price_max=300_000, currency="USD", sort="-price"
    ),
    "newest": Wish(deal="rent", rent_type="long_term", sort="newest"),
    "largest": Wish(deal="buy", sort="area"),
    "budget over all kinds": Wish(price_min=80, price_max=120, currency="GBP"),
    "nothing matches": Wish(
        cities=("lefke",), deal="rent", rent_type="long_term", bedrooms_min=5, price_max=200
    ),
}  # fmt: skip


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan's nodes, from the top down."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def is_scanned(plan: dict[str, Any]) -> bool:
    """Is the table of homes read from end to end?"""
    return any(
        n["Node Type"] == "Seq Scan" and n.get("Relation Name") == TABLE for n in nodes(plan)
    )


def told(plan: dict[str, Any]) -> str:
    """The scans of homes, with their indexes."""
    scans = (
        f"{n['Node Type']} {n.get('Index Name', '')}".strip()
        for n in nodes(plan)
        if n.get("Relation Name") == TABLE or n["Node Type"] == "Bitmap Index Scan"
    )
    return ", ".join(dict.fromkeys(scans))


async def explain(database: Database, wish: Wish) -> dict[str, Any]:
    """The plan that PostgreSQL chooses for this wish, with its parameters."""
    async with database.visit("search") as cur:
        await cur.execute(TUNE)
        await cur.execute(NEWEST_RATES)
        rates = Rates({row["currency"]: row["per_gbp"] for row in await cur.fetchall()})
        asked = statement(wish, rates)
        await cur.execute("EXPLAIN (FORMAT JSON) " + asked.sql, asked.values)
        row = await cur.fetchone()
    found = next(iter((row or {}).values()))
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


async def times(catalogue: SqlCatalogue, wish: Wish) -> tuple[float, float, float, int]:
    """p50, p95 in ms of a whole `find`, CPU ms of this process for one, and the homes found."""
    spent: list[float] = []
    total = 0
    cpu = time.process_time()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        total = (await catalogue.find(wish)).found.total
        spent.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - cpu) / ROUNDS * 1000
    return median(spent), quantiles(spent, n=20)[-1], cpu, total


async def run(url: str) -> int:
    """Prints one line per search; returns how many read the whole table."""
    limits = PoolLimits(size=2, statement_timeout_ms=10_000, is_read_only=True, acquire_seconds=5)
    database = Database(url, chat=PoolLimits(size=1, statement_timeout_ms=10_000), search=limits)
    await database.open()
    catalogue = SqlCatalogue(database, timeout_ms=10_000)
    scanned = 0
    print(f"{'search':38} {'total':>5} {'p50 ms':>7} {'p95 ms':>7} {'our CPU':>7}  homes read by")
    for name, wish in WISHES.items():
        plan = await explain(database, wish)
        scanned += is_scanned(plan)
        p50, p95, cpu, total = await times(catalogue, wish)
        print(f"{name:38} {total:5} {p50:7.2f} {p95:7.2f} {cpu:7.2f}  {told(plan)}")
    await database.close()
    return scanned


def main() -> None:
    """The command."""
    with nullcontext(sys.argv[1]) if len(sys.argv) > 1 else own_server() as url:
        scanned = asyncio.run(run(url))
    print("no sequential scan over the homes" if not scanned else f"{scanned} SEQUENTIAL SCANS")
    sys.exit(1 if scanned else 0)


@contextmanager
def own_server() -> Iterator[str]:
    """A bundled server with the homes in it; its folder is kept for the next run."""
    from gatehouse.ops import postgres

    folder = Path(os.environ.get("GATEHOUSE_DATA", "/tmp/gatehouse-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    with postgres.running(folder) as url:
        env = os.environ | {"GATEHOUSE_DATABASE_URL": url}
        for words in (("migrate", "--verbosity=0"), ("seed_listings", f"--count={HOMES}")):
            subprocess.run([sys.executable, "manage.py", *words], env=env, check=True)
        yield url


if __name__ == "__main__":
    main()
