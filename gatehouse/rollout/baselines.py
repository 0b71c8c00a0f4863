"""How the house did before a change, kept so that one can tell whether it does so again.

An earlier hour differs in load and in the provider's speed, so a baseline is never what a verdict
compares with (that is the stable arm of the same hour); it tells whether a rollback has helped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit
from gatehouse.rollout.compliance import kept
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.stats_intervals import interval
from gatehouse.rollout.types import Actor

ACTION: Final = "baseline"  # in the audit, which is where baselines are kept
LEAST: Final = 50
ALPHA: Final = 0.05
Answer = Literal["PASS", "HOLD", "FAIL"]
_LATEST: Final = """
SELECT evidence FROM rollout_audit
WHERE action = %(action)s AND (%(subject)s = '' OR subject = %(subject)s)
ORDER BY seq DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Bad events among all, by objective, in so many seconds until `at` (Unix seconds)."""

    at: float
    seconds: float
    items: Mapping[str, tuple[int, int]]  # name -> bad, n

    def told(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "seconds": self.seconds,
            "items": {name: list(counts) for name, counts in self.items.items()},
        }


@dataclass(frozen=True, slots=True)
class Returned:
    """Has one objective come back? Shares from 0 to 1; `ends`: where the rate may lie now."""

    name: str
    answer: Answer
    before: float | None
    now: float | None
    n: int
    ends: tuple[float, float]
    limit: float


def capture(connect: Connect, *, profile: str, minutes: float, now: float) -> Baseline:
    """The last so many minutes, all arms together. Raises BadInput, StoreDown."""
    if not 0 < minutes <= 31 * 24 * 60:
        raise BadInput("minutes: must be above 0 and at most 44640")
    seen = kept(connect, profile=profile, now=now, since=now - minutes * 60)
    items = {
        each.objective.name: (each.measured.bad, each.measured.n)
        for each in seen
        if each.arm == "all" and each.objective.source in ("ledger", "breaker") and each.measured.n
    }
    return Baseline(now, minutes * 60, items)


def store(connect: Connect, baseline: Baseline, *, subject: str, actor: Actor, reason: str) -> int:
    """Keeps it in the audit under the rollout (or "" for none) and gives its number there."""
    with connect() as connection:
        return audit.append(
            connection,
            actor=actor,
            action=ACTION,
            subject=subject,
            reason=reason,
            evidence=baseline.told(),
        )


def latest(connect: Connect, subject: str = "") -> Baseline:
    """The newest one, or the newest of that rollout. Raises NotFound."""
    with connect() as connection:
        row = connection.execute(_LATEST, {"action": ACTION, "subject": subject}).fetchone()
    if row is None:
        raise NotFound("no baseline is stored: gatehouse rollout baseline --minutes 60")
    return _read(row["evidence"])


def _read(evidence: str) -> Baseline:
    told = json.loads(evidence)
    items = {str(name): (int(bad), int(n)) for name, (bad, n) in told["items"].items()}
    return Baseline(float(told["at"]), float(told["seconds"]), items)


def verify_after_rollback(
    connect: Connect, before: Baseline, *, profile: str, since: float, now: float
) -> tuple[Returned, ...]:
    """Whether latency and errors are again what they were (R2-24), from `since` on.

    FAIL: the rate is certainly above both the baseline and the target; PASS: it is not above them
    and there are enough events; HOLD: nothing can be said yet.
    """
    seen = kept(connect, profile=profile, now=now, since=since)
    return tuple(
        returned(
            each.objective.name,
            before.items.get(each.objective.name),
            (each.measured.bad, each.measured.n),
            target=each.objective.target,
        )
        for each in seen
        if each.arm == "all" and each.objective.source in ("ledger", "breaker")
        and each.objective.name in before.items
    )  # fmt: skip


def returned(
    name: str, before: tuple[int, int] | None, now: tuple[int, int], *, target: float
) -> Returned:
    """Of one objective; counts as (bad, n)."""
    was = before[0] / before[1] if before and before[1] else None
    limit = max(target, was or 0.0)
    bad, n = now
    ends = interval(bad, n, ALPHA)
    rate = bad / n if n else None
    answer: Answer = "HOLD"
    if (limit == 0.0 and bad) or ends[0] > limit:
        answer = "FAIL"
    elif rate is not None and rate <= limit and n >= LEAST:
        answer = "PASS"
    return Returned(name, answer, was, rate, n, ends, limit)


def overall(items: tuple[Returned, ...]) -> Answer:
    """The worst: one that has not come back is enough; PASS needs at least one that has."""
    answers = {each.answer for each in items}
    if "FAIL" in answers:
        return "FAIL"
    return "PASS" if answers == {"PASS"} else "HOLD"
