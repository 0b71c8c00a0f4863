"""Processes of one machine: start, pin to a core, read CPU time and memory, and end them all."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).resolve().parent.parent


class NotUp(Exception):
    """A server did not answer in time; the message ends with the tail of its log."""


def spawn(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a command in its own session, from the project's folder, output appended to `log`."""
    with log.open("ab") as sink:
        return subprocess.Popen(
            command, env=dict(env), cwd=ROOT, stdout=sink, stderr=sink, start_new_session=True
        )


def finish(process: subprocess.Popen[bytes], *, seconds: float = 10) -> None:
    """Asks a process to end, then ends it and whatever of its session is left."""
    session = members(process.pid)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    for pid in {*session, *members(process.pid)}:
        kill(pid)
    process.wait()


def kill(pid: int) -> None:
    """SIGKILL; a process that is already gone is fine."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def members(session: int) -> list[int]:
    """The living processes of one session, its leader included."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _stat(pid)[3:4] == [str(session)]]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for task in _tasks(pid):
        with suppress(OSError):
            children = (Path(f"/proc/{pid}/task/{task}/children")).read_text().split()
            for child in children:
                found += family(int(child))
    return found


def name_of(pid: int) -> str:
    """The short name of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def command_of(pid: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time that these processes have used."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) / TICKS_PER_SECOND


def rss_mb(pids: Iterable[int]) -> float:
    """Resident memory of these processes in megabytes; shared pages count for each."""
    pages = 0
    for pid in pids:
        with suppress(OSError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1e6


def pin(pids: Iterable[int], core: int) -> None:
    """Keeps these processes, with all their threads, on one core."""
    for pid in pids:
        for task in _tasks(pid):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(task, {core})


def favour(pids: Iterable[int]) -> None:
    """Before other work of this machine, as on one that serves alone; needs root, else nothing."""
    for pid in pids:
        with suppress(OSError):  # where sessions are scheduled as groups, the group counts
            Path(f"/proc/{pid}/autogroup").write_text("-10")
        for task in _tasks(pid):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, task, -10)


def free_port() -> int:
    """A port on which nothing listens, below those that the system lends to connections."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def await_http(url: str, *, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Returns once `url` answers 200. Raises NotUp when the process ends or time runs out."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
    raise NotUp(f"{url} does not answer\n{tail}")


def answers(url: str) -> bool:
    """Does this address answer 200 within two seconds?"""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tasks(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
    return []


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat behind the name: state, parent, group, session, …"""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return []
