"""A controller's process that is killed between two writes; another one goes on."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gatehouse.rollout import verifying
from gatehouse.rollout.audit import own_key
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.types import RULES, Phase
from tests.store.rollout.control_room import ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes

PROGRAM = """
import os
from tests.store.rollout.control_room import ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes
from gatehouse.base.config import load
from gatehouse.rollout.controller import Controller
room = ControlRoom(os.environ["ROOM"], load())
controller = Controller(room.connect, room.settings, ScriptedEyes(bad=90))
for _ in range(20):
    room.follow()
    controller.tick()
"""
SIGKILLED = -9


@pytest.mark.parametrize(("place", "visits"), [("after_pointer", 3), ("after_commit", 3)])
def test_a_killed_process_leaves_a_whole_move_or_none(clean: str, place: str, visits: int) -> None:
    """Its third move takes everybody back. The lock goes with the connection."""
    room = ControlRoom.of(clean)
    room.submit()
    died = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={
            **os.environ,
            "ROOM": clean,
            "LAB": "1",
            "FAILPOINT": f"rollout.{place}:kill:{visits}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert died.returncode == SIGKILLED, died.stderr
    with room.connect() as connection:
        assert not verifying.verify(connection, [own_key()]).flaws
    after = Controller(room.connect, room.settings, ScriptedEyes(), clock=room.clock)
    for _ in range(100):
        room.follow()
        after.tick()
        if room.standing().phase is Phase.ROLLED_BACK or room.standing().observing_since:
            break
    after.close()
    was_committed = place == "after_commit"
    assert (room.standing().phase is Phase.ROLLED_BACK) == was_committed
    assert room.pointed in (None, RULES)
