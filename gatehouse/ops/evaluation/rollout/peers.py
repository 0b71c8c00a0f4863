"""Threshold rules of others, as they are set when one does not set them, minute by minute.

Each reads the conversations and the bad ones of every minute so far and answers with the minute
(from 1) at which it would have rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

WINDOW = 10  # minutes of the runbooks' rates
LONGER_THAN = 10  # minutes that they must be above the objective
ARGO_MINUTES = 5
Minutes = Sequence[tuple[int, int]]  # conversations, and bad ones, of each minute
Rule = Callable[[Minutes, float], int | None]


def runbook(minutes: Minutes, limit: float) -> int | None:
    """The ratio of ten minutes lies above the objective for more than ten minutes."""
    breached = 0
    for t in range(len(minutes)):
        window = minutes[max(0, t + 1 - WINDOW) : t + 1]
        n, bad = sum(each[0] for each in window), sum(each[1] for each in window)
        breached = breached + 1 if n and bad > limit * n else 0
        if breached > LONGER_THAN:
            return t + 1
    return None


def argo(failure_limit: int) -> Rule:
    """Argo Rollouts: the ratio of five minutes every five minutes; more failures than allowed."""

    def rule(minutes: Minutes, limit: float) -> int | None:
        failed = 0
        for end in range(ARGO_MINUTES, len(minutes) + 1, ARGO_MINUTES):
            window = minutes[end - ARGO_MINUTES : end]
            n, bad = sum(each[0] for each in window), sum(each[1] for each in window)
            failed += bool(n and bad > limit * n)
            if failed > failure_limit:
                return end
        return None

    return rule


def flagger(threshold: int) -> Rule:
    """Flagger: the ratio of each minute, and a minute without traffic fails; so many in all."""

    def rule(minutes: Minutes, limit: float) -> int | None:
        failed = 0
        for t, (n, bad) in enumerate(minutes, start=1):
            failed += not n or bad > limit * n
            if failed >= threshold:
                return t
        return None

    return rule


RULES: dict[str, Rule] = {
    "runbook rule": runbook,
    "Argo, limit 0": argo(0),
    "Argo, limit 3": argo(3),
    "Flagger, 5": flagger(5),
    "Flagger, 10": flagger(10),
}
