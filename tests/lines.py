"""A sink of the journal that remembers what it was given."""

from __future__ import annotations

import json
from typing import Any

from gatehouse.observe import journal


class Lines:
    """Use as `journal.use(Journal(sinks=(Lines(),)))`."""

    name = "file"

    def __init__(self) -> None:
        self._written = b""

    def write(self, lines: bytes, monotonic: float) -> None:
        self._written += lines

    @property
    def text(self) -> str:
        """All lines so far, also those that would be written at the end of this step."""
        journal.flush()
        return self._written.decode()

    def events(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines of one event."""
        entries = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [entry for entry in entries if entry["event"] == name]
