"""The site's own error budget: whoever has spent it changes nothing more until it has come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import psycopg

from gatehouse.base.errors import StoreDown
from gatehouse.observe import journal
from gatehouse.rollout.connecting import Connect

DAYS: Final = 30
TARGET: Final = 0.005  # of the turns of a month may fail: 99.5 % (R2-10)
LEAST: Final = 1000  # turns of a month below which no budget is counted
PAUSE_SECONDS: Final = 600.0  # between two counts: a month does not change faster
_COUNT: Final = """
SELECT count(*) AS n, count(*) FILTER (WHERE outcome = 'failed') AS failed
FROM turn_ledger l WHERE claimed_at > to_timestamp(%(since)s) AND arm = 'stable'
    AND NOT EXISTS (SELECT FROM talk_conversation c
                    WHERE c.id = l.conversation_id AND c.traffic = 'soak')
"""


@dataclass(slots=True)
class Budget:
    """Counted now and then. A count that fails changes nothing: what was known goes on."""

    connect: Connect
    _is_spent: bool = False
    _due: float = float("-inf")

    def is_spent(self, now: float) -> bool:
        """`now`: seconds since 1970. Stable turns alone: a canary has gates of its own,
        and simulated visitors hurt nobody."""
        if now >= self._due:
            self._due = now + PAUSE_SECONDS
            self._count(now)
        return self._is_spent

    def _count(self, now: float) -> None:
        try:
            with self.connect() as connection:
                row = connection.execute(_COUNT, {"since": now - DAYS * 86400}).fetchone()
        except (StoreDown, psycopg.Error) as trouble:
            journal.failure("budget_not_counted", trouble)
            return
        if row is not None:
            self._is_spent = row["n"] >= LEAST and row["failed"] > TARGET * row["n"]
