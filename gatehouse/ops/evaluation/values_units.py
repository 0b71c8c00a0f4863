"""How the golds of others name money, in terms of ISO codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatehouse.understanding.values.types import Price, Value

# Nouns that name no country stand for the currency that they mean most often.
CODES: Mapping[str, str] = {
    "Dollar": "USD", "Pound": "GBP", "Euro": "EUR", "Rupee": "INR", "Peseta": "ESP",
    "Netherlands guilder": "NLG", "Franc": "CHF", "Riyal": "SAR", "Rial": "IRR", "Bitcoin": "BTC",
}  # fmt: skip
HUNDREDTHS: Mapping[str, str] = {
    "Cent": "USD", "Pence": "GBP", "Penny": "GBP", "Sen": "MYR", "Satoshi": "BTC",
}  # fmt: skip
Money = tuple[float | None, float | None, str | None, bool]  # low, high, code, counts hundredths


def money(value: Value) -> Money:
    """A price that was found, to compare."""
    price = value.normal
    assert isinstance(price, Price)
    return (price.low, price.high, price.currency, price.is_minor)


def amount(value: Value) -> tuple[Any, ...]:
    """The same where the gold knows no bounds: the one amount that was said."""
    low, high, code, is_minor = money(value)
    return (high if high is not None else low, code, is_minor)
