"""`gatehouse serve`: up, kept up, and gone without a trace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True, slots=True)
class Running:
    """A server under test, its data folder and address."""

    process: subprocess.Popen[str]
    data: Path
    url: str

    def tell(self, path: str = "/") -> str:
        return httpx.get(f"{self.url}{path}", timeout=5).text

    def workers(self) -> set[int]:
        return {int(self.tell().split()[0]) for _ in range(12)}

    def family(self) -> list[psutil.Process]:
        return [*psutil.Process(self.process.pid).children(recursive=True)]

    def postmaster(self) -> int:
        pid_file = self.data / "postgres" / "cluster" / "postmaster.pid"
        return int(pid_file.read_text().split()[0])


def start(data: Path, port: int, *words: str) -> subprocess.Popen[str]:
    settings = {"GATEHOUSE_DATA": str(data), "WEB_PORT": str(port), "WEB_WORKERS": "2"}
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("GATEHOUSE_", "DATABASE_"))}
    path = os.pathsep.join([str(APPS), str(Path.cwd())])
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", *words],
        env={**kept, **settings, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def server(data: Path, free_port: int) -> Iterator[Running]:
    process = start(data, free_port, "--app", "tiny_app:app")
    assert process.stdout
    assert "Gatehouse is at" in process.stdout.readline()
    threading.Thread(target=process.stdout.read, daemon=True).start()
    running = Running(process, data, f"http://127.0.0.1:{free_port}")
    yield running
    process.send_signal(signal.SIGINT)
    process.wait(15)


def eventually(is_so: Callable[[], bool], *, seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return so


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_everything_that_was_started(server: Running, number: int) -> None:
    family = server.family()
    assert len(family) > 8  # two workers, the database and its helpers
    server.process.send_signal(number)
    assert server.process.wait(15) == 0
    assert eventually(lambda: all(is_gone(process) for process in family), seconds=2)
    assert not list((server.data / "metrics").iterdir())


def test_a_request_under_way_is_answered_before_the_end(server: Running) -> None:
    answers: list[str] = []
    visitor = threading.Thread(target=lambda: answers.append(server.tell("/slow")))
    visitor.start()
    assert eventually(lambda: _has_visitor(server))
    server.process.send_signal(signal.SIGTERM)
    visitor.join()
    assert answers
    assert server.process.wait(15) == 0


def _has_visitor(server: Running) -> bool:
    established = [
        c for p in server.family() if p.name() != "postgres" for c in p.net_connections("tcp")
    ]
    return any(c.status == psutil.CONN_ESTABLISHED for c in established)


def test_killed_workers_and_a_killed_database_come_back(server: Running) -> None:
    before, postmaster = server.workers(), server.postmaster()
    folder = server.tell().split()[1]
    for pid in (*before, postmaster):
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: _is_renewed(server, before))
    assert eventually(lambda: server.postmaster() != postmaster)
    assert server.tell().split()[1] == folder  # the figures of the dead still count


def _is_renewed(server: Running, before: set[int]) -> bool:
    try:
        now = server.workers()
    except httpx.TransportError:
        return False
    return len(now) == 2 and not now & before


def test_a_killed_parent_leaves_no_worker_and_a_free_port(server: Running, free_port: int) -> None:
    workers = [psutil.Process(pid) for pid in server.workers()]
    server.process.kill()
    server.process.wait()
    again = start(server.data, free_port, "--app", "tiny_app:app")
    assert again.stdout
    assert "Gatehouse is at" in again.stdout.readline()
    assert eventually(lambda: all(is_gone(worker) for worker in workers))
    again.send_signal(signal.SIGINT)
    assert again.wait(15) == 0


def test_an_application_that_cannot_start_ends_the_server_with_code_1(
    data: Path, free_port: int
) -> None:
    process = start(data, free_port, "--app", "tiny_app:broken")
    output = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert "no lifespan today" in output
