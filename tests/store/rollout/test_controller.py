"""The controller on PostgreSQL: forward when everything is shown, back when anything fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gatehouse.rollout import verifying
from gatehouse.rollout.audit import own_key
from gatehouse.rollout.controller import Controller, Tick
from gatehouse.rollout.types import RULES, Phase, Standing
from tests.store.rollout.control_room import ANNA, GOOD, NEXT, ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes


class Watched:
    """A control room with one controller, its eyes, and a process that follows at once."""

    def __init__(self, room: ControlRoom, eyes: ScriptedEyes) -> None:
        self.room, self.eyes = room, eyes
        self.controller = Controller(room.connect, room.settings, eyes, clock=room.clock)

    def tick(self, times: int = 1, seconds: float = 1.0) -> Tick:
        for _ in range(times):
            self.room.follow()
            done = self.controller.tick()
            self.room.clock.turn(seconds)
        return done

    def until(self, phase: Phase, *, at_most: int = 60, seconds: float = 61.0) -> Standing:
        """Ticks until the rollout is there."""
        for _ in range(at_most):
            if (standing := self.room.standing()).phase is phase:
                return standing
            self.tick(seconds=seconds)
        raise AssertionError(f"never {phase}: {self.room.standing()}")

    def actions(self) -> list[str]:
        return [each.action for each in self.room.desk.history(self.room.standing().id)]


@pytest.fixture
def watched(clean: str) -> Iterator[Watched]:
    made = Watched(ControlRoom.of(clean), ScriptedEyes())
    yield made
    made.controller.close()


def test_a_good_version_goes_through_every_step_to_completed(watched: Watched) -> None:
    watched.room.submit()
    done = watched.until(Phase.COMPLETED)
    assert done.failure is None
    assert watched.room.pointed == GOOD
    assert [each for each in watched.actions() if each not in ("observe", "wait")] == [
        "start", "ready", "ramping", "advance", "advance", "promoting", "baking", "completed",
    ]  # fmt: skip


def test_a_failed_gate_takes_everybody_back_and_stays_in_the_row(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.eyes.bad = 60
    standing = watched.until(Phase.ROLLING_BACK, seconds=1)
    assert (standing.share, standing.failure and standing.failure["gate"]) == (0, "errors")
    watched.eyes.bad = 0  # it recovers, which changes nothing
    done = watched.until(Phase.ROLLED_BACK)
    assert done.failure == standing.failure
    assert watched.room.pointed == RULES


def test_a_step_waits_until_every_living_process_has_its_share(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.room.follow("late:2:2", lag=5)
    for _ in range(3):
        watched.tick()
    assert watched.room.standing().observing_since is None
    watched.room.sql("UPDATE rollout_worker SET seen_at = now() - interval '11 seconds'"
                     " WHERE name = 'late:2:2'")  # fmt: skip
    watched.tick()
    assert watched.room.standing().observing_since is not None, "the dead are not waited for"


def test_without_any_process_nothing_goes_forward(watched: Watched) -> None:
    watched.room.submit()
    for _ in range(5):
        watched.controller.tick()
        watched.room.clock.turn(100)
    assert watched.room.standing().observing_since is None


def test_no_data_never_promotes(watched: Watched) -> None:
    watched.eyes.n = 0
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.tick(5, seconds=3000)
    standing = watched.room.standing()
    assert (standing.phase, standing.step, standing.held) == (Phase.RAMPING, 0, "nodata")


def test_what_cannot_be_measured_never_promotes_and_never_rolls_back(watched: Watched) -> None:
    watched.eyes.trouble = "the ledger is away"
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.tick(5, seconds=3000)
    standing = watched.room.standing()
    assert (standing.phase, standing.step, standing.held) == (Phase.RAMPING, 0, "measurement")


def test_a_tick_without_news_writes_nothing(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.tick(3)
    before = watched.room.standing().revision, len(watched.actions())
    watched.tick(5)
    assert (watched.room.standing().revision, len(watched.actions())) == before


def test_a_persons_pause_is_never_undone(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.room.desk.pause(actor=ANNA, reason="the boss shows it to somebody")
    watched.tick(20, seconds=500)
    assert (watched.room.standing().step, watched.room.standing().held) == (0, "manual")
    watched.room.desk.resume(actor=ANNA, reason="shown")
    watched.until(Phase.COMPLETED)


def test_a_pause_does_not_protect_a_bad_version(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.tick(2)
    watched.room.desk.pause(actor=ANNA, reason="lunch")
    watched.eyes.bad = 60
    watched.until(Phase.ROLLED_BACK)


def test_a_persons_promotion_is_never_undone_by_the_engine(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.room.desk.promote(actor=ANNA, reason="the fix cannot wait")
    watched.until(Phase.BAKING, seconds=1)
    watched.eyes.bad, watched.eyes.baked = 80, bytes([1]) * 50
    watched.tick(10)
    standing = watched.room.standing()
    assert (standing.phase, standing.promoted_by, standing.held) == (
        Phase.BAKING, "anna", "approval",
    )  # fmt: skip
    assert standing.failure is not None
    assert watched.room.pointed == GOOD
    watched.room.desk.rollback(actor=ANNA, reason="it was right")
    watched.until(Phase.ROLLED_BACK)
    assert watched.room.pointed == RULES


def test_the_engine_takes_back_what_it_promoted_itself(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.BAKING)
    assert watched.room.pointed == GOOD
    watched.eyes.baked = bytes(20) + bytes([1]) * 40
    watched.until(Phase.ROLLED_BACK)
    assert watched.room.pointed == RULES


def test_a_newer_one_supersedes_and_begins_with_fresh_counters(watched: Watched) -> None:
    old = watched.room.submit()
    watched.until(Phase.RAMPING)
    new = watched.room.submit(NEXT)
    assert watched.room.desk.standing(old.id).phase is Phase.SUPERSEDED
    assert (watched.room.standing().id, new.id == old.id, new.share) == (new.id, False, 0)


@pytest.mark.parametrize(
    "phase",
    [Phase.DRAFT, Phase.SOAKING, Phase.READY, Phase.RAMPING, Phase.PROMOTING, Phase.BAKING,
     Phase.ROLLING_BACK],
)  # fmt: skip
def test_kill_works_in_every_state(watched: Watched, phase: Phase) -> None:
    started = watched.room.submit()
    watched.room.sql("UPDATE rollout SET phase = %s, share = 10000", str(phase))
    killed = watched.room.desk.kill(actor=ANNA, reason="people complain")
    assert (killed.phase, killed.share, killed.policy) == (Phase.ROLLING_BACK, 0, "immediate")
    watched.until(Phase.ROLLED_BACK)
    assert watched.room.pointed == RULES
    with pytest.raises(Exception, match="denied"):
        watched.room.submit()
    assert started.id == watched.room.standing().id


def test_a_version_that_is_denied_while_it_ramps_goes_back(watched: Watched) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    watched.room.sql("UPDATE rollout_control SET denied = to_jsonb(ARRAY[%s])", GOOD)
    watched.until(Phase.ROLLED_BACK)


def test_only_one_of_two_controllers_leads_and_the_other_takes_over(watched: Watched) -> None:
    second = Controller(
        watched.room.connect, watched.room.settings, watched.eyes, clock=watched.room.clock
    )
    watched.room.submit()
    assert (watched.tick().is_leading, second.tick().is_leading) == (True, False)
    watched.controller.close()
    assert second.tick().is_leading
    assert not watched.controller.tick().is_leading
    second.close()


def test_a_leader_whose_connection_was_ended_leads_no_more_and_comes_back(
    watched: Watched,
) -> None:
    watched.room.submit()
    watched.tick()
    watched.room.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'gatehouse-rollout' AND pid <> pg_backend_pid()"
    )
    with pytest.raises(Exception, match="lost its database"):
        watched.tick()
    watched.until(Phase.COMPLETED)


@pytest.mark.parametrize("hours", [24, -24])
def test_a_clock_that_is_set_does_not_make_a_version_older_than_it_is(
    watched: Watched, hours: int
) -> None:
    watched.room.submit()
    watched.until(Phase.BAKING)
    watched.tick()
    watched.room.clock.at += timedelta(hours=hours)  # and no time has passed
    watched.tick(3)
    standing = watched.room.standing()
    assert (standing.phase, watched.actions()[-1]) == (Phase.BAKING, "clock_set")
    assert standing.observing_since is not None
    assert abs(watched.room.now - standing.observing_since) < 60
    watched.until(Phase.COMPLETED)


def test_a_day_that_really_passed_is_one(watched: Watched) -> None:
    """The control of the test above."""
    watched.room.submit()
    watched.until(Phase.BAKING)
    watched.tick()
    watched.room.clock.turn(24 * 3600)
    watched.tick()
    assert watched.room.standing().phase is Phase.COMPLETED
    assert "clock_set" not in watched.actions()


def test_an_end_of_the_audit_that_was_cut_and_grew_again_is_not_forgotten(
    watched: Watched,
) -> None:
    watched.room.submit()
    watched.until(Phase.RAMPING)
    folder = watched.room.settings.gatehouse_data
    seen = verifying.saw(folder)
    assert seen is not None and seen.seq > 1
    watched.room.tamper("DELETE FROM rollout_audit WHERE seq = %s", seen.seq)
    watched.until(Phase.COMPLETED)
    assert verifying.saw(folder) == seen
    with watched.room.connect() as connection:
        found = verifying.verify(connection, [own_key()], witness=seen)
    assert any("not the entry that this machine saw" in each.what for each in found.flaws)


def test_what_grows_as_it_should_is_seen_as_it_grows(watched: Watched) -> None:
    """The control of the test above."""
    watched.room.submit()
    watched.until(Phase.COMPLETED)
    with watched.room.connect() as connection:
        assert verifying.saw(watched.room.settings.gatehouse_data) == verifying.head(connection)


def test_who_was_closed_never_leads_again(watched: Watched) -> None:
    """A look that begins as the process ends would keep the lock with nobody to let it go."""
    room = watched.room
    room.submit()
    watched.controller.close()
    assert not watched.tick().is_leading
    second = Controller(room.connect, room.settings, watched.eyes, clock=room.clock)
    assert second.tick().is_leading
    second.close()
