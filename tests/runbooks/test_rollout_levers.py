"""Starting, going back, tagging and telling; each test is named by its row of the catalogue."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gatehouse.base.errors import GatehouseError
from gatehouse.rollout import failpoints, plans
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.levers import Refused
from gatehouse.rollout.types import RULES, Phase
from tests.store.rollout.control_room import ANNA, GOOD, PLAN, ControlRoom
from tests.store.rollout.receivers import hook, mail_server
from tests.store.rollout.scripted_eyes import ScriptedEyes

from .steered import Steered, new, steered

PATIENCE_SECONDS = 60.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def house(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Steered]:
    """Open, with its own controller at work."""
    async with steered(clean, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def room(clean: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ControlRoom]:
    """A control room on its own: no process, the clock is turned by hand."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", clean)
    yield ControlRoom.of(clean)
    failpoints.armed.clear()


def shell(*words: str) -> str:
    """What `gatehouse` prints for these words."""
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


async def at_shell(*words: str) -> str:
    return await asyncio.to_thread(shell, *words)


async def until(house: Steered, **agent: Any) -> None:
    """Waits until /version says so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not agent.items() <= house.house.report.version()["agent"].items():
            await asyncio.sleep(0.02)


async def started(house: Steered, tmp_path: Path) -> str:
    """A rollout of the house's own version that 10 % get. Gives its id."""
    plan = tmp_path / "short.yaml"
    plan.write_text(json.dumps(PLAN))
    told = await at_shell(
        "rollout", "start", "own", "--plan", str(plan), "--reason", "as the runbook says",
        "--runbook", "R1 1.0", "--branch", "main", "--commit", "abc1234", "--without-forecast",
    )  # fmt: skip
    await until(house, canary_percent=10)
    return told.split()[0]


async def test_r1_01_the_record_the_version_page_and_the_status_agree(
    house: Steered, tmp_path: Path
) -> None:
    rollout = await started(house, tmp_path)
    status = json.loads(await at_shell("rollout", "status", "--json"))
    agent = house.house.report.version()["agent"]
    record = status["rollout"]
    assert record["id"] == rollout
    assert (agent["stable"], agent["canary"]) == (status["live"], record["canary_version"])
    facts = {name: record["facts"][name] for name in ("runbook", "branch", "commit")}
    assert facts == {"runbook": "R1 1.0", "branch": "main", "commit": "abc1234"}
    told = await at_shell("rollout", "status")
    assert "abc1234" in told
    assert "10 % of new conversations" in told


async def test_r3_18_the_weight_is_a_share_of_conversations_and_not_of_requests(
    house: Steered, tmp_path: Path
) -> None:
    await started(house, tmp_path)
    arms = house.arms(2000)
    assert 146 <= arms.count("canary") <= 254  # 200 of 2,000, four standard deviations around it
    for number, arm in enumerate(arms[:100]):
        first = house.house.turns._handler_for(new(number))
        later = replace(new(number), turn_no=2, pin=first.pin)
        assert first.pin.arm == house.house.turns._handler_for(later).pin.arm == arm


async def test_r3_35_a_rollback_leaves_no_canary_turn(house: Steered, tmp_path: Path) -> None:
    await started(house, tmp_path)
    assert "canary" in house.arms()
    await at_shell("rollout", "rollback", "--to", "0", "--reason", "complaints")
    await until(house, canary_percent=0)
    assert set(house.arms()) == {"stable"}


async def test_r3_35_a_process_that_does_not_follow_is_found_out(
    house: Steered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    await started(house, tmp_path)
    deaf = house.house.steering.follower
    monkeypatch.setattr(deaf, "_replace", lambda _: None)
    await at_shell("rollout", "rollback", "--reason", "complaints")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.7):
            await until(house, canary_percent=0)
    assert "canary" in house.arms()


def scratch(tmp_path: Path, *tags: str) -> Path:
    """A repository with one commit and a bare one that it pushes to."""
    source, origin = tmp_path / "source", tmp_path / "origin.git"
    source.mkdir()
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(source, "init", "--quiet")
    for name, value in (("user.name", "t"), ("user.email", "t@example.org"),
                        ("commit.gpgsign", "false"), ("tag.gpgsign", "false")):  # fmt: skip
        git(source, "config", name, value)
    git(source, "remote", "add", "origin", str(origin))
    git(source, "commit", "--quiet", "--allow-empty", "-m", "a better sentence")
    for tag in tags:
        git(source, "tag", tag)
    return source


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(("git", *words), cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def tick(room: ControlRoom, eyes: ScriptedEyes, until: Phase, *, at_most: int = 40) -> None:
    """Turns the clock, minute by minute, until the rollout is there."""
    controller = Controller(room.connect, room.settings, eyes, clock=room.clock)
    for _ in range(at_most):
        if room.standing().phase is until:
            break
        room.follow()
        controller.tick()
        room.clock.turn(61)
    controller.close()
    assert room.standing().phase is until


def tagged(repository: Path, *more: str) -> str:
    return shell("release", "tag", "prompt-driven-re-v1.0", "--reason", "completed",
                 "--repository", str(repository), *more)  # fmt: skip


def test_r1_40_a_release_is_tagged_once_and_only_when_its_rollout_is_completed(
    room: ControlRoom, tmp_path: Path
) -> None:
    repository = scratch(tmp_path)
    with pytest.raises(Refused, match="there was no rollout"):
        tagged(repository)
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    with pytest.raises(Refused, match="is ramping"):
        tagged(repository)
    assert git(repository, "tag", "--list") == ""
    tick(room, ScriptedEyes(), Phase.COMPLETED)
    assert "tagged" in tagged(repository, "--push", "origin")
    assert git(tmp_path / "origin.git", "tag", "--list") == "prompt-driven-re-v1.0"
    assert "already" in tagged(repository, "--push", "origin"), "the second call does no harm"
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "another")
    with pytest.raises(Refused, match="never moves"):
        tagged(repository)


def test_r2_23_the_pointer_is_flipped_before_anything_is_deployed(
    room: ControlRoom, tmp_path: Path
) -> None:
    repository = scratch(tmp_path, "v0.9.0")
    room.submit()
    tick(room, ScriptedEyes(), Phase.COMPLETED)
    assert room.pointed == GOOD
    with suppress(Refused):
        shell("release", "rollback", "--to", "v0.8.0", "--reason", "x",
              "--repository", str(repository))  # fmt: skip
    assert room.pointed == GOOD, "there is no such release: nothing is done"
    told = shell("release", "rollback", "--to", "v0.9.0", "--reason", "late trouble",
                 "--repository", str(repository))  # fmt: skip
    assert room.pointed == RULES
    assert room.sql("SELECT denied FROM rollout_control")[0]["denied"] == [GOOD]
    assert "kubectl set image deployment/gatehouse gatehouse=gatehouse:v0.9.0" in told
    assert "git revert" in told.splitlines()[-1]


@pytest.mark.parametrize(("target", "share", "phase"), [(10, 10_000, Phase.RAMPING),
                                                      (0, 0, Phase.ROLLING_BACK)])  # fmt: skip
def test_r1_35_back_to_ten_percent_or_to_nobody(
    room: ControlRoom, target: int, share: int, phase: Phase
) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    room.desk.advance(actor=ANNA, reason="go on")
    shell("rollout", "rollback", "--to", str(target), "--reason", "slower than before")
    standing = room.standing()
    assert (standing.share, standing.phase) == (share, phase)


def test_r1_35_the_engine_does_not_raise_again_what_a_person_has_lowered(
    room: ControlRoom,
) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    room.desk.advance(actor=ANNA, reason="go on")
    room.desk.rollback(to_share=10_000, actor=ANNA, reason="slower than before")
    with pytest.raises(AssertionError):
        tick(room, ScriptedEyes(), Phase.COMPLETED, at_most=8)
    assert (room.standing().share, room.standing().held) == (10_000, "manual")
    room.desk.resume(actor=ANNA, reason="it was the network")
    tick(room, ScriptedEyes(), Phase.COMPLETED)


def test_r1_35_without_a_target_the_plan_decides(room: ControlRoom) -> None:
    room.submit(rollback_to=10)
    tick(room, ScriptedEyes(), Phase.RAMPING)
    room.desk.advance(actor=ANNA, reason="go on")
    assert room.desk.rollback(actor=ANNA, reason="slower").share == 10_000


def test_r3_36_a_staged_way_back_takes_five_minutes_a_stage(room: ControlRoom) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    for _ in range(2):
        room.desk.advance(actor=ANNA, reason="go on")
    begun = room.now
    room.desk.rollback(is_staged=True, actor=ANNA, reason="the old version is cold")
    controller = Controller(room.connect, room.settings, ScriptedEyes(), clock=room.clock)
    stages = [(0.0, room.standing().share)]
    while room.standing().phase is Phase.RAMPING:
        room.follow()
        controller.tick()
        if room.standing().share != stages[-1][1]:
            stages.append((room.now - begun, room.standing().share))
        room.clock.turn(60)
    controller.close()
    assert stages == [(0, 75_000), (300, 50_000), (600, 25_000), (900, 10_000), (1200, 0)]
    assert room.standing().policy == "drain"


def test_r3_36_a_failure_on_the_staged_way_back_ends_it_at_once(room: ControlRoom) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    room.desk.advance(actor=ANNA, reason="go on")
    room.desk.rollback(is_staged=True, actor=ANNA, reason="the old version is cold")
    tick(room, ScriptedEyes(bad=90), Phase.ROLLING_BACK)
    assert room.standing().share == 0


def test_r3_36_is_refused_for_a_failure_of_correctness(room: ControlRoom) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    tick(room, ScriptedEyes(bad=90), Phase.ROLLING_BACK)
    with pytest.raises(Refused, match="errors has failed, which is latched"):
        room.desk.rollback(is_staged=True, actor=ANNA, reason="gently")


def test_r3_27_the_people_on_call_are_told_and_the_delivery_is_recorded(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook() as receiver, mail_server() as (mail_url, mails):
        for name, value in (("NOTIFY_WEBHOOK_URL", receiver.url), ("SMTP_URL", mail_url),
                            ("NOTIFY_WEBHOOK_SECRET", SECRET),
                            ("NOTIFY_EMAIL_TO", "oncall@example.org")):  # fmt: skip
            monkeypatch.setenv(name, value)
        told = shell("notify", "oncall", "--reason", "R3 begins at 10")
    assert told.count("delivered") == 2
    assert receiver.bodies[0]["data"]["reason"] == "R3 begins at 10"
    assert "R3 begins at 10" in mails[0]
    assert room.sql("SELECT action FROM rollout_audit")[-1]["action"] == "notify"


def test_r3_27_a_receiver_that_is_away_is_told_as_such(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SLACK_URL", "http://127.0.0.1:1/nobody")
    with pytest.raises(CommandError, match="not everybody was told"):
        shell("notify", "oncall", "--reason", "R3 begins at 10")


@pytest.mark.parametrize("words", [
    ("rollout", "pause"), ("rollout", "promote"), ("rollout", "kill"), ("rollout", "rollback"),
    ("rollout", "start", "own"), ("notify", "oncall"), ("release", "tag", "v1"),
])  # fmt: skip
def test_every_lever_wants_a_reason(room: ControlRoom, words: tuple[str, ...]) -> None:
    with pytest.raises(GatehouseError, match=r"reason|nobody can be told"):
        shell(*words)


def test_the_audit_is_verified_at_the_shell(room: ControlRoom) -> None:
    room.submit()
    assert "no flaw" in shell("audit", "verify", "--forget")
    room.tamper("UPDATE rollout_audit SET actor = 'bob'")
    with pytest.raises(CommandError, match="not as it was written"):
        shell("audit", "verify")


def test_the_shell_follows_a_rollout_to_its_end_and_computes_its_verdicts_again(
    room: ControlRoom,
) -> None:
    room.submit()
    tick(room, ScriptedEyes(), Phase.RAMPING)
    tick(room, ScriptedEyes(bad=90), Phase.ROLLED_BACK)
    rollout = room.standing().id
    assert "failed    errors: " in shell("rollout", "watch")
    assert rollout in shell("rollout", "history")
    told = shell("rollout", "history", rollout, "--verdicts")
    assert "start  by anna (person): a better sentence" in told
    assert "rolling_back 0 %  by controller (engine): errors failed" in told
    assert "verdicts the same, 0 different" in shell("rollout", "replay", rollout)
    room.sql("UPDATE rollout_judgement SET evidence = to_jsonb(replace(evidence #>> '{}',"
             " '\"verdict\":\"fail\"', '\"verdict\":\"pass\"'))")  # fmt: skip
    with pytest.raises(CommandError, match="do not follow from their evidence"):
        shell("rollout", "replay", rollout)


def test_a_plan_is_told_with_its_times_and_refused_where_it_can_show_nothing(
    room: ControlRoom,
) -> None:
    told = shell("rollout", "plan", "R1", "--per-hour", "5000")
    assert "R1: 3 steps" in told
    with pytest.raises(GatehouseError, match="cannot reach a verdict"):
        shell("rollout", "plan", "R1", "--per-hour", "2")
    assert len(plans.load(shell("rollout", "plan", "R1", "--text")).steps) == 3
