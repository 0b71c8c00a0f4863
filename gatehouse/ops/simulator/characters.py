"""A model whose name says how it behaves: `sim-slow:0.1+malformed:0.3@b`.

So one server plays the good and the bad version of a rollout at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator.types import Behaviour

PREFIX = "sim"
SHORT: Mapping[str, str] = {  # names that a person guesses
    "slow": "slow_first_token;ms=2000",
    "worse": "dull",
    "broken": "malformed",
    "down": "overloaded;status=503",
    "inventing": "invented_home",
}


@dataclass(frozen=True, slots=True)
class Trait:
    """What it does in this share of its answers, from 0 to 1."""

    behaviour: Behaviour
    share: float


Character = tuple[Trait, ...]


@lru_cache(maxsize=256)
def character_of(model: str) -> Character | None:
    """The traits that a model's name tells; None for a name of another kind.

    After @ stands whatever tells two models of the same character apart. Raises BadInput.
    """
    told = model.partition("@")[0]
    if told != PREFIX and not told.startswith(f"{PREFIX}-"):
        return None
    parts = told.removeprefix(PREFIX).removeprefix("-").split("+")
    traits = tuple(_trait(part, model) for part in parts if part not in ("", "good"))
    if sum(trait.share for trait in traits) > 1 + 1e-9:
        raise BadInput(f"model {model!r}: its shares are more than 1 together")
    return traits


def drawn(character: Character, dice: float) -> Behaviour | None:
    """The behaviour that a number from 0 to 1 falls on; None: a good answer."""
    for trait in character:
        if dice < trait.share:
            return trait.behaviour
        dice -= trait.share
    return None


def _trait(part: str, model: str) -> Trait:
    name, _, rest = part.partition(":")
    share, _, number = rest.partition(":")
    behaviour = Behaviour.of(SHORT.get(name, name.replace("-", "_")))
    if number:
        behaviour = Behaviour(behaviour.name, {**behaviour.params, "ms": number})
        behaviour.number("ms", 0)
    return Trait(behaviour, _share(share, model))


def _share(text: str, model: str) -> float:
    try:
        share = float(text or 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadInput(f"model {model!r}: {text!r} is no share: allowed is 0 to 1")
    return share
