"""What the house could do without: whether each such part works, and which handlers there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Working = Literal["connected", "disconnected", "disabled"]  # disabled: none is configured
_CHECKS: dict[Working, str] = {"connected": "ok", "disconnected": "down", "disabled": "disabled"}


@dataclass(frozen=True, slots=True)
class Parts:
    """Each part at one moment. `resting`: the dependencies that a breaker keeps calls from."""

    llm: Working = "disabled"
    redis: Working = "disabled"
    resting: tuple[str, ...] = ()
    breakers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # as staff see them

    @property
    def degraded(self) -> tuple[str, ...]:
        """What the house does without just now, as `meta.degraded` and staff name it."""
        away = [n for n in ("llm", "redis") if getattr(self, n) == "disconnected"]
        named = ("search" if name == "backend_search" else name for name in self.resting)
        return tuple(dict.fromkeys((*away, *named)))

    @property
    def checks(self) -> dict[str, str]:
        """As readiness tells them."""
        return {"redis": _CHECKS[self.redis], "llm": _CHECKS[self.llm]}


@dataclass(frozen=True, slots=True)
class Agents:
    """Who answers: the stable handler, and beside it the one that has a share of new talks."""

    stable: str = "rules"
    canary: str | None = None
    percent: float = 0  # effective: 0 where no such handler is permitted or can work

    @property
    def is_prompted(self) -> bool:
        """Is anybody answered by anything but the rules?"""
        return self.percent > 0 or self.stable != "rules"
