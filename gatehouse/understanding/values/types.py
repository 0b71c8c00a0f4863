"""What the value reader finds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from gatehouse.understanding.types import Language, Period, Range, Span

Unit = Literal["second", "minute", "hour", "day", "night", "week", "month", "year"]
Order = Literal["day_first", "month_first"]


class Kind(StrEnum):
    """What a value is, and with it the type of its normal form."""

    NUMBER = "number"  # float
    ORDINAL = "ordinal"  # float
    PERCENT = "percent"  # float: 12 for 12 %
    BOUNDS = "bounds"  # Bounds
    MONEY = "money"  # Price
    COUNT = "count"  # Counted
    AREA = "area"  # Range in m²
    DATE = "date"  # Days of one day
    DATE_RANGE = "date_range"  # Days
    TIME = "time"  # time of day
    DURATION = "duration"  # Length
    ANSWER = "answer"  # "yes", "no" or "any"
    PHONE = "phone"  # digits, with a leading + if said
    EMAIL = "email"  # as written


@dataclass(frozen=True, slots=True)
class Bounds:
    """Numbers from `low` to `high`; None: no bound on that side."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Price:
    """Money: `low` equals `high` for a plain amount; None: no bound on that side.

    `currency` is an ISO 4217 code, or None if none was said and no default given; where
    `is_minor`, the amounts count hundredths of it (cents, pence).
    """

    low: float | None
    high: float | None
    currency: str | None
    period: Period | None = None
    is_about: bool = False
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something: "bedrooms", "bathrooms", "guests" or "floors"."""

    what: str
    range: Range


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `start` until before `end`; None: open on that side."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time."""

    count: float
    unit: Unit


Normal = float | str | time | Range | Bounds | Price | Counted | Days | Length


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its kind, the characters that say it, what it comes to, how sure (0..1)."""

    kind: Kind
    span: Span
    normal: Normal
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the reader goes by: language, clock, and what stands in for what is not said."""

    language: Language
    now: datetime  # aware: where the speaker is
    currency: str | None = None  # the market's, for amounts that name none
    order: Order = "day_first"  # how 12/05 is read
