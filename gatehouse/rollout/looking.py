"""All that one look of the controller reads: gates, drawn conversations, and the A/A guard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.rollout.gates import Observed
from gatehouse.rollout.readings import LedgerReadings, Readings
from gatehouse.rollout.types import GateSpec, Standing


class Eyes(Protocol):
    """What the controller looks through. Never raises: trouble is told in what is observed."""

    def look(self, standing: Standing, specs: Sequence[GateSpec], *, now: float) -> Observed: ...


class LedgerEyes:
    """The ledger of the house; `other`: where the gates' readings come from instead of it."""

    def __init__(self, ledger: LedgerReadings, other: Readings | None = None) -> None:
        self._ledger = ledger
        self._readings = other or ledger

    def look(self, standing: Standing, specs: Sequence[GateSpec], *, now: float) -> Observed:
        found = self._readings.read(standing, specs, now=now)
        guard = self._ledger.guard(standing, specs, now=now)
        try:
            return Observed(found, self._ledger.units(standing), guard)
        except (StoreDown, psycopg.Error) as trouble:
            return Observed(found, guard=guard, trouble=f"units cannot be read: {trouble}".strip())
