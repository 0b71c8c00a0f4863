"""What was said before, for the prompt: read by itself, cut to a number and a length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from gatehouse.base.database import Database
from gatehouse.base.errors import StoreDown

LETTERS_A_TOKEN = 3.0  # cautious: other scripts have fewer letters a token than English
MOST_TOKENS = 2000
LONGEST_MESSAGE = 1500  # characters; the end of a longer one is cut

_RECENT = """
SELECT t.reply::json->>'summary' AS told,
       (SELECT string_agg(i.text, E'\\n' ORDER BY i.seq) FROM talk_inbox i
        WHERE i.conversation_id = t.conversation_id AND i.turn_id = t.id) AS said
FROM talk_turn t
WHERE t.conversation_id = %(conversation)s
ORDER BY t.turn_no DESC
LIMIT %(turns)s"""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of before."""

    role: Literal["user", "assistant"]
    text: str


class Past(Protocol):
    """Earlier messages of a conversation, oldest first; none where they cannot be read."""

    async def recent(self, conversation: UUID, most: int) -> tuple[Line, ...]: ...


class NoPast:
    """For turns that are thought without a memory but the slots."""

    async def recent(self, conversation: UUID, most: int) -> tuple[Line, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class SqlPast:
    """Reads the conversation store in one short visit."""

    database: Database

    async def recent(self, conversation: UUID, most: int) -> tuple[Line, ...]:
        """The store being away costs the memory, not the turn: slots stay."""
        if most <= 0:
            return ()
        values = {"conversation": conversation, "turns": math.ceil(most / 2)}
        try:
            async with self.database.visit() as cur:
                await cur.execute(_RECENT, values)
                rows = await cur.fetchall()
        except StoreDown:
            return ()
        return _lines([(row["said"], row["told"]) for row in reversed(rows)])[-most:]


def cut(lines: Sequence[Line], *, most: int, tokens: int = MOST_TOKENS) -> tuple[Line, ...]:
    """The last of the lines: at most so many, and about so many tokens together."""
    kept: list[Line] = []
    for line in reversed(lines[-most:] if most > 0 else ()):
        text = line.text[:LONGEST_MESSAGE]
        tokens -= tokens_of(text)
        if tokens < 0:
            break
        kept.append(Line(line.role, text))
    return tuple(reversed(kept))


def tokens_of(text: str) -> int:
    """About how many tokens the text has; rather too many than too few."""
    return math.ceil(len(text) / LETTERS_A_TOKEN)


def _lines(turns: Sequence[tuple[str | None, str | None]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for said, told in turns:
        if said:
            lines.append(Line("user", said))
        if told:
            lines.append(Line("assistant", told))
    return tuple(lines)
