"""How the control room steers a process: flags, the running rollout, and the kill file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gatehouse.base.config import Settings
from gatehouse.base.keys import signing_key
from gatehouse.rollout.flags import Flags
from gatehouse.rollout.follower import Follower, Following
from gatehouse.rollout.kill_file import KillFile
from gatehouse.rollout.last_known import LastKnown
from gatehouse.rollout.outside import OutsideFlags, outside_flags
from gatehouse.talk.failpoints import is_mutant
from gatehouse.web.tending import Work


@dataclass(frozen=True, slots=True)
class Steering:
    """What is to be acted on, as this process knows it now."""

    kill_file: KillFile
    follower: Follower
    flags: Flags
    outside: OutsideFlags | None = None

    @property
    def background(self) -> dict[str, Work]:
        """Neither waits for the other: the kill file is followed without any database."""
        always: dict[str, Work] = {"control": self.follower.run, "flags": self.flags.run}
        return always | ({"outside flags": self.outside.run} if self.outside else {})

    async def start(self) -> None:
        """The first look, before the first turn; from here on everything is as it wants it."""
        await self.follower.start()
        self.flags.tell()


def steer(settings: Settings, url: str) -> Steering:
    """Knows at once what the disk knows. Opens nothing yet."""
    kill_file = KillFile(settings.kill_path)

    def facts() -> dict[str, Any]:
        kill = kill_file.kill
        return {"killed": sorted(kill.ceilings), "versions_denied": sorted(kill.versions_denied)}

    follower = Follower(
        url,
        LastKnown(settings.gatehouse_data, signing_key(settings)),
        how=_following(settings),
        killed=lambda: kill_file.kill.versions_denied,
        facts=facts,
    )
    outside = outside_flags(settings)
    flags = Flags(
        settings,
        control=lambda: follower.control,
        kill_file=kill_file,
        outside=(lambda: outside.values) if outside else dict,
    )
    flags.on_kill(follower.refresh)
    follower.on_change(flags.refresh)
    return Steering(kill_file, follower, flags, outside)


def _following(settings: Settings) -> Following:
    is_never_stale = is_mutant("never_stale")
    return Following(
        max_stale_seconds=float("inf") if is_never_stale else settings.control_max_stale_seconds,
        is_pushed=not is_mutant("no_push"),
        is_deaf=is_mutant("never_follows"),
    )
