"""What follows from what was said: implied slots and accepted offers. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from statistics import median
from types import MappingProxyType
from typing import get_args

from gatehouse.talk.pointing import spoken_of
from gatehouse.understanding.state import is_filled
from gatehouse.understanding.types import (
    Budget,
    Currency,
    DialogueState,
    Filled,
    Heard,
    Intent,
    Op,
    Range,
    Shown,
    Slot,
)

LONGEST_SHORT_STAY_DAYS = 60
DEFAULT_CURRENCY: Currency = "GBP"  # where a price or a budget names none
MOST_REJECTED = 30
_STAY = (Slot.CHECK_OUT, Slot.MIN_NIGHTS)
_BLANK = DialogueState()
_NO_RATES: Mapping[str, float] = MappingProxyType({})
# Nobody rents for this much; in the currency itself.
SURELY_A_PURCHASE = {
    "GBP": 15_000, "EUR": 18_000, "USD": 20_000, "TRY": 1_000_000, "RUB": 2_000_000,
    "UAH": 1_000_000,
}  # fmt: skip


def settle(
    state: DialogueState,
    heard: Heard,
    *,
    before: DialogueState = _BLANK,
    rates: Mapping[str, float] = _NO_RATES,
) -> DialogueState:
    """The state after a merge, with what the words imply. Never overwrites an explicit slot.

    `before` is the state without this message; `rates` are units of a currency for one pound.
    """
    state = _with_term(_with_deal(_with_rejected(state, heard)), heard)
    state = _without_stay(_without_studio(state, heard), heard, before=before)
    state = _with_cheaper(state, heard, before=before, rates=rates)
    return _with_offer_taken(state, heard)


def value(state: DialogueState, slot: Slot) -> object | None:
    """The slot's value; None when it is open or any."""
    filled = state.slots.get(slot)
    return filled.value if filled else None


def _with_rejected(state: DialogueState, heard: Heard) -> DialogueState:
    """A home that was turned down is not shown again."""
    if not (heard.wants(Intent.NO) and heard.wants(Intent.MORE_OPTIONS)):
        return state
    homes = tuple(h for h in spoken_of(state, heard) if h not in state.rejected)
    on_screen = sum(shown.id in homes for shown in state.shown)
    return replace(
        state,
        rejected=(*state.rejected, *homes)[-MOST_REJECTED:],
        seen=max(0, state.seen - on_screen),
    )


def _without_studio(state: DialogueState, heard: Heard) -> DialogueState:
    """Who wants bedrooms after all wants no studio, and the other way round."""
    said = {change.slot for change in heard.changes}
    rooms = value(state, Slot.BEDROOMS)
    has_rooms = isinstance(rooms, Range) and (rooms.low or 0) >= 1
    if not has_rooms or value(state, Slot.PROPERTY_TYPE) != ("studio",):
        return state
    if len(said & {Slot.BEDROOMS, Slot.PROPERTY_TYPE}) != 1:
        return state
    old = Slot.PROPERTY_TYPE if Slot.BEDROOMS in said else Slot.BEDROOMS
    return replace(state, slots={s: f for s, f in state.slots.items() if s is not old})


def _without_stay(state: DialogueState, heard: Heard, *, before: DialogueState) -> DialogueState:
    """The days of a holiday are no wish for the home that somebody buys, or moves into."""
    dropped = _stay_dropped(state, before)
    said = {change.slot for change in heard.changes}
    slots = {s: f for s, f in state.slots.items() if s not in dropped or s in said}
    return replace(state, slots=slots) if len(slots) < len(state.slots) else state


def _stay_dropped(state: DialogueState, before: DialogueState) -> tuple[Slot, ...]:
    deal, term = value(state, Slot.DEAL), value(state, Slot.RENTAL_TYPE)
    if deal == "buy" != value(before, Slot.DEAL):
        return (*_STAY, Slot.CHECK_IN, Slot.MIN_TERM_MONTHS)
    was_short = value(before, Slot.RENTAL_TYPE) == "short_term"
    return _STAY if was_short and term == "long_term" else ()


def _with_deal(state: DialogueState) -> DialogueState:
    budget = value(state, Slot.BUDGET)
    if is_filled(state, Slot.DEAL) or is_filled(state, Slot.RENTAL_TYPE):
        return state
    if isinstance(budget, Budget) and _is_purchase(budget):
        return _filled(state, Slot.DEAL, "buy")
    return state


def _is_purchase(budget: Budget) -> bool:
    amount = budget.high or budget.low or 0.0
    return (
        budget.period in (None, "total") and amount >= SURELY_A_PURCHASE[budget.currency or "GBP"]
    )


def _with_term(state: DialogueState, heard: Heard) -> DialogueState:
    if value(state, Slot.DEAL) == "buy":
        return state
    if not is_filled(state, Slot.RENTAL_TYPE):
        term = _implied_term(state)
        return _filled(state, Slot.RENTAL_TYPE, term) if term else state
    said = {change.slot for change in heard.changes if change.op is not Op.CLEAR}
    if Slot.BUDGET in said and Slot.RENTAL_TYPE not in said and _period(state) == "night":
        return _filled(state, Slot.RENTAL_TYPE, "short_term")
    return state


def _implied_term(state: DialogueState) -> str | None:
    period = _period(state)
    if period in ("month", "year") or is_filled(state, Slot.MIN_TERM_MONTHS):
        return "long_term"
    if period in ("night", "week") or is_filled(state, Slot.MIN_NIGHTS):
        return "short_term"
    first, last = value(state, Slot.CHECK_IN), value(state, Slot.CHECK_OUT)
    if isinstance(first, date) and isinstance(last, date):
        return "short_term" if (last - first).days <= LONGEST_SHORT_STAY_DAYS else "long_term"
    return None


def _period(state: DialogueState) -> str | None:
    budget = value(state, Slot.BUDGET)
    return budget.period if isinstance(budget, Budget) else None


def _filled(state: DialogueState, slot: Slot, said: str) -> DialogueState:
    return replace(state, slots={**state.slots, slot: Filled(said)})


def _with_cheaper(
    state: DialogueState, heard: Heard, *, before: DialogueState, rates: Mapping[str, float]
) -> DialogueState:
    """ "Cheaper" means the cheaper half of what is on the screen, the cheapest first.

    Less than the cheapest of them would leave nothing to show in a small stock.
    """
    budget = value(state, Slot.BUDGET)
    is_less = any(c.slot is Slot.BUDGET and c.op is Op.LESS for c in heard.changes)
    if not is_less or not isinstance(budget, Budget) or budget.high is None:
        return state
    currency = _spoken_in(before) or budget.currency or DEFAULT_CURRENCY
    currency, prices = _alike(state.shown, currency, rates=rates)
    below = math.ceil(median(prices)) - 1 if len(prices) > 1 else 0
    if not prices or below < min(prices):
        return state
    lower = replace(budget, low=None, high=float(below), currency=currency)
    return replace(state, slots={**state.slots, Slot.BUDGET: Filled(lower)}, sort="price")


def _spoken_in(state: DialogueState) -> Currency | None:
    """The currency in which the visitor thinks."""
    budget = value(state, Slot.BUDGET)
    return budget.currency if isinstance(budget, Budget) else None


def _alike(
    shown: tuple[Shown, ...], currency: Currency, *, rates: Mapping[str, float]
) -> tuple[Currency, list[float]]:
    """Prices on the screen that may be compared: all of them in `currency`, or, as long as a
    rate is unknown, only those in the currency that most homes have."""
    priced = [(s.price, s.currency or DEFAULT_CURRENCY) for s in shown if s.price]
    if {currency, *(own for _, own in priced)} <= rates.keys():
        return currency, [price / rates[own] * rates[currency] for price, own in priced]
    common = Counter(own for _, own in priced).most_common(1)
    usual = next((c for c in get_args(Currency) if common and c == common[0][0]), currency)
    return usual, [price for price, own in priced if own == usual]


def _with_offer_taken(state: DialogueState, heard: Heard) -> DialogueState:
    """A "yes" accepts the loosened limits; another wish starts a fresh search."""
    if heard.changes:
        return replace(state, accepted=(), seen=0)
    if heard.wants(Intent.YES) and (state.offered or "").startswith("relax:"):
        limits = tuple((state.offered or "").removeprefix("relax:").split("+"))
        return replace(state, accepted=limits, seen=0)
    return state
