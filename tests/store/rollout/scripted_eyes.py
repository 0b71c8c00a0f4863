"""What the controller sees, as a test says it; no ledger needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gatehouse.rollout.gates import Observed
from gatehouse.rollout.types import Count, GateSpec, Phase, Reading, Standing, Units


@dataclass
class ScriptedEyes:
    """Each step has seen `n` conversations of each arm, of which `bad` of the canary were bad."""

    n: int = 100
    bad: int = 0
    stable_bad: int = 0
    baked: bytes = bytes(50)
    trouble: str = ""
    looks: int = 0
    lost: int = 0  # conversations whose state was lost
    units: tuple[Units, ...] = field(default=())

    def look(self, standing: Standing, specs: Sequence[GateSpec], *, now: float) -> Observed:
        self.looks += 1
        return Observed(
            {spec.name: self._reading(spec, standing) for spec in specs}, units=self.units
        )

    def _reading(self, spec: GateSpec, standing: Standing) -> Reading:
        bad = self.lost if spec.metric == "state_loss" else self.bad
        is_shared = 0 < standing.share < 100_000
        count = Count(
            step=standing.step,
            share=standing.share,
            canary_n=self.n,
            canary_bad=bad,
            stable_n=self.n if is_shared else 0,
            stable_bad=self.stable_bad if is_shared else 0,
        )
        is_baking = standing.phase is Phase.BAKING
        return Reading(
            spec.metric,
            counts=(count,) if standing.share else (),
            bake=self.baked if is_baking else b"",
            trouble=self.trouble,
        )
