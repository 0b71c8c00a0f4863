"""`python -m tests.properties.assignment`: the draw over a million units, with figures.

--units 1000000   how many units (the reference figures are of a million)
--ramps 6         how many random monotone ramps beside the two known ones
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from . import laws
from .draws import by_remainder, population, ramps, with_the_step_in_the_salt
from .laws import Found

CONTROL_UNITS = 50_000


def arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.properties.assignment")
    reader.add_argument("--units", type=int, default=1_000_000)
    reader.add_argument("--ramps", type=int, default=6)
    reader.add_argument("--seed", type=int, default=7)
    return reader.parse_args()


def promises(asked: argparse.Namespace) -> Iterator[Found]:
    units = population(asked.units)
    for shares in (laws.RAMP, laws.CLASSIC, *ramps(asked.ramps, asked.seed)):
        yield laws.monotone(units, shares)
    yield laws.pinned(units)
    yield laws.restarted(asked.units)
    for share in (100, 1_000, 5_000, 10_000, 50_000, 80_000):
        yield laws.within_the_band(units, share)
    yield laws.even(units)
    yield laws.independent(units)
    yield laws.separate_slice(units, laws.CLASSIC)


def controls() -> Iterator[Found]:
    """Two known faults, which the same checks must notice."""
    units = population(CONTROL_UNITS)
    salted = laws.monotone(units, laws.CLASSIC, with_the_step_in_the_salt)
    yield _noticed("step in the salt", salted)
    yield _noticed("remainder over weights", laws.monotone(units, REMAINDERS, by_remainder))
    own = laws.restarted(CONTROL_UNITS, draw="by_own_hash")
    yield Found("control: Python's own hash", not own.is_kept, own.figure)


REMAINDERS = (5_000, 10_000, 50_000, 80_000, 100_000)  # 19:1, 9:1, 1:1, 1:4, 0:1


def _noticed(fault: str, found: Found) -> Found:
    flips = int(found.figure.split()[1])
    return Found(f"control: {fault}", not found.is_kept, f"flips {flips / CONTROL_UNITS:.5f}")


def main() -> int:
    asked, began, is_all_kept = arguments(), time.monotonic(), True
    for found in (*promises(asked), *controls()):
        is_all_kept &= found.is_kept
        print(f"{'ok    ' if found.is_kept else 'BROKEN'} {found.what:<52} {found.figure}")
    print(f"{'kept' if is_all_kept else 'BROKEN'} in {time.monotonic() - began:.0f} s")
    return 0 if is_all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
