"""Where log lines go: a file that may be rotated away, and a standard output that may stall."""

from __future__ import annotations

import os
import select
from pathlib import Path
from typing import Protocol

LOOK_AGAIN_SECONDS = 1.0


class Sink(Protocol):
    """Takes whole lines. Raises OSError if they could not be written."""

    name: str

    def write(self, lines: bytes, monotonic: float) -> None: ...


class FileSink:
    """Appends with one write a call, so that several processes never mix their lines.

    Looks once a second whether the file is still the one under its path, and opens a new one
    when a rotation took it away.
    """

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1
        self._inode = 0
        self._look_at = 0.0

    def write(self, lines: bytes, monotonic: float) -> None:
        if monotonic >= self._look_at:
            self._look_at = monotonic + LOOK_AGAIN_SECONDS
            self._reopen_if_gone()
        if self._fd < 0:
            raise OSError("the log file cannot be opened")
        os.write(self._fd, lines)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _reopen_if_gone(self) -> None:
        if self._fd >= 0 and self._inode == _inode_of(self._path):
            return
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._inode = os.fstat(self._fd).st_ino


class StdoutSink:
    """Writes to file descriptor 1, but never waits for a reader that has stopped reading.

    Lines are at most PIPE_BUF long (see journal.LINE_BYTES), so a pipe that is writable at all
    takes each of them whole.
    """

    name = "stdout"

    def __init__(self, fd: int = 1) -> None:
        self._fd = fd
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)

    def write(self, lines: bytes, monotonic: float) -> None:
        ready = self._poll.poll(0)
        if not ready or not ready[0][1] & select.POLLOUT:
            raise BlockingIOError("nobody reads the standard output")
        os.write(self._fd, lines)


def _inode_of(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
