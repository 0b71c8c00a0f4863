"""The phrases of Duckling: numerals, amounts of money, ordinals, durations and times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.sources import read_json_lines
from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.ops.evaluation.values_units import CODES, HUNDREDTHS, money
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Kind, Settings, Value

NOW = datetime(2013, 2, 12, 4, 30, tzinfo=timezone(timedelta(hours=-2)))
_NUMBER = re.compile(r"(?:NumeralValue|OrdinalData) \(?(-?[\d.]+(?:e-?\d+)?)\)?$")
_AMOUNT = re.compile(
    r"(simple|between|under|above) (\w+) \(?(-?[\d.]+(?:e-?\d+)?)(?:, (-?[\d.]+(?:e-?\d+)?))?\)?$"
)
_CENTS = {*HUNDREDTHS.values(), "EUR", "TRY", "RUB", "UAH"}
_KINDS = {"Numeral": Kind.NUMBER, "Ordinal": Kind.ORDINAL}

Row = Mapping[str, Any]


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged phrases whose gold is simple enough to be read; `broken` counts the others."""
    for row in read_json_lines(path):
        found = _judged(row)
        if found is not None:
            yield found


def _judged(row: Row) -> Outcome | None:
    if row["dim"] == "AmountOfMoney":
        return _money(row)
    kind = _KINDS.get(row["dim"])
    gold = _NUMBER.match(row["gold_haskell"])
    if kind is None or gold is None:
        return None
    text, language = row["text"], row["lang"]
    found = find(text, Settings(language, NOW), kinds=(kind,))
    wanted = [Expected((float(gold.group(1)),))]
    return judged(_sets(row), text, wanted=wanted, found=found)


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
