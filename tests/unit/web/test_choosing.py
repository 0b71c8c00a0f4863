"""Who answers a conversation: drawn once, kept, and moved only by what withdraws its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast
from uuid import UUID

import pytest

from gatehouse.rollout.assign import Ceiling
from gatehouse.rollout.types import WHOLE, Control, Live
from gatehouse.talk.types import Chosen, Handler, Pin, Thread
from gatehouse.understanding.types import DialogueState
from gatehouse.web.choosing import Chooser, Few, version_of

IDS = [UUID(int=n << 64 | 7) for n in range(1, 201)]
LIVE = Live("ro_01", "v-old", "v-new", 50_000, step=2)


class Named:
    """A handler of which only the name counts."""

    def __init__(self, name: Literal["rules", "prompted"], version: str | None = None) -> None:
        self.name = name
        if version is not None:
            self.version = version


RULES = cast(Handler, Named("rules"))
OLD, NEW, OWN = (cast(Handler, Named("prompted", v)) for v in ("v-old", "v-new", "p-1"))
ALL = {"rules": RULES, "v-old": OLD, "v-new": NEW, "p-1": OWN}


def chooser(
    control: Control | None = None,
    *,
    percent: int = 100,
    by_version: Mapping[str, Handler] = ALL,
    **ceiling: Any,
) -> Chooser:
    limits = Ceiling(most_share=percent * 1000, **{"newest": "p-1", **ceiling})
    return Chooser(lambda: control or Control(), lambda: limits, Few(by_version))


def thread(conversation: UUID, pin: Pin | None = None, **more: Any) -> Thread:
    return Thread(conversation, 1, 2 if pin else 1, DialogueState(), (), pin=pin, **more)


def again(conversation: UUID, first: Chosen) -> Thread:
    return thread(conversation, first.pin)


def test_without_a_rollout_the_houses_own_version_has_the_environments_share() -> None:
    chosen = [chooser(percent=25)(thread(each)) for each in IDS]
    assert {each.pin.version for each in chosen} == {"p-1", "rules"}
    assert all((each.handler is OWN) == (each.pin.arm == "canary") for each in chosen)
    assert all(each.pin.reason == "SPLIT" and each.pin.share == 25_000 for each in chosen)


def test_a_live_rollout_draws_between_its_two_versions() -> None:
    chosen = [chooser(Control(live=LIVE))(thread(each)) for each in IDS]
    assert {(each.pin.arm, each.handler) for each in chosen} == {("canary", NEW), ("stable", OLD)}
    assert {(each.pin.rollout_id, each.pin.step) for each in chosen} == {("ro_01", 2)}


@pytest.mark.parametrize("share", [0, 1, WHOLE])
def test_another_share_moves_no_running_conversation(share: int) -> None:
    for each in IDS:
        first = chooser(Control(live=LIVE))(thread(each))
        moved = chooser(Control(live=replace(LIVE, share=share)))(again(each, first))
        assert (moved.handler, moved.pin) == (first.handler, first.pin)


@pytest.mark.parametrize(
    ("percent", "ceiling"), [(0, {}), (100, {"is_permitted": False})], ids=["share", "flag"]
)
def test_no_share_or_a_forbidding_flag_moves_all_of_them_for_good(
    percent: int, ceiling: dict[str, Any]
) -> None:
    first = chooser()(thread(IDS[0]))
    moved = chooser(percent=percent, **ceiling)(again(IDS[0], first))
    assert (first.handler, moved.handler, moved.pin.arm) == (OWN, RULES, "stable")
    assert chooser()(again(IDS[0], moved)).handler is RULES


def test_where_a_conversation_was_drawn_stays_on_record_when_it_is_moved() -> None:
    first = chooser()(thread(IDS[0]))
    moved = chooser(percent=0)(again(IDS[0], first))
    assert replace(moved.pin, arm="canary", version="p-1") == first.pin


def test_a_version_that_cannot_run_here_is_answered_by_the_stable_one() -> None:
    few = {"rules": RULES, "v-old": OLD}
    chosen = [chooser(Control(live=LIVE), by_version=few)(thread(each)) for each in IDS]
    assert {each.handler for each in chosen} == {OLD}
    missed = [each.pin for each in chosen if each.pin.reason == "ERROR"]
    assert 0 < len(missed) < len(IDS)
    assert {(pin.arm, pin.version) for pin in missed} == {("stable", "v-old")}


def test_a_pinned_version_that_is_not_ready_has_a_stand_in_and_stays_pinned() -> None:
    absent = Pin("canary", "p-0", "SPLIT", None, 3, 10_000)
    chosen = chooser(by_version={"rules": RULES})(thread(IDS[0], absent))
    assert (chosen.handler, chosen.pin) == (RULES, absent)
    assert chosen.acting == replace(absent, arm="stable", version="rules")


def test_a_signed_pass_chooses_and_is_no_draw() -> None:
    never = replace(LIVE, share=1)
    chosen = chooser(Control(live=never))(thread(IDS[0], forced="canary"))
    assert (chosen.handler, chosen.pin.reason) == (NEW, "TARGETING_MATCH")


def test_news_that_are_too_old_give_nobody_new_a_canary() -> None:
    stale = replace(chooser(Control(live=LIVE)), is_stale=lambda: True)
    assert {stale(thread(each)).handler for each in IDS} == {OLD}
    pinned = Pin("canary", "v-new", "SPLIT", "ro_01", 3, 10_000)
    assert stale(thread(IDS[0], pinned)).handler is NEW


@pytest.mark.parametrize(
    ("policy", "stops"), [("immediate", True), ("migrate_next_turn", False), ("drain", False)]
)
def test_only_an_immediate_rollback_stops_a_turn_that_is_being_thought(
    policy: Literal["immediate", "migrate_next_turn", "drain"], stops: bool
) -> None:
    choosing = chooser(Control(retreats={"ro_01": policy}))
    canary, stable = Pin("canary", "v-new", "SPLIT", "ro_01"), Pin("stable", "v-old", "SPLIT")
    assert choosing.must_stop(canary) is stops
    assert not choosing.must_stop(replace(stable, rollout_id="ro_01"))


@pytest.mark.parametrize(("control", "stops"), [({}, False), ({"is_permitted": False}, True)])
def test_the_kill_stops_a_turn_that_is_being_thought(control: dict[str, Any], stops: bool) -> None:
    choosing = chooser(**control)
    assert choosing.must_stop(Pin("canary", "v-new")) is stops
    assert choosing.must_stop(Pin("stable", "v-old")) is stops
    assert not choosing.must_stop(Pin("stable", "rules"))


def test_a_denied_version_stops_at_once() -> None:
    choosing = chooser(Control(denied=frozenset({"v-new"})))
    assert choosing.must_stop(Pin("stable", "v-new"))
    assert not choosing.must_stop(Pin("canary", "v-old"))


def test_a_conversation_is_stored_with_the_version_that_answered_it() -> None:
    assert (version_of(OWN), version_of(RULES)) == ("p-1", "rules")


def test_the_rules_answer_even_where_they_are_denied_and_nobody_else_can() -> None:
    control = Control(live=LIVE, denied=frozenset(("rules", "v-old")))
    choose = chooser(control, by_version={"rules": RULES})
    assert all(choose(thread(each)).handler is RULES for each in IDS)


def test_denying_the_rules_breaks_off_no_turn_of_theirs() -> None:
    choose = chooser(Control(denied=frozenset(("rules",))))
    assert not choose.must_stop(Pin("stable", "rules"))
