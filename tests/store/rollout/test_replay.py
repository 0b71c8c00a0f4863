"""Every stored verdict follows from its evidence, bit for bit; one that was touched does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest

from gatehouse.rollout import judgements, replaying
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.gates import recompute
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.types import TERMINAL
from tests.store.rollout.control_room import ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes


@pytest.fixture
def room(clean: str) -> Iterator[ControlRoom]:
    """A rollout whose conversations became more, then bad."""
    made = ControlRoom.of(clean)
    eyes = ScriptedEyes(n=1)
    controller = Controller(made.connect, made.settings, eyes, clock=made.clock)
    made.submit()
    for _ in range(60):
        made.follow()
        controller.tick()
        made.clock.turn(5)
        eyes.n = min(eyes.n + 30, 400)
        eyes.bad = max(0, (eyes.n - 200) // 3)
        if made.standing().phase in TERMINAL:
            break
    controller.close()
    yield made


def stored(room: ControlRoom) -> list[Kept]:
    return room.desk.judgements(room.standing().id)


def test_every_stored_verdict_is_computed_again_bit_for_bit(room: ControlRoom) -> None:
    kept = stored(room)
    done = replaying.replay(kept)
    assert (done.same, done.different) == (len(kept), ())
    assert {each.evidence.verdict.name for each in kept} >= {"PASS", "RUNNING", "FAIL"}
    assert {each.evidence.gate for each in kept} == {
        "errors", "state_loss", "combined", "srm", "guard",
    }  # fmt: skip


def test_the_evidence_of_a_failure_in_the_audit_is_computed_again_too(room: ControlRoom) -> None:
    history = room.desk.history(room.standing().id)
    gates = next(each.details["gates"] for each in history if each.action == "rolling_back")
    texts = [json.dumps(told, sort_keys=True, separators=(",", ":")) for told in gates]
    again = [judgements.text_of(recompute(judgements.read(text))) for text in texts]
    assert again == texts


@pytest.mark.parametrize("part", ["inputs", "outputs", "params", "verdict"])
def test_a_stored_verdict_that_was_touched_is_found(room: ControlRoom, part: str) -> None:
    row = room.sql(
        "SELECT id, evidence FROM rollout_judgement WHERE gate = 'errors' ORDER BY id DESC LIMIT 1"
    )[0]
    told = json.loads(row["evidence"])
    if part == "inputs":
        told["inputs"]["counts"][0][3] += 1
    elif part == "outputs":
        told["outputs"]["log_e"] += 1e-12
    elif part == "params":
        told["params"]["gate"]["limit"] += 1e-9
    else:
        told["verdict"] = "pass"
    room.sql("UPDATE rollout_judgement SET evidence = %s::jsonb WHERE id = %s",
             json.dumps(json.dumps(told)), row["id"])  # fmt: skip
    done = replaying.replay(stored(room))
    assert [kept.id for kept, _ in done.different] == [row["id"]]


def test_judgements_are_thinned_to_the_logarithm_of_what_was_seen(room: ControlRoom) -> None:
    """Each one has seen a twentieth more than the one before, or says something else."""
    looks = [each for each in stored(room) if each.evidence.gate == "errors"]
    assert len(looks) > 5
    for one, other in pairwise(looks):
        is_more = judgements.seen(other.evidence) > 1.05 * judgements.seen(one.evidence)
        assert is_more or _place(one) != _place(other)


def _place(kept: Kept) -> tuple[str, int, int]:
    return kept.phase, kept.step, kept.evidence.verdict


def test_an_outline_keeps_the_beginning_and_the_end_of_every_gate(room: ControlRoom) -> None:
    """A cap over all gates together would cut off the early part of each."""
    with room.connect() as connection:
        thin = judgements.outline(connection, room.standing().id, most=5)
    whole = stored(room)
    for gate in {each.evidence.gate for each in whole}:
        every = [each.id for each in whole if each.evidence.gate == gate]
        chosen = [each.id for each in thin if each.evidence.gate == gate]
        assert (chosen[0], chosen[-1]) == (every[0], every[-1])
        assert min(len(every), 3) <= len(chosen) <= 6
        gaps = {every.index(b) - every.index(a) for a, b in pairwise(chosen[:-1])}
        assert len(gaps) <= 1
