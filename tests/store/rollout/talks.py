"""Conversations of a rollout as the lane leaves them: rows of the talk and of its ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg

from gatehouse.rollout.types import WHOLE, GateSpec, Phase, Standing

NOW = 1_800_000_000.0  # a full minute
HOUR = 3600.0
ROLLOUT = "ro_01"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `at`: seconds after the first one."""

    at: float = 0.0
    act: str = "ASK_SLOT"
    move: str = "ask"
    cards: int = 0
    ms: float = 400.0
    search_ms: float | None = None
    commit_ms: float = 5.0
    errors: tuple[str, ...] = ()
    outcome: str = "replied"
    waited_ms: float = 0.0
    tokens: int = 0
    score: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


SHOWN = Turn(act="SEARCH_AND_RECOMMEND", move="recommend", cards=3, search_ms=80.0)


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation; it began `ago` seconds before NOW."""

    turns: Sequence[Turn] = (Turn(),)
    arm: str = "stable"
    ago: float = 2 * HOUR
    bucket: int | None = None
    share: int = 10_000
    step: int = 0
    reason: str = "SPLIT"
    traffic: str = "visitor"
    rollout: str | None = ROLLOUT
    clicked: float | None = None  # seconds after the beginning
    id: UUID = field(default_factory=uuid4)

    @property
    def drawn(self) -> int:
        if self.bucket is not None:
            return self.bucket
        return 0 if self.arm == "canary" else self.share


def standing(**changes: Any) -> Standing:
    """A rollout at its first step, 10 %, begun four hours ago."""
    values: dict[str, Any] = {
        "id": ROLLOUT,
        "phase": Phase.RAMPING,
        "step": 0,
        "share": WHOLE // 10,
        "revision": 1,
        "stable_version": "rules",
        "canary_version": "v-000000000001",
        "plan": {"steps": [{"weight": 10}, {"weight": 50}]},
        "created_at": NOW - 4 * HOUR,
        "phase_since": NOW - 4 * HOUR,
        "step_since": NOW - 4 * HOUR,
        "observing_since": NOW - 4 * HOUR,
    }
    return Standing(**values | changes)


def gate(metric: str, **changes: Any) -> GateSpec:
    return GateSpec(**{"name": metric, "kind": "slo", "metric": metric} | changes)


def add(connection: psycopg.Connection[Any], *talks: Talk) -> None:
    """Stores them, as the commits of their turns would have."""
    with connection.cursor() as cursor:
        cursor.executemany(_TALK, [_talk(talk) for talk in talks])
        rows = [_turn(talk, turn, no) for talk in talks for no, turn in enumerate(talk.turns, 1)]
        cursor.executemany(_TURN, rows)
        clicked = [talk for talk in talks if talk.clicked is not None]
        cursor.executemany(_CLICK, [(each.id, _clicked_at(each)) for each in clicked])
        rated = [row for row in rows if row["score"] is not None]
        if rated:
            cursor.executemany(_SAID, rated)
            cursor.executemany(_THUMB, rated)


_TALK = """
INSERT INTO talk_conversation (id, owner_hash, arm, version, rollout_id, bucket, share, step,
    hash_version, assign_reason, assigned_at, traffic, turn_no)
VALUES (%(id)s, '\\x00', %(arm)s, 'x', %(rollout)s, %(bucket)s, %(share)s, %(step)s, 1, %(reason)s,
        to_timestamp(%(at)s), %(traffic)s, %(turns)s)
ON CONFLICT (id) DO UPDATE SET turn_no = excluded.turn_no
"""
_TURN = """
INSERT INTO turn_ledger (turn_id, conversation_id, turn_no, received_at, claimed_at, act, move,
    language, arm, handler, version, search_ms, commit_ms, total_ms, cards, messages, tokens_in,
    tokens_out, degraded, errors, outcome, is_recomputed, extra)
VALUES (%(turn)s, %(id)s, %(no)s, to_timestamp(%(received)s), to_timestamp(%(claimed)s), %(act)s,
    %(move)s, 'en', %(arm)s, 'prompted', 'x', %(search_ms)s, %(commit_ms)s, %(ms)s, %(cards)s, 1,
    %(tokens)s, 0, '{}', %(errors)s, %(outcome)s, false, %(extra)s::jsonb)
ON CONFLICT (turn_id) DO NOTHING
"""
_SAID = """
INSERT INTO talk_turn (id, conversation_id, turn_no, first_seq, last_seq, act, move, language, arm,
    reply, slots)
VALUES (%(turn)s, %(id)s, %(no)s, %(no)s, %(no)s, %(act)s, %(move)s, 'en', %(arm)s, '{}', '{}')
"""
_CLICK = """
INSERT INTO talk_card_click (conversation_id, clicked_at) VALUES (%s, to_timestamp(%s))
"""
_THUMB = """
INSERT INTO talk_feedback (turn_id, score, created_at)
VALUES (%(turn)s, %(score)s, to_timestamp(%(claimed)s))
"""


def _clicked_at(talk: Talk) -> float:
    return NOW - talk.ago + (talk.clicked or 0.0)


def _talk(talk: Talk) -> dict[str, Any]:
    return {
        "id": talk.id, "arm": talk.arm, "rollout": talk.rollout, "bucket": talk.drawn,
        "share": talk.share, "step": talk.step, "reason": talk.reason, "at": NOW - talk.ago,
        "traffic": talk.traffic, "turns": len(talk.turns),
    }  # fmt: skip


def _turn(talk: Talk, turn: Turn, no: int) -> dict[str, Any]:
    claimed = NOW - talk.ago + turn.at
    return {
        "turn": UUID(int=talk.id.int ^ no), "id": talk.id, "no": no,
        "received": claimed - turn.waited_ms / 1000, "claimed": claimed, "act": turn.act,
        "move": turn.move, "arm": talk.arm, "search_ms": turn.search_ms,
        "commit_ms": turn.commit_ms, "ms": turn.ms, "cards": turn.cards, "tokens": turn.tokens,
        "errors": list(turn.errors), "outcome": turn.outcome, "extra": json.dumps(dict(turn.extra)),
        "score": turn.score,
    }  # fmt: skip
