"""The conversation's SQL. Each statement is one commit: the pool is in autocommit.

A statement that waited for a row lock sees the locked conversation as it is now, but the inbox
as it was when the statement began. `next_seq - done_seq` tells how many rows must be waiting, so
the caller notices a stale view and reads again (ROWS); it already holds the lease then.
"""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

from gatehouse.observe.ledger import insert_sql
from gatehouse.people.store import FILL_FROM_EFFECTS
from gatehouse.talk.debts import PART, Debt, dismiss
from gatehouse.talk.failpoints import is_mutant

# Lease times are the server's, from one instant per statement: all parts judge alike.
_NOW = "statement_timestamp()"
_IS_FREE = f"(c.lease_until IS NULL OR c.lease_until < {_NOW})"
_FENCE = "c.epoch = %(epoch)s AND c.lease_owner = %(me)s"
if is_mutant("no_claim"):
    _IS_FREE, _FENCE = "true", "true"

_UNTIL = f"{_NOW} + make_interval(secs => %(lease)s::float8)"
_ADD_MESSAGE_AND_TAKE_IF_FREE = f"""
    next_seq = c.next_seq + 1,
    lease_owner = CASE WHEN {_IS_FREE} THEN %(me)s ELSE c.lease_owner END,
    lease_until = CASE WHEN {_IS_FREE} THEN {_UNTIL} ELSE c.lease_until END,
    epoch = c.epoch + CASE WHEN {_IS_FREE} THEN 1 ELSE 0 END,
    forced_arm = CASE WHEN c.next_seq = 0 THEN %(forced)s::text ELSE c.forced_arm END,
    traffic = CASE WHEN c.next_seq = 0 THEN %(traffic)s::text ELSE c.traffic END,
    updated_at = clock_timestamp()"""
_THREAD = """
    c.id, c.name, c.language, c.state, c.turn_no, c.epoch, c.arm, c.version, c.next_seq,
    c.rollout_id, c.bucket, c.share, c.step, c.hash_version, c.assign_reason, c.forced_arm,
    c.traffic, c.done_seq, c.epoch - c.done_epoch > 1 AS is_recomputed,
    c.lease_owner = %(me)s AS is_claimed"""
_WAITING = """(
    SELECT json_agg(json_build_array(i.id, i.seq, i.text, i.language,
                                     extract(epoch FROM i.received_at)::float8, i.about,
                                     i.channel)
                    ORDER BY i.seq)
    FROM talk_inbox i
    WHERE i.conversation_id = talk.id AND i.turn_id IS NULL AND i.seq > talk.done_seq)"""


def _accept(talk: str) -> str:
    return f"""
WITH known AS (
    SELECT i.id, i.seq, i.fingerprint, i.conversation_id, t.reply
    FROM talk_inbox i LEFT JOIN talk_turn t ON t.id = i.turn_id
    WHERE i.channel = %(channel)s AND i.account = %(account)s AND i.ext_id = %(key)s
), talk AS ({talk} RETURNING {_THREAD}), stored AS (
    INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq, fingerprint, text,
                            language, about, received_at)
    SELECT %(channel)s, %(account)s, %(key)s, talk.id, talk.next_seq, %(fingerprint)s::bytea,
           %(text)s, %(language)s::text, %(about)s::uuid, clock_timestamp()
    FROM talk
    ON CONFLICT (channel, account, ext_id) DO NOTHING
    RETURNING id, seq, extract(epoch FROM received_at)::float8 AS received_at
)
SELECT talk.*, stored.id AS inbox_id, stored.seq, stored.received_at, known.id AS known_id,
       known.seq AS known_seq, known.fingerprint, known.conversation_id, known.reply,
       CASE WHEN talk.is_claimed THEN {_WAITING} END AS waiting
FROM (SELECT) AS one LEFT JOIN talk ON true LEFT JOIN stored ON true LEFT JOIN known ON true"""


# The conversation is the visitor's own, by id.
ACCEPT_BY_ID = _accept(f"""
    UPDATE talk_conversation c SET {_ADD_MESSAGE_AND_TAKE_IF_FREE}
    WHERE c.id = %(conversation)s AND c.owner_hash = %(owner_hash)s
      AND NOT EXISTS (SELECT FROM known)""")

# The visitor's most recent conversation.
ACCEPT_LATEST = _accept(f"""
    UPDATE talk_conversation c SET {_ADD_MESSAGE_AND_TAKE_IF_FREE}
    WHERE c.id = (SELECT l.id FROM talk_conversation l WHERE l.owner_hash = %(owner_hash)s
                  ORDER BY l.updated_at DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM known)""")

# A conversation by the name that the caller chose; made if it is new. A token that nobody was
# given (no conversation has its hash) opens nothing.
ACCEPT_NAMED = _accept(f"""
    INSERT INTO talk_conversation AS c (id, owner_hash, name, language, next_seq, lease_owner,
                                        lease_until, epoch, forced_arm, traffic, updated_at)
    SELECT %(conversation)s::uuid, %(owner_hash)s::bytea, %(name)s, %(language)s::text, 1, %(me)s,
           {_UNTIL}, 1, %(forced)s::text, %(traffic)s::text, clock_timestamp()
    WHERE NOT EXISTS (SELECT FROM known)
      AND (%(is_known_owner)s OR EXISTS (
           SELECT FROM talk_conversation o WHERE o.owner_hash = %(owner_hash)s))
    ON CONFLICT (owner_hash, name) DO UPDATE SET {_ADD_MESSAGE_AND_TAKE_IF_FREE}""")

# Takes a conversation over that has unanswered messages and no live lease.
CLAIM = f"""
WITH talk AS (
    UPDATE talk_conversation c
    SET lease_owner = %(me)s, lease_until = {_UNTIL}, epoch = c.epoch + 1
    WHERE c.id = (
        SELECT c.id FROM talk_conversation c
        WHERE c.id = %(conversation)s AND ({_IS_FREE} OR c.lease_owner = %(dead)s::text)
        FOR UPDATE SKIP LOCKED)
      AND EXISTS (SELECT FROM talk_inbox i
                  WHERE i.conversation_id = %(conversation)s AND i.turn_id IS NULL)
    RETURNING {_THREAD})
SELECT talk.*, {_WAITING} AS waiting FROM talk"""

ROWS = """
SELECT i.id, i.seq, i.text, i.language, extract(epoch FROM i.received_at)::float8 AS received_at,
       i.about, i.channel
FROM talk_inbox i
WHERE i.conversation_id = %(conversation)s AND i.turn_id IS NULL
ORDER BY i.seq"""

RENEW = f"""
UPDATE talk_conversation c SET lease_until = {_UNTIL}
WHERE c.id = %(conversation)s AND {_FENCE}"""

RELEASE = f"""
UPDATE talk_conversation c SET lease_owner = NULL, lease_until = NULL, done_epoch = c.epoch
WHERE c.id = %(conversation)s AND {_FENCE}"""

_NEXT_WAITING = """
    SELECT i.conversation_id AS id FROM talk_inbox i
    WHERE i.turn_id IS NULL{}
    ORDER BY i.conversation_id LIMIT 1"""

# Conversations with unanswered messages whose lease is free or belongs to a process of this host.
# The index is walked from conversation to conversation, so many messages of one hide no other;
# the order is random, so that none is left out by every sweep.
UNATTENDED = f"""
WITH RECURSIVE waiting AS (
    ({_NEXT_WAITING.format("")})
    UNION ALL
    SELECT ({_NEXT_WAITING.format(" AND i.conversation_id > w.id")}) FROM waiting w
    WHERE w.id IS NOT NULL
)
SELECT c.id, c.lease_owner, {_IS_FREE} AS is_free
FROM waiting JOIN talk_conversation c ON c.id = waiting.id
WHERE {_IS_FREE} OR starts_with(c.lease_owner, %(host)s)
ORDER BY is_free DESC, random()
LIMIT 200"""

# How a message stands: its reply, or who holds its conversation.
STANDING = f"""
SELECT t.reply, c.id, c.lease_owner, {_IS_FREE} AS is_free
FROM talk_inbox i JOIN talk_conversation c ON c.id = i.conversation_id
LEFT JOIN talk_turn t ON t.id = i.turn_id
WHERE i.id = %(inbox_id)s"""

KNOWN = """
SELECT i.id AS known_id, i.seq AS known_seq, i.fingerprint, i.conversation_id, t.reply
FROM talk_inbox i LEFT JOIN talk_turn t ON t.id = i.turn_id
WHERE i.channel = %(channel)s AND i.account = %(account)s AND i.ext_id = %(key)s"""

_EFFECTS = f""", effect AS (
    INSERT INTO talk_effect (turn_id, effect_no, kind, payload)
    SELECT %(turn)s::uuid, e.effect_no, e.kind, e.payload
    FROM talk, unnest(%(kinds)s::text[], %(payloads)s::jsonb[])
         WITH ORDINALITY AS e (kind, payload, effect_no)
    RETURNING turn_id, effect_no, kind, payload
), {FILL_FROM_EFFECTS}"""


# What the first turn drew: written with it, and never again.
_DRAWN = """
        rollout_id = %(rollout_id)s::text, bucket = %(bucket)s::int, share = %(share)s::int,
        step = %(step)s::int, hash_version = %(hash_version)s::smallint,
        assign_reason = %(assign_reason)s::text, assigned_at = clock_timestamp(),"""


def _commit(effects: str, debt: Debt, *, drawn: str) -> str:
    return f"""
WITH talk AS (
    UPDATE talk_conversation c
    SET state = %(state)s::jsonb, turn_no = c.turn_no + 1, done_seq = %(last_seq)s,
        done_epoch = c.epoch, language = %(language)s, arm = %(pinned_arm)s,
        version = %(pinned_version)s,
        lease_owner = NULL, lease_until = NULL,{drawn}
        updated_at = clock_timestamp()
    WHERE c.id = %(conversation)s AND {_FENCE}
    RETURNING c.id, c.turn_no, c.next_seq
), turn AS (
    INSERT INTO talk_turn (id, conversation_id, turn_no, first_seq, last_seq, act, move, language,
                           arm, reply, slots)
    SELECT %(turn)s::uuid, talk.id, talk.turn_no, %(first_seq)s, %(last_seq)s, %(act)s, %(move)s,
           %(language)s, %(arm)s, %(reply)s, %(slots)s::jsonb
    FROM talk
), outbox AS (
    INSERT INTO talk_outbox (turn_id, part_no, channel, status)
    SELECT %(turn)s::uuid, 1, 'web', 'pull' FROM talk
), inbox AS (
    UPDATE talk_inbox i SET turn_id = %(turn)s::uuid
    FROM talk
    WHERE i.conversation_id = talk.id AND i.turn_id IS NULL
      AND i.seq BETWEEN %(first_seq)s AND %(last_seq)s
), ledger AS (
    {insert_sql("talk", turn_id="%(turn)s::uuid")}
){effects}{PART[debt]}
SELECT talk.next_seq > %(last_seq)s AS more FROM talk"""


# By whether there are effects, what becomes of a promise, and whether it is the first turn.
COMMITS = {
    (bool(part), debt, bool(drawn)): _commit(part, debt, drawn=drawn)
    for part in ("", _EFFECTS)
    for debt in PART
    for drawn in ("", _DRAWN)
}
COMMIT = COMMITS[False, "keep", False]
DISMISS = dismiss(_FENCE)

OPEN_CONVERSATION = """
INSERT INTO talk_conversation (id, owner_hash, language, updated_at)
SELECT %(conversation)s::uuid, %(owner_hash)s::bytea, %(language)s::text, clock_timestamp()
WHERE %(is_known_owner)s
   OR EXISTS (SELECT FROM talk_conversation o WHERE o.owner_hash = %(owner_hash)s)
RETURNING id"""

_OWN = """
    SELECT c.id, c.name FROM talk_conversation c
    WHERE c.owner_hash = %(owner_hash)s
      AND (c.id = %(conversation)s::uuid OR c.name = %(name)s::text)"""

# One page of turns, newest first, each with what was said in it; the conversation alone if none.
# The first row has what is not yet answered: of one instant with the turns, so that a message
# whose turn is being committed is never missing from both.
HISTORY = f"""
WITH own AS ({_OWN})
SELECT own.id AS conversation_id, own.name, t.id, t.turn_no, t.reply, t.language, t.created_at,
       (SELECT json_agg(json_build_object('seq', i.seq, 'text', i.text, 'language', i.language,
                                          'at', i.received_at) ORDER BY i.seq)
        FROM talk_inbox i
        WHERE i.conversation_id = own.id AND i.seq BETWEEN t.first_seq AND t.last_seq
          AND i.turn_id = t.id AND i.channel <> 'house') AS said,
       CASE WHEN %(is_latest)s AND row_number() OVER (ORDER BY t.turn_no DESC) = 1 THEN (
           SELECT json_agg(json_build_object('seq', i.seq, 'text', i.text, 'language', i.language,
                                             'at', i.received_at) ORDER BY i.seq)
           FROM talk_inbox i
           WHERE i.conversation_id = own.id AND i.turn_id IS NULL
             AND i.channel <> 'house') END AS waiting
FROM own LEFT JOIN talk_turn t ON t.conversation_id = own.id AND t.turn_no < %(before)s
ORDER BY t.turn_no DESC
LIMIT %(limit)s"""

TURN_OF = f"""
WITH own AS ({_OWN})
SELECT t.reply FROM own JOIN talk_turn t ON t.conversation_id = own.id
WHERE t.turn_no = %(turn_no)s"""

# A number of an int4 that cannot overflow: whoever clicks on is as interested as before.
CLICK = f"""
WITH own AS ({_OWN}), clicked AS (
    INSERT INTO talk_card_click (conversation_id) SELECT own.id FROM own
    ON CONFLICT (conversation_id) DO UPDATE
    SET clicks = least(talk_card_click.clicks + 1, 1000000), clicked_at = statement_timestamp()
)
SELECT c.arm FROM own JOIN talk_conversation c ON c.id = own.id"""

RATE = """
WITH own AS (
    SELECT t.id, t.arm FROM talk_turn t JOIN talk_conversation c ON c.id = t.conversation_id
    WHERE t.id = %(turn)s AND c.owner_hash = %(owner_hash)s
), rated AS (
    INSERT INTO talk_feedback (turn_id, score, comment)
    SELECT own.id, %(score)s, %(comment)s::text FROM own
    ON CONFLICT (turn_id) DO UPDATE
    SET score = excluded.score, comment = excluded.comment, created_at = statement_timestamp()
)
SELECT own.arm FROM own"""
