"""Flags and assignments for whoever speaks OpenFeature: a thin adapter, read from memory.

Needs the package `openfeature-sdk`; nothing else of the product does. Flags have the names of their
environment variables; `agent.conversation` is the version that a conversation gets, its variant
the arm. What is asked here is not pinned: the conversation's own first turn does that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeVar, cast, get_args

from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent, ProviderEventDetails
from openfeature.exception import ErrorCode, FlagNotFoundError, TypeMismatchError
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, Metadata

from gatehouse.base.config import Settings, load
from gatehouse.base.keys import signing_key
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.flag_values import FLAGS
from gatehouse.rollout.flags import Flags
from gatehouse.rollout.follower import Follower, Following
from gatehouse.rollout.kill_file import KillFile
from gatehouse.rollout.last_known import LastKnown
from gatehouse.rollout.types import WHOLE, Arm, Assignment, Control

AGENT: Final = "agent.conversation"
NAMED: Final = Metadata(name="gatehouse")  # asked for with every evaluation
STALE_LOOK_SECONDS: Final = 1.0
ENDING_SECONDS: Final = 5.0
T = TypeVar("T")
Told = dict[str, bool | str | int | float]
Context = EvaluationContext | None
Object = Sequence[FlagValueType] | Mapping[str, FlagValueType]


class GatehouseProvider(AbstractProvider):
    """Reads what a process follows. `newest`: the version that gets a share without a rollout.

    A pin known to the caller comes as the context's `pinned_arm` and `pinned_version`.
    """

    def __init__(
        self, follower: Follower, flags: Flags, *, newest: Callable[[], str | None] = lambda: None
    ) -> None:
        super().__init__()
        self._follower, self._flags, self._newest = follower, flags, newest
        self._seen = follower.control
        self._was_stale = follower.is_stale
        self._limits, self._limited_by = Ceiling(False, 0), cast(Settings | None, None)
        self._told_by_all: Told = {"flagSetId": "", "version": ""}
        self._told_for: tuple[Settings, int] | None = None
        follower.on_change(self._changed)

    def get_metadata(self) -> Metadata:
        return NAMED

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: Context = None
    ) -> FlagResolutionDetails[bool]:
        return self._flag(flag_key, bool)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: Context = None
    ) -> FlagResolutionDetails[int]:
        return self._flag(flag_key, int)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: Context = None
    ) -> FlagResolutionDetails[float]:
        return self._flag(flag_key, float)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: Context = None
    ) -> FlagResolutionDetails[str]:
        if flag_key != AGENT:
            return self._flag(flag_key, str)
        found = self._assigned(evaluation_context)
        return self._told(found.version, found, evaluation_context)

    def resolve_object_details(
        self, flag_key: str, default_value: Object, evaluation_context: Context = None
    ) -> FlagResolutionDetails[Object]:
        if flag_key != AGENT:
            return self._flag(flag_key, dict)
        found = self._assigned(evaluation_context)
        value: Object = {"version": found.version, "arm": found.arm}
        return self._told(value, found, evaluation_context)

    def look(self) -> None:
        """Tells when the news are lost, and when they are back; to be called now and then."""
        is_stale = self._follower.is_stale
        if is_stale == self._was_stale:
            return
        self._was_stale = is_stale
        lost, back = ProviderEvent.PROVIDER_STALE, ProviderEvent.PROVIDER_READY
        self._emit(lost if is_stale else back, ProviderEventDetails())

    def _flag(self, key: str, kind: type[T]) -> FlagResolutionDetails[T]:
        field = key.lower()
        if field not in FLAGS:
            raise FlagNotFoundError(f"there is no flag {key}")
        value = getattr(self._flags.settings, field)
        if type(value) is not kind:
            raise TypeMismatchError(f"{key} is of the type {type(value).__name__}")
        reason = Reason.DISABLED if field in self._flags.killed else Reason.STATIC
        if reason is Reason.STATIC and self._follower.is_stale:
            reason = Reason.STALE
        return FlagResolutionDetails(value, reason=reason, flag_metadata=self._common())

    def _assigned(self, context: Context) -> Assignment:
        follower, ceiling = self._follower, self._ceiling()
        if context is None:
            return assign("", follower.control, ceiling, is_stale=follower.is_stale)
        return assign(
            context.targeting_key or "",
            follower.control,
            ceiling,
            pin=_pin(context.attributes) if "pinned_arm" in context.attributes else None,
            is_stale=follower.is_stale,
        )

    def _ceiling(self) -> Ceiling:
        """Of the settings in force; made anew only when these are others."""
        settings, newest = self._flags.settings, self._newest()
        if settings is not self._limited_by or newest != self._limits.newest:
            most = settings.re_prompt_canary_percent * (WHOLE // 100)
            self._limits = Ceiling(settings.use_re_prompt_driven, most, newest)
            self._limited_by = settings
        return self._limits

    def _told(self, value: T, found: Assignment, context: Context) -> FlagResolutionDetails[T]:
        told = self._common()
        told["hash_version"] = found.hash_version
        if (rollout_id := found.rollout_id) is not None:
            told["rollout_id"] = rollout_id
        if (bucket := found.bucket) is not None:
            told["bucket"] = bucket
        if context and context.targeting_key:
            digest = blake2b(context.targeting_key.encode(), digest_size=8)
            told["contextId"] = digest.hexdigest()
        reason: str = found.reason
        if found.is_pinned and found.reason != "DISABLED":
            told |= {"pinned": True, "assign_reason": found.reason}
            reason = Reason.CACHED
        code = ErrorCode(found.error_code) if found.error_code else None
        return FlagResolutionDetails(
            value, code, reason=reason, variant=found.arm, flag_metadata=told
        )

    def _common(self) -> Told:
        """A new one each time; looked up anew only when something is different."""
        settings, revision = self._flags.settings, self._follower.revision
        if (seen := self._told_for) is None or seen[0] is not settings or seen[1] != revision:
            self._told_by_all = {"flagSetId": settings.environment, "version": str(revision)}
            self._told_for = settings, revision
        return self._told_by_all.copy()

    def _changed(self, control: Control) -> None:
        before, self._seen = self._seen, control
        names = sorted(
            name
            for name in before.flags.keys() | control.flags.keys()
            if before.flags.get(name) != control.flags.get(name)
        )
        if (before.live, before.stable_version, before.denied) != (
            control.live,
            control.stable_version,
            control.denied,
        ):
            names.append(AGENT)
        details = ProviderEventDetails(flags_changed=names)
        self._emit(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, details)
        self.look()

    def _emit(self, event: ProviderEvent, details: ProviderEventDetails) -> None:
        """Nobody hears it before the SDK has attached itself."""
        if hasattr(self, "_on_emit"):
            self._on_emit(self, event, details)


class FollowingProvider(GatehouseProvider):
    """For other programs: follows the database in a thread of its own, from `initialize` on.

    `folder` keeps the last known snapshot; the settings are those of the environment.
    """

    def __init__(self, url: str, folder: Path, *, settings: Settings | None = None) -> None:
        settings = settings or load()
        kill_file = KillFile(settings.kill_path)
        follower = Follower(
            url,
            LastKnown(folder, signing_key(settings)),
            how=Following(settings.control_max_stale_seconds, is_worker=False),
            killed=lambda: kill_file.kill.versions_denied,
        )
        flags = Flags(settings, control=lambda: follower.control, kill_file=kill_file)
        flags.on_kill(follower.refresh)
        follower.on_change(flags.refresh)
        super().__init__(follower, flags)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        """Returns after the first look, or after three seconds without one: then it is stale."""
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=loop.run_forever, name="gatehouse-flags", daemon=True
        )
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._follower.start(), loop).result()
        self._was_stale = self._follower.is_stale
        asyncio.run_coroutine_threadsafe(self._follow(), loop)

    def shutdown(self) -> None:
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(_ended(), self._loop).result(ENDING_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDING_SECONDS)
        self._loop.close()
        self._loop = self._thread = None

    async def _follow(self) -> None:
        await asyncio.gather(self._follower.run(), self._flags.run(), self._watch())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(STALE_LOOK_SECONDS)
            self.look()


async def _ended() -> None:
    """Everything else in this loop has been cancelled, and has come to its end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _pin(told: Mapping[str, Any]) -> Assignment | None:
    arm, version = told["pinned_arm"], told.get("pinned_version")
    if arm not in get_args(Arm) or not isinstance(version, str):
        return None
    rollout = told.get("pinned_rollout")
    return Assignment(
        cast(Arm, arm),
        version,
        "STATIC",
        rollout if isinstance(rollout, str) else None,
        is_pinned=True,
    )
