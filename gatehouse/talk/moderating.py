"""A provider's moderation endpoint beside our own lists: asked briefly, and never waited for."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.base.errors import CircuitOpen, DeadlinePassed
from gatehouse.llm.safety.types import Category, Moderator
from gatehouse.llm.types import ModelError
from gatehouse.observe import journal
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.deadline import Deadline

SECONDS = 1.5
# The endpoint's words, by their first part, to ours. Harassment of nobody is no reason to refuse.
_OURS: dict[str, Category] = {
    "sexual": "sexual",
    "violence": "violence",
    "self-harm": "self_harm",
    "illicit": "illegal",
    "hate": "abuse",
    "harassment/threatening": "violence",
}


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The endpoint behind its breaker."""

    moderator: Moderator
    breaker: Breaker

    async def of(self, text: str, deadline: Deadline) -> frozenset[Category]:
        """Its categories in our words; none where it fails, is late or is kept away."""
        try:
            with self.breaker.watch(timeout_seconds=SECONDS):
                async with deadline.within(SECONDS):
                    named = await self.moderator.moderate(text, deadline)
        except (ModelError, DeadlinePassed) as trouble:
            journal.event("moderation_failed", level="WARNING", reason=type(trouble).__name__)
            return frozenset()
        except CircuitOpen:
            return frozenset()
        return ours(named)


def ours(named: frozenset[str]) -> frozenset[Category]:
    """Our words for the endpoint's; unknown ones are "other", mere harassment is none."""
    found = {_OURS.get(name) or _OURS.get(name.partition("/")[0], "other") for name in named}
    return frozenset(found) if named != {"harassment"} else frozenset()
