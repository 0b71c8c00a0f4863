"""What a rollout cost: how long it took, whom it reached, and whom it hurt; by the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.types import Phase, Standing

SLOW_MS: Final = 2000
# What a visitor of a version can have suffered, as a condition on one turn of the ledger.
HARMS: Final = {
    "contract": "l.extra ->> 'contract' IN ('repaired', 'failed')",
    "slow": f"l.total_ms > {SLOW_MS}",
    "conversion": "l.cards > 0 AND NOT EXISTS (SELECT FROM turn_ledger n"
    " WHERE n.conversation_id = l.conversation_id AND n.turn_no > l.turn_no)",
}
_COUNTED = """
SELECT count(*) AS everybody,
       count(*) FILTER (WHERE met) AS reached,
       count(*) FILTER (WHERE met AND hurt) AS hurt
FROM (
    SELECT bool_or(l.version = %(version)s) AS met,
           bool_or(l.version = %(version)s AND {}) AS hurt
    FROM turn_ledger l
    WHERE l.claimed_at BETWEEN to_timestamp(%(since)s) AND to_timestamp(%(until)s)
    GROUP BY l.conversation_id
) AS talks
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Of one rollout, from its first moment to its last, and the turns that were under way then.

    `hurt`: of those reached, who had a turn as bad as its fault makes it; None: it had none.
    """

    standing: Standing
    everybody: int
    reached: int
    hurt: int | None

    @property
    def minutes(self) -> float:
        return (_end(self.standing) - self.standing.created_at) / 60

    def lines(self) -> Iterator[str]:
        told = self.standing
        failure = told.failure
        why = f", because of {failure['gate']}" if failure else ""
        yield f"{told.id} was {told.phase.replace('_', ' ')} after {self.minutes:.1f} min{why}"
        hurt = "" if self.hurt is None else f"; {self.hurt} of them were hurt"
        yield (
            f"  {self.reached} of {self.everybody} visitors in that time met "
            f"{told.canary_version}{hurt}"
        )


def account(connect: Connect, standing: Standing, *, fault: str) -> Account:
    """Read from the ledger; `fault` is one of HARMS, or none of them. Raises StoreDown."""
    harm = HARMS.get(fault)
    values = {
        "version": standing.canary_version,
        "since": standing.created_at,
        "until": _end(standing) + 60,
    }
    with connect() as visit:
        row = visit.execute(_COUNTED.format(harm or "false"), values).fetchone() or {}
    hurt = int(row["hurt"]) if harm and standing.phase is not Phase.COMPLETED else None
    return Account(standing, int(row["everybody"]), int(row["reached"]), hurt)


def _end(standing: Standing) -> float:
    return standing.ended_at or standing.phase_since
