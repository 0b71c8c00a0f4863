"""Every flag as it takes effect: what the environment permits, what is stored, what is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gatehouse.base import config
from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput
from gatehouse.observe import journal
from gatehouse.rollout.flag_values import CEILINGS, FLAGS, LIVE, Value, checked, lower
from gatehouse.rollout.kill_file import KillFile
from gatehouse.rollout.types import WHOLE, Control, StoredFlag

LOOK_SECONDS: Final = 0.3
Outside = Callable[[], Mapping[str, Value]]  # values of ceilings from elsewhere, by field
Listener = Callable[[Settings], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a flag's value comes from. None: that source says nothing. `env` is as given."""

    env: str | None
    stored: Value | None
    kill: Value | None
    effective: Value
    outside: Value | None = None


class Flags:
    """The effective settings of this process, replaced as a whole whenever a source changes.

    For a ceiling every source can only restrict; a live value that is stored takes the place of
    the environment's. Nothing here waits for anything: sources are known in memory.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        control: Callable[[], Control],
        kill_file: KillFile,
        outside: Outside = dict,
        clock: Clock | None = None,
    ) -> None:
        self.declared = settings  # of the environment alone
        self._control = control
        self._kill_file = kill_file
        self._outside = outside
        self._clock = clock or SystemClock()
        self._told: list[Listener] = []
        self._on_kill: list[Callable[[], None]] = []
        self.settings = self._effective()

    @property
    def is_permitted(self) -> bool:
        """May any but the rules answer?"""
        return self.settings.use_re_prompt_driven

    @property
    def killed(self) -> Mapping[str, Value]:
        """What the kill file lowers, by field."""
        return self._kill_file.kill.ceilings

    @property
    def most_share(self) -> int:
        """The most of a canary's share, in 1/100,000."""
        return self.settings.re_prompt_canary_percent * (WHOLE // 100)

    def on_change(self, listener: Listener) -> None:
        """Calls `listener` with the new settings; it must not block."""
        self._told.append(listener)

    def on_kill(self, listener: Callable[[], None]) -> None:
        """Calls `listener` when the kill file says something new, before `on_change`."""
        self._on_kill.append(listener)

    def refresh(self, _: Control | None = None) -> None:
        """Puts the sources together again; tells those who asked if anything is different."""
        before, self.settings = self.settings, self._effective()
        if self.settings == before:
            return
        changed = {
            name.upper(): getattr(self.settings, name)
            for name in FLAGS
            if getattr(self.settings, name) != getattr(before, name)
        }
        journal.event("flags_changed", changed=changed)
        self.tell()

    def tell(self) -> None:
        """Tells those who asked what is in force, as if it had just changed."""
        for listener in self._told:
            try:
                listener(self.settings)
            except Exception as bug:  # noqa: BLE001 - logged; the others are told all the same
                journal.failure("flag_listener_failed", bug)

    async def run(self) -> None:
        """Follows the kill file, and the ends of flags that have one. Until cancelled."""
        while True:
            if self._kill_file.look():
                for listener in self._on_kill:
                    listener()
            self.refresh()
            await asyncio.sleep(LOOK_SECONDS)

    def sources(self) -> dict[str, Source]:
        """Where each flag's value comes from, by field of Settings."""
        given, stored = config.read(), self.stored()
        killed, outside = self._kill_file.kill.ceilings, self._outside()
        return {
            name: Source(
                env=given[name].text if name in given else None,
                stored=stored[name].value if name in stored else None,
                kill=killed.get(name),
                outside=outside.get(name),
                effective=getattr(self.settings, name),
            )
            for name in FLAGS
        }

    def stored(self) -> dict[str, StoredFlag]:
        """Stored values that count now, by field; those that make no sense do not."""
        return counting(self._control().flags, self._clock.now().timestamp())

    def _effective(self) -> Settings:
        return effective(
            self.declared,
            {name: flag.value for name, flag in self.stored().items()},
            killed=self._kill_file.kill.ceilings,
            outside=self._outside(),
        )


def counting(flags: Mapping[str, StoredFlag], now: float) -> dict[str, StoredFlag]:
    """Those that have not ended and whose value its setting allows, by field of Settings."""
    found = {}
    for name, flag in flags.items():
        field = name.lower()
        if field not in FLAGS or (flag.until is not None and flag.until <= now):
            continue
        try:
            found[field] = replace(flag, value=checked(field, flag.value))
        except BadInput:
            continue  # stored under another release's rules; `gatehouse flags list` tells it
    return found


def effective(
    declared: Settings,
    stored: Mapping[str, Value],
    *,
    killed: Mapping[str, Value] | None = None,
    outside: Mapping[str, Value] | None = None,
) -> Settings:
    """The settings as they take effect; every mapping is by field of Settings."""
    changed: dict[str, Any] = {name: stored[name] for name in LIVE if name in stored}
    for source in (stored, outside or {}, killed or {}):
        for name in CEILINGS:
            if name in source:
                changed[name] = lower(changed.get(name, getattr(declared, name)), source[name])
    if not changed.get("use_unified_pipeline", declared.use_unified_pipeline):
        changed |= PLAIN
    return declared.model_copy(update=changed) if changed else declared


# Without the unified pipeline: the stable version alone, no suggestions, no changing questions.
PLAIN: Final[Mapping[str, Value]] = {
    "re_prompt_canary_percent": 0,
    "feature_suggested_actions": False,
    "feature_dynamic_prompts": False,
}
