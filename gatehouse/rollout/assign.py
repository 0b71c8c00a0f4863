"""Which version answers a conversation, and why. Pure: one snapshot in, one assignment out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.types import HASH_VERSION, RULES, WHOLE, Arm, Assignment, Control, Live

DIRECT: Final = "direct"  # the salt while no rollout gives one; it never changes
NO_UNIT: Final = "TARGETING_KEY_MISSING"
OTHER_HASH: Final = "GENERAL"  # the rollout was begun by a release that draws in another way


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the environment permits, whatever the control room wants."""

    is_permitted: bool = True  # USE_RE_PROMPT_DRIVEN
    most_share: int = WHOLE  # RE_PROMPT_CANARY_PERCENT, in 1/100,000
    newest: str | None = None  # the house's own prompt-driven version; None: no model


def assign(
    unit_id: str,
    control: Control,
    ceiling: Ceiling,
    *,
    pin: Assignment | None = None,
    forced: Arm | None = None,
    is_stale: bool = False,
) -> Assignment:
    """The first of these that applies.

    Kill ▸ retreat ▸ pin ▸ signed pass ▸ lists ▸ percent ▸ stable. `pin` has `is_pinned` and comes
    back as it is, with the reason of its first turn, where nothing moves the conversation.
    `is_stale`: what the control room wants is not known any more, so nobody new gets a canary.
    """
    if not ceiling.is_permitted:
        return pin if pin and pin.version == RULES else _moved(pin, RULES)
    if pin is not None:
        return _kept(pin, control, ceiling)
    live = control.live
    stable, canary = _stable_of(control), _canary_of(control, ceiling)
    if canary is None:
        return Assignment("stable", stable, "STATIC")
    if ceiling.most_share <= 0 or canary in control.denied:
        return Assignment("stable", stable, "DISABLED")
    if is_stale:
        return Assignment("stable", stable, "STALE")
    if forced is not None:
        return _targeted(forced, stable, canary, live)
    if not unit_id:
        return Assignment("stable", stable, "ERROR", error_code=NO_UNIT)
    if live is not None and (live.allow or live.deny) and (arm := _listed(unit_id, live)):
        return _targeted(arm, stable, canary, live)
    return _drawn(unit_id, stable, canary, live=live, most_share=ceiling.most_share)


def is_in_slice(bucket: int, share: int) -> bool:
    """Does a stable conversation belong to the anchored slice at the other end of the draw?

    It is as large as the canary, as far as there is room: both grow, and none changes sides.
    """
    return bucket >= WHOLE - min(share, WHOLE - share)


def _kept(pin: Assignment, control: Control, ceiling: Ceiling) -> Assignment:
    """The pin, unless its version or its rollout is withdrawn."""
    if pin.arm == "canary":
        policy = control.retreats.get(pin.rollout_id) if pin.rollout_id else None
        is_recalled = policy is not None and policy != "drain"
        if is_recalled or ceiling.most_share <= 0:
            return _moved(pin, _stable_of(control))
    if pin.version in control.denied:
        return _moved(pin, _stable_of(control))
    if pin.arm == "canary" and control.live is None and pin.version == control.stable_version:
        return pin._replace(arm="stable")  # it was promoted
    return pin


def _moved(pin: Assignment | None, version: str) -> Assignment:
    """Against the draw, which stays on record."""
    if pin is None:
        return Assignment("stable", version, "DISABLED")
    return pin._replace(arm="stable", version=version, reason="DISABLED")


def _stable_of(control: Control) -> str:
    live = control.live
    version = live.stable_version if live is not None else control.stable_version
    return RULES if version is None or version in control.denied else version


def _canary_of(control: Control, ceiling: Ceiling) -> str | None:
    """None: there is nothing but the stable version."""
    if control.live is not None:
        return control.live.canary_version
    return ceiling.newest if control.stable_version is None else None


def _listed(unit_id: str, live: Live) -> Arm | None:
    if unit_id in live.deny:
        return "stable"
    return "canary" if unit_id in live.allow else None


def _targeted(arm: Arm, stable: str, canary: str, live: Live | None) -> Assignment:
    rollout_id = live.rollout_id if live is not None else None
    version = canary if arm == "canary" else stable
    return Assignment(arm, version, "TARGETING_MATCH", rollout_id)


def _drawn(
    unit_id: str, stable: str, canary: str, *, live: Live | None, most_share: int
) -> Assignment:
    if live is None:
        bucket, rollout_id, share, step = bucket_of(DIRECT, unit_id), None, most_share, 0
    elif live.share <= 0:
        return Assignment("stable", stable, "STATIC")  # the ramp has not begun: nobody is drawn
    elif live.hash_version != HASH_VERSION:
        return Assignment("stable", stable, "ERROR", live.rollout_id, error_code=OTHER_HASH)
    else:
        rollout_id, share, step = live.rollout_id, min(live.share, most_share), live.step
        bucket = bucket_of(rollout_id, unit_id)
    if bucket < share:
        return Assignment("canary", canary, "SPLIT", rollout_id, bucket, share, step)
    return Assignment("stable", stable, "SPLIT", rollout_id, bucket, share, step)
