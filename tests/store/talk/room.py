"""A control room in memory: one rollout from "v-old" to "v-new" whose share a test turns."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.rollout.assign import Ceiling
from gatehouse.rollout.types import WHOLE, Control, Live, Policy
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Handler, Outcome, Say, Thread, Tools
from gatehouse.web.choosing import Chooser, Few

from .stage import TOOLS, Echo, outcome

ROLLOUT = "ro_01"


@dataclass
class Version:
    """Answers as `Echo` under a version's name; where it is held up, it thinks until it is let
    go. It tells when it began, and that it was broken off."""

    version: str
    name: Literal["rules", "prompted"] = "prompted"
    is_held_up: bool = False
    began: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    broken_off: int = 0

    async def think(self, thread: Thread, tools: Tools, *, say: Say, **_: Any) -> Outcome:
        if self.is_held_up:
            say("Words that are taken back.")
            self.began.release()
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.broken_off += 1
                raise
        return outcome(thread)


class Room:
    """What all processes of a test follow."""

    def __init__(self, share: int = WHOLE) -> None:
        self.control = Control(live=Live(ROLLOUT, "v-old", "v-new", share, 1))
        self.ceiling = Ceiling()
        self.is_stale = False
        self.old, self.new = Version("v-old"), Version("v-new")
        handlers = {"rules": Echo(), "v-old": self.old, "v-new": self.new}
        self.choose = Chooser(
            lambda: self.control,
            lambda: self.ceiling,
            Few(cast(dict[str, Handler], handlers)),
            lambda: self.is_stale,
        )

    def process(self, database: Database) -> TurnService:
        """A process of its own; not started."""
        return TurnService(database, self.choose, TOOLS, settings=Settings())

    def ramp(self, share: int, *, step: int = 1) -> None:
        """The same rollout with another share."""
        assert self.control.live is not None
        live = replace(self.control.live, share=share, step=step)
        self.control = replace(self.control, live=live)

    def roll_back(self, policy: Policy) -> None:
        """The rollout is over; its canary's conversations go back as the policy says."""
        self.control = Control(stable_version="v-old", retreats={ROLLOUT: policy})
