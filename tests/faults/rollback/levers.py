"""The decisions of the drill: real ones, by the desk, on a connection that nothing disturbs."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace

from gatehouse.base.config import load
from gatehouse.rollout import plans, versions
from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.desk import Desk, Submission
from gatehouse.rollout.types import WHOLE, Actor
from gatehouse.rollout.versions import Version

from ..lab.stage import Stage

BY = Actor("person", "drill")
WHY = "rollback drill"
CANARY = Version(Bundle("rules", features={"suggested_actions": False}), "of the drill")


@dataclass(frozen=True, slots=True)
class Levers:
    """`canary` gives everybody new the canary, `rollback` takes everybody back."""

    desk: Desk
    connect: Connect

    @classmethod
    def of(cls, stage: Stage) -> Levers:
        os.environ.setdefault("GATEHOUSE_DATA", str(stage.product.data))  # the audit's key
        connect = connecting(stage.product.database_url)
        return cls(Desk(connect, load()), connect)

    async def canary(self) -> str:
        """Begins a rollout of which everybody new is a part; returns its id."""
        return await asyncio.to_thread(self._canary)

    async def rollback(self) -> None:
        await asyncio.to_thread(self.desk.rollback, actor=BY, reason=WHY)

    async def end(self) -> None:
        """So that the next experiment finds nothing of this one under way."""
        await asyncio.to_thread(self._end)

    def _canary(self) -> str:
        versions.keep(self.connect, CANARY)
        usual = plans.named("default")
        whole = replace(usual.steps[0], share=WHOLE)
        plan = replace(usual, steps=(whole,), soak=None)
        submission = Submission(CANARY.id, plans.to_json(plan), "drill")
        begun = self.desk.submit(submission, actor=BY, reason=WHY)
        self.desk.advance(begun.id, actor=BY, reason=WHY)
        return begun.id

    def _end(self) -> None:
        with self.connect() as visit:
            visit.execute(
                "UPDATE rollout SET phase = 'rolled_back', share = 0, ended_at = now() "
                "WHERE phase NOT IN ('completed', 'rolled_back', 'aborted', 'superseded')"
            )
