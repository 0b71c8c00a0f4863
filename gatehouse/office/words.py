"""How the office says things: metrics, verdicts, phases, times and shares in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from gatehouse.rollout.types import WHOLE, GateSpec

Tone = Literal["calm", "good", "wait", "bad"]


@dataclass(frozen=True, slots=True)
class Named:
    """A metric: its name, and what is said of a bad conversation ("… of 1,204 conversations")."""

    title: str
    bad: str


METRICS: Final[Mapping[str, Named]] = {
    "turn_error": Named("Errors of ours", "had an error"),
    "contract": Named("Answers in contract", "had an answer of the model out of contract"),
    "turn_slow": Named("Turn time", "took longer than {edge}"),
    "search_slow": Named("Search time", "searched longer than {edge}"),
    "model_slow": Named("Model time", "waited for the model longer than {edge}"),
    "end_to_end_slow": Named("Time to the whole reply", "waited longer than {edge}"),
    "store_slow": Named("Saving", "took longer than {edge} to save"),
    "not_converted": Named("Homes within two turns", "saw no homes though all was known"),
    "not_completed": Named("Talks brought to an end", "ended without a next step"),
    "not_engaged": Named("Interest in homes", "looked at none of the homes shown"),
    "no_recommendation": Named("Homes recommended", "saw no homes"),
    "reask": Named("Questions asked twice", "were asked again what they had said"),
    "state_loss": Named("Memory", "had something forgotten"),
    "validation": Named("Answers refused", "had an answer refused after repair"),
    "model_error": Named("Calls of the model", "had a call of the model fail"),
    "ungrounded": Named("Grounded sentences", "had a sentence dropped as unfounded"),
    "repaired": Named("Answers repaired", "had an answer repaired"),
    "negative_feedback": Named("Thumbs down", "got a thumb down"),
    "search_timeout": Named("Search in time", "had a search time out"),
    "cache_miss": Named("Cache", "missed the cache"),
    "breaker_open": Named("Fuse", "met an open fuse"),
    "cost": Named("Tokens", "used more than {edge} tokens"),
}
HELD: Final[Mapping[str, str]] = {
    "inconclusive": "its time is over, and there is still too little evidence to decide",
    "nodata": "there is nothing to judge: no conversation has been observed",
    "srm": "the arms do not have the sizes that were drawn, so no comparison can be trusted",
    "approval": "a releaser has to approve the next step",
    "window_closed": "the plan allows no change at this hour",
    "error_budget": "the month's error budget is used up",
    "breaker": "a fuse is not closed",
    "manual": "a person paused it",
    "dependency": "both arms are in trouble at once: a dependency of theirs, not this version",
    "incident": "an incident of severity 1 or 2 is open",
    "measurement": "two halves of the same version differ, so the measurement itself is in doubt",
    "ceiling": "the environment allows no larger share",
}
RELEASED: Final[Mapping[str, str]] = {  # what ends a hold
    "inconclusive": "Give it more time (resume), waive the gate, or roll back.",
    "nodata": "It goes on by itself as soon as conversations come.",
    "srm": "Look at who is being assigned; then resume, or roll back.",
    "approval": "It goes on as soon as the step is approved.",
    "window_closed": "It goes on by itself when the window opens.",
    "error_budget": "It goes on by itself when the budget recovers.",
    "breaker": "It goes on by itself when the fuse has closed.",
    "manual": "It goes on when somebody resumes it.",
    "dependency": "It goes on by itself when both arms have recovered.",
    "incident": "It goes on by itself when the incident is closed.",
    "measurement": "Look at the measurement; then resume, or roll back.",
    "ceiling": "Raise RE_PROMPT_CANARY_PERCENT, or go back to a smaller step.",
}
PHASES: Final[Mapping[str, tuple[str, Tone]]] = {
    "draft": ("about to begin", "calm"),
    "soaking": ("soaking", "calm"),
    "ready": ("ready", "calm"),
    "ramping": ("ramping", "calm"),
    "promoting": ("promoting", "calm"),
    "baking": ("baking", "calm"),
    "rolling_back": ("rolling back", "bad"),
    "completed": ("completed", "good"),
    "rolled_back": ("rolled back", "bad"),
    "aborted": ("aborted", "wait"),
    "superseded": ("superseded", "wait"),
}
VERDICTS: Final[Mapping[str, tuple[str, Tone]]] = {
    "PASS": ("certified", "good"),
    "RUNNING": ("watching", "calm"),
    "NODATA": ("no data", "wait"),
    "INCONCLUSIVE": ("undecided", "wait"),
    "ERROR": ("not measured", "wait"),
    "FAIL": ("failed", "bad"),
}
UNDECIDED: Final[tuple[str, Tone]] = ("undecided", "calm")  # and will stay so
POLICIES: Final[Mapping[str, str]] = {
    "migrate_next_turn": "go to the stable version at their next turn",
    "drain": "end where they are, on this version",
    "immediate": "go to the stable version now, turns under way included",
}


def percent(share: int) -> str:
    """A share in 1/100,000 as people read it."""
    return f"{share * 100 / WHOLE:g}\N{NO-BREAK SPACE}%"


def rate(value: float | None) -> str:
    """A share between 0 and 1, with the digits that matter."""
    if value is None:
        return "–"
    digits = 2 if 0 < value < 0.1 else 1
    return f"{value * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def lasting(seconds: float) -> str:
    """A duration in its two largest units."""
    left = max(round(seconds), 0)
    if left < 60:
        return f"{left} s"
    minutes, hours, days = left // 60 % 60, left // 3600 % 24, left // 86400
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2])


def clock(at: float, zone: ZoneInfo, *, now: float) -> str:
    """A moment as a wall clock shows it; with its day unless that is today."""
    there, here = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a %d %b %H:%M}"


def title(spec: GateSpec) -> str:
    named = METRICS.get(spec.metric)
    words = named.title if named else spec.metric.replace("_", " ")
    if spec.kind == "worse":
        return f"{words}, against stable"
    return f"{words}: {spec.service}" if spec.service else words


def bad(spec: GateSpec) -> str:
    """What a bad conversation of a gate is."""
    named = METRICS.get(spec.metric)
    words = named.bad if named else f"were bad by {spec.metric}"
    is_count = spec.metric == "cost"
    return words.format(edge=f"{spec.edge_ms:,}" if is_count else edge(spec.edge_ms))


def edge(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "its limit"
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds} ms"


def promise(spec: GateSpec) -> str:
    """What a gate demands, as a sentence."""
    what = bad(spec)
    if spec.kind == "invariant":
        return f"Not one conversation may be among those that {what}."
    if spec.kind == "breaker":
        return "Its fuse may not stay open, nor flap, in the canary alone."
    if spec.kind == "worse":
        more = f", up to {spec.tolerance:g} times as many," if spec.tolerance > 1 else ""
        return f"No more than in the stable arm{more} may be those that {what}."
    limit = percent(round((spec.limit or 0) * WHOLE))
    if spec.kind == "rule":
        return f"Not for {spec.minutes} min may more than {limit} be those that {what}."
    return f"At most {limit} may be conversations that {what}."
