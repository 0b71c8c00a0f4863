"""Money in any text: amounts, ranges and limits with their currency and period."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.understanding.money import has_budget_near, period_near
from gatehouse.understanding.numbers import Amount, amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import DialogueState
from gatehouse.understanding.values.amounts import numbered
from gatehouse.understanding.values.coins import with_coins
from gatehouse.understanding.values.currencies import whole_words
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.types import Kind, Price, Settings, Value

_LEAST_BARE = 50.0  # a bare number below this is no price


def read_money(page: Page, settings: Settings) -> list[Value]:
    """Every amount of money, in the order of the text."""
    return sorted(_money(page, settings), key=lambda value: value.span.start)


def _money(page: Page, settings: Settings) -> Iterator[Value]:
    items = with_coins(page, numbered(page))
    r = Reading(items, settings.language, DialogueState(), settings.now.date())
    behind = -1
    for at in r.numbers:
        amount = amount_at(r, at) if at > behind else None
        value = _price(r, amount, settings) if amount else None
        if value is not None and amount is not None:
            behind = amount.last
            r.taken.update(range(amount.first, amount.last + 1))
            yield value
    yield from _alone(r)


def _alone(r: Reading) -> Iterator[Value]:
    """Currencies without an amount: "in euros, please"."""
    words = whole_words(r.language)
    for at in r.where("cur"):
        item = r.at(at)
        if item.number is None and item.text in words:
            price = Price(None, None, item.labels["cur"])
            yield Value(Kind.MONEY, r.span(at, at), price, 0.5)


def _price(r: Reading, amount: Amount, settings: Settings) -> Value | None:
    coin = next((i for i in (amount.value_at, amount.first) if r.has(i, "coin")), None)
    period, _ = period_near(r, amount.first, last=amount.last)
    if coin is None:
        if amount.value < _LEAST_BARE or r.has(amount.first - 1, "nr", "coin"):
            return None
        if period is None and not has_budget_near(r, amount):
            return None
    code = r.label(coin, "cur") if coin is not None else settings.currency
    is_minor = coin is not None and r.has(coin, "minor")
    price = Price(amount.low, amount.high, code, period, amount.is_about, is_minor)
    span = r.span(amount.first, amount.value_at)
    return Value(Kind.MONEY, span, price, 1.0 if coin is not None else 0.7)
