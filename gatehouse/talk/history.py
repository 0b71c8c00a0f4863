"""What was said so far, feedback on it, and new conversations: the reads beside the turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from gatehouse.base.database import Database
from gatehouse.base.errors import NotFound
from gatehouse.talk import statements as sql
from gatehouse.talk.sessions import Principal
from gatehouse.understanding.types import Language

LATEST = 2**31 - 1  # a turn number after all others
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads a visitor's own conversations. A foreign one is as absent as one that never was."""

    database: Database

    async def open(self, principal: Principal, language: Language | None) -> UUID:
        """A further conversation. Raises NotFound for a token that nobody was given."""
        values = {
            "conversation": uuid4(),
            "owner_hash": principal.owner_hash,
            "language": language,
            "is_known_owner": principal.is_known,
        }
        async with self.database.visit() as cur:
            await cur.execute(sql.OPEN_CONVERSATION, values)
            if await cur.fetchone() is None:
                raise NotFound("There is no such visitor.")
        return values["conversation"]  # type: ignore[return-value]

    async def page(
        self, principal: Principal, session: UUID | str, *, before: int | None, limit: int
    ) -> dict[str, Any]:
        """`limit` turns before the turn `before`, oldest first, then what is not yet answered."""
        span = {"before": before or LATEST, "is_latest": before is None, "limit": limit}
        async with self.database.visit() as cur:
            await cur.execute(sql.HISTORY, _own(principal, session) | span)
            rows = await cur.fetchall()
        if not rows:
            raise NotFound("There is no such conversation.")
        return _page(rows, limit=limit)

    async def reply(self, principal: Principal, session: UUID | str, turn_no: int) -> str:
        """The stored reply of one turn. Raises NotFound."""
        values = _own(principal, session) | {"turn_no": turn_no}
        async with self.database.visit() as cur:
            await cur.execute(sql.TURN_OF, values)
            row = await cur.fetchone()
        if row is None:
            raise NotFound("There is no such turn.")
        return str(row["reply"])

    async def click(self, principal: Principal, session: UUID | str) -> str | None:
        """Keeps that a card was opened; returns the talk's arm, None if it is not theirs."""
        async with self.database.visit() as cur:
            await cur.execute(sql.CLICK, _own(principal, session))
            row = await cur.fetchone()
        return None if row is None else str(row["arm"])

    async def rate(
        self, principal: Principal, turn: UUID, *, score: int, comment: str | None
    ) -> str:
        """Keeps the latest thumb; returns the turn's arm. Raises NotFound."""
        values = {
            "turn": turn,
            "owner_hash": principal.owner_hash,
            "score": score,
            "comment": comment,
        }
        async with self.database.visit() as cur:
            await cur.execute(sql.RATE, values)
            row = await cur.fetchone()
        if row is None:
            raise NotFound("There is no such message.")
        return str(row["arm"])


def _own(principal: Principal, session: UUID | str) -> Row:
    is_id = isinstance(session, UUID)
    return {
        "owner_hash": principal.owner_hash,
        "conversation": session if is_id else None,
        "name": None if is_id else session,
    }


def _page(rows: list[Row], *, limit: int) -> dict[str, Any]:
    turns = [row for row in reversed(rows) if row["id"] is not None]
    messages = [message for row in turns for message in _turn_messages(row)]
    messages += [_said(each, turn=None) for each in rows[0]["waiting"] or ()]
    has_earlier = len(turns) == limit and turns[0]["turn_no"] > 1
    return {
        "session_id": rows[0]["name"] or str(rows[0]["conversation_id"]),
        "messages": messages,
        "next_before": turns[0]["turn_no"] if has_earlier else None,
    }


def _turn_messages(row: Row) -> list[Row]:
    reply = json.loads(row["reply"])
    answer = {
        "id": str(row["id"]),
        "role": "assistant",
        "content": reply["summary"],
        "language": row["language"],
        "timestamp": row["created_at"].isoformat(),
        "turn": row["turn_no"],
        "title": reply["title"],
        "blocks": reply["blocks"],
        "cards": reply["cards"],
        "meta": reply["meta"],
    }
    return [*(_said(each, turn=row["turn_no"]) for each in row["said"] or ()), answer]


def _said(message: Row, *, turn: int | None) -> Row:
    return {
        "id": f"m{message['seq']}",
        "role": "user",
        "content": message["text"],
        "language": message["language"],
        "timestamp": message["at"],
        "turn": turn,
    }
