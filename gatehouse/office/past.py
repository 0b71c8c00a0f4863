"""What was done, as sentences: the audit's entries of a rollout, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gatehouse.office.words import Tone, clock, percent
from gatehouse.rollout.audit import Entry
from gatehouse.rollout.types import ENGINE, Phase

DONE: Final[Mapping[str, str]] = {
    "start": "started it",
    "pause": "paused it",
    "resume": "resumed it",
    "approve": "approved the next step",
    "advance": "went to the next step",
    "promote": "promoted it",
    "rollback": "rolled it back",
    "abort": "gave it up",
    "waive": "waived a gate",
    "kill": "killed it",
    "supersede": "began a newer one in its place",
    "hold": "held it",
    "fail": "rolled it back: a gate failed",
    "ready": "made it ready",
    "soaking": "began the soak",
    "ramping": "began to give it to visitors",
    "observe": "watches the gates of this step",
    "wait": "waits for the processes",
    "go_on": "let it go on",
    "step_back": "took it back a step",
    "alarm": "found late harm",
    "clock_set": "saw that the clock was set",
    "promoting": "gives it to everybody",
    "baking": "watches for late harm",
    "completed": "completed it",
    "rolling_back": "takes it back",
    "rolled_back": "has taken it back",
    "aborted": "gave it up",
    "superseded": "put a newer one in its place",
    "version_create": "made the version",
    "flag_set": "set the flag",
    "flag_unset": "took back the flag",
    "sign-in": "signed in",
    "sign-out": "signed out",
    "sign-in refused": "did not let in",
    "password set": "chose a password",
}
ENGINES: Final = {ENGINE.name: "the engine", "office": "the office"}
BAD: Final = frozenset(("rollback", "kill", "abort", "fail"))


@dataclass(frozen=True, slots=True)
class Done:
    """One entry."""

    seq: int
    at: str
    iso: str
    who: str
    is_person: bool
    action: str
    subject: str
    what: str  # how the rollout changed
    reason: str
    tone: Tone
    evidence: str  # as text, to unfold


def told(entries: Iterable[Entry], *, zone: ZoneInfo, now: float) -> tuple[Done, ...]:
    """Newest first."""
    return tuple(_done(entry, zone=zone, now=now) for entry in entries)[::-1]


def _done(entry: Entry, *, zone: ZoneInfo, now: float) -> Done:
    at = datetime.fromisoformat(entry.at)
    is_person = entry.actor_kind in ("person", "token")
    evidence = entry.details
    return Done(
        seq=entry.seq,
        at=clock(at.timestamp(), zone, now=now),
        iso=entry.at,
        who=entry.actor if is_person else ENGINES.get(entry.actor, entry.actor),
        is_person=is_person,
        action=_action(entry.action),
        subject="" if entry.subject == entry.actor else entry.subject,
        what=_change(evidence),
        reason=entry.reason,
        tone="bad" if entry.action in BAD or _went_back(evidence) else "calm",
        evidence=json.dumps(evidence, indent=2, ensure_ascii=False) if evidence else "",
    )


def _action(word: str) -> str:
    if word.startswith("hold_"):
        return DONE["hold"]
    return DONE.get(word, word.replace("_", " "))


def _went_back(evidence: Mapping[str, Any]) -> bool:
    after = evidence.get("to")
    return isinstance(after, Mapping) and after.get("phase") in ("rolling_back", "rolled_back")


def _change(evidence: Mapping[str, Any]) -> str:
    before, after = evidence.get("from"), evidence.get("to")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    parts = []
    if before.get("phase") != after.get("phase"):
        parts.append(f"{_plain(before.get('phase'))} → {_plain(after.get('phase'))}")
    if before.get("share") != after.get("share") and after.get("phase") != Phase.COMPLETED:
        parts.append(f"{percent(before.get('share') or 0)} → {percent(after.get('share') or 0)}")
    if before.get("held") != after.get("held"):
        parts.append(f"held: {_plain(after['held'])}" if after.get("held") else "held no longer")
    return " · ".join(parts)


def _plain(word: object) -> str:
    return str(word).replace("_", " ")
