"""Notices on their way out: claimed by one process, tried again, given up after two days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.base.errors import Misconfigured
from gatehouse.observe import journal, meters
from gatehouse.rollout.connecting import Connect, Connection, Row
from gatehouse.rollout.failpoints import reach
from gatehouse.rollout.outlets import Message, Send, Undelivered

MOST_AT_ONCE: Final = 10
LEASE_SECONDS: Final = 120  # longer than any outlet may take: nobody else sends it meanwhile
FIRST_PAUSE_SECONDS: Final = 5
LONGEST_PAUSE_SECONDS: Final = 3600
MOST_ATTEMPTS: Final = 60  # at those pauses about two days


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round did."""

    sent: int = 0
    failed: int = 0


def deliver(
    connect: Connect, senders: Mapping[str, Send], *, only: tuple[int, ...] = ()
) -> Delivery:
    """Sends what is due, or `only` those. At least once: a receiver tells repeats by their id."""
    sent = failed = 0
    done: list[int] = []
    with connect() as connection:
        while len(done) < MOST_AT_ONCE and (row := _claim(connection, only, done)):
            done.append(row["id"])
            reach("after_claim")
            trouble = _try(senders, row)
            reach("after_send")
            _note(connection, row, trouble)
            sent, failed = sent + (not trouble), failed + bool(trouble)
    return Delivery(sent, failed)


def _claim(connection: Connection, only: tuple[int, ...], done: list[int]) -> Row | None:
    """One at a time: a lease is as long as one outlet may take, not ten of them."""
    wanted = {"lease": LEASE_SECONDS, "only": list(only), "done": done, "most": MOST_ATTEMPTS}
    return connection.execute(_CLAIM, wanted).fetchone()


def _try(senders: Mapping[str, Send], row: Row) -> str:
    """Empty when it was taken; else why not."""
    send = senders.get(row["outlet"])
    if send is None:
        return "this outlet is not configured any more"
    try:
        send(Message(row["id"], row["kind"], row["payload"], row["created_at"]))
    except (Undelivered, Misconfigured) as trouble:
        return str(trouble)
    except Exception as bug:  # noqa: BLE001 - told, and one bad notice does not stop the others
        journal.failure("notice_failed", bug, outlet=row["outlet"])
        return f"{type(bug).__name__}"
    return ""


def _note(connection: Connection, row: Row, trouble: str) -> None:
    is_over = bool(trouble) and row["attempts"] >= MOST_ATTEMPTS
    result = "given_up" if is_over else "failed" if trouble else "sent"
    if trouble:
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (row["attempts"] - 1), LONGEST_PAUSE_SECONDS)
        values = {"id": row["id"], "trouble": trouble[:500], "pause": pause, "is_over": is_over}
        connection.execute(_FAILED, values)
        journal.event(
            "notice_undelivered", level="WARNING", outlet=row["outlet"], error=trouble[:200]
        )
    else:
        connection.execute(_SENT, {"id": row["id"]})
    meters.rollout_notice_total.labels(outlet=row["outlet"], result=result).inc()


_CLAIM: Final = """
UPDATE rollout_notice n
SET lease_until = now() + %(lease)s * interval '1 second', attempts = attempts + 1
FROM (SELECT id FROM rollout_notice
      WHERE sent_at IS NULL AND attempts < %(most)s
        AND (due_at <= now() OR id = ANY(%(only)s::bigint[]))
        AND (lease_until IS NULL OR lease_until < now())
        AND (cardinality(%(only)s::bigint[]) = 0 OR id = ANY(%(only)s::bigint[]))
        AND NOT id = ANY(%(done)s::bigint[])
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) due
WHERE n.id = due.id
RETURNING n.id, n.kind, n.outlet, n.payload, n.attempts, n.created_at
"""
_SENT: Final = (
    "UPDATE rollout_notice SET sent_at = now(), lease_until = NULL, trouble = '' WHERE id = %(id)s"
)
_FAILED: Final = """
UPDATE rollout_notice
SET trouble = %(trouble)s, lease_until = NULL,
    due_at = CASE WHEN %(is_over)s THEN 'infinity'::timestamptz
                  ELSE now() + %(pause)s * interval '1 second' END
WHERE id = %(id)s
"""
