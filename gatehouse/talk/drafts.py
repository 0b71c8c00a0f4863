"""Sentences of a turn that is still thought: who reads them, and where a reader stands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from gatehouse.talk.plain_text import finished
from gatehouse.talk.types import Say

_ID = re.compile(r"(\d{1,9})\.(\d{1,9})(?:-([0-9a-f]{8}))?")


@dataclass(slots=True)
class Draft:
    """What was said of one turn so far."""

    turn: int
    arm: str
    text: str = ""

    @property
    def pieces(self) -> list[str]:
        """Its sentences, as the stored reply will have them."""
        return finished(self.text)


@dataclass(slots=True)
class Reader:
    """One stream that follows a message. `news` is set whenever there is more."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    draft: Draft | None = None


class Drafts:
    """The drafts of this process, by inbox row."""

    def __init__(self) -> None:
        self._open: dict[int, Draft] = {}
        self._readers: dict[int, list[Reader]] = {}

    def begin(self, inbox_ids: Iterable[int], *, turn: int, arm: str) -> Say:
        """A turn begins; what its handler says goes to whoever reads one of the messages."""
        ids, draft = tuple(inbox_ids), Draft(turn, arm)
        self._open.update(dict.fromkeys(ids, draft))

        def say(sentence: str) -> None:
            draft.text += sentence.strip() + " "
            self._tell(ids, draft)

        return say

    def end(self, inbox_ids: Iterable[int]) -> None:
        """The turn is stored, or given up."""
        for inbox_id in inbox_ids:
            self._open.pop(inbox_id, None)

    @contextmanager
    def reading(self, inbox_id: int) -> Iterator[Reader]:
        """Follows a message; begins with what was said already."""
        reader = Reader(draft=self._open.get(inbox_id))
        if reader.draft is not None and reader.draft.text:
            reader.news.set()
        readers = self._readers.setdefault(inbox_id, [])
        readers.append(reader)
        try:
            yield reader
        finally:
            readers.remove(reader)
            if not readers and self._readers.get(inbox_id) is readers:
                del self._readers[inbox_id]

    def _tell(self, inbox_ids: Iterable[int], draft: Draft) -> None:
        for inbox_id in inbox_ids:
            for reader in self._readers.get(inbox_id, ()):
                reader.draft = draft
                reader.news.set()


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a reader stands: the turn, how many pieces it has, and which ones (None: stored)."""

    turn: int = 0
    count: int = 0
    digest: str | None = None

    @classmethod
    def of(cls, last_event_id: str | None) -> Mark:
        """From "<turn>.<n>" of a stored reply or "<turn>.<n>-<digest>" of a draft; else none."""
        found = _ID.fullmatch(last_event_id or "")
        return cls(int(found[1]), int(found[2]), found[3]) if found else cls()

    @classmethod
    def at(cls, turn: int, pieces: list[str]) -> Mark:
        """After all these pieces of a draft."""
        return cls(turn, len(pieces), digest_of(pieces))

    @property
    def event_id(self) -> str:
        return f"{self.turn}.{self.count}" + (f"-{self.digest}" if self.digest else "")

    def holds(self, turn: int, pieces: list[str]) -> bool | None:
        """Does the reader have just the first of these? None: there are too few to tell."""
        if self.turn != turn or self.count == 0:
            return True  # it has nothing of this turn
        if len(pieces) < self.count:
            return None
        return self.digest is None or digest_of(pieces[: self.count]) == self.digest

    def seen(self, turn: int) -> int:
        """How many pieces of the turn the reader has."""
        return self.count if self.turn == turn else 0


def digest_of(pieces: Iterable[str]) -> str:
    """Eight hexadecimal digits that tell whether two beginnings are the same words."""
    return sha256("\n".join(piece.strip() for piece in pieces).encode()).hexdigest()[:8]
