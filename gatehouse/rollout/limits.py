"""What a rollout may not exceed here: permission, share, and what is denied."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.base.config import Settings
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.flags import counting, effective
from gatehouse.rollout.kill_file import kill_at
from gatehouse.rollout.snapshot import read_control
from gatehouse.rollout.types import WHOLE, Control


@dataclass(frozen=True, slots=True)
class Limits:
    """`most_share` in 1/100,000; `stable`: the version that everybody else gets."""

    is_permitted: bool
    most_share: int
    denied: frozenset[str]
    stable: str | None
    revision: int


def limits(connection: Connection, settings: Settings, *, now: float) -> Limits:
    """The environment, the stored flags and the kill file of this machine, put together."""
    control = read_control(connection, now=now)
    kill = kill_at(settings.kill_path)
    stored = {name: flag.value for name, flag in counting(control.flags, now).items()}
    return _limits(control, effective(settings, stored, killed=kill.ceilings), kill.versions_denied)


def _limits(control: Control, settings: Settings, denied: frozenset[str]) -> Limits:
    return Limits(
        is_permitted=settings.use_re_prompt_driven,
        most_share=settings.re_prompt_canary_percent * (WHOLE // 100),
        denied=control.denied | denied,
        stable=control.stable_version,
        revision=control.revision,
    )
