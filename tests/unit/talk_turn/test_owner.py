"""Leases name their holder so that the dead are known."""

from __future__ import annotations

import os
import subprocess
import sys

from gatehouse.talk.owner import Owner


def test_a_token_in_use_is_alive_and_a_dropped_one_is_dead() -> None:
    owner = Owner()
    token = owner.take()
    assert not owner.is_dead(token)
    owner.drop(token)
    assert owner.is_dead(token)


def test_another_living_process_is_not_dead() -> None:
    code = "from gatehouse.talk.owner import Owner; print(Owner().take(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        token = other.stdout.readline().strip()
        assert not Owner().is_dead(token)
        other.kill()
    assert Owner().is_dead(token)


def test_a_process_number_used_again_is_dead() -> None:
    host, boot, _, started, *rest = Owner().take().split(":")
    reused = ":".join([host, boot, str(os.getppid()), f"{started}0", *rest])
    assert Owner().is_dead(reused)


def test_what_cannot_be_judged_is_not_dead() -> None:
    for token in (None, "", "nonsense", "other-host:b:1:1:r:1", f"{Owner().host}:odd"):
        assert not Owner().is_dead(token)


def test_tokens_differ() -> None:
    owner = Owner()
    assert len({owner.take() for _ in range(100)}) == 100
