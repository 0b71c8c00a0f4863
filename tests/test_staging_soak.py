"""The staging soak of the rollout procedures runbook: `python tests/test_staging_soak.py`.

It is `gatehouse soak`: SOAK_DURATION (600 s; 48h) against SOAK_URL, a report, and an exit code by
the verdict. Under pytest it runs where SOAK_URL names a running instance, for a minute.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def soak(*words: str) -> int:
    """The exit code: 0 passed, 1 failed, 2 could not be run."""
    return subprocess.call([sys.executable, str(ROOT / "manage.py"), "soak", *words])


@pytest.mark.skipif(not os.environ.get("SOAK_URL"), reason="SOAK_URL names no running instance")
def test_the_instance_keeps_every_limit_for_a_minute() -> None:
    assert soak("--duration", os.environ.get("SOAK_DURATION") or "60s") == 0


if __name__ == "__main__":
    sys.exit(soak(*sys.argv[1:]))
