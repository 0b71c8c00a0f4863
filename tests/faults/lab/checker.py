"""Reads the final database and judges a history against it; knows nothing of the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

MESSAGES = """
    SELECT i.ext_id, i.conversation_id::text, i.seq, i.text, count(t.id)
    FROM talk_inbox i
    LEFT JOIN talk_turn t ON t.conversation_id = i.conversation_id
        AND i.seq BETWEEN t.first_seq AND t.last_seq AND t.id = i.turn_id
    GROUP BY i.id ORDER BY i.conversation_id, i.seq
"""
# Turns that overlap or go back, whatever the inbox rows say of them.
DISORDER = """
    SELECT count(*) FROM talk_turn a JOIN talk_turn b ON a.conversation_id = b.conversation_id
        AND a.turn_no < b.turn_no AND a.last_seq >= b.first_seq
"""
ORPHANS = """
    SELECT count(*) FROM talk_turn t WHERE NOT EXISTS (
        SELECT 1 FROM talk_inbox i WHERE i.turn_id = t.id)
"""


@dataclass(frozen=True, slots=True)
class Message:
    """An inbox row, and in how many turns it was answered."""

    key: str
    session: str
    seq: int
    text: str
    turns: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each a count that should be 0, but for the first."""

    acked: int
    lost: int  # acknowledged and not in the inbox
    unanswered: int  # acknowledged, in the inbox, in no turn
    duplicates: int  # in the inbox twice, in several turns, or turns that overlap or answer nothing
    waiting: int  # in the inbox and in no turn, acknowledged or not

    @property
    def is_kept(self) -> bool:
        return not (self.lost or self.unanswered or self.duplicates or self.waiting)


def judge(url: str, acked: Iterable[str]) -> Verdict:
    """The verdict on these acknowledged keys, by the database at `url`."""
    promised = set(acked)
    rows = read(url)
    turns = Counter[str]()
    for row in rows:
        turns[row.key] += row.turns
    copies = Counter(row.key for row in rows)
    twice = sum(max(copies[key], turns[key]) > 1 for key in copies)
    return Verdict(
        acked=len(promised),
        lost=len(promised - copies.keys()),
        unanswered=sum(turns[key] == 0 for key in promised & copies.keys()),
        duplicates=twice + count(url, DISORDER) + count(url, ORPHANS),
        waiting=sum(row.turns == 0 for row in rows),
    )


def read(url: str) -> list[Message]:
    """All messages, by conversation and in their order there."""
    with psycopg.connect(url) as connection:
        return [Message(*row) for row in connection.execute(MESSAGES)]


def count(url: str, query: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
