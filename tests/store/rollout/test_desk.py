"""The desk: what it refuses and why, what a lever leaves behind, and the status at a glance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import telling, verifying
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.audit import own_key
from gatehouse.rollout.desk import Submission
from gatehouse.rollout.levers import Refused
from gatehouse.rollout.plans import PlanRefused
from gatehouse.rollout.snapshot import read_control
from gatehouse.rollout.types import RULES, Assignment, Phase
from tests.store.rollout.control_room import ANNA, GOOD, NEXT, PLAN, ControlRoom

WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
LEVERS = ("pause", "resume", "approve", "advance", "promote", "rollback", "abort", "kill")


@pytest.fixture
def room(clean: str) -> ControlRoom:
    return ControlRoom.of(clean)


def pull(room: ControlRoom, lever: str, reason: str = "because", **more: Any) -> Any:
    return getattr(room.desk, lever)(actor=ANNA, reason=reason, **more)


def ramping(room: ControlRoom) -> None:
    room.submit()
    pull(room, "advance")


def test_a_kill_denies_the_version_also_on_its_way_back(room: ControlRoom) -> None:
    ramping(room)
    pull(room, "rollback", policy="immediate", to_share=0)
    killed = pull(room, "kill")
    assert (killed.phase, killed.policy) == (Phase.ROLLING_BACK, "immediate")
    with pytest.raises(Refused, match="denied to everybody"):
        room.submit()


def test_a_version_that_conversations_drain_on_can_be_killed_after_its_rollout(
    room: ControlRoom,
) -> None:
    ramping(room)
    done = pull(room, "rollback", to_share=0, policy="drain")
    room.sql("UPDATE rollout SET phase = 'rolled_back', ended_at = now()")
    pull(room, "kill", rollout_id=done.id)
    with room.connect() as connection:
        control = read_control(connection, now=0.0)
        flaws = [each.what for each in verifying.verify(connection, [own_key()]).flaws]
    pinned = Assignment("canary", GOOD, "SPLIT", done.id, is_pinned=True)
    assert assign("", control, Ceiling(), pin=pinned).version == RULES
    assert (room.standing().phase, flaws) == (Phase.ROLLED_BACK, [])


def test_what_begins_while_the_pointer_moves_begins_from_where_it_moved_to(
    room: ControlRoom,
) -> None:
    """Else a release that is taken back at this moment would stay the stable one."""
    with ThreadPoolExecutor(1) as pool, room.connect() as restoring:
        with restoring.transaction():
            restoring.execute("UPDATE rollout_control SET stable_version = %s", (NEXT,))
            begun = pool.submit(room.submit)
            while not room.sql(WAITING):
                assert not begun.done(), "it did not wait"
        assert begun.result().stable_version == NEXT


def test_nothing_is_restored_under_a_rollout_that_begins_meanwhile(room: ControlRoom) -> None:
    ramping(room)
    room.sql("UPDATE rollout SET phase = 'completed', ended_at = now()")
    desk = room.desk
    with ThreadPoolExecutor(1) as pool, room.connect() as beginning:
        with beginning.transaction():
            beginning.execute(
                "INSERT INTO rollout (id, phase, stable_version, canary_version, plan, created_by)"
                " VALUES ('ro-new', 'draft', %s, %s, '{}', 'bob')",
                (GOOD, NEXT),
            )
            restored = pool.submit(desk.restore, actor=ANNA, reason="it was bad")
            while not room.sql(WAITING):
                assert not restored.done(), "it did not wait"
        with pytest.raises(Refused, match="began at this very moment"):
            restored.result()
    assert room.pointed is None


def page(room: ControlRoom) -> str:
    return "\n".join(telling.status_lines(room.desk.status()))


@pytest.mark.parametrize("lever", LEVERS)
def test_no_lever_moves_without_a_reason(room: ControlRoom, lever: str) -> None:
    ramping(room)
    for reason in ("", "  \n", "x" * 501, "because\x00", "because \ud800"):
        with pytest.raises(BadInput, match="reason"):
            pull(room, lever, reason)
    assert room.standing().revision == 2


@pytest.mark.parametrize("lever", LEVERS)
def test_no_lever_moves_what_has_ended(room: ControlRoom, lever: str) -> None:
    ramping(room)
    done = pull(room, "abort")
    with pytest.raises(NotFound, match="No rollout is under way"):
        pull(room, lever)
    if lever != "kill":
        with pytest.raises(Refused, match="a retry is a new rollout"):
            pull(room, lever, rollout_id=done.id)
    with pytest.raises(NotFound, match="no rollout ro-none"):
        pull(room, lever, rollout_id="ro-none")


@pytest.mark.parametrize("lever", LEVERS)
def test_each_pull_is_one_entry_with_both_revisions(room: ControlRoom, lever: str) -> None:
    ramping(room)
    pull(room, lever, "as agreed")
    entry = room.desk.history(room.standing().id)[-1]
    assert (entry.action, entry.actor, entry.reason) == (lever, "anna", "as agreed")
    assert (entry.revision_before, entry.revision_after) == (2, 3)
    assert entry.details["from"]["phase"] == "ramping"


@pytest.mark.parametrize("lever", ["advance", "promote", "abort"])
def test_a_latched_failure_leaves_only_the_way_back(room: ControlRoom, lever: str) -> None:
    ramping(room)
    room.sql('UPDATE rollout SET failure = \'{"gate": "errors"}\'')
    with pytest.raises(Refused, match="errors has failed, which is latched"):
        pull(room, lever)
    assert pull(room, "rollback").phase is Phase.ROLLING_BACK


def test_a_step_above_the_ceiling_is_refused_with_the_name_of_the_variable(clean: str) -> None:
    room = ControlRoom.of(clean, re_prompt_canary_percent=10)
    with pytest.raises(PlanRefused, match="RE_PROMPT_CANARY_PERCENT allows 10 %"):
        room.submit()
    room.submit(steps=PLAN["steps"][:1])
    with pytest.raises(Refused, match="100 % is above RE_PROMPT_CANARY_PERCENT"):
        pull(room, "promote")


def test_a_stored_flag_is_a_ceiling_too(room: ControlRoom) -> None:
    ramping(room)
    room.sql(
        "INSERT INTO rollout_flag (name, value, owner, reason, set_by)"
        " VALUES ('RE_PROMPT_CANARY_PERCENT', '20', 'anna', 'cost', 'anna')"
    )
    with pytest.raises(Refused, match="which allows 20 %"):
        pull(room, "advance")


def test_where_the_agent_is_not_permitted_nothing_begins(clean: str) -> None:
    with pytest.raises(PlanRefused, match="USE_RE_PROMPT_DRIVEN is false"):
        ControlRoom.of(clean, use_re_prompt_driven=False).submit()


def test_a_version_that_nobody_stored_cannot_begin(room: ControlRoom) -> None:
    with pytest.raises(NotFound, match="there is no version v-ffffffffffff"):
        room.submit("v-ffffffffffff")


def test_what_everybody_gets_already_is_no_rollout(room: ControlRoom) -> None:
    with pytest.raises(Refused, match="what everybody gets already"):
        room.submit(RULES)


def test_a_bad_plan_is_refused_with_every_trouble(room: ControlRoom) -> None:
    with pytest.raises(BadInput, match="promote_with_approval"):
        room.submit(steps=[{**PLAN["steps"][0], "on_inconclusive": "promote"}])


def test_whom_the_plan_names_gets_the_canary_or_never_does_outside_the_draw(
    room: ControlRoom,
) -> None:
    room.submit(allow=["friend"], deny=["auditor"])
    pull(room, "advance")
    with room.connect() as visit:
        control = read_control(visit, now=room.now)
    everybody = Ceiling()
    for unit, arm in (("friend", "canary"), ("auditor", "stable")):
        found = assign(unit, control, everybody)
        assert (found.arm, found.reason, found.bucket) == (arm, "TARGETING_MATCH", None)
    assert assign("anybody else", control, everybody).reason == "SPLIT"


def test_a_refused_submission_leaves_the_one_before_alone(room: ControlRoom) -> None:
    ramping(room)
    with pytest.raises(NotFound):
        room.submit("v-ffffffffffff")
    assert (room.standing().phase, room.standing().canary_version) == (Phase.RAMPING, GOOD)


def test_a_newer_one_on_top_of_a_baking_one_builds_on_it(room: ControlRoom) -> None:
    """What a person promoted is not taken away by whoever comes next."""
    ramping(room)
    pull(room, "promote")
    new = room.submit(NEXT)
    assert (new.stable_version, room.pointed) == (GOOD, GOOD)


def test_of_two_who_begin_at_once_one_is_alive_and_nobody_sees_a_fault(room: ControlRoom) -> None:
    together = Barrier(2)

    def begin(version: str) -> str:
        together.wait(30)
        try:
            return room.submit(version).id
        except Refused as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(begin, (GOOD, NEXT)))
    alive = room.sql("SELECT id FROM rollout WHERE phase <> 'superseded'")
    assert [row["id"] for row in alive] == [each for each in told if each == alive[0]["id"]]


def test_waiving_a_gate_that_there_is_not_is_refused(room: ControlRoom) -> None:
    ramping(room)
    with pytest.raises(BadInput, match="no gate eroors; the plan has errors"):
        room.desk.waive("eroors", actor=ANNA, reason="known")
    assert "waiver:errors@0" in room.desk.waive("errors", actor=ANNA, reason="known").approvals


def test_going_back_to_more_is_no_way_back(room: ControlRoom) -> None:
    ramping(room)
    with pytest.raises(Refused, match="that is no way back"):
        pull(room, "rollback", to_share=50_000)


def test_an_override_of_a_gate_stands_under_the_new_rollout(room: ControlRoom) -> None:
    submission = Submission(GOOD, PLAN, "short", waived=("errors",))
    begun = room.desk.submit(submission, actor=ANNA, reason="known, and harmless")
    assert begun.approvals["waiver:errors@*"]["by"] == "anna"


def test_the_status_says_at_a_glance_what_is_live_and_why_it_is_held(room: ControlRoom) -> None:
    assert "none yet" in page(room)
    ramping(room)
    room.follow("one:1:1", lag=0)
    pull(room, "pause", "lunch")
    told = page(room)
    assert told.startswith("live      rules")
    assert "10 % of new conversations" in told
    assert "held      manual for 0 s: lunch (a person has paused it" in told
    assert "processes 1 alive, 1 act on something older" in told
    assert "nobody leads: is a server running?" in told


def test_the_status_as_json_is_json(room: ControlRoom) -> None:
    ramping(room)
    told = room.desk.status().as_json()
    assert (told["live"], told["rollout"]["share"], told["steps"]) == (RULES, 10_000, 3)
