"""R1-64: the process is documented, and every command of docs/rollout.md works as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import machine
from bench.product import Product, scratch
from gatehouse.rollout import book
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import Phase

pytestmark = pytest.mark.faults
DOCUMENT = machine.ROOT / "docs" / "rollout.md"
_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GATEHOUSE = f'gatehouse() {{ "{sys.executable}" "{machine.ROOT}/manage.py" "$@"; }}'
CALM = {f"RATE_LIMIT_{name}": "100000" for name in ("SESSION", "USER", "IP", "SITE")}


def blocks() -> list[str]:
    """The commands of the document, block by block."""
    return _BLOCK.findall(DOCUMENT.read_text("utf-8"))


@pytest.fixture(scope="module")
def walked() -> Iterator[tuple[Product, list[str]]]:
    """An installation in which the whole document was typed; what each block printed."""
    with scratch() as product:
        port, model_port = machine.free_port(), machine.free_port()
        settings = {
            **CALM,
            "RATE_LIMIT_NEW_SESSIONS": "100000",
            "LLM_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
            "LLM_API_KEY": "none",
            "LLM_MODEL": "sim",
            "ROLLOUT_TICK_SECONDS": "0.3",
        }
        env = product.environment(port) | settings
        command = [sys.executable, "manage.py", "simulate_model", f"--port={model_port}"]
        log = product.folder / "model.log"
        model = machine.spawn([*command, "--think-ms=5", "--tokens-per-second=0"], env=env, log=log)
        try:
            url = f"http://127.0.0.1:{model_port}/v1/models"
            machine.await_http(url, process=model, log=log, seconds=60)
            product.serve(port, workers=1, extra=settings).await_ready()
            told = [typed(block, product.folder, env, port) for block in blocks()]
            yield product, told
        finally:
            machine.finish(model)


def typed(block: str, folder: Path, env: dict[str, str], port: int) -> str:
    """What one block prints; it must end well."""
    text = block.replace(
        "gatehouse visitors ", f"gatehouse visitors --url http://127.0.0.1:{port} "
    )
    script = f"set -euo pipefail\n{_GATEHOUSE}\n{text}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_r1_64_every_command_of_the_document_works(walked: tuple[Product, list[str]]) -> None:
    _, told = walked
    assert len(told) == len(blocks()) >= 10
    assert any("warmer" in each for each in told)


def test_r1_64_the_good_change_completes_and_the_bad_one_is_taken_back(
    walked: tuple[Product, list[str]],
) -> None:
    product, _ = walked
    with connecting(product.database_url)() as visit:
        by_hand, bad, good = book.newest(visit, 3)
        stable = book.pointed(visit)
    assert good.phase is Phase.COMPLETED
    assert stable == good.canary_version
    assert bad.phase is Phase.ROLLED_BACK
    assert bad.failure is not None
    assert by_hand.phase is Phase.ROLLED_BACK
    assert by_hand.failure is None


def test_r1_64_a_command_that_does_not_work_is_noticed(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "GATEHOUSE_DATA": str(tmp_path)}
    with pytest.raises(AssertionError, match="invalid choice"):
        typed("gatehouse kill away", tmp_path, env, 1)
