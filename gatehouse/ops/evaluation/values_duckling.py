"""The phrases of Duckling: numerals, amounts of money, ordinals, durations and times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.sources import Fields, read_json_lines
from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.ops.evaluation.values_dates import KINDS, key
from gatehouse.ops.evaluation.values_units import CODES, HUNDREDTHS, money
from gatehouse.understanding.values.calendar import add_months
from gatehouse.understanding.values.lengths import SECONDS
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Kind, Settings, Value

_ROW: Fields = {"dim": str, "text": str, "lang": str, "gold_haskell": str}
NOW = datetime(2013, 2, 12, 4, 30, tzinfo=timezone(timedelta(hours=-2)))
_NUMBER = re.compile(r"(?:NumeralValue|OrdinalData) \(?(-?[\d.]+(?:e-?\d+)?)\)?$")
_AMOUNT = re.compile(
    r"(simple|between|under|above) (\w+) \(?(-?[\d.]+(?:e-?\d+)?)(?:, (-?[\d.]+(?:e-?\d+)?))?\)?$"
)
_DAY = re.compile(r"datetime \((\d+), (\d+), (\d+), 0, 0, 0\) (Day|Week|Month|Quarter|Year)$")
_LENGTH = re.compile(r"DurationData (\d+) (Second|Minute|Hour|Day|Week|Month|Year)$")
_CENTS = {*HUNDREDTHS.values(), "EUR", "TRY", "RUB", "UAH"}
_KINDS = {"Numeral": Kind.NUMBER, "Ordinal": Kind.ORDINAL}

Row = Mapping[str, Any]


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged phrases whose gold is simple enough to be read; see `left_out`."""
    for row in read_json_lines(path, _ROW):
        found = _judged(row)
        if found is not None:
            yield found


def left_out(path: Path) -> tuple[int, int, int]:
    """How many golds are broken, how many are not simple, and how many there are."""
    rows = list(read_json_lines(path, _ROW))
    broken = sum(row["gold_haskell"].strip() == "=" for row in rows)
    judged_rows = sum(_judged(row) is not None for row in rows)
    return broken, len(rows) - broken - judged_rows, len(rows)


def _judged(row: Row) -> Outcome | None:
    if row["dim"] == "AmountOfMoney":
        return _money(row)
    if row["dim"] in ("Time", "Duration"):
        return _time(row)
    gold = _NUMBER.match(row["gold_haskell"])
    if gold is None:
        return None
    text, kind = row["text"], _KINDS[row["dim"]]
    found = find(text, Settings(row["lang"], NOW), kinds=(kind,))
    wanted = [Expected((float(gold.group(1)),))]
    return judged(_sets(row), text, wanted=wanted, found=found)


def _time(row: Row) -> Outcome | None:
    """Days, weeks, months and lengths; hours and minutes of a day are not judged here."""
    day = _DAY.match(row["gold_haskell"])
    length = _LENGTH.match(row["gold_haskell"])
    start = _date(*day.groups()[:3]) if day is not None else None
    if day is not None and start is not None:
        wanted = _grain(start, day.group(4))
    elif length is not None:
        wanted = ("lasts", float(length.group(1)) * SECONDS[length.group(2).lower()])
    else:
        return None
    settings = Settings(
        row["lang"], NOW, order="month_first" if row["lang"] == "en" else "day_first"
    )
    found = find(row["text"], settings, kinds=KINDS)
    return judged(_sets(row), row["text"], wanted=[Expected((wanted,))], found=found, key=key)


def _date(year: str, month: str, day: str) -> date | None:
    """None for a day that no month has, as one gold does."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _grain(start: date, grain: str) -> tuple[Any, ...]:
    if grain == "Day":
        return ("day", start)
    if grain == "Week":
        return ("days", start, start + timedelta(days=7))
    return ("days", start, add_months(start, {"Month": 1, "Quarter": 3, "Year": 12}[grain]))


def _money(row: Row) -> Outcome | None:
    gold = _AMOUNT.match(row["gold_haskell"])
    if gold is None:
        return None
    how, unit, *figures = gold.groups()
    one, other = (None if f is None else float(f) for f in figures)
    low = None if how == "under" else one
    high = None if how == "above" else other if how == "between" else one
    return _money_judged(row, unit, low=low, high=high)


def _money_judged(row: Row, unit: str, *, low: float | None, high: float | None) -> Outcome:
    """ "Unnamed" is any currency or none; "Cent" the hundredth of any."""
    text = row["text"]
    if unit == "Unnamed":
        found = find(text, Settings(row["lang"], NOW), kinds=(Kind.MONEY, Kind.NUMBER))
        return judged(_sets(row), text, wanted=[Expected(((low, high),))], found=found, key=_plain)
    found = find(text, Settings(row["lang"], NOW), kinds=(Kind.MONEY,))
    is_minor = unit == "Cent"
    codes = _CENTS if is_minor else {CODES.get(unit, unit)}
    wanted = [Expected(tuple((low, high, code, is_minor) for code in sorted(codes)))]
    return judged(_sets(row), text, wanted=wanted, found=found, key=money)


def _plain(value: Value) -> tuple[Any, ...]:
    return (value.normal, value.normal) if value.kind == Kind.NUMBER else money(value)[:2]


def _sets(row: Row) -> tuple[str, ...]:
    own = f"Duckling {row['dim']} {row['lang']}"
    if row["dim"] in ("Numeral", "AmountOfMoney"):
        return own, f"Duckling amounts {row['lang']}"
    return (own,)
