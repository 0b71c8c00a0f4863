"""A real Redis of our own, on a free port, that tests may kill, freeze and flush."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gatehouse.resilience.redis_link import Patience

PATIENT = Patience(connect=10, operation=10)  # a busy machine makes no test fail
PROGRAM = shutil.which("redis-server")
SECONDS_TO_START = 20.0


@dataclass(slots=True)
class RedisServer:
    """`start` may be called again after `kill`: the same port, nothing kept."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Raises TimeoutError if it does not answer in time."""
        assert PROGRAM is not None, "redis-server is not installed"
        options = ("--save", "", "--appendonly", "no", "--bind", "127.0.0.1")
        self.process = subprocess.Popen(
            [PROGRAM, "--port", str(self.port), *options, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            with suppress(OSError):
                if self.say(b"PING").startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        raise TimeoutError(f"Redis does not answer on port {self.port}")

    def say(self, *words: bytes) -> bytes:
        """One command by a connection of its own; the start of the answer as it is on the line."""
        request = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(request)
            return line.recv(65536)

    def flush(self) -> None:
        self.say(b"FLUSHALL")

    def freeze(self) -> None:
        """Holds its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Gone at once; safe to call again."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None, "not started"
        os.kill(self.process.pid, number)


@contextmanager
def running(folder: Path) -> Iterator[RedisServer]:
    """A server; skips the test by name where redis-server is not installed."""
    if PROGRAM is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(_free_port(), folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
