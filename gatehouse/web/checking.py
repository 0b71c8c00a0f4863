"""The lists before and after a change, for the command line."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import baselines, book, checks, metric_changes, plans
from gatehouse.rollout.checks import Item
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.types import Actor, Phase, Standing
from gatehouse.web import starting


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was gone through."""

    lines: tuple[str, ...]
    is_ok: bool
    summary: str


def baseline(
    connect: Connect, settings: Settings, asked: Mapping[str, Any], actor: Actor
) -> list[str]:
    """Captures one and keeps it in the audit."""
    minutes = asked["minutes"]
    taken = baselines.capture(
        connect, profile=settings.slo_profile, minutes=minutes, now=time.time()
    )
    with connect() as connection:
        alive = book.alive(connection)
    reason = f"{minutes:g} minutes"
    subject = alive.id if alive else ""
    number = baselines.store(connect, taken, subject=subject, actor=actor, reason=reason)
    seen = [f"  {name}: {bad} of {n}" for name, (bad, n) in taken.items.items()]
    return [*seen, f"kept as entry {number} of the audit"]


def preflight(connect: Connect, settings: Settings, asked: Mapping[str, Any]) -> Checked:
    """Before the first step; with `last`, before everybody gets it."""
    if asked["last"]:
        return _listed(checks.preflight_last(_asked(connect, settings), _last(connect)))
    version = asked["version"]
    named = starting.version_of(version, connect, settings).id if version else ""
    plan = plans.to_json(starting.plan_of(asked["plan"]))
    return _listed(checks.preflight(_asked(connect, settings, plan=plan, version=named)))


def postcheck(connect: Connect, settings: Settings, asked: Mapping[str, Any]) -> Checked:
    return _listed(checks.postcheck(_asked(connect, settings), minutes=asked["minutes"]))


def verify(connect: Connect, settings: Settings, asked: Mapping[str, Any]) -> Checked:
    """PASS, HOLD or FAIL against the baseline; anything but PASS is no all-clear."""
    now = time.time()
    since = _back_since(connect) if asked["after_rollback"] else now - asked["minutes"] * 60
    found = baselines.verify_after_rollback(
        connect, baselines.latest(connect), profile=settings.slo_profile, since=since, now=now
    )
    answer = baselines.overall(found)
    lines = tuple(
        f"{each.answer:4}  {each.name}: {_rate(each.now)} of {each.n}, was {_rate(each.before)}"
        for each in found
    )
    return Checked(lines, answer == "PASS", answer)


def diff(before: str, after: str) -> list[str]:
    """What changed between two snapshots of the metrics. Raises BadInput."""
    found = metric_changes.diff(metric_changes.load(Path(before)), metric_changes.load(Path(after)))
    return [str(each) for each in found] or ["nothing changed"]


def _asked(
    connect: Connect,
    settings: Settings,
    *,
    plan: Mapping[str, Any] | None = None,
    version: str = "",
) -> checks.Asked:
    return checks.Asked(
        connect, settings, time.time(), plan=plan, version=version, log=Path(settings.log_file)
    )


def _listed(items: Iterable[Item]) -> Checked:
    found = list(items)
    missing = [item.name for item in found if not item.is_ok]
    summary = f"not there: {', '.join(missing)}" if missing else "everything is there"
    return Checked(tuple(map(str, found)), not missing, summary)


def _last(connect: Connect) -> Standing:
    with connect() as connection:
        found = book.last(connection)
    if found is None:
        raise NotFound("No rollout yet")
    return found


def _back_since(connect: Connect) -> float:
    last = _last(connect)
    if last.phase not in (Phase.ROLLED_BACK, Phase.ROLLING_BACK):
        raise BadInput(f"{last.id} is {last.phase}: it was not rolled back")
    return last.phase_since


def _rate(rate: float | None) -> str:
    return "nothing seen" if rate is None else f"{rate:.2%}"
