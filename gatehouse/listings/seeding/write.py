"""Puts made-up homes into the database by COPY: the same homes again change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from gatehouse.listings.scenes import ALTS, scenes_of
from gatehouse.listings.seeding.plan import AGENCIES, Draft, draft
from gatehouse.listings.seeding.words import all_tellings

TODAY = date(2026, 11, 16)  # the day on which seeded homes are "now", unless told otherwise
_IDS = UUID("6f0c9a52-3c1f-5d0e-9b7a-2a8c54d1e7b3")
_BATCH = 5000

_AGENCIES = (
    "Beşparmak Homes", "Carob Tree Estates", "Sea Turtle Lettings", "Old Harbour Property",
    "Saffron Sky Realty", "Olive Press Homes", "Limestone & Co", "Morning Bay Estates",
)  # fmt: skip

_COLUMNS = (
    "id", "ref", "agency_id", "status", "title", "description", "translations", "deal", "rent_type",
    "property_type", "city", "district", "latitude", "longitude", "bedrooms", "bathrooms",
    "area_m2", "price_month", "price_night", "price_sale", "currency", "deposit", "minimum_nights",
    "minimum_months", "available_from", "amenities", "pictures", "rating", "verified_at",
    "listed_at",
)  # fmt: skip
_DRAFTED = ", ".join(_COLUMNS)

# A table like the real one but bare: no generated columns to compute, no constraints.
_STAGE = f"""
CREATE TEMPORARY TABLE staged_homes ON COMMIT DROP AS
SELECT {_DRAFTED} FROM real_estate_listing WITH NO DATA
"""  # noqa: S608 (names from this file)

_MERGE = f"""
INSERT INTO real_estate_listing AS home ({_DRAFTED})
SELECT {_DRAFTED} FROM staged_homes
ON CONFLICT (id) DO UPDATE SET
    ({_DRAFTED}, updated_at) = ({", ".join("excluded." + c for c in _COLUMNS)}, now())
WHERE ({", ".join("home." + c for c in _COLUMNS)})
    IS DISTINCT FROM ({", ".join("excluded." + c for c in _COLUMNS)})
"""  # noqa: S608 (names from this file)

_AGENCY = """
INSERT INTO real_estate_agency (name, phone) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET phone = excluded.phone
RETURNING id
"""

_UNBLOCK = """
DELETE FROM real_estate_blocked_dates b
USING unnest(%s::uuid[]) AS seeded(id)
WHERE b.listing_id = seeded.id AND NOT EXISTS (
    SELECT FROM staged_blocks s WHERE s.listing_id = b.listing_id AND s.during = b.during
)
"""


@dataclass(frozen=True, slots=True)
class Seeded:
    """Homes new or changed, blocked ranges added, and how many homes there are now."""

    written: int
    blocked: int
    homes: int


def home_id(number: int) -> UUID:
    """The id of made-up home `number` (from 0): the same on every machine."""
    return uuid5(_IDS, f"home:{number}")


def seed(
    *, count: int, seed: int, today: date, is_flushing: bool, tell: Callable[[str], object]
) -> Seeded:
    """Writes homes 0 to count - 1 and their blocked dates; `tell` hears about the progress."""
    with transaction.atomic():
        if is_flushing:
            _execute("DELETE FROM real_estate_blocked_dates")
            _execute("DELETE FROM real_estate_listing")
        agencies = _agencies()
        written = blocked = done = 0
        for batch in _batches((draft(seed, n, today=today) for n in range(count)), _BATCH):
            written += _write_homes(batch, agencies)
            blocked += _write_blocks(batch)
            done += len(batch)
            if done < count:
                tell(f"{done:,} of {count:,} homes")
    _execute("VACUUM ANALYZE real_estate_listing, real_estate_blocked_dates")
    return Seeded(written, blocked, _count())


def row(home: Draft, agencies: list[int]) -> tuple[Any, ...]:
    """The columns of `_COLUMNS`, ready for COPY."""
    told = all_tellings(home)
    title, description = told.pop("en")
    identity = home_id(home.number)
    price = {home.variant: home.price}
    return (
        identity,
        f"GH-{home.number + 1:04d}",
        agencies[home.agency],
        "active",
        title,
        description,
        json.dumps(
            {la: {"title": t, "description": d} for la, (t, d) in told.items()}, ensure_ascii=False
        ),
        "buy" if home.variant == "sale" else "rent",
        None if home.variant == "sale" else home.variant,
        home.property_type,
        home.town.key.partition("/")[0],
        home.town.key,
        home.latitude,
        home.longitude,
        home.bedrooms,
        home.bathrooms,
        home.area_m2,
        price.get("long_term"),
        price.get("short_term"),
        price.get("sale"),
        home.currency,
        home.deposit,
        home.minimum_stay if home.variant == "short_term" else None,
        home.minimum_stay if home.variant == "long_term" else None,
        home.available_from,
        list(home.amenities),
        json.dumps(_pictures(identity, home)),
        home.rating,
        home.verified_at,
        home.listed_at,
    )


def _pictures(identity: UUID, home: Draft) -> list[dict[str, str]]:
    scenes = scenes_of(home.property_type, home.amenities)
    return [
        {"url": f"/homes/{identity}/pictures/{n}.svg", "alt": ALTS[scene]}
        for n, scene in enumerate(scenes, 1)
    ]


def _agencies() -> list[int]:
    ids = []
    with connection.cursor() as cur:
        for number, name in enumerate(_AGENCIES[:AGENCIES], 1):
            cur.execute(_AGENCY, (name, f"+90 392 815 00{number:02d}"))
            ids.append(int(cur.fetchone()[0]))
    return ids


def _write_homes(batch: list[Draft], agencies: list[int]) -> int:
    with connection.cursor() as cur:
        cur.execute("DROP TABLE IF EXISTS staged_homes")
        cur.execute(_STAGE)
        with cur.copy(f"COPY staged_homes ({_DRAFTED}) FROM STDIN") as copy:
            for home in batch:
                copy.write_row(row(home, agencies))
        cur.execute(_MERGE)
        return int(cur.rowcount)


def _write_blocks(batch: list[Draft]) -> int:
    """Makes the blocked dates of these homes exactly those drafted."""
    blocks = [(home_id(home.number), f"[{a},{b})") for home in batch for a, b in home.blocked]
    with connection.cursor() as cur:
        cur.execute("DROP TABLE IF EXISTS staged_blocks")
        cur.execute(
            "CREATE TEMPORARY TABLE staged_blocks (listing_id uuid, during daterange)"
            " ON COMMIT DROP"
        )
        with cur.copy("COPY staged_blocks FROM STDIN") as copy:
            for block in blocks:
                copy.write_row(block)
        cur.execute(_UNBLOCK, ([home_id(home.number) for home in batch],))
        cur.execute(
            "INSERT INTO real_estate_blocked_dates (listing_id, during)"
            " SELECT listing_id, during FROM staged_blocks ON CONFLICT DO NOTHING"
        )
        return int(cur.rowcount)


def _batches(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    rest = iter(drafts)
    while batch := list(islice(rest, size)):
        yield batch


def _execute(statement: str) -> None:
    with connection.cursor() as cur:
        cur.execute(statement)


def _count() -> int:
    with connection.cursor() as cur:
        cur.execute("SELECT count(*) FROM real_estate_listing")
        return int(cur.fetchone()[0])
