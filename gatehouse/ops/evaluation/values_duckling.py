"""The phrases of Duckling: numerals, amounts of money, ordinals, durations and times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.sources import read_json_lines
from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Kind, Settings

NOW = datetime(2013, 2, 12, 4, 30, tzinfo=timezone(timedelta(hours=-2)))
_NUMBER = re.compile(r"(?:NumeralValue|OrdinalData) \(?(-?[\d.]+(?:e-?\d+)?)\)?$")
_KINDS = {"Numeral": Kind.NUMBER, "Ordinal": Kind.ORDINAL}

Row = Mapping[str, Any]


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged phrases whose gold is simple enough to be read; `broken` counts the others."""
    for row in read_json_lines(path):
        found = _judged(row)
        if found is not None:
            yield found


def _judged(row: Row) -> Outcome | None:
    kind = _KINDS.get(row["dim"])
    gold = _NUMBER.match(row["gold_haskell"])
    if kind is None or gold is None:
        return None
    text, language = row["text"], row["lang"]
    found = find(text, Settings(language, NOW), kinds=(kind,))
    wanted = [Expected((float(gold.group(1)),))]
    return judged(_sets(row), text, wanted=wanted, found=found)


def _sets(row: Row) -> tuple[str, ...]:
    own = f"Duckling {row['dim']} {row['lang']}"
    if row["dim"] in ("Numeral", "AmountOfMoney"):
        return own, f"Duckling amounts {row['lang']}"
    return (own,)
