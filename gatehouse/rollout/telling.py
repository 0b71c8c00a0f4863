"""A rollout in words, for a terminal: what is live, who gets it, why held, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from gatehouse.rollout.audit import Entry
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.pace import GateLine
from gatehouse.rollout.status import Status
from gatehouse.rollout.types import TERMINAL, WHOLE, Phase, Standing

MARKS: Final = {
    "pass": "✓", "running": "…", "nodata": "∅", "inconclusive": "?", "error": "!", "fail": "✗",
}  # fmt: skip
BAR: Final = 24  # characters of a bar


def status_lines(told: Status) -> Iterator[str]:
    """All of it; the first line alone says what is live."""
    yield f"live      {told.live}  (everybody outside a canary)"
    if told.rollout is None:
        yield "rollout   none yet: gatehouse rollout start VERSION --reason …"
    else:
        yield from _rollout(told, told.rollout)
    yield from _house(told)


def rollout_line(standing: Standing) -> str:
    """One rollout in one line, for lists."""
    at = moment(standing.created_at)
    held = f", held: {standing.held}" if standing.held else ""
    why = f", failed: {standing.failure['gate']}" if standing.failure else ""
    return (
        f"{standing.id}  {at}  {standing.stable_version} → {standing.canary_version}  "
        f"{standing.phase}{held}{why}"
    )


def history_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """What was done, by whom and why, oldest first."""
    for entry in entries:
        place = entry.details.get("to", {})
        share = f" {percent(place['share'])}" if "share" in place else ""
        yield (
            f"{entry.at[:19].replace('T', ' ')}  {entry.action}{share}  "
            f"by {entry.actor} ({entry.actor_kind}): {entry.reason}"
        )


def judgement_line(kept: Kept) -> str:
    """One stored verdict in one line."""
    why = kept.evidence.outputs.get("why", "")
    verdict = kept.evidence.verdict.name.lower()
    return f"{moment(kept.at)}  step {kept.step + 1}  {kept.evidence.gate}  {verdict}  {why}"


def percent(share: int) -> str:
    """Of 1/100,000."""
    return f"{share * 100 / WHOLE:g} %"


def moment(at: float) -> str:
    """Seconds since 1970 as a date and a time, UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def duration(seconds: float) -> str:
    """Roughly, in the largest units that fit."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    if whole < 5400:
        return f"{whole // 60} min"
    hours = whole / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _rollout(told: Status, standing: Standing) -> Iterator[str]:
    yield f"rollout   {standing.id}  {standing.stable_version} → {standing.canary_version}"
    yield f"phase     {_phase(told, standing)}"
    if standing.phase not in TERMINAL:
        yield f"gets it   {_who(told, standing)}"
    if standing.failure:
        yield f"failed    {standing.failure['gate']}: {standing.failure.get('why', '')}"
    if standing.held:
        since = duration(told.now - (standing.held_since or told.now))
        yield f"held      {standing.held} for {since}: {told.held_why}"
    if told.step is not None:
        yield f"verdict   {_verdict(told)}"
    for name in ("runbook", "branch", "commit"):
        if value := standing.facts.get(name):
            yield f"{name:9} {value}"
    yield from (_gate(each) for each in told.gates)


def _phase(told: Status, standing: Standing) -> str:
    since = duration(max(told.now - standing.phase_since, 0.0))
    if standing.phase == Phase.RAMPING:
        return f"ramping, step {standing.step + 1} of {told.steps}, for {since}"
    return f"{standing.phase}, for {since}"


def _who(told: Status, standing: Standing) -> str:
    if standing.phase in (Phase.PROMOTING, Phase.BAKING):
        return "everybody" + (f", by {standing.promoted_by}" if standing.promoted_by else "")
    if not standing.share:
        return "nobody"
    share = standing.share * BAR // WHOLE
    bar = "█" * share + "░" * (BAR - share)
    return (
        f"{bar} {percent(standing.share)} of new conversations; "
        f"{told.drawn.canary} canary and {told.drawn.stable} stable drawn at this step"
    )


def _verdict(told: Status) -> str:
    if told.eta_seconds is None:
        return told.eta_why
    if told.eta_seconds <= 0:
        return "as soon as every required gate says so"
    return f"in {duration(told.eta_seconds)} at the earliest (waits for {told.eta_why})"


def _gate(line: GateLine) -> str:
    evidence = ""
    if (log_e := line.outputs.get("log_e")) is not None and line.outputs.get("boundary"):
        boundary = float(line.outputs["boundary"])
        evidence = f"  evidence {float(log_e):+.2f} of {boundary:.2f}"
    mark = MARKS.get(line.verdict, " ")
    return f"  {mark} {line.gate:18} {line.verdict:12}{evidence}  {line.why}".rstrip()


def _house(told: Status) -> Iterator[str]:
    behind = told.fleet.behind
    follows = "all act on it" if not behind else f"{len(behind)} act on something older"
    number = len(told.fleet.workers)
    yield f"processes {number} alive, {follows} (revision {told.fleet.wanted})"
    if not told.has_leader:
        yield "engine    nobody leads: is a server running?"
    if not told.limits.is_permitted:
        yield "ceiling   USE_RE_PROMPT_DRIVEN is false: the rules answer everybody"
    elif told.limits.most_share < WHOLE:
        yield f"ceiling   RE_PROMPT_CANARY_PERCENT allows {percent(told.limits.most_share)}"
    if told.limits.denied:
        yield f"denied    {', '.join(sorted(told.limits.denied))}"
    for incident in told.incidents:
        yield f"incident  {incident}"
