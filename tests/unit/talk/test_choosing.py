"""The share of the prompt-driven handler: the same draw everywhere, and nobody moved by a raise."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import sqrt
from typing import Any, Literal, cast
from uuid import UUID

import pytest

from gatehouse.talk.choosing import Choice, arm_of, bucket, is_drawn, version_of
from gatehouse.talk.types import Handler, Thread
from gatehouse.understanding.types import DialogueState

IDS = [UUID(int=random.Random(7).getrandbits(128) ^ (n << 64)) for n in range(100_000)]
SHARES = (5, 10, 50, 100)
# Stored conversations depend on these: a change of hash or salt must be a decision.
GOLDEN = {
    "00000000-0000-0000-0000-000000000000": 751,
    "7fc9bd96-3e25-492f-9d43-aad6b160571e": 6613,
    "ffffffff-ffff-ffff-ffff-ffffffffffff": 6474,
}


class Named:
    """A handler of which only the name counts."""

    def __init__(self, name: Literal["rules", "prompted"], version: str | None = None) -> None:
        self.name = name
        if version is not None:
            self.version = version


RULES = cast(Handler, Named("rules"))
PROMPTED = cast(Handler, Named("prompted", "p-1"))


def choice(percent: int, prompted: Handler | None = PROMPTED) -> Choice:
    return Choice(RULES, prompted, lambda: percent)


def thread(conversation: UUID, turn_no: int = 1, arm: Any = "stable") -> Thread:
    return Thread(conversation, 1, turn_no, DialogueState(), (), arm)


@pytest.mark.parametrize("conversation", GOLDEN)
def test_the_draw_of_a_known_conversation_never_changes(conversation: str) -> None:
    assert bucket(UUID(conversation)) == GOLDEN[conversation]


@pytest.mark.parametrize("percent", SHARES)
def test_the_share_drawn_is_the_share_asked_for(percent: int) -> None:
    expected = len(IDS) * percent / 100
    band = 4 * sqrt(expected * (1 - percent / 100))
    assert abs(sum(is_drawn(each, percent) for each in IDS) - expected) <= band


def test_who_is_in_a_share_stays_when_it_grows() -> None:
    assert _flips(is_drawn) == 0


def test_a_draw_that_looks_at_the_share_is_noticed() -> None:
    def shifting(conversation: UUID, percent: int) -> bool:
        return bucket(UUID(int=conversation.int ^ percent)) < percent * 100

    assert _flips(shifting) > 0


def _flips(drawn: Callable[[UUID, int], bool]) -> int:
    steps = pairwise(SHARES)
    return sum(drawn(each, low) and not drawn(each, high) for low, high in steps for each in IDS)


def test_every_process_draws_alike_whatever_its_hash_seed() -> None:
    code = (
        "import random; from uuid import UUID; from gatehouse.talk.choosing import bucket;"
        "dice = random.Random(11);"
        "print([bucket(UUID(int=dice.getrandbits(128))) for _ in range(50)])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(told) == 1


def test_raising_the_share_moves_no_running_conversation() -> None:
    for each in IDS[:200]:
        first = choice(10)(thread(each))
        assert choice(100)(thread(each, 2, arm_of(first))) is first


def test_lowering_the_share_moves_none_either() -> None:
    for each in IDS[:200]:
        first = choice(50)(thread(each))
        assert choice(5)(thread(each, 2, arm_of(first))) is first


@pytest.mark.parametrize("moved", [choice(0), choice(100, None)])
def test_no_share_or_no_model_moves_all_of_them_for_good(moved: Choice) -> None:
    running = thread(IDS[0], 2, "canary")
    assert moved(running) is RULES
    back = replace(running, turn_no=3, arm=arm_of(RULES))
    assert choice(100)(back) is RULES


def test_the_share_is_looked_at_in_every_turn() -> None:
    share = [100]
    live = Choice(RULES, PROMPTED, lambda: share[0])
    assert live(thread(IDS[0])) is PROMPTED
    share[0] = 0
    assert live(thread(IDS[0], 2, "canary")) is RULES


def test_a_conversation_is_stored_with_the_version_that_answered_it() -> None:
    assert (version_of(PROMPTED), version_of(RULES)) == ("p-1", "rules")
