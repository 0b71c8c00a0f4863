"""Who has what just now, and what stands in a version's way whatever its rollout says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from gatehouse.office.words import percent
from gatehouse.rollout.limits import Limits
from gatehouse.rollout.types import RULES, TERMINAL, Phase, Standing, Units

SHARING = frozenset((Phase.RAMPING, Phase.PROMOTING, Phase.BAKING))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known besides the rollout's own row. Times are seconds since 1970."""

    now: float
    zone: ZoneInfo
    verdicts: dict[str, str]  # gate -> name of its last verdict
    titles: dict[str, str] = field(default_factory=dict)
    units: Sequence[Units] = ()
    workers: int = 0  # processes alive
    followers: int = 0  # of those, they act on the newest revision
    labels: dict[str, str] = field(default_factory=dict)  # version -> its label
    allowed: Limits | None = None  # by environment, flags and kill file; None: not known
    alive: Standing | None = None  # the rollout that is under way now


def named(version: str, seen: Seen) -> str:
    """A version as people call it."""
    if version == RULES:
        return "the rules"
    label = seen.labels.get(version, "")
    return f"“{label}”" if label else version


def barred(standing: Standing, seen: Seen) -> str:
    """Why nobody gets what a rollout under way would give to a share; "" if they do."""
    if seen.allowed is None or standing.phase not in SHARING:
        return ""
    if not seen.allowed.is_permitted:
        return "only the rules are permitted just now"
    if standing.canary_version in seen.allowed.denied:
        return "it is denied"
    return "the environment allows no share" if seen.allowed.most_share <= 0 else ""


def is_everybodys(standing: Standing, seen: Seen) -> bool:
    """Whether what an ended rollout left behind is still what everybody gets."""
    if seen.allowed is None:
        return True
    is_done = standing.phase == Phase.COMPLETED
    left = standing.canary_version if is_done else standing.stable_version
    return seen.alive is None and _answering(seen.allowed) == left


def told(standing: Standing, seen: Seen) -> str:
    """Who has what now that a rollout has ended."""
    if seen.allowed is None:
        return ""
    if not seen.allowed.is_permitted:
        return "Everybody gets the rules: nothing else is permitted just now."
    if seen.alive is not None and seen.alive.phase not in TERMINAL:
        return _meanwhile(seen.alive, seen)
    everybody = named(_answering(seen.allowed), seen)
    return f"New conversations get {everybody}.{_leftover(standing, seen)}"


def _meanwhile(alive: Standing, seen: Seen) -> str:
    new, old = named(alive.canary_version, seen), named(alive.stable_version, seen)
    if not alive.share or barred(alive, seen):
        return f"New conversations get {old}; {alive.id} is under way with {new}."
    return f"{percent(alive.share)} of new conversations get {new} in {alive.id}; all others {old}."


def _leftover(standing: Standing, seen: Seen) -> str:
    """What conversations keep that began before it ended."""
    if standing.phase == Phase.COMPLETED and is_everybodys(standing, seen):
        return f" Those that began with {named(standing.stable_version, seen)} end with it."
    if standing.phase != Phase.COMPLETED and standing.policy == "drain":
        return f" Those that began with {named(standing.canary_version, seen)} end with it."
    return ""


def _answering(allowed: Limits) -> str:
    stable = allowed.stable or RULES
    is_usable = allowed.is_permitted and stable not in allowed.denied
    return stable if is_usable else RULES
