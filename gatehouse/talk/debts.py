"""The SQL of searches that were promised for later: owed, tried, sent. One commit each."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from typing import Literal

# What a turn's commit does about the one search that its conversation may be owed.
Debt = Literal["keep", "owe", "settle"]

_NOW = "statement_timestamp()"
FIRST_LOOK_SECONDS = 2.0

# Parts of the commit statement; `talk` is the conversation that it locked.
PART: dict[Debt, str] = {
    "keep": "",
    "owe": f""", owed AS (
    INSERT INTO talk_follow_up (conversation_id, turn_id, due_at)
    SELECT talk.id, %(turn)s::uuid, {_NOW} + make_interval(secs => {FIRST_LOOK_SECONDS}) FROM talk
    ON CONFLICT (conversation_id) DO UPDATE
    SET turn_id = excluded.turn_id, due_at = excluded.due_at, lease_until = NULL, attempts = 0
)""",
    "settle": """, settled AS (
    DELETE FROM talk_follow_up f USING talk WHERE f.conversation_id = talk.id
)""",
}

COUNT = "SELECT count(*) AS owed FROM talk_follow_up"

# One process at a time tries a promise: it has the lease, or what is left of it, to itself.
TAKE = f"""
UPDATE talk_follow_up f
SET lease_until = {_NOW} + make_interval(secs => %(lease)s::float8), attempts = f.attempts + 1
WHERE f.conversation_id = (
    SELECT d.conversation_id FROM talk_follow_up d
    WHERE d.due_at <= {_NOW} AND (d.lease_until IS NULL OR d.lease_until < {_NOW})
    ORDER BY d.due_at LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING f.conversation_id, f.turn_id, f.attempts,
          (SELECT c.state FROM talk_conversation c WHERE c.id = f.conversation_id) AS state"""

POSTPONE = f"""
UPDATE talk_follow_up f
SET due_at = {_NOW} + make_interval(secs => %(seconds)s::float8), lease_until = NULL
WHERE f.conversation_id = %(conversation)s AND f.turn_id = %(turn)s"""

# The promise becomes a message of the house: from here on the turn protocol keeps it.
ENQUEUE = """
WITH paid AS (
    DELETE FROM talk_follow_up f
    WHERE f.conversation_id = %(conversation)s AND f.turn_id = %(turn)s
    RETURNING f.conversation_id
), talk AS (
    UPDATE talk_conversation c SET next_seq = c.next_seq + 1
    FROM paid WHERE c.id = paid.conversation_id
    RETURNING c.id, c.next_seq
)
INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq, fingerprint, text,
                        received_at)
SELECT 'house', talk.id::text, %(turn)s::text, talk.id, talk.next_seq, ''::bytea, '',
       clock_timestamp()
FROM talk
RETURNING conversation_id"""


def dismiss(fence: str) -> str:
    """Ends a claim on a message of the house without a turn; `%(owes)s`: it is owed again."""
    return f"""
WITH talk AS (
    UPDATE talk_conversation c
    SET done_seq = %(last_seq)s, done_epoch = c.epoch, lease_owner = NULL, lease_until = NULL
    WHERE c.id = %(conversation)s AND {fence}
    RETURNING c.id, c.next_seq
), dropped AS (
    DELETE FROM talk_inbox i USING talk
    WHERE i.conversation_id = talk.id AND i.channel = 'house' AND i.turn_id IS NULL
      AND i.seq BETWEEN %(first_seq)s AND %(last_seq)s
    RETURNING i.ext_id
), owed AS (
    INSERT INTO talk_follow_up (conversation_id, turn_id, due_at)
    SELECT talk.id, dropped.ext_id::uuid, {_NOW} + make_interval(secs => %(seconds)s::float8)
    FROM talk, dropped WHERE %(owes)s
    ON CONFLICT (conversation_id) DO NOTHING
)
SELECT talk.next_seq > %(last_seq)s AS more FROM talk"""
