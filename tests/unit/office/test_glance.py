"""What the console says of a rollout, phase by phase, in words."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from gatehouse.office.glance import glance
from gatehouse.office.today import Seen
from gatehouse.office.words import clock, edge, lasting, percent, promise, rate
from gatehouse.rollout import plans
from gatehouse.rollout.limits import Limits
from gatehouse.rollout.types import GateSpec, Phase, Standing, Units

NOW = 1_795_000_000.0
PLAN = plans.named("default")
STANDING = Standing(
    id="ro-1",
    phase=Phase.RAMPING,
    step=0,
    share=10_000,
    revision=3,
    stable_version="v-old",
    canary_version="v-new",
    plan=plans.to_json(PLAN),
    created_at=NOW - 4000,
    phase_since=NOW - 4000,
    step_since=NOW - 1800,
    observing_since=NOW - 1800,
)
REQUIRED = tuple(gate.name for gate in PLAN.gates if gate.required)
SEEN = Seen(
    now=NOW,
    zone=ZoneInfo("UTC"),
    verdicts=dict.fromkeys(REQUIRED, "PASS"),
    units=(Units(0, 10_000, 500, 4500),),
    workers=4,
    followers=4,
    labels={"v-new": "warm"},
)


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("phase", "headline"),
    [
        (Phase.DRAFT, "“warm” is about to be tried"),
        (Phase.SOAKING, "Simulated visitors try “warm”; nobody else gets it"),
        (Phase.READY, "“warm” is ready; nobody gets it yet"),
        (Phase.RAMPING, "10 % of new conversations get “warm”"),
        (Phase.PROMOTING, "Everybody is being given “warm”"),
        (Phase.BAKING, "Everybody gets “warm”"),
        (Phase.COMPLETED, "Everybody gets “warm”"),
        (Phase.ROLLED_BACK, "“warm” was taken back; everybody gets v-old"),
        (Phase.ABORTED, "“warm” was given up; everybody gets v-old"),
        (Phase.SUPERSEDED, "A newer version took the place of “warm”"),
    ],
)
def test_every_phase_says_who_gets_what(phase: Phase, headline: str) -> None:
    told = glance(replace(STANDING, phase=phase, ended_at=NOW - 60), SEEN)
    assert spaced(told.headline) == headline
    assert told.verdict
    assert told.following


def test_the_next_step_says_when_it_comes_and_what_it_lacks() -> None:
    early = glance(STANDING, SEEN).following
    assert (
        spaced(early)
        == f"50 % at {clock(NOW + 1800, SEEN.zone, now=NOW)}, in 30 min at the earliest."
    )
    few = replace(SEEN, units=(Units(0, 10_000, 120, 1080),), verdicts={})
    told = spaced(glance(STANDING, few).following)
    assert "errors of ours" in told
    assert "each arm has 400 conversations (120 now)" in told
    assert "Without that at" in told
    assert told.endswith("it is held.")


def test_the_last_step_waits_for_a_releaser_unless_the_plan_promotes_by_itself() -> None:
    last = replace(STANDING, step=2, share=100_000)
    seen = replace(SEEN, units=(Units(2, 100_000, 500, 500),))
    assert "a releaser has approved it" in glance(last, seen).following
    given = replace(last, approvals={"step:3": {"by": "dana"}})
    assert "a releaser" not in glance(given, seen).following


def test_a_share_that_is_not_everywhere_yet_says_who_is_missing() -> None:
    fresh = replace(STANDING, observing_since=None)
    assert "3 of 4 do" in glance(fresh, replace(SEEN, followers=3)).following


def test_a_hold_says_why_since_when_and_what_ends_it() -> None:
    held = glance(replace(STANDING, held="dependency", held_since=NOW - 720), SEEN)
    assert held.tone == "wait"
    assert held.held.startswith("Held for 12 min: both arms are in trouble at once")
    assert "when both arms have recovered" in held.held


def test_a_failure_is_told_whatever_the_gates_say_now() -> None:
    failed = replace(
        STANDING,
        phase=Phase.ROLLING_BACK,
        share=0,
        failure={"gate": "contract", "why": "above the objective"},
    )
    told = glance(failed, SEEN)
    assert told.tone == "bad"
    assert told.verdict.startswith("Failed: Answers in contract (above the objective)")
    assert "v-old answers" in told.headline


def test_a_gate_that_cannot_be_measured_is_named() -> None:
    blind = replace(SEEN, verdicts={**SEEN.verdicts, "srm": "ERROR"}, titles={"srm": "Arms"})
    assert "In doubt: arms." in glance(STANDING, blind).verdict


def test_a_plan_of_another_release_does_not_take_the_page_down() -> None:
    told = glance(replace(STANDING, plan={"steps": "?"}), SEEN)
    assert told.stages == ()
    assert "cannot be read" in told.following


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (5400, "1 h 30 min"),
     (90_000, "1 d 1 h")],
)  # fmt: skip
def test_durations_have_two_units_at_most(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


def test_numbers_and_promises_read_like_sentences() -> None:
    assert (spaced(percent(500)), spaced(rate(0.0042)), rate(None)) == ("0.5 %", "0.42 %", "–")
    assert (edge(450), edge(1200)) == ("450 ms", "1.2 s")
    slow = GateSpec("p95", "slo", "turn_slow", limit=0.05, edge_ms=1200)
    assert spaced(promise(slow)) == "At most 5 % may be conversations that took longer than 1.2 s."
    assert "Not one" in promise(GateSpec("reask", "invariant", "reask"))


ENDED = replace(STANDING, phase=Phase.COMPLETED, share=0, ended_at=NOW)
ALLOWED = Limits(True, 100_000, frozenset(), "v-new", 9)
BACK = replace(ENDED, phase=Phase.ROLLED_BACK)


@pytest.mark.parametrize(
    ("ended", "allowed", "alive", "headline", "today"),
    [
        (ENDED, ALLOWED, None, "Everybody gets “warm”",
         "New conversations get “warm”. Those that began with v-old end with it."),
        (ENDED, replace(ALLOWED, stable="v-third"), None, "“warm” was completed",
         "New conversations get v-third."),
        (ENDED, replace(ALLOWED, denied=frozenset({"v-new"})), None, "“warm” was completed",
         "New conversations get the rules."),
        (ENDED, replace(ALLOWED, is_permitted=False), None, "“warm” was completed",
         "Everybody gets the rules: nothing else is permitted just now."),
        (BACK, replace(ALLOWED, stable="v-old"), None,
         "“warm” was taken back; everybody gets v-old", "New conversations get v-old."),
        (replace(BACK, policy="drain"), replace(ALLOWED, stable="v-old"), None,
         "“warm” was taken back; everybody gets v-old",
         "New conversations get v-old. Those that began with “warm” end with it."),
        (BACK, replace(ALLOWED, stable="v-old"), replace(STANDING, id="ro-2"),
         "“warm” was taken back",
         "10 % of new conversations get “warm” in ro-2; all others v-old."),
    ],
)  # fmt: skip
def test_an_ended_rollout_says_who_has_what_today(
    ended: Standing, allowed: Limits, alive: Standing | None, *, headline: str, today: str
) -> None:
    told = glance(ended, replace(SEEN, allowed=allowed, alive=alive))
    assert (spaced(told.headline), spaced(told.today)) == (headline, today)


def test_what_is_barred_is_not_said_to_be_given_to_anybody() -> None:
    for allowed, why in (
        (replace(ALLOWED, is_permitted=False), "only the rules are permitted just now"),
        (replace(ALLOWED, denied=frozenset({"v-new"})), "it is denied"),
        (replace(ALLOWED, most_share=0), "the environment allows no share"),
    ):
        told = glance(STANDING, replace(SEEN, allowed=allowed))
        assert told.headline == f"Nobody gets “warm”: {why}"
    assert "10" in glance(STANDING, replace(SEEN, allowed=ALLOWED)).headline
