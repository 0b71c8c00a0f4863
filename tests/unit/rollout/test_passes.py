"""A pass counts if we signed it, nobody altered it and its time is not over."""

from __future__ import annotations

import re

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, Misconfigured
from gatehouse.rollout.passes import LONGEST_SECONDS, Pass, Passes

KEY = "k1-3Vd9s0qLm2xTzR7uYb8NcQw5Ee6Ff4Gg"
CLOCK = TurnableClock()


def now() -> float:
    return CLOCK.now().timestamp()


PASSES = Passes(KEY, now=now)


def test_a_pass_says_what_was_signed() -> None:
    text = PASSES.make("canary", "soak", seconds=60)
    assert PASSES.check(text) == Pass("canary", "soak", int(now() + 60))
    assert re.fullmatch(r"[\w.-]+", text, re.ASCII)  # fits a header and a cookie as it is


def test_a_pass_may_choose_no_arm() -> None:
    found = PASSES.check(PASSES.make(None, "staff", seconds=60))
    assert found is not None
    assert (found.arm, found.traffic) == (None, "staff")


@pytest.mark.parametrize("seconds", [59.0, 3600.0])
def test_a_pass_ends(seconds: float) -> None:
    clock = TurnableClock()
    passes = Passes(KEY, now=lambda: clock.now().timestamp())
    text = passes.make("canary", seconds=seconds)
    clock.turn(seconds - 1.5)
    assert passes.check(text)
    clock.turn(2)
    assert passes.check(text) is None


def _altered(text: str) -> list[str]:
    arm, traffic, until, seal = text.split(".")
    return [
        f"stable.{traffic}.{until}.{seal}",
        f"{arm}.visitor.{until}.{seal}",
        f"{arm}.{traffic}.{int(until) + 1}.{seal}",
        f"{arm}.{traffic}.{until}.{seal[:-1]}{'A' if seal[-1] != 'A' else 'B'}",
        f"{arm}.{traffic}.{until}.{'A' * 43}",
        f"{arm}.{traffic}.{until}",
        f" {text}",
        f"{text}\n",
        text.upper(),
        "canary",
        "enabled",
        "always",
        "",
        "…" * 50,
    ]


@pytest.mark.parametrize("altered", range(len(_altered("a.b.1.c"))))
def test_whatever_was_altered_does_not_count(altered: int) -> None:
    assert PASSES.check(_altered(PASSES.make("canary", "staff", seconds=600))[altered]) is None


def test_the_pass_of_another_key_does_not_count() -> None:
    other = Passes("other-8Hj2kLq0Zx9Cv7Bn4Mm1As3Df6Gh5", now=now)
    assert PASSES.check(other.make("canary", seconds=600)) is None


def test_without_a_key_nobody_can_choose() -> None:
    none = Passes("", now=now)
    assert none.check(PASSES.make("canary", seconds=60)) is None
    with pytest.raises(Misconfigured, match="CANARY_SIGNING_KEY"):
        none.make("canary", seconds=60)


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_SECONDS + 1])
def test_a_pass_lasts_some_time_but_not_for_ever(seconds: int) -> None:
    with pytest.raises(BadInput):
        PASSES.make("canary", seconds=seconds)


def test_the_header_counts_before_the_cookie_and_a_bad_header_not_at_all() -> None:
    canary, stable = (PASSES.make(arm, seconds=60) for arm in ("canary", "stable"))
    assert PASSES.shown(canary, stable) == PASSES.check(canary)
    assert PASSES.shown("forged", stable) == PASSES.check(stable)
    assert PASSES.shown(None, None) is None


@pytest.mark.parametrize(("is_open", "key", "counts"), [
    (True, KEY, True), (True, "", True), (False, KEY, False), (False, "", False),
])  # fmt: skip
def test_the_unsigned_cookie_counts_only_where_it_is_open(
    is_open: bool, key: str, counts: bool
) -> None:
    passes = Passes(key, is_open=is_open, now=now)
    assert (passes.shown(None, "enabled") is not None) is counts
    assert passes.shown("enabled", None) is None
    assert passes.shown(None, "always") is None


def test_the_key_is_told_nobody() -> None:
    assert KEY not in repr(PASSES)
