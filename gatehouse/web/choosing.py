"""Who answers each conversation: the control room's assignment, as the talk wants it told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

from gatehouse.base.config import Settings
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.types import RULES, WHOLE, Assignment, Control, Reason
from gatehouse.talk.types import Chosen, Handler, Pin, Thread

NOT_READY = "PROVIDER_NOT_READY"


class Handlers(Protocol):
    """The handler of each version that can run here."""

    def of(self, version_id: str) -> Handler | None: ...


@dataclass(frozen=True, slots=True)
class Few:
    """Handlers that are all there from the beginning."""

    by_version: Mapping[str, Handler]

    def of(self, version_id: str) -> Handler | None:
        return self.by_version.get(version_id)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Hands out the handler of each turn and the pin under which the turn is stored.

    Reads a snapshot in memory, so it costs microseconds (bench/assignment). A version that cannot
    run here is answered by the stable one, and if need be by the rules, which always can.
    """

    control: Callable[[], Control]
    ceiling: Callable[[], Ceiling]
    handlers: Handlers
    is_stale: Callable[[], bool] = lambda: False

    def __call__(self, thread: Thread) -> Chosen:
        control, pin = self.control(), thread.pin
        assigned = assign(
            str(thread.id) if pin is None else "",  # who is pinned is not drawn
            control,
            self.ceiling(),
            pin=_as_assigned(pin) if pin is not None else None,
            forced=thread.forced,
            is_stale=self.is_stale(),
        )
        handler = self.handlers.of(assigned.version)
        if handler is None:
            return self._instead(assigned, control, pin)
        return Chosen(handler, _as_pin(assigned, pin))

    def _instead(self, assigned: Assignment, control: Control, pin: Pin | None) -> Chosen:
        """Somebody who can answer, where who should cannot. A pinned conversation gets a stand-in
        and keeps its pin: this process may have just begun, and learns the version in a moment."""
        stable = control.live.stable_version if control.live else control.stable_version
        for version in (stable or RULES, RULES):
            handler = self.handlers.of(version)
            if handler is not None and (version == RULES or version not in control.denied):
                other = assigned._replace(
                    arm="stable", version=version, reason="ERROR", error_code=NOT_READY
                )
                if pin is None:
                    return Chosen(handler, _as_pin(other, None))
                return Chosen(handler, _as_pin(assigned, pin), _as_pin(other, pin))
        raise LookupError("the rules handler is always there")

    def must_stop(self, pin: Pin) -> bool:
        """Must even the turn that is thought just now not be answered under this pin?"""
        control = self.control()
        policy = control.retreats.get(pin.rollout_id) if pin.rollout_id else None
        is_recalled = policy == "immediate" and pin.arm == "canary"
        is_killed = not self.ceiling().is_permitted or pin.version in control.denied
        return is_recalled or (is_killed and pin.version != RULES)  # else nobody could answer


def ceiling_of(settings: Settings, *, newest: str | None) -> Ceiling:
    """What the environment permits. `newest`: the version of the configured model, if any."""
    percent = settings.re_prompt_canary_percent if settings.use_unified_pipeline else 0
    return Ceiling(settings.use_re_prompt_driven, percent * WHOLE // 100, newest)


def effective_percent(ceiling: Ceiling) -> int:
    """The share that can take effect: none where it is forbidden, or nothing could answer."""
    is_possible = ceiling.is_permitted and ceiling.newest is not None
    return ceiling.most_share * 100 // WHOLE if is_possible else 0


def version_of(handler: Handler) -> str:
    """The agent version of a handler, or its name."""
    return str(getattr(handler, "version", handler.name))


def _as_assigned(pin: Pin) -> Assignment:
    return Assignment(
        pin.arm,
        pin.version,
        cast(Reason, pin.reason),
        pin.rollout_id,
        pin.bucket,
        pin.share,
        pin.step,
        pin.hash_version,
        is_pinned=True,
    )


def _as_pin(assigned: Assignment, pin: Pin | None) -> Pin:
    """A first turn's pin is the whole draw; later the draw stays as it was."""
    if pin is not None:
        is_moved = (assigned.arm, assigned.version) != (pin.arm, pin.version)
        return replace(pin, arm=assigned.arm, version=assigned.version) if is_moved else pin
    return Pin(
        assigned.arm,
        assigned.version,
        assigned.reason,
        assigned.rollout_id,
        assigned.bucket,
        assigned.share,
        assigned.step,
        assigned.hash_version,
    )
