"""What a system turn says, and what is on the table when the visitor answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Act(StrEnum):
    """What the system does in a turn; one turn may do several things."""

    ASK = "ask"
    OFFER = "offer"
    TELL = "tell"
    CONFIRM = "confirm"
    OFFER_VISIT = "offer_visit"
    BOOKED = "booked"
    FAILED = "failed"
    ASK_MORE = "ask_more"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Reply:
    """A system turn. Roles are those of the schema."""

    acts: frozenset[Act] = frozenset()
    asked: tuple[str, ...] = ()  # roles that it wants to know
    offered: str | None = None  # name of the home offered
    confirmed: Mapping[str, str] = field(default_factory=dict)  # role -> as said
    searched: Mapping[str, str] = field(default_factory=dict)  # role -> what was searched for
    text: str = ""

    def does(self, *acts: Act) -> bool:
        """Is any of these among what it does?"""
        return any(act in self.acts for act in acts)


NOTHING_SAID = Reply()


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a message is understood by."""

    reply: Reply = NOTHING_SAID  # what was said last
    has_offer: bool = False  # a home is on the table
    is_visit: bool = False  # a viewing is being arranged
    named: str | None = None  # the home that the message calls by its name
    flags: tuple[str, ...] = ()  # what homes of this service may be or have
    facts: frozenset[str] = frozenset()  # roles that may be asked about
