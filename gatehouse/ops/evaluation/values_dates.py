"""The dates of Recognizers-Text, and which of them someone who seeks a home might say.

A case counts as a home seeker's if every value wanted in it (none wanted counts too)
- is a date, a range of dates, or a length of whole days, weeks, months or years;
- lies within five years of the reference day, and its latest reading not before that day;
- is not named by years, quarters, halves, centuries or working days alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.lengths import SECONDS
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Days, Kind, Length, Settings, Value

KINDS = (Kind.DATE, Kind.DATE_RANGE, Kind.DURATION)
_NEAR = timedelta(days=5 * 366)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COARSE = re.compile(
    r"\d{4}$|XXXX$|\((\d{4})-01-01,\d{4}-01-01|.*,P(?:3M|6M|\d+Y|\d+BD)\)$|(?:FY|SY)|.*-(?:SP|SU|FA|WI)$"
)

Row = Mapping[str, Any]


def judge(row: Row, language: Language) -> Outcome | None:
    """A case that names its reference time, else None."""
    if "Context" not in row:
        return None
    now = datetime.fromisoformat(row["Context"]["ReferenceDateTime"]).astimezone()
    order = "month_first" if language == "en" else "day_first"
    settings = Settings(language, now, order=order)  # type: ignore[arg-type]
    wanted = [_expected(r) for r in row["Results"]]
    found = find(row["Input"], settings, kinds=KINDS)
    sets = [f"dates, all {language}"]
    if all(_is_of_a_home_seeker(r, now.date()) for r in row["Results"]):
        sets.insert(0, f"dates of a home seeker {language}")
    return judged(tuple(sets), row["Input"], wanted=wanted, found=found, key=key)


def key(value: Value) -> tuple[Any, ...]:
    """A day, a range or a length in seconds, to compare."""
    what = value.normal
    if isinstance(what, Length):
        return ("lasts", float(what.count * SECONDS[what.unit]))
    assert isinstance(what, Days)
    if value.kind == Kind.DATE:
        return ("day", what.start)
    return ("days", what.start, what.end)


def _expected(result: Row) -> Expected:
    values = result["Resolution"]["values"]
    normals = tuple(_normal(v, result["TypeName"]) for v in values)
    start = result.get("Start")
    if start is None:
        return Expected(normals)
    return Expected(normals, start, start + len(result["Text"]))


def _normal(value: Row, name: str) -> tuple[Any, ...]:
    """Where a day is limited ("before Friday"), only the limit is given: the same for us."""
    if value["type"] == "duration":
        return ("lasts", float(value["value"])) if _is_number(value) else ("unknown", name)
    start, end = _day(value.get("start")), _day(value.get("end"))
    if start or end:
        return ("days", start, end)
    return ("day", _day(value.get("value")))


def _is_number(value: Row) -> bool:
    return str(value.get("value", "")).isdigit()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and _DAY.fullmatch(text) else None


def _is_of_a_home_seeker(result: Row, today: date) -> bool:
    values: Sequence[Row] = result["Resolution"]["values"]
    kind = result["TypeName"].removeprefix("datetimeV2.")
    if kind == "duration":
        return all(_is_number(v) and int(v["value"]) % 86400 == 0 for v in values)
    if kind not in ("date", "daterange") or any(_COARSE.match(v["timex"]) for v in values):
        return False
    days = [day for value in values for day in _days(value)]
    is_near = bool(days) and all(abs(day - today) <= _NEAR for day in days)
    return is_near and max(days) >= today


def _days(value: Row) -> Iterator[date]:
    for name in ("value", "start", "end"):
        day = _day(value.get(name))
        if day is not None:
            yield day
