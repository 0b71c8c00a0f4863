"""What "best first" means: fresh, well rated, well shown. The same formula is a stored column.

Freshness counts in absolute days, so a rank never has to be recomputed because time passes.
"""

from __future__ import annotations

from datetime import UTC, datetime

# Points. A day of freshness is worth one point.
POINTS_PER_STAR = 12.0  # a home with 4.8 leads one with 4.3 by six days
STARS_IF_UNRATED = 3.5
POINTS_PER_PICTURE = 2.0
MOST_PICTURES = 6  # more do not help
DAYS_IF_UNVERIFIED = 60.0  # counts as verified that long before it was listed

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

# The stored column; `tests/store/listings` holds it against `rank` below.
RANK_SQL = f"""
    round((
        extract(epoch from (
            coalesce(
                verified_at AT TIME ZONE 'UTC',
                listed_at AT TIME ZONE 'UTC' - interval '{DAYS_IF_UNVERIFIED:.0f} days'
            ) - timestamp '2020-01-01'
        )) / 86400
        + {POINTS_PER_STAR} * coalesce(rating, {STARS_IF_UNRATED})
        + {POINTS_PER_PICTURE} * least(jsonb_array_length(pictures), {MOST_PICTURES})
    )::numeric, 3)::double precision
""".strip()


def rank(
    *, rating: float | None, verified_at: datetime | None, listed_at: datetime, pictures: int
) -> float:
    """Points of a home; more is better. Rounded to 0.001."""
    fresh = (verified_at or listed_at) - _EPOCH
    days = fresh.total_seconds() / 86400 - (0 if verified_at else DAYS_IF_UNVERIFIED)
    stars = STARS_IF_UNRATED if rating is None else rating
    shown = POINTS_PER_PICTURE * min(pictures, MOST_PICTURES)
    return round(days + POINTS_PER_STAR * stars + shown, 3)
