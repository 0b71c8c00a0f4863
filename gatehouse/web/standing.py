"""How the parts stand that the house could do without, told without asking any of them."""

from __future__ import annotations

from dataclasses import asdict

from gatehouse.observe.parts import Parts, Working
from gatehouse.resilience.breaker import State
from gatehouse.resilience.breakers import Breakers

_RESTING = (State.OPEN, State.HALF_OPEN, State.FORCED_OPEN)


def parts(breakers: Breakers, *, llm: Working = "disabled", redis: Working = "disabled") -> Parts:
    """The parts at this moment, and what their breakers keep calls from."""
    standings = breakers.standings()
    resting = tuple(name for name, stands in standings.items() if stands.state in _RESTING)
    shown = {name: asdict(stands) for name, stands in standings.items()}
    return Parts(llm=llm, redis=redis, resting=resting, breakers=shown)
