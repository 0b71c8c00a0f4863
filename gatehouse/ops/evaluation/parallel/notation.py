"""How slot changes are written down, so that gold and what was heard can be compared as sets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.understanding.types import (
    Budget,
    Currency,
    Op,
    PlaceName,
    Range,
    Slot,
    SlotChange,
    SlotValue,
)

_COUNT = r"(?:=\d+-\d+|[<>]?=\d+)"
_MONEY = rf"~?{_COUNT}(?: (?:{'|'.join(get_args(Currency))}))?(?:/(?:night|week|month|year|total))?"
_DAY = r"=\d{4}-\d{2}-\d{2}"
_CODES = r"(?:=[a-z_]+(?:,[a-z_]+)*|[+-][a-z_]+|=clear [a-z_]+)"
_PLACES = r"(?:=[a-z/-]+(?:,[a-z/-]+)*|[+-][a-z/-]+)"
_VALUES = {
    Slot.LOCATION: _PLACES,
    Slot.BUDGET: _MONEY,
    Slot.RENTAL_TYPE: "=(?:short_term|long_term)",
    Slot.DEAL: "=(?:rent|buy)",
    Slot.PROPERTY_TYPE: _CODES,
    Slot.AMENITIES: _CODES,
    Slot.FEATURES: _CODES,
    Slot.CHECK_IN: _DAY,
    Slot.CHECK_OUT: _DAY,
    Slot.AVAILABLE_FROM: _DAY,
}
_ATOM = re.compile(
    "|".join(f"{s.value}(?:{_VALUES.get(s, _COUNT)}|=any|=clear| less| more)" for s in Slot)
)
_RELATIVE = (Op.LESS, Op.MORE)


def atoms(gold: str) -> frozenset[str]:
    """ "location=girne; amenities+pool" as a set. Raises EvaluationError for what is no change."""
    found = frozenset(part.strip() for part in gold.split(";") if part.strip())
    if wrong := [atom for atom in sorted(found) if not _ATOM.fullmatch(atom)]:
        raise EvaluationError(f"no change of a slot: {', '.join(wrong)}")
    return frozenset(_ordered(atom) for atom in found)


def written(changes: Iterable[SlotChange]) -> frozenset[str]:
    """The changes as a set of such atoms; a change that names several things is several.

    A relative change ("cheaper") is written without the limit that was worked out from what
    was shown: the words do not say it.
    """
    return frozenset(atom for change in changes for atom in _atoms(change))


def _atoms(change: SlotChange) -> Iterator[str]:
    slot, op, value = change.slot.value, change.op, change.value
    if op in _RELATIVE:
        yield f"{slot} {op.value}"
    elif op is Op.ANY or (op is Op.CLEAR and value is None):
        yield f"{slot}={op.value}"
    elif op in (Op.ADD, Op.REMOVE, Op.CLEAR):
        sign = {Op.ADD: "+", Op.REMOVE: "-"}.get(op, "=clear ")
        yield from (f"{slot}{sign}{name}" for name in _names(value))
    else:
        yield f"{slot}{_set(value)}"


def _names(value: SlotValue | None) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(sorted(e.key if isinstance(e, PlaceName) else e for e in value))
    return (str(value),)


def _set(value: SlotValue | None) -> str:
    if isinstance(value, Budget):
        money = f" {value.currency}" if value.currency else ""
        period = f"/{value.period}" if value.period else ""
        return f"{'~' if value.is_about else ''}{_bounds(value.low, value.high)}{money}{period}"
    if isinstance(value, Range):
        return _bounds(value.low, value.high)
    if isinstance(value, date):
        return f"={value.isoformat()}"
    return f"={','.join(_names(value))}"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return "=" if high is None else f"<={high:.10g}"
    if high is None:
        return f">={low:.10g}"
    return f"={low:.10g}" if low == high else f"={low:.10g}-{high:.10g}"


def _ordered(atom: str) -> str:
    slot, equals, names = atom.partition("=")
    return f"{slot}{equals}{','.join(sorted(names.split(',')))}" if "," in names else atom
