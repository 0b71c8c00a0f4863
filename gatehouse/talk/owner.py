"""Who holds a lease: tokens that name this process, and which processes of this host are dead."""

from __future__ import annotations

import os
import secrets
import socket
from hashlib import blake2b
from itertools import count
from pathlib import Path


class Owner:
    """Makes lease tokens "host:boot:pid:start:random:n" and judges those of other processes."""

    def __init__(self) -> None:
        pid = os.getpid()
        self.host = _host_id()
        self._boot = _boot_id()
        self.prefix = f"{self.host}:{self._boot}:{pid}:{_started(pid)}:{secrets.token_hex(4)}:"
        self._numbers = count(1)
        self._active: set[str] = set()

    def take(self) -> str:
        """A new token, alive until `drop`."""
        token = f"{self.prefix}{next(self._numbers)}"
        self._active.add(token)
        return token

    def drop(self, token: str) -> None:
        """The work under this token ended, or never began."""
        self._active.discard(token)

    def is_dead(self, token: str | None) -> bool:
        """True only if the holder certainly no longer works: the epoch fences it anyway."""
        if token is None or not token.startswith(f"{self.host}:"):
            return False
        if token.startswith(self.prefix):
            return token not in self._active
        parts = token.split(":")
        if len(parts) != 6 or not parts[2].isdigit():
            return False
        return parts[1] != self._boot or _started(int(parts[2])) != parts[3]


def _host_id() -> str:
    """Differs between machines and between containers, whose process numbers mean nothing here."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return blake2b(f"{socket.gethostname()} {space}".encode(), digest_size=6).hexdigest()


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")[:12]
    except OSError:
        return "unknown"


def _started(pid: int) -> str:
    """When the process began, in ticks since boot; "" if there is none, or only its corpse."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] in "ZX" else after_name[19]
