"""What goes into the conversation store and what comes out, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from gatehouse.talk.types import ANYBODY, Chosen, Entry, Thread
from gatehouse.understanding.types import Language

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A visitor's message before it is stored. Neither `conversation` nor `name`: the latest."""

    owner_hash: bytes
    key: str  # idempotency key, unique within the owner
    fingerprint: bytes
    text: str
    language: Language | None = None
    conversation: UUID | None = None
    name: str | None = None
    about: UUID | None = None  # the home from whose page it comes
    is_known_owner: bool = False  # the token was made for this request
    entry: Entry = ANYBODY  # counts if this is the conversation's first message


@dataclass(frozen=True, slots=True)
class Claimed:
    """A conversation that this process alone may think about, until its lease ends."""

    thread: Thread
    token: str
    session: str  # as the caller knows the conversation: its name or its id
    version: str
    language: str | None
    received_at: float  # of the oldest message, seconds since 1970
    claimed_at: float  # monotonic
    accept_ms: float
    is_recomputed: bool

    def under(self, chosen: Chosen) -> Claimed:
        """The claim with the arm and version under which its turn is thought and stored."""
        thread = replace(self.thread, arm=chosen.acting.arm, pin=chosen.pin)
        return replace(self, thread=thread, version=chosen.acting.version)

    @property
    def fence(self) -> Row:
        return {
            "conversation": self.thread.id,
            "epoch": self.thread.epoch,
            "me": self.token,
        }


@dataclass(frozen=True, slots=True)
class Accepted:
    """A stored message: answered already (`reply`), ours to think about (`claim`), or waiting."""

    inbox_id: int
    seq: int
    conversation: UUID
    session: str
    reply: str | None = None
    claim: Claimed | None = None
    is_replay: bool = False
    is_first: bool = False  # of its conversation


@dataclass(frozen=True, slots=True)
class Standing:
    """How a stored message stands."""

    reply: str | None
    conversation: UUID
    lease_owner: str | None
    is_free: bool
