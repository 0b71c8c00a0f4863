"""A whole installation in a scratch folder: PostgreSQL, a simulated model, servers."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from gatehouse.base.errors import GatehouseError
from gatehouse.ops import postgres

START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 20.0
MODEL: Final = "sim"  # a good one; other names tell what is wrong with them
HOMES: Final = 120
# A third of a second for an answer, so that one that thinks 2 s longer stands out on any machine.
QUICK: Final = ("--think-ms=100", "--tokens-per-second=400")
_GATEHOUSE = "from gatehouse.web.command import main; main()"
_KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")


class DemoFailed(GatehouseError):
    """A part of the show did not start or a command of it did not work."""

    code, title = "demo-failed", "The demo cannot go on"


@dataclass(slots=True)
class Installation:
    """Processes of one scratch installation, on loopback."""

    folder: Path
    port: int
    model_port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """Limits out of the way: one machine plays hundreds of visitors."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        limits = ("SESSION", "USER", "IP", "SITE")
        return kept | {f"RATE_LIMIT_{each}": "100000" for each in limits} | {
            "RATE_LIMIT_NEW_SESSIONS": "1000000",
            "GATEHOUSE_DATA": str(self.data),
            "WEB_PORT": str(self.port),
            "WEB_WORKERS": "2",
            "LOG_FILE": str(self.folder / "app.log"),
            "LOG_LEVEL": "WARNING",
            "LLM_BASE_URL": f"http://127.0.0.1:{self.model_port}/v1",
            "LLM_API_KEY": "none",
            "LLM_MODEL": MODEL,
            "ROLLOUT_TICK_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def manage(self, *words: str) -> str:
        """Runs one `gatehouse` command to its end; what it printed. Raises DemoFailed."""
        done = subprocess.run(
            _command(words), env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            told = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
            raise DemoFailed(f"gatehouse {' '.join(words[:2])}: {told[-1]}")
        return done.stdout

    def start(self, *words: str, name: str) -> subprocess.Popen[bytes]:
        """Starts a command that stays; its words go to a file of its name."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                _command(words), env=self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def await_answer(self, url: str, process: subprocess.Popen[bytes]) -> None:
        """Raises DemoFailed."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
        raise DemoFailed(f"nothing answers at {url}; its words are in {self.folder}")

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in reversed(self.processes):
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def installed(*, port: int = 0, tell: Callable[[str], None]) -> Iterator[Installation]:
    """Everything running and ready; nothing of it is left afterwards. Raises DemoFailed."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-demo-"))
    folder.chmod(0o755)  # the database's own account must be able to pass
    here = Installation(folder, port or _free_port(), _free_port())
    try:
        tell("starting PostgreSQL, a simulated model and two server processes …")
        postgres.ensure(here.data)
        here.manage("migrate")
        here.manage("seed_listings", f"--count={HOMES}")
        model = here.start("simulate_model", f"--port={here.model_port}", *QUICK, name="model")
        here.await_answer(f"http://127.0.0.1:{here.model_port}/v1/models", model)
        server = here.start("serve", name="server")
        here.await_answer(f"{here.url}/readyz", server)
        yield here
    finally:
        here.stop()
        postgres.release(here.data)
        shutil.rmtree(folder, ignore_errors=True)


def invited(here: Installation) -> str:
    """The link by which one may choose a password for the account `demo`, an admin."""
    told = here.manage("staff", "add", "demo", "--role", "admin")
    found = re.search(r"https?://\S+", told)
    return found[0] if found else here.url + "/office/"


def _command(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-c", _GATEHOUSE, *words]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
