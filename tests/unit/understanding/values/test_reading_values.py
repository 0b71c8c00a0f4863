"""What the value reader finds in single sentences: kind, characters, normal form."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gatehouse.understanding.types import Language, Range
from gatehouse.understanding.values.pricetags import parse_price
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import (
    Bounds,
    Counted,
    Days,
    Kind,
    Length,
    Normal,
    Order,
    Price,
    Settings,
    Value,
)

NOW = datetime(2026, 4, 15, 12, tzinfo=ZoneInfo("Asia/Nicosia"))  # a Wednesday


def read(
    text: str, kind: Kind, *, language: Language = "en", order: Order = "day_first"
) -> list[tuple[str, Normal]]:
    settings = Settings(language, NOW, currency="GBP", order=order)
    found = find(text, settings, kinds=(kind,))
    return [(text[v.span.start : v.span.end], v.normal) for v in found]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "two hundred and forty five thousand", 245_000.0),
        ("en", "1.5k", 1_500.0),
        ("en", "one and a half", 1.5),
        ("en", "three million and a half", 3_500_000.0),
        ("en", "three quarters of", 0.75),
        ("en", "minus five point five", -5.5),
        ("en", "4 thousand 3 hundred and 21", 4_321.0),
        ("tr", "bir milyon iki yüz bin", 1_200_000.0),
        ("tr", "on iki", 12.0),
        ("tr", "ikiyüzelli", 250.0),
        ("tr", "üç buçuk milyon", 3_500_000.0),
        ("tr", "1.234.567", 1_234_567.0),
        ("tr", "3,5", 3.5),
        ("ru", "сто двадцать три тысячи", 123_000.0),
        ("ru", "полтора", 1.5),
        ("uk", "двісті п'ятдесят", 250.0),
        ("de", "fünfundzwanzigtausend", 25_000.0),
        ("de", "zweihundertdreiundvierzig", 243.0),
        ("pl", "dwieście pięćdziesiąt", 250.0),
        ("fr", "quatre-vingt-dix-sept", 97.0),
        ("fr", "soixante et onze", 71.0),
    ],
)
def test_a_number_is_worth_what_is_said(language: Language, text: str, value: float) -> None:
    found = read(text, Kind.NUMBER, language=language)
    assert [normal for _, normal in found] == [pytest.approx(value)]


@pytest.mark.parametrize("text", ["29km road", "this one please", "B2", "the first floor", "an"])
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert read(text, Kind.NUMBER) == []


@pytest.mark.parametrize(
    ("language", "text", "said", "price"),
    [
        ("en", "I pay $ 75 million", "$ 75 million", Price(75e6, 75e6, "USD")),
        ("en", "500gbp", "500gbp", Price(500, 500, "GBP")),
        ("en", "1.200€ a month", "1.200€", Price(1200, 1200, "EUR", "month")),
        ("en", "15 dollars and 50 cents", "15 dollars and 50 cents", Price(15.5, 15.5, "USD")),
        ("en", "12 cents", "12 cents", Price(12, 12, "USD", is_minor=True)),
        ("en", "c$ 10", "c$ 10", Price(10, 10, "CAD")),
        ("en", "up to 900 pounds", "900 pounds", Price(None, 900, "GBP")),
        ("en", "from 400 to 600 euros", "400 to 600 euros", Price(400, 600, "EUR")),
        ("en", "my budget is 700", "700", Price(700, 700, "GBP")),
        ("tr", "10 bin lira", "10 bin lira", Price(10_000, 10_000, "TRY")),
        ("tr", "12.345 $'dan", "12.345 $", Price(12_345, 12_345, "USD")),
        ("ru", "не более 7 евро", "7 евро", Price(None, 7, "EUR")),
        ("uk", "300 грн", "300 грн", Price(300, 300, "UAH")),
        ("pl", "1500 złotych", "1500 złotych", Price(1500, 1500, "PLN")),
        ("de", "800 Euro", "800 Euro", Price(800, 800, "EUR")),
    ],
)
def test_money_has_its_currency_bounds_and_period(
    language: Language, text: str, said: str, price: Price
) -> None:
    assert read(text, Kind.MONEY, language=language) == [(said, price)]


def test_a_word_that_is_also_a_code_is_no_money() -> None:
    assert read("let's try 50 more, he won all", Kind.MONEY) == []


@pytest.mark.parametrize(
    ("text", "said", "start", "end"),
    [
        ("see you the 18th.", "the 18th", date(2026, 4, 18), date(2026, 4, 19)),
        ("next Friday", "next Friday", date(2026, 4, 24), date(2026, 4, 25)),
        ("in two weeks", "in two weeks", date(2026, 4, 29), date(2026, 4, 30)),
        ("three weeks from tomorrow", "three weeks from tomorrow", date(2026, 5, 7), None),
        ("mid-June", "mid-June", date(2026, 6, 10), date(2026, 6, 21)),
        ("from 3 to 17 May", "from 3 to 17 May", date(2026, 5, 3), date(2026, 5, 17)),
        ("the last week of July", "the last week of July", date(2026, 7, 27), date(2026, 8, 3)),
        ("this weekend", "this weekend", date(2026, 4, 18), date(2026, 4, 20)),
        ("next month", "next month", date(2026, 5, 1), date(2026, 6, 1)),
        ("12/05", "12/05", date(2026, 5, 12), date(2026, 5, 13)),
        ("2026-06-01", "2026-06-01", date(2026, 6, 1), date(2026, 6, 2)),
        ("Monday to Friday", "Monday to Friday", date(2026, 4, 20), date(2026, 4, 24)),
        ("first Friday of May", "first Friday of May", date(2026, 5, 1), date(2026, 5, 2)),
        ("2 weeks starting May 20th", "2 weeks starting May 20th", date(2026, 5, 20), None),
    ],
)
def test_days_are_counted_from_the_clock(
    text: str, said: str, start: date, end: date | None
) -> None:
    found = find(text, Settings("en", NOW), kinds=(Kind.DATE, Kind.DATE_RANGE))
    (value,) = found
    assert isinstance(value.normal, Days)
    assert text[value.span.start : value.span.end] == said
    assert value.normal.start == start
    assert end is None or value.normal.end == end


def test_the_order_of_day_and_month_can_be_asked_for() -> None:
    (_, american), *_ = read("5/12", Kind.DATE, order="month_first")
    (_, british), *_ = read("5/12", Kind.DATE)
    assert american == Days(date(2026, 5, 12), date(2026, 5, 13))
    assert british == Days(date(2026, 12, 5), date(2026, 12, 6))


@pytest.mark.parametrize(
    "text", ["it may be changed", "you may not!", "a 4:3 screen", "12345-2018"]
)
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert read(text, Kind.DATE) + read(text, Kind.DATE_RANGE) == []


def test_the_other_kinds_have_their_normal_forms() -> None:
    assert read("for two weeks", Kind.DURATION) == [("two weeks", Length(2, "week"))]
    assert read("2 or 3 bedrooms", Kind.COUNT) == [
        ("2 or 3 bedrooms", Counted("bedrooms", Range(2, 3)))
    ]
    assert read("at least 80 m2", Kind.AREA) == [("80 m2", Range(80, None))]
    assert read("at 3 pm", Kind.TIME) == [("3 pm", time(15))]
    assert read("more than 40", Kind.BOUNDS) == [("40", Bounds(40, None))]
    assert read("the 21st", Kind.ORDINAL) == [("21st", 21.0)]
    assert read("12 %", Kind.PERCENT) == [("12 %", 12.0)]
    assert read("yes, please", Kind.ANSWER) == [("yes", "yes")]
    assert read("ring +90 533 812 34 56", Kind.PHONE) == [("+90 533 812 34 56", "+905338123456")]
    assert read("me@example.com.", Kind.EMAIL) == [("me@example.com", "me@example.com")]


def test_no_value_lies_inside_another_and_all_stand_in_order() -> None:
    text = "2 bedrooms, 80 m2, 600 euros a month from 3 to 17 May, call 0533 812 34 56"
    found: tuple[Value, ...] = find(text, Settings("en", NOW))
    assert {v.kind for v in found} >= {
        Kind.COUNT,
        Kind.AREA,
        Kind.MONEY,
        Kind.DATE_RANGE,
        Kind.PHONE,
    }
    assert all(one.span.end <= two.span.start for one, two in itertools.pairwise(found))


def test_spans_count_the_characters_of_the_text_as_it_came() -> None:
    text = "cafe\u0301 in 500 euros"
    (value,) = find(text, Settings("en", NOW), kinds=(Kind.MONEY,))
    assert text[value.span.start : value.span.end] == "500 euros"


@pytest.mark.parametrize(
    ("text", "hint", "amount", "code", "said"),
    [
        ("1.298,00 €", None, "1298.00", "EUR", "€"),
        ("$119. 95", None, "119.95", "USD", "$"),
        ("от 2 750 руб.", None, "2750", "RUB", "руб."),
        ("CHF 1'049,95", None, "1049.95", "CHF", "CHF"),
        ("19,59", "€", "19.59", "EUR", "€"),
        ("AED 8000 (USD 2179)", None, "8000", "AED", "AED"),
        ("from 1.800.000₫", None, "1800000", "VND", "₫"),
        ("35€ 99", None, "35.99", "EUR", "€"),
        ("Free!", None, "0", None, None),
        ("call us", None, None, None, None),
    ],
)
def test_a_price_tag_gives_amount_and_currency(
    text: str, hint: str | None, amount: str | None, code: str | None, said: str | None
) -> None:
    found = parse_price(text, hint)
    assert found == (Decimal(amount) if amount else None, code, said)


def test_the_decimal_sign_of_a_source_may_be_told() -> None:
    assert parse_price("1.234 KD").amount == 1234
    assert parse_price("1.234 KD", decimal=".").amount == Decimal("1.234")
