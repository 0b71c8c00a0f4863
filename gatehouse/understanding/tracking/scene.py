"""What a system turn says, as far as it matters for what the visitor says next."""

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
    """A system turn. Roles are those of the schema; `is_ours` if it is about homes at all."""

    acts: frozenset[Act] = frozenset()
    asked: tuple[str, ...] = ()  # roles that it wants to know
    offered: str | None = None  # name of the home offered
    confirmed: Mapping[str, str] = field(default_factory=dict)  # role -> as said
    searched: Mapping[str, str] = field(default_factory=dict)  # role -> what was searched for
    is_ours: bool = True
    text: str = ""

    def does(self, *acts: Act) -> bool:
        """Is any of these among what it does?"""
        return any(act in self.acts for act in acts)


NOTHING_SAID = Reply(is_ours=False)
