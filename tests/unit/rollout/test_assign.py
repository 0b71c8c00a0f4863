"""Precedence of an assignment: kill, retreat, pin, pass, lists, percent, stable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.rollout.assign import DIRECT, NO_UNIT, Ceiling, assign, is_in_slice
from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.types import RULES, WHOLE, Arm, Assignment, Control, Live, Policy

LIVE = Live("ro_01", "v-old", "v-new", 10_000, step=1)
CONTROL = Control(live=LIVE)
ALL_IN = Control(live=replace(LIVE, share=WHOLE))
OPEN = Ceiling(newest="v-own")
IN, OUT = "conv-in", "conv-out"  # of the canary's share of LIVE; looked for below
IN = next(f"conv-{n}" for n in range(1000) if bucket_of("ro_01", f"conv-{n}") < 10_000)
OUT = next(f"conv-{n}" for n in range(1000) if bucket_of("ro_01", f"conv-{n}") >= 10_000)
PINNED = Assignment("canary", "v-new", "SPLIT", "ro_01", 7, 10_000, 1, is_pinned=True)


def told(found: Assignment) -> tuple[str, str, str]:
    return found.arm, found.version, found.reason


@pytest.mark.parametrize(
    ("unit", "control", "ceiling", "more", "expected"),
    [
        (IN, CONTROL, OPEN, {}, ("canary", "v-new", "SPLIT")),
        (OUT, CONTROL, OPEN, {}, ("stable", "v-old", "SPLIT")),
        (OUT, CONTROL, OPEN, {"forced": "canary"}, ("canary", "v-new", "TARGETING_MATCH")),
        (IN, CONTROL, OPEN, {"forced": "stable"}, ("stable", "v-old", "TARGETING_MATCH")),
        ("", CONTROL, OPEN, {}, ("stable", "v-old", "ERROR")),
        ("", ALL_IN, OPEN, {}, ("stable", "v-old", "ERROR")),
        (IN, CONTROL, OPEN, {"is_stale": True}, ("stable", "v-old", "STALE")),
        (OUT, CONTROL, OPEN, {"is_stale": True, "forced": "canary"}, ("stable", "v-old", "STALE")),
        (IN, CONTROL, Ceiling(False), {}, ("stable", RULES, "DISABLED")),
        (IN, CONTROL, Ceiling(False), {"forced": "canary"}, ("stable", RULES, "DISABLED")),
        (IN, CONTROL, Ceiling(True, 0), {}, ("stable", "v-old", "DISABLED")),
        (IN, CONTROL, Ceiling(True, 0), {"forced": "canary"}, ("stable", "v-old", "DISABLED")),
        (IN, Control(live=replace(LIVE, share=0)), OPEN, {}, ("stable", "v-old", "STATIC")),
        (IN, Control(), Ceiling(), {}, ("stable", RULES, "STATIC")),
        (IN, Control(stable_version="v-4"), OPEN, {}, ("stable", "v-4", "STATIC")),
        (IN, Control(), OPEN, {}, ("canary", "v-own", "SPLIT")),
        (IN, Control(), OPEN, {"forced": "stable"}, ("stable", RULES, "TARGETING_MATCH")),
    ],
)  # fmt: skip
def test_who_answers_a_first_turn(
    unit: str, control: Control, ceiling: Ceiling, more: Any, expected: tuple[str, str, str]
) -> None:
    assert told(assign(unit, control, ceiling, **more)) == expected


def test_a_forced_canary_comes_before_the_ramp_has_begun() -> None:
    soaking = Control(live=replace(LIVE, share=0))
    found = assign(OUT, soaking, OPEN, forced="canary")
    assert (*told(found), found.rollout_id) == ("canary", "v-new", "TARGETING_MATCH", "ro_01")


def test_the_lists_are_no_part_of_the_draw_and_no_beats_yes() -> None:
    allowed = Control(live=replace(LIVE, allow=(OUT,), deny=(IN,)))
    assert told(assign(OUT, allowed, OPEN)) == ("canary", "v-new", "TARGETING_MATCH")
    assert told(assign(IN, allowed, OPEN)) == ("stable", "v-old", "TARGETING_MATCH")
    both = Control(live=replace(LIVE, allow=(OUT,), deny=(OUT,)))
    assert assign(OUT, both, OPEN).arm == "stable"


def test_a_pass_comes_before_the_lists() -> None:
    denied = Control(live=replace(LIVE, deny=(IN,)))
    assert assign(IN, denied, OPEN, forced="canary").arm == "canary"


def test_a_draw_carries_all_that_the_statistics_need() -> None:
    found = assign(IN, CONTROL, OPEN)
    bucket = bucket_of("ro_01", IN)
    assert (found.rollout_id, found.bucket, found.share, found.step) == ("ro_01", bucket, 10_000, 1)
    assert (found.hash_version, found.is_pinned) == (1, False)


def test_the_environments_ceiling_is_the_share_that_is_drawn_and_told() -> None:
    low = Ceiling(most_share=5_000)
    units = [f"conv-{n}" for n in range(2000)]
    found = [assign(unit, ALL_IN, low) for unit in units]
    assert {each.share for each in found} == {5_000}
    drawn = [bucket_of("ro_01", unit) < 5_000 for unit in units]
    assert [each.arm == "canary" for each in found] == drawn


def test_without_a_rollout_the_draw_has_a_salt_of_its_own() -> None:
    found = assign(OUT, Control(), replace(OPEN, most_share=50_000))
    assert (found.rollout_id, found.bucket) == (None, bucket_of(DIRECT, OUT))


def test_a_draw_of_another_release_is_not_guessed() -> None:
    other = assign(IN, Control(live=replace(LIVE, hash_version=2)), OPEN)
    assert (*told(other), other.error_code) == ("stable", "v-old", "ERROR", "GENERAL")
    assert assign(IN, Control(live=replace(LIVE, hash_version=2)), OPEN, pin=PINNED) is PINNED


def test_a_missing_unit_is_told_as_such() -> None:
    assert assign("", CONTROL, OPEN).error_code == NO_UNIT


@pytest.mark.parametrize("control", [CONTROL, ALL_IN, Control(), Control(stable_version="v-9")])
@pytest.mark.parametrize("more", [{}, {"forced": "stable"}, {"is_stale": True}])
def test_a_pin_is_not_touched(control: Control, more: dict[str, Any]) -> None:
    assert assign(OUT, control, OPEN, pin=PINNED, **more) is PINNED


@pytest.mark.parametrize("policy", get_args(Policy))
def test_a_retreat_moves_the_canary_unless_it_may_drain(policy: Policy) -> None:
    back = Control(stable_version="v-old", retreats={"ro_01": policy})
    found = assign(IN, back, OPEN, pin=PINNED)
    if policy == "drain":
        assert found is PINNED
    else:
        assert told(found) == ("stable", "v-old", "DISABLED")
        assert (found.bucket, found.share, found.is_pinned) == (7, 10_000, True)


def test_a_retreat_leaves_the_stable_ones_and_other_rollouts_alone() -> None:
    back = Control(stable_version="v-old", retreats={"ro_01": "immediate"})
    for pin in (PINNED._replace(arm="stable", version="v-old"), PINNED._replace(rollout_id="ro_0")):
        assert assign(IN, back, OPEN, pin=pin) is pin


def test_a_denied_version_answers_nobody() -> None:
    denied = replace(CONTROL, denied=frozenset({"v-new"}))
    assert told(assign(IN, denied, OPEN)) == ("stable", "v-old", "DISABLED")
    assert told(assign(IN, denied, OPEN, forced="canary")) == ("stable", "v-old", "DISABLED")
    assert told(assign(IN, denied, OPEN, pin=PINNED)) == ("stable", "v-old", "DISABLED")


def test_where_the_stable_version_is_denied_too_the_rules_answer() -> None:
    none = replace(CONTROL, denied=frozenset({"v-new", "v-old"}))
    stable = PINNED._replace(arm="stable", version="v-old")
    assert assign(IN, none, OPEN).version == RULES
    assert assign(OUT, none, OPEN, pin=stable).version == RULES


def test_a_promoted_canary_is_the_stable_version() -> None:
    promoted = Control(stable_version="v-new")
    assert assign(IN, promoted, OPEN, pin=PINNED) == PINNED._replace(arm="stable")
    baking = Control(stable_version="v-new", live=replace(LIVE, share=WHOLE))
    assert assign(IN, baking, OPEN, pin=PINNED) is PINNED


def test_the_kill_moves_everybody_to_the_rules_and_keeps_what_was_drawn() -> None:
    off = Ceiling(False)
    for pin in (PINNED, PINNED._replace(arm="stable", version="v-old")):
        found = assign(IN, CONTROL, off, pin=pin)
        assert (*told(found), found.bucket) == ("stable", RULES, "DISABLED", 7)


_ARMS: st.SearchStrategy[Arm | None] = st.sampled_from((None, "stable", "canary"))
_SHARES = st.integers(0, WHOLE)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), _SHARES, _SHARES)
def test_who_is_in_a_share_is_in_every_larger_one(unit: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    small = assign(unit, Control(live=replace(LIVE, share=low)), OPEN)
    large = assign(unit, Control(live=replace(LIVE, share=high)), OPEN)
    assert (small.arm, large.arm) != ("canary", "stable")


@given(st.integers(0, WHOLE - 1), _SHARES, _SHARES)
def test_nobody_of_the_slice_becomes_a_canary_while_both_have_room(
    bucket: int, one: int, other: int
) -> None:
    low, high = sorted((one, other))
    if is_in_slice(bucket, low) and high <= WHOLE // 2:
        assert is_in_slice(bucket, high)
        assert bucket >= high


@given(unit=st.sampled_from((IN, OUT, "")), share=_SHARES, most=_SHARES, forced=_ARMS,
       is_stale=st.booleans(), is_permitted=st.booleans(), denied=st.sets(
           st.sampled_from(("v-old", "v-new", "v-own", "v-gone"))),
       pin=st.sampled_from((None, PINNED, PINNED._replace(arm="stable", version="v-old"))),
       policy=st.sampled_from((None, *get_args(Policy))))  # fmt: skip
def test_nothing_withdrawn_is_ever_assigned(
    *, unit: str, share: int, most: int, forced: Arm | None, is_stale: bool, is_permitted: bool,
    denied: set[str], pin: Assignment | None, policy: Policy | None,
) -> None:  # fmt: skip
    retreats = {"ro_01": policy} if policy else {}
    control = Control(live=replace(LIVE, share=share), denied=frozenset(denied), retreats=retreats)
    ceiling = Ceiling(is_permitted, most, "v-own")
    found = assign(unit, control, ceiling, pin=pin, forced=forced, is_stale=is_stale)
    assert found.version not in denied
    if not is_permitted:
        assert found.version == RULES
    if most == 0 or policy in ("migrate_next_turn", "immediate"):
        assert found.arm == "stable" or (pin is None and most > 0)
    if pin is None and is_stale:
        assert found.arm == "stable"
    assert (found.reason == "SPLIT") <= (forced is None or pin is not None)
