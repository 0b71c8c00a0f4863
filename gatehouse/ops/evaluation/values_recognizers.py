"""The files of Recognizers-Text: numbers, ranges, money, phones and dates in two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation import values_dates
from gatehouse.ops.evaluation.sources import EvaluationError, Fields, checked, read_json
from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.ops.evaluation.values_units import CODES, HUNDREDTHS, amount
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Bounds, Kind, Settings

LANGUAGES: Mapping[str, Language] = {"english": "en", "turkish": "tr"}
_NAME = re.compile(rf"recognizers_(?P<language>{'|'.join(LANGUAGES)})_(?P<model>[^_.]+)\.json$")
_ROW: Fields = {"Input": str, "Results": list}
_NOW = datetime(2019, 3, 1, tzinfo=UTC)

Row = Mapping[str, Any]


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged cases of a file named recognizers_<language>_<what>Model.json."""
    named = _NAME.match(path.name)
    if named is None:
        raise EvaluationError(f"{path} is not named recognizers_<language>_<what>Model.json")
    language = LANGUAGES[named["language"]]
    judge = _JUDGES.get(named["model"], _skip)
    for row in read_json(path):
        found = judge(checked(row, f"a case of {path}", _ROW), language)
        if found is not None:
            yield found


def _skip(_: Row, __: Language) -> None:
    """Models that are not measured."""


def _numbers(row: Row, language: Language) -> Outcome:
    found = find(row["Input"], Settings(language, _NOW), kinds=(Kind.NUMBER,))
    wanted = [_expected(r, (_float(r["Resolution"]["value"]),)) for r in row["Results"]]
    return judged((f"numbers {language}",), row["Input"], wanted=wanted, found=found)


def _money(row: Row, language: Language) -> Outcome:
    found = find(row["Input"], Settings(language, _NOW), kinds=(Kind.MONEY,))
    wanted = [_expected(r, (_amount(r["Resolution"]),)) for r in row["Results"]]
    name = (f"currency {language}",)
    return judged(name, row["Input"], wanted=wanted, found=found, key=amount)


def _ranges(row: Row, language: Language) -> Outcome:
    """Bounds, whether or not they belong to the range; without their places."""
    found = find(row["Input"], Settings(language, _NOW), kinds=(Kind.BOUNDS,))
    wanted = [Expected((Bounds(*_bounds(r["Resolution"]["value"])),)) for r in row["Results"]]
    return judged((f"number ranges {language}",), row["Input"], wanted=wanted, found=found)


def _bounds(said: str) -> tuple[float | None, float | None]:
    low, high = said.strip("[]()").split(",")
    return float(low) if low else None, float(high) if high else None


def _phones(row: Row, language: Language) -> Outcome:
    """Digits and places."""
    found = find(row["Input"], Settings(language, _NOW), kinds=(Kind.PHONE,))
    wanted = [_expected(r, (_dialled(r["Resolution"]["value"]),)) for r in row["Results"]]
    return judged((f"phones {language}",), row["Input"], wanted=wanted, found=found)


def _dialled(said: str) -> str:
    """The digits; both 00 and + begin a number of another country, and mean the same."""
    digits = "".join(c for c in said if c.isdecimal())
    if said.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") and len(digits) > 10 else digits


def _amount(gold: Mapping[str, str | None]) -> tuple[float | None, str, bool]:
    unit, value = str(gold["unit"]), gold.get("value")
    number = None if value is None else _float(value)
    if unit in HUNDREDTHS:
        return number, HUNDREDTHS[unit], True
    return number, gold.get("isoCurrency") or CODES.get(unit, unit), False


def _expected(result: Row, normals: tuple[Any, ...]) -> Expected:
    """Where the places disagree with the text given (one does, by a blank), its length counts."""
    start = result.get("Start")
    if start is None:
        return Expected(normals)
    return Expected(normals, start, start + len(result["Text"]))


def _float(text: str) -> float:
    return float(text.replace(",", "."))


_JUDGES: Mapping[str, Callable[[Row, Language], Outcome | None]] = {
    "NumberModel": _numbers,
    "CurrencyModel": _money,
    "NumberRangeModel": _ranges,
    "PhoneNumberModel": _phones,
    "DateTimeModel": values_dates.judge,
}
