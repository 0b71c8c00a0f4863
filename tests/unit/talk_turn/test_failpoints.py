"""Failpoints kill in the laboratory and nowhere else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

CODE = """
from gatehouse.talk.failpoints import is_mutant, reach
for _ in range(3):
    reach("after_llm")
    print("passed", is_mutant("no_claim"), flush=True)
"""


def _run(**environment: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split("\n")[:-1]


def test_nothing_happens_outside_the_laboratory() -> None:
    outcome = _run(FAILPOINT="after_llm:kill", MUTANT="no_claim")
    assert outcome == (0, ["passed False"] * 3)


@pytest.mark.parametrize(("armed", "passes"), [("after_llm:kill", 0), ("after_llm:kill:3", 2)])
def test_an_armed_place_kills_at_its_visit(armed: str, passes: int) -> None:
    code, lines = _run(LAB="1", FAILPOINT=armed)
    assert code == -signal.SIGKILL
    assert len(lines) == passes


def test_a_mutant_is_switched_on_by_name() -> None:
    assert _run(LAB="1", MUTANT="no_claim") == (0, ["passed True"] * 3)
