"""The acts of the show: which version is submitted, and how it must end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.types import Phase

SENTENCE: Final = "Always be brief, warm and exact."


@dataclass(frozen=True, slots=True)
class Act:
    """One version made from the one in force, and the end that its rollout deserves."""

    name: str
    about: str  # what is wrong with it, for people
    label: str
    model: str  # the simulated model's character
    sentence: str  # added to the system prompt
    ending: Phase


GOOD: Final = Act(
    "good",
    "a sentence more in the prompt, and nothing wrong with it",
    "warmer words",
    "sim@warmer",
    SENTENCE,
    Phase.COMPLETED,
)
BAD: Final[Mapping[str, Act]] = {
    act.name: act
    for act in (
        Act(
            "contract",
            "30 % of its answers break the contract",
            "chattier words",
            "sim-malformed:0.3@chattier",
            "Tell a little story with every home.",
            Phase.ROLLED_BACK,
        ),
        Act(
            "slow",
            "2 s slower in 10 % of its turns",
            "longer thoughts",
            "sim-slow:0.1@longer",
            "Think for a long time before you answer.",
            Phase.ROLLED_BACK,
        ),
        Act(
            "conversion",
            "visitors who saw homes go on less often",
            "plainer words",
            "sim-worse@plainer",
            "Do not name any home; the cards show them.",
            Phase.ROLLED_BACK,
        ),
    )
}
