"""Idempotency keys are kept for eight days; then a key may be used again. Messages stay."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from gatehouse.base.database import Database

AT_ONCE = 1_000  # rows looked at by one statement
EVERY_SECONDS = 60.0

# Walks the table by its primary key, each old row once in the life of a process.
EXPIRE = """
WITH batch AS MATERIALIZED (
    SELECT i.id, i.received_at < now() - interval '8 days' AS is_old
    FROM talk_inbox i WHERE i.id > %(after)s ORDER BY i.id LIMIT %(most)s
), expired AS (
    UPDATE talk_inbox i SET ext_id = 'expired:' || i.id FROM batch
    WHERE i.id = batch.id AND batch.is_old AND NOT starts_with(i.ext_id, 'expired:')
    RETURNING i.id
)
SELECT coalesce(max(id) FILTER (WHERE is_old), %(after)s) AS last,
       count(*) FILTER (WHERE is_old) AS seen, (SELECT count(*) FROM expired) AS expired
FROM batch
"""


@dataclass(slots=True)
class Keys:
    """The sweep of one process; processes may sweep at once."""

    database: Database
    _after: int = 0
    _due_at: float = 0.0

    async def sweep(self) -> int:
        """One bounded step, now and then; how many keys it expired. Raises StoreDown."""
        if monotonic() < self._due_at:
            return 0
        async with self.database.visit() as cur:
            await cur.execute(EXPIRE, {"after": self._after, "most": AT_ONCE})
            row = await cur.fetchone() or {"last": self._after, "seen": 0, "expired": 0}
        self._after = int(row["last"])
        has_more = row["seen"] == AT_ONCE
        self._due_at = 0.0 if has_more else monotonic() + EVERY_SECONDS
        return int(row["expired"])
