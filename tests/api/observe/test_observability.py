"""/api/metrics/observability: R3's page of figures and objectives, for those who may look."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.api.observe.test_ops import LOCAL, STRANGER, get

PATH = "/api/metrics/observability"


async def test_r3_15_slo_compliance_is_an_object_and_silent_before_traffic() -> None:
    answer = await get(PATH)
    kept = answer.json()["slo_compliance"]
    assert answer.status_code == 200 and kept["overall"] == "no_data"
    assert {"schema", "persistence", "latency", "context", "sessions"} <= set(answer.json())


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed here")
async def test_r3_15_the_literal_jq_prints_an_object() -> None:
    body = (await get(PATH)).text
    told = subprocess.run(
        ["jq", ".slo_compliance"], input=body, capture_output=True, text=True, check=True
    )
    assert isinstance(json.loads(told.stdout), dict)


async def test_strangers_see_nothing_unless_they_have_the_token() -> None:
    assert (await get(PATH, address=STRANGER)).status_code == 404
    token = {"authorization": "Bearer token-of-the-operator"}
    assert (await get(PATH, address=STRANGER, **token)).status_code == 200
    assert (await get(PATH, address=LOCAL)).headers["cache-control"] == "no-store"
