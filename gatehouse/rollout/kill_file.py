"""The kill file: restrictions that need no database, followed by every process of the instance.

Its keys are ceiling settings, which it can only lower, `versions_denied` and `features_off`. A
file that is there but cannot be understood restricts everything: somebody wanted something off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gatehouse.base.errors import BadInput, Unavailable
from gatehouse.observe import journal
from gatehouse.rollout.flag_values import CEILINGS, checked, least
from gatehouse.rollout.small_file import put_in_place, read_json

FEATURES: Final = {  # as people call them: the setting of each
    "cards": "enable_re_recommend_card",
    "suggested_actions": "feature_suggested_actions",
    "dynamic_prompts": "feature_dynamic_prompts",
}
NOTES: Final = ("reason", "by", "at")
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Kill:
    """What is restricted. `flags`: field of Settings to the most that it may be."""

    flags: Mapping[str, bool | int] = field(default_factory=dict)
    versions_denied: frozenset[str] = frozenset()
    features_off: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()  # what could not be understood
    is_unreadable: bool = False

    @property
    def ceilings(self) -> dict[str, bool | int]:
        """Every setting that it lowers, those of features included."""
        return {**self.flags, **{FEATURES[name]: False for name in self.features_off}}

    @property
    def is_empty(self) -> bool:
        return not (self.ceilings or self.versions_denied)


NOTHING: Final = Kill()


class KillFile:
    """One path. A process looks every 0.3 s; the command writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kill = NOTHING
        self._seen: Stamp | None = None
        self._doubted: Stamp | None = None
        self.look(is_first=True)

    def look(self, *, is_first: bool = False) -> bool:
        """Takes in what is new; is anything? Text that makes no sense is given a second look
        before it counts: an editor may be halfway through it."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        found = self.read()
        if found.is_unreadable and not is_first and stamp != self._doubted:
            self._doubted = stamp
            return False
        self._seen, before, self.kill = stamp, self.kill, found
        if found != before:
            self._tell()
        return found != before

    def read(self) -> Kill:
        """What it says now. Never raises."""
        return kill_at(self.path)

    def write(self, kill: Kill) -> None:
        """In one step, or takes the file away where nothing is restricted. Raises Unavailable."""
        try:
            if kill.is_empty:
                self.path.unlink(missing_ok=True)
                return
            text = json.dumps(as_told(kill), indent=2) + "\n"
            put_in_place(self.path, text, mode=0o644)  # whoever the processes run as may read it
        except OSError as trouble:
            raise Unavailable(f"{self.path} cannot be written: {trouble}") from trouble

    def _stamp(self) -> Stamp | None:
        try:
            told = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:  # something is there, and nobody can say what
            return (0, 0, 0)
        return told.st_mtime_ns, told.st_ino, told.st_size

    def _tell(self) -> None:
        kill = self.kill
        for trouble in kill.troubles:
            journal.event("kill_file_odd", message=trouble, level="ERROR")
        journal.event(
            "kill_file_followed",
            level="WARNING" if not kill.is_empty else "INFO",
            killed=sorted(kill.ceilings),
            versions_denied=sorted(kill.versions_denied),
        )


def kill_at(path: Path) -> Kill:
    """What a kill file says now. Never raises, never waits, tells nobody."""
    try:
        return understood(read_json(path))
    except (FileNotFoundError, NotADirectoryError):
        return NOTHING
    except (OSError, ValueError, TypeError, AttributeError) as wrong:
        return everything(f"{path} cannot be read: {wrong}")


def understood(told: Mapping[str, Any]) -> Kill:
    """What the file says. A ceiling with a value that makes no sense gets its least value."""
    flags: dict[str, bool | int] = {}
    troubles: list[str] = []
    for key, value in told.items():
        if key.lower() in CEILINGS:
            flags[key.lower()] = _most(key.lower(), value, troubles)
        elif key not in ("versions_denied", "features_off", *NOTES):
            troubles.append(f"{key} is no ceiling that the kill file could lower; it is ignored")
    features = _words(told.get("features_off", ()), "features_off", troubles)
    troubles += [f"features_off: no feature {each}" for each in sorted(features - set(FEATURES))]
    return Kill(
        flags=flags,
        versions_denied=_words(told.get("versions_denied", ()), "versions_denied", troubles),
        features_off=features & set(FEATURES),
        notes={name: str(told[name]) for name in NOTES if name in told},
        troubles=tuple(troubles),
    )


def everything(trouble: str) -> Kill:
    """Each ceiling at its least."""
    return Kill(
        flags={name: least(name) for name in CEILINGS}, troubles=(trouble,), is_unreadable=True
    )


def as_told(kill: Kill) -> dict[str, Any]:
    """As the file says it."""
    told: dict[str, Any] = {name.upper(): value for name, value in sorted(kill.flags.items())}
    if kill.versions_denied:
        told["versions_denied"] = sorted(kill.versions_denied)
    if kill.features_off:
        told["features_off"] = sorted(kill.features_off)
    return told | dict(kill.notes)


def _most(name: str, value: Any, troubles: list[str]) -> bool | int:
    try:
        most = checked(name, value)
    except BadInput as wrong:
        troubles.append(f"{wrong}; taken as {least(name)}")
        return least(name)
    return most if isinstance(most, bool | int) else least(name)


def _words(told: Any, name: str, troubles: list[str]) -> frozenset[str]:
    if isinstance(told, str):
        return frozenset((told,))
    if isinstance(told, Iterable) and not isinstance(told, Mapping):
        return frozenset(str(each) for each in told)
    troubles.append(f"{name}: must be a list of words, not {told!r}")
    return frozenset()
