"""R3: the staging soak, as script and as test; each test is named by its row of the catalogue."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from gatehouse.ops.simulator.serving import serving
from gatehouse.rollout.passes import HEADER, Passes
from tests.unit.ops.visitors.house import House

ROOT = Path(__file__).parents[2]
KEY = "9f2c7a51e8b04d63a1f5c0d7e4b8263f9f2c7a51e8b04d63"


@asynccontextmanager
async def standing(house: House) -> AsyncIterator[str]:
    async with serving(cast(Any, house.app)) as address:
        yield address.removesuffix("/v1")


async def soak(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """The script of the runbook, as the runbook calls it."""
    environ = {**os.environ, "SOAK_URL": url, "SOAK_DURATION": "1", "GATEHOUSE_DATA": str(folder),
               "CANARY_SIGNING_KEY": KEY}  # fmt: skip
    command = [
        sys.executable,
        "tests/test_staging_soak.py",
        "--pause",
        "0",
        "--most",
        "60s",
        "--strict",
    ]
    return await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def report_of(folder: Path) -> dict[str, Any]:
    (path,) = (folder / "soak").glob("soak-*.json")
    told: dict[str, Any] = json.loads(path.read_text())
    return told


async def test_r3_03_a_good_house_passes_and_the_report_says_so(tmp_path: Path) -> None:
    house = House()
    async with standing(house) as url:
        ended = await soak(tmp_path, url)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = report_of(tmp_path)
    assert told["verdict"] == "passed"
    assert {measure["name"]: measure["is_kept"] for measure in told["measures"]}["context_kept"]
    assert {3, 5, 10} <= set(house.turns.values())
    passes = {each[HEADER] for each in house.headers}
    assert len(passes) == 1
    found = Passes(KEY).check(passes.pop())
    assert found is not None
    assert (found.arm, found.traffic) == ("canary", "soak")  # outside of every statistic


async def test_r3_03_a_forgetful_house_fails_and_the_report_says_why(tmp_path: Path) -> None:
    """The negative control: what is broken on purpose never passes."""
    async with standing(House(forgets=True)) as url:
        ended = await soak(tmp_path, url)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    told = report_of(tmp_path)
    assert told["verdict"] == "failed"
    assert "context_kept" in {each["name"] for each in told["breaches"]}
