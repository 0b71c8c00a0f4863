"""What visitors sent and what they were promised, on disk before the next step is taken."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["sent", "acked", "replied", "refused", "odd"]


@dataclass(frozen=True, slots=True)
class Event:
    """`sent`: left the visitor; `acked`: the server promised to have it; `replied`: the answer.

    `refused`: a status that allows to try again; `odd`: a status that should not have been.
    """

    kind: Kind
    key: str
    session: str
    detail: str = ""


class History:
    """An append-only file of events, each synced to disk before `note` returns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+", encoding="utf-8")

    def note(self, kind: Kind, key: str, *, session: str, detail: str = "") -> None:
        self._file.write(json.dumps([kind, key, session, detail]) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def events(self) -> Iterator[Event]:
        self._file.seek(0)
        for line in self._file:
            kind, key, session, detail = json.loads(line)
            yield Event(kind, key, session, detail)

    def keys(self, kind: Kind) -> set[str]:
        """The messages to which this happened at least once."""
        return {event.key for event in self.events() if event.kind == kind}

    def close(self) -> None:
        self._file.close()
