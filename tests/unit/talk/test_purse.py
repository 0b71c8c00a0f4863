"""Prices in the visitor's own currency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.talk.facts import price
from gatehouse.talk.purse import Purse, rounded
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Language
from tests.conversations.stock import home

RATES = {"GBP": 1.0, "EUR": 1.2, "TRY": 58.4}
LIRA = replace(home(1, "girne/lapta", price=31_500), currency="TRY")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "₺31,500 a month (about £540)"),
        ("tr", "aylık ₺31.500 (yaklaşık £540)"),
        ("ru", "31\u00a0500\u00a0₺ в месяц (около 540\u00a0£)"),
        ("uk", "31\u00a0500\u00a0₺ на місяць (близько 540\u00a0£)"),
    ],
)
def test_a_price_is_said_in_both_currencies(language: Language, said: str) -> None:
    assert price(Voice(language, purse=Purse("GBP", RATES)), LIRA) == said


@pytest.mark.parametrize(
    "purse",
    [None, Purse("TRY", RATES), Purse("GBP", {}), Purse("USD", RATES)],
    ids=["no purse", "same currency", "no rates", "unknown currency"],
)
def test_only_the_rows_own_price_is_said_where_nothing_can_be_converted(
    purse: Purse | None,
) -> None:
    assert price(Voice("en", purse=purse), LIRA) == "₺31,500 a month"


@pytest.mark.parametrize(
    ("amount", "said"),
    [(68.7, 69), (539.4, 540), (1234, 1230), (98_765, 98_800), (345_678, 346_000)],
)
def test_a_converted_price_does_not_look_exact(amount: float, said: float) -> None:
    assert rounded(amount) == said
