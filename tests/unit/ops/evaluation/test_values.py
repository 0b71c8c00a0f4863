"""Measuring the value reader: what counts as right, which halves there are, what is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gatehouse.ops.evaluation.kinds import values
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.ops.evaluation.values_cases import Expected, judged
from gatehouse.understanding.types import Span
from gatehouse.understanding.values.types import Kind, Value

Row = Mapping[str, Any]


def case(text: str, *results: tuple[str, int, Row], **more: Any) -> Row:
    found = [
        {"Text": said, "Start": start, "End": start + len(said) - 1, **about}
        for said, start, about in results
    ]
    return {"Input": text, "Results": found, **more}


def worth(value: str, **more: str) -> Row:
    return {"TypeName": "x", "Resolution": {"value": value, **more}}


def dated(kind: str, **value: str) -> Row:
    values = [{"type": kind, "timex": "XXXX-05-03", **value}]
    return {"TypeName": f"datetimeV2.{kind}", "Resolution": {"values": values}}


def run(folder: Path, name: str, rows: Sequence[Row]) -> Report:
    path = folder / name
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path.write_text(json.dumps(rows))
    return values.run({"paths": [folder]})


def figure(report: Report, name: str) -> tuple[float, int]:
    return next((f.value, f.count) for f in report.figures if f.name == name)


def test_a_number_counts_with_value_and_place_and_nothing_besides(tmp_path: Path) -> None:
    rows = [
        case("I have 12 cats", ("12", 7, worth("12"))),
        case("I have 12 cats!", ("12", 7, worth("13"))),  # another value
        case("I have 12 cats?", ("12", 8, worth("12"))),  # another place
        case("I have 12 cats.", NotSupported="python"),  # nothing is to be found
        case("29km", NotSupported="python"),
    ]
    report = run(tmp_path, "recognizers_english_NumberModel.json", rows)
    assert figure(report, "numbers en") == (0.4, 5)
    assert report.errors == {
        "numbers en: another value": 1,
        "numbers en: other characters": 1,
        "numbers en: found where nothing is": 1,
    }
    assert [line["right"] for line in report.predictions].count(True) == 2


def test_money_is_compared_by_amount_currency_and_hundredths(tmp_path: Path) -> None:
    rows = [
        case("it costs $5", ("$5", 9, worth("5", unit="Dollar"))),
        case("it costs 5 cents", ("5 cents", 9, worth("5", unit="Cent"))),
        case("it costs C$5", ("C$5", 9, worth("5", unit="Dollar"))),  # not those dollars
    ]
    report = run(tmp_path, "recognizers_english_CurrencyModel.json", rows)
    value, count = figure(report, "currency en")
    assert (round(value, 2), count) == (0.67, 3)


def test_a_home_seekers_dates_are_chosen_by_rule(tmp_path: Path) -> None:
    now = {"Context": {"ReferenceDateTime": "2026-04-15T00:00:00"}}
    soon = dated("date", value="2026-05-03")
    rows = [
        case("on 3 May", ("3 May", 3, soon), **now),
        case("in 1990, on 3 May", ("3 May", 12, dated("date", value="1990-05-03")), **now),
        case("for 3 minutes", ("3 minutes", 4, dated("duration", value="180")), **now),
        case("you may not!", **now),
        case("without a clock"),
    ]
    report = run(tmp_path, "recognizers_english_DateTimeModel.json", rows)
    assert figure(report, "dates of a home seeker en") == (1.0, 2)
    assert figure(report, "dates, all en")[1] == 4


def test_golds_that_are_no_golds_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        {"dim": "Numeral", "lang": "en", "text": "five", "gold_haskell": "NumeralValue 5"},
        {"dim": "Numeral", "lang": "en", "text": "six", "gold_haskell": "="},
        {"dim": "Time", "lang": "en", "text": "lent", "gold_haskell": 'datetimeHoliday "Lent"'},
        {"dim": "AmountOfMoney", "lang": "en", "text": "$5", "gold_haskell": "simple Dollar 5"},
    ]
    report = run(tmp_path, "duckling_corpus_en.jsonl", rows)
    assert figure(report, "Duckling amounts en") == (1.0, 2)
    assert figure(report, "left out: broken golds of Duckling") == (0.25, 4)
    assert figure(report, "left out: golds of Duckling that are not simple") == (0.25, 4)


def test_strings_that_the_upstream_parser_fails_are_a_set_apart(tmp_path: Path) -> None:
    row = {
        "price_raw": "5,00 €", "currency_raw": None, "currency": "€", "amount": "5",
        "decimal_separator": None,
    }  # fmt: skip
    rows = [{"list": "examples", **row}, {"list": "examples_xfail", **row, "amount": "6"}]
    report = run(tmp_path, "price_parser_cases.jsonl", rows)
    assert figure(report, "price strings") == (1.0, 1)
    assert figure(report, "price strings, upstream fails") == (0.0, 1)


def test_each_text_lies_in_one_half_and_both_are_shown(tmp_path: Path) -> None:
    rows = [case(f"{n} cats", (str(n), 0, worth(str(n)))) for n in range(40)]
    report = run(tmp_path, "recognizers_english_NumberModel.json", rows)
    halves = [figure(report, f"  numbers en ({half})")[1] for half in ("develop", "check")]
    assert sum(halves) == 40
    assert min(halves) > 5


def test_a_scorer_that_is_given_other_golds_fails() -> None:
    """The negative control: what was found for one text is wrong for another."""
    found = [Value(Kind.NUMBER, Span(0, 1), 5.0)]
    assert judged(("x",), "5", wanted=[Expected((5.0,), 0, 1)], found=found).error is None
    assert judged(("x",), "5", wanted=[Expected((date(2026, 1, 1),))], found=found).error
    assert judged(("x",), "5", wanted=[], found=found).error
    assert judged(("x",), "5", wanted=[Expected((5.0,))] * 2, found=found).error


def test_a_folder_without_cases_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no files of values"):
        values.run({"paths": [tmp_path]})
