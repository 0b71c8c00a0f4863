"""A population drawn step by step: by the product, and by two rules that are known to be wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import gcd

from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.hashing import bucket_of, murmur3_32
from gatehouse.rollout.types import WHOLE, Assignment, Control, Live

SALT = "ro_01"
CEILING = Ceiling()
Shares = Sequence[int]  # of the canary in 1/100,000, one a step
Arms = bytes  # one byte a unit: 1 is canary
Draw = Callable[[Sequence[str], Shares, int], Arms]


def population(count: int) -> list[str]:
    """conv-0, conv-1, …: the reference figures are of a million of these."""
    return [f"conv-{n}" for n in range(count)]


def control_at(share: int, *, step: int = 0, salt: str = SALT) -> Control:
    return Control(live=Live(salt, "v-stable", "v-canary", share, step))


def drawn(units: Sequence[str], shares: Shares, step: int, *, salt: str = SALT) -> Arms:
    """The arms that the product assigns at first turns under this step."""
    control = control_at(shares[step], step=step, salt=salt)
    return bytes(assign(unit, control, CEILING).arm == "canary" for unit in units)


def with_the_step_in_the_salt(units: Sequence[str], shares: Shares, step: int) -> Arms:
    """Wrong: every step draws anew."""
    return bytes(bucket_of(f"step{step}", unit) < shares[step] for unit in units)


def by_remainder(units: Sequence[str], shares: Shares, step: int) -> Arms:
    """Wrong: the remainder of the hash over the sum of the two arms' smallest whole weights."""
    stable, canary = least_weights(shares[step])
    return bytes(
        murmur3_32(f"{SALT}\x1f{unit}".encode()) % (stable + canary) >= stable for unit in units
    )


def by_own_hash(units: Sequence[str], shares: Shares, step: int) -> Arms:
    """Wrong: Python's own hash differs from process to process."""
    return bytes(hash((SALT, unit)) % WHOLE < shares[step] for unit in units)


def least_weights(share: int) -> tuple[int, int]:
    """5 % as 19:1, 50 % as 1:1, all as 0:1."""
    common = gcd(WHOLE, share)
    return (WHOLE - share) // common, share // common


def flips(steps: Sequence[Arms]) -> int:
    """How many units were in the canary at one step and are not at the next."""
    unit_arms = zip(*steps, strict=True)
    return sum(any(a > b for a, b in pairwise(arms)) for arms in unit_arms)


def pinned_through(units: Sequence[str], shares: Shares) -> int:
    """How many conversations change version while the share goes that way, up and down."""
    first = control_at(shares[0])
    changed = 0
    for unit in units:
        pin = began = assign(unit, first, CEILING)._replace(is_pinned=True)
        pin = _carried(unit, pin, shares)
        changed += pin != began
    return changed


def _carried(unit: str, pin: Assignment, shares: Shares) -> Assignment:
    for step, share in enumerate(shares):
        pin = assign(unit, control_at(share, step=step), CEILING, pin=pin)
    return pin


def ramps(count: int, seed: int) -> Iterator[Shares]:
    """Monotone ramps of 2 to 6 steps, of any shares."""
    dice = random.Random(seed)
    for _ in range(count):
        yield sorted(dice.randint(1, WHOLE) for _ in range(dice.randint(2, 6)))
