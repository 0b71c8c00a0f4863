"""Budgets: how much, in which currency, for how long, and within which bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, cast

from gatehouse.understanding.numbers import Amount, amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import (
    Budget,
    Currency,
    Op,
    Period,
    Slot,
    SlotChange,
    Span,
)

LEAST_BARE_PRICE = 50.0  # a bare number below this is no price
_LEAST_UNCOUNTED = 100.0  # a bare number from here on is hardly a count of rooms
_YEARS = range(1900, 2041)
_REACH = 3
_PERIODS: dict[str, Period] = {
    "day": "night", "night": "night", "week": "week", "month": "month", "year": "year",
}  # fmt: skip


class Money(NamedTuple):
    """An amount of money found at items `first` to `last`, and what made it money."""

    budget: Budget
    value: float
    first: int
    last: int
    why: str
    confidence: float


def find_money(r: Reading) -> list[Money]:
    """Every amount of money that nothing else has used yet; takes nothing."""
    found: list[Money] = []
    behind = -1
    for index in r.free_numbers():
        if index <= behind:
            continue
        amount = amount_at(r, index)
        money = _as_money(r, amount) if amount else None
        if money:
            found.append(money)
            behind = money.last
    return found


def hear_budget(r: Reading) -> list[SlotChange]:
    """The budget that the message sets; the last one said wins."""
    found = find_money(r)
    if not found:
        return _other_currency(r)
    best = _both_bounds(found) or max(found, key=lambda m: (m.confidence >= 0.8, m.first))
    span = r.take(best.first, best.last)
    for other in found:
        if not best.first <= other.first <= best.last:
            r.take(other.first, other.last)
    return [SlotChange(Slot.BUDGET, Op.SET, best.budget, span, best.confidence, best.why)]


def _both_bounds(found: list[Money]) -> Money | None:
    """ "Not more than 1200 euros and not less than 700", in either order, as one budget."""
    if len(found) != 2:
        return None
    low, high = sorted(found, key=lambda m: m.budget.low is None)
    if low.budget.high is not None or high.budget.low is not None or low.value >= high.value:
        return None
    budget = replace(
        high.budget,
        low=low.value,
        currency=high.budget.currency or low.budget.currency,
        period=high.budget.period or low.budget.period,
    )
    first, last = min(low.first, high.first), max(low.last, high.last)
    return Money(budget, high.value, first, last, "a lower and an upper bound", 0.95)


def _other_currency(r: Reading) -> list[SlotChange]:
    """ "I meant euros": the same figures in another currency."""
    filled = r.state.slots.get(Slot.BUDGET)
    index = next(r.where("cur"), None)
    if index is None or filled is None or not isinstance(filled.value, Budget):
        return []
    code = cast(Currency, r.label(index, "cur"))
    if code == filled.value.currency or r.mentions("attr", "scope"):
        return []
    value = replace(filled.value, currency=code)
    return [SlotChange(Slot.BUDGET, Op.SET, value, r.take(index), 0.8, "only the currency")]


def _as_money(r: Reading, amount: Amount) -> Money | None:
    currency, first, last = _currency(r, amount)
    period, last = period_near(r, first, last=last)
    evidence = _evidence(
        r, amount, has_currency=currency is not None, has_period=period is not None
    )
    if evidence is None or not 0 < amount.value < 1e10:
        return None
    why, confidence = evidence
    if period is None and r.says("deal", "buy") and not r.says("deal", "rent"):
        period = "total"
    low = None if amount.is_plain else amount.low
    is_about = amount.is_about and amount.low is not None  # "about 1000 tops" is a limit
    budget = Budget(low, amount.high, currency, period, is_about)
    return Money(budget, amount.value, first, last, why, confidence)


def _currency(r: Reading, amount: Amount) -> tuple[Currency | None, int, int]:
    """The currency on either side or inside of the amount, and the items it reaches to."""
    inside = range(amount.first, amount.last + 1)
    after = amount.last + 1
    if r.has(after, "num", "weak") and r.at(after).number is None:
        after += 1
    for index in (*inside, after, amount.first - 1):
        code = r.label(index, "cur")
        if code is not None and r.is_free(index):
            first, last = min(amount.first, index), max(amount.last, index)
            return cast(Currency, code), first, last
    return None, amount.first, amount.last


def period_near(r: Reading, first: int, *, last: int) -> tuple[Period | None, int]:
    """The period said beside items `first` to `last`, and the item that it reaches to."""
    if not r.mentions("per", "slash"):
        return None, last
    unit = r.label(last + 2, "unit") if r.has(last + 1, "slash") else None
    if unit in _PERIODS:  # "500/month"
        return _PERIODS[unit], last + 2
    for index in range(last + 1, last + 1 + _REACH):
        if r.has(index, "per") and not r.has(index - 1, "dur"):
            return cast(Period, r.label(index, "per")), index
        if r.has(index, "stop", "noun", "type", "place") or r.at(index).number is not None:
            break
    for index in range(first - 1, max(-1, first - 1 - _REACH), -1):
        if r.has(index, "per"):
            return cast(Period, r.label(index, "per")), last
        if r.has(index, "stop", "noun", "type"):
            break
    return None, last


def _evidence(
    r: Reading, amount: Amount, *, has_currency: bool, has_period: bool
) -> tuple[str, float] | None:
    """Why this is money, and how sure; None if nothing says so."""
    if has_currency:
        return "a currency stands beside it", 1.0
    if _is_counted(r, amount):
        return None
    if amount.value < LEAST_BARE_PRICE or (r.at(amount.first).has("weak") and not has_period):
        return None
    if r.awaits(Slot.BUDGET):
        return "the budget was asked for", 0.95
    if has_period:
        return "a period stands beside it", 0.95
    if has_budget_near(r, amount):
        return "a budget word stands near it", 0.95
    if amount.value in _YEARS and not amount.has_cue:
        return None
    if amount.has_cue:
        return "bounds stand beside it", 0.85
    if r.has(amount.first - 1, "dial", "nr") or amount.value < _LEAST_UNCOUNTED:
        return None
    return "a number too large to count rooms", 0.7


def _is_counted(r: Reading, amount: Amount) -> bool:
    """Does the number count something: rooms, people, days, square metres?"""
    for index in (amount.last + 1, amount.last + 2):
        if r.has(index, "noun", "unit", "month") and not r.has(index, "per", "cur"):
            return True
        if not r.at(index).is_word:
            break
    return r.has(amount.first - 1, "nr") and not r.has(amount.first - 1, "neg")


def has_budget_near(r: Reading, amount: Amount) -> bool:
    """Does "budget", "rent" or the like stand near the amount?"""
    if not r.mentions("budget"):
        return False
    near = (*range(amount.first - 4, amount.first), amount.last + 1, amount.last + 2)
    return any(
        r.has(index, "budget", "slot")
        and r.label(index, "slot") in (None, "budget")
        and r.has(index, "budget")
        for index in near
    )


def bounds_text(budget: Budget) -> str:
    """A budget in a few signs, for explanations: "≤ 500 GBP/month"."""
    if budget.low is not None and budget.high is not None:
        figures = f"{budget.low:g}–{budget.high:g}"
    elif budget.high is not None:
        figures = f"≤ {budget.high:g}"
    else:
        figures = f"≥ {budget.low:g}" if budget.low is not None else "?"
    period = f"/{budget.period}" if budget.period else ""
    return f"{'~ ' if budget.is_about else ''}{figures} {budget.currency or '?'}{period}"


__all__ = [
    "LEAST_BARE_PRICE", "Money", "Span", "bounds_text", "find_money", "has_budget_near",
    "hear_budget", "period_near",
]  # fmt: skip
