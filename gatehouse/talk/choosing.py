"""Which handler answers a conversation: drawn once by its id, then kept.

The arm names the handler: `canary` is the prompt-driven one, at every share, until a rollout
promotes it; `stable` is the rules handler.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal
from uuid import UUID

from gatehouse.base.config import Settings
from gatehouse.talk.claims import Claimed
from gatehouse.talk.types import Handler, Thread

Arm = Literal["stable", "canary"]
BUCKETS = 10_000
SALT = b"gatehouse prompt-driven share 1:"  # another salt draws anew


def bucket(conversation: UUID) -> int:
    """0 to 9,999, the same in every process and release."""
    digest = sha256(SALT + conversation.bytes).digest()
    return int.from_bytes(digest[:8]) % BUCKETS


def is_drawn(conversation: UUID, percent: int) -> bool:
    """Does the conversation belong to the share? Who is in a small share is in a larger one."""
    return bucket(conversation) < percent * (BUCKETS // 100)


def effective_percent(settings: Settings, *, has_model: bool) -> int:
    """The share that can take effect: none where it is forbidden, or nothing could answer."""
    is_permitted = settings.use_re_prompt_driven and has_model
    return settings.re_prompt_canary_percent if is_permitted else 0


def arm_of(handler: Handler) -> Arm:
    """The label of the handler's turns."""
    return "canary" if handler.name == "prompted" else "stable"


def version_of(handler: Handler) -> str:
    """What is stored with the conversation: the agent version, or the handler's name."""
    return str(getattr(handler, "version", handler.name))


def pinned(claimed: Claimed, handler: Handler) -> Claimed:
    """The claim with the arm and version under which its turn is thought and stored."""
    thread = replace(claimed.thread, arm=arm_of(handler))
    return replace(claimed, thread=thread, version=version_of(handler))


@dataclass(frozen=True, slots=True)
class Choice:
    """Hands out the handler of each turn.

    A conversation is drawn at its first turn. Raising the share moves none that runs; share 0, a
    flag that forbids, or no model moves all of them at their next turn, and for good.
    """

    rules: Handler
    prompted: Handler | None
    percent: Callable[[], int]  # the effective share: 0 where it is not permitted

    def __call__(self, thread: Thread) -> Handler:
        percent = self.percent()
        if self.prompted is None or percent <= 0:
            return self.rules
        is_first = thread.turn_no <= 1
        is_in = is_drawn(thread.id, percent) if is_first else thread.arm == "canary"
        return self.prompted if is_in else self.rules
