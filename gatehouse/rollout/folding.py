"""Conversations of a rollout, folded from the turn ledger into one observation each.

A conversation's row is made again from the whole ledger each time it has a new turn, thumb or
click, so folding twice, after a crash or by two processes at once comes to the same.
"""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.outcomes import BINARY, TIMED, bits, designated
from gatehouse.rollout.types import WHOLE

SOAK_STEP: Final = -1  # of the simulated visitors of the soak phase
# A row may be seen this much later than its claim says: the longest turn, and clocks that differ.
OVERLAP_SECONDS: Final = 120.0
SETTLE_SECONDS: Final = 300.0
LONGEST_SECONDS: Final = 120  # of one fold: that of everything, after a long absence

_SLICE = f"""CASE WHEN c.step = ANY(%(equal)s::int[]) THEN least(c.share, {WHOLE} - c.share)
    ELSE least(c.share, ({WHOLE} - c.share) / 2) END"""
_RANK = "hashtextextended(l.conversation_id::text, l.turn_no)"
_EARLY = "l.received_at <= c.assigned_at + make_interval(secs => %(settle)s)"
_FACTS = ",\n        ".join(
    f"'{name}', {designated(ms, rank=_RANK, is_early=_EARLY)}" for name, ms in TIMED.items()
)

# Which conversations have news since then. The ledger is walked by its block range index.
_TOUCHED = """
    SELECT l.conversation_id AS id FROM turn_ledger l
    WHERE l.claimed_at > to_timestamp(%(since)s)
    UNION
    SELECT t.conversation_id FROM talk_feedback f JOIN talk_turn t ON t.id = f.turn_id
    WHERE f.created_at > to_timestamp(%(since)s)
    UNION
    SELECT k.conversation_id FROM talk_card_click k WHERE k.clicked_at > to_timestamp(%(since)s)"""

# Only what the draw assigned to a visitor counts, in the arm it was drawn into, wherever it was
# moved later; and simulated visitors of the soak phase, in a step of their own.
FOLD = f"""
WITH touched AS ({_TOUCHED}), talk AS (
    SELECT c.id, c.traffic = 'soak' AS is_soak, c.bucket, c.share, c.step, c.assigned_at, c.arm
    FROM touched JOIN talk_conversation c ON c.id = touched.id
    WHERE c.rollout_id = %(rollout)s
      AND (c.traffic = 'soak' OR (c.traffic = 'visitor' AND c.assign_reason = 'SPLIT'))
), s AS (
    SELECT l.conversation_id AS id,
           min(l.turn_no) FILTER (WHERE l.extra -> 'slots_complete' = 'true') AS full_turn,
           min(l.turn_no) FILTER (WHERE l.cards > 0) AS shown_turn,
           EXISTS (SELECT FROM talk_card_click k WHERE k.conversation_id = l.conversation_id)
               AS is_clicked
    FROM talk JOIN turn_ledger l ON l.conversation_id = talk.id GROUP BY l.conversation_id
)
INSERT INTO rollout_unit (conversation_id, rollout_id, arm, is_slice, step, share, assigned_at,
                          last_turn_at, turns, seen, bad, facts)
SELECT c.id, %(rollout)s,
    CASE WHEN c.is_soak THEN (array_agg(l.arm ORDER BY l.turn_no))[1]
         WHEN c.bucket < c.share THEN 'canary' ELSE 'stable' END,
    NOT c.is_soak AND c.bucket >= {WHOLE} - ({_SLICE}),
    CASE WHEN c.is_soak THEN {SOAK_STEP} ELSE c.step END,
    c.share, c.assigned_at,
    max(l.claimed_at + make_interval(secs => l.total_ms / 1000)),
    count(*),
    {bits(0)},
    {bits(1)},
    jsonb_strip_nulls(jsonb_build_object(
        {_FACTS},
        'cost', sum(l.tokens_in + l.tokens_out)))
FROM talk c JOIN s ON s.id = c.id JOIN turn_ledger l ON l.conversation_id = c.id
LEFT JOIN talk_feedback f ON f.turn_id = l.turn_id
GROUP BY c.id, c.is_soak, c.bucket, c.share, c.step, c.assigned_at, s.full_turn, s.shown_turn,
    s.is_clicked
ORDER BY c.id
ON CONFLICT (conversation_id) DO UPDATE SET
    last_turn_at = excluded.last_turn_at, turns = excluded.turns, seen = excluded.seen,
    bad = excluded.bad, facts = excluded.facts, is_slice = excluded.is_slice
WHERE (rollout_unit.last_turn_at, rollout_unit.turns, rollout_unit.seen, rollout_unit.bad,
       rollout_unit.facts, rollout_unit.is_slice)
   IS DISTINCT FROM (excluded.last_turn_at, excluded.turns, excluded.seen, excluded.bad,
                     excluded.facts, excluded.is_slice)
"""

# How far it is folded, as the units themselves say: nothing else has to be kept or lost. A
# process whose clock runs ahead must not hide what the others do meanwhile.
FOLDED_TO = """
SELECT extract(epoch FROM least(now(), coalesce(
    (SELECT max(last_turn_at) FROM rollout_unit WHERE rollout_id = %(rollout)s),
    (SELECT created_at FROM rollout WHERE id = %(rollout)s), 'epoch')))::float8 AS at
"""


@dataclass(frozen=True, slots=True)
class Folded:
    """What one folding did: rows written, and since when the ledger was read (Unix seconds)."""

    units: int
    since: float


def fold(
    connect: Connect,
    rollout_id: str,
    *,
    equal_steps: Sequence[int] = (),
    settle_seconds: float = SETTLE_SECONDS,
    since: float | None = None,
) -> Folded:
    """Brings the units of a rollout up to date with the ledger. Raises StoreDown, psycopg.Error.

    `equal_steps`: steps whose baseline is the equal slice. `since`: read the ledger from there on
    instead of from where the units end; 0 makes all of them anew.
    """
    with connect() as connection:
        return fold_on(
            connection,
            rollout_id,
            equal_steps=equal_steps,
            settle_seconds=settle_seconds,
            since=since,
        )


def fold_on(
    connection: Connection,
    rollout_id: str,
    *,
    equal_steps: Sequence[int] = (),
    settle_seconds: float = SETTLE_SECONDS,
    since: float | None = None,
) -> Folded:
    """As `fold`, on a visit that is under way."""
    begin = folded_to(connection, rollout_id) - OVERLAP_SECONDS if since is None else since
    values = {
        "rollout": rollout_id,
        "equal": list(equal_steps),
        "settle": settle_seconds,
        "since": begin,
    }
    # All of it or nothing: half of a fold would hide from the next one what it left out.
    with connection.transaction():
        connection.execute(f"SET LOCAL statement_timeout = '{LONGEST_SECONDS}s'")
        return Folded(connection.execute(FOLD, values).rowcount, begin)


def folded_to(connection: Connection, rollout_id: str) -> float:
    """The moment of the last turn that the units know, in seconds since 1970."""
    row = connection.execute(FOLDED_TO, {"rollout": rollout_id}).fetchone()
    return float(row["at"]) if row else 0.0


assert len(BINARY) < 63, "the outcomes of a conversation must fit into one bigint"
