"""What must hold of the draw, each as a figure with its limits."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path

from gatehouse.rollout.assign import is_in_slice
from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.types import WHOLE

from . import draws
from .draws import SALT, Arms, Draw, Shares, drawn, flips, pinned_through, population

Z_999 = 3.2905267314919255  # both ends of a 99.9 % normal band
CHI2_99_999 = 148.23035914826  # upper .001 point at 99 degrees of freedom
RAMP: Shares = (5_000, 10_000, 50_000, 100_000)
CLASSIC: Shares = (10_000, 20_000, 50_000, 80_000, 100_000)
UP_AND_DOWN: Shares = (5_000, 10_000, 50_000, 100_000, 10_000, 0)
HASH_SEEDS = ("0", "1", "4242")
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Found:
    """One figure. A negative control is kept when it shows the fault."""

    what: str
    is_kept: bool
    figure: str


def monotone(units: Sequence[str], shares: Shares, draw: Draw = drawn) -> Found:
    """Nobody leaves the canary while its share grows."""
    count = flips([draw(units, shares, step) for step in range(len(shares))])
    name = "-".join(f"{share / 1000:g}" for share in shares)
    return Found(f"ramp {name} %, {len(units):,} units", count == 0, f"flips {count}")


def within_the_band(units: Sequence[str], share: int) -> Found:
    """The share drawn lies in the 99.9 % binomial band."""
    found, expected = sum(drawn(units, (share,), 0)), len(units) * share / WHOLE
    band = Z_999 * sqrt(expected * (1 - share / WHOLE))
    told = f"{found:,} of {expected:,.0f} ± {band:,.0f}"
    return Found(f"share {share / 1000:g} %", abs(found - expected) <= band, told)


def even(units: Sequence[str], salt: str = SALT) -> Found:
    """χ² over 100 groups of 1,000 buckets is below its .001 point."""
    counts = Counter(bucket_of(salt, unit) // 1000 for unit in units)
    expected = len(units) / 100
    chi2 = sum((counts[group] - expected) ** 2 / expected for group in range(100))
    return Found(f"χ² of {salt}, 99 df", chi2 < CHI2_99_999, f"{chi2:.2f}, limit {CHI2_99_999:.1f}")


def independent(units: Sequence[str], share: int = 10_000) -> Found:
    """Who carried the risk of one rollout carries that of the next no more often than others."""
    one, other = (drawn(units, (share,), 0, salt=salt) for salt in ("ro_01", "ro_02"))
    both, p = sum(a & b for a, b in zip(one, other, strict=True)), (share / WHOLE) ** 2
    expected, band = len(units) * p, Z_999 * sqrt(len(units) * p * (1 - p))
    told = f"{sum(one):,} and {sum(other):,}, both {both:,} of {expected:,.0f} ± {band:,.0f}"
    return Found("two rollouts at 10 %", abs(both - expected) <= band, told)


def separate_slice(units: Sequence[str], shares: Shares) -> Found:
    """Nobody of the anchored baseline slice becomes a canary while there is room for both."""
    small = [share for share in shares if share <= WHOLE // 2]
    buckets = [bucket_of(SALT, unit) for unit in units]
    moved = sum(
        is_in_slice(bucket, low) and (bucket < high or not is_in_slice(bucket, high))
        for low, high in pairwise(small)
        for bucket in buckets
    )
    return Found("baseline slice up to 50 %", moved == 0, f"moved {moved}")


def pinned(units: Sequence[str], shares: Shares = UP_AND_DOWN) -> Found:
    """No conversation changes while the share goes up and down."""
    changed = pinned_through(units, shares)
    name = "-".join(f"{share / 1000:g}" for share in shares)
    return Found(f"pinned through {name} %, {len(units):,}", changed == 0, f"flips {changed}")


def digest_of(steps: Sequence[Arms]) -> str:
    return hashlib.sha256(b"".join(steps)).hexdigest()


def restarted(count: int, shares: Shares = RAMP, *, draw: str = "drawn") -> Found:
    """Processes started with different PYTHONHASHSEED, two of them at once, draw alike."""
    running = [_start(count, shares, seed=seed, draw=draw) for seed in HASH_SEEDS[:2]]
    told = [_end(process) for process in running]
    told += [_end(_start(count, shares, seed=seed, draw=draw)) for seed in HASH_SEEDS[2:]]
    is_kept = len(set(told)) == 1
    figure = f"{len(set(told))} digest(s) of {len(told)} processes"
    return Found(f"restarts and processes, {count:,} units", is_kept, figure)


def _start(count: int, shares: Shares, *, seed: str, draw: str) -> subprocess.Popen[str]:
    steps = ",".join(str(share) for share in shares)
    command = [sys.executable, "-m", "tests.properties.assignment.child", str(count), steps, draw]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _end(process: subprocess.Popen[str]) -> str:
    told, _ = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(f"a process that drew ended with {process.returncode}")
    return told.strip()


def told_by_this_process(count: int, shares: Shares, draw: str) -> str:
    units, arms_at = population(count), getattr(draws, draw)
    return digest_of([arms_at(units, shares, step) for step in range(len(shares))])
