"""The last snapshot known to be true, signed, on disk: for a start while the database is away."""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from gatehouse.observe import journal
from gatehouse.rollout.small_file import put_in_place, read_json
from gatehouse.rollout.snapshot import from_text, to_text
from gatehouse.rollout.types import Control

FILE: Final = "control.json"
PURPOSE: Final = b"gatehouse control snapshot 1"


class LastKnown:
    """The file of one instance; its processes write over each other, which harms nobody.

    `key` signs it: whoever can write the folder but does not know the key cannot choose versions.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / FILE
        self._key = hmac.new(key.encode(), PURPOSE, sha256).digest()

    def read(self) -> Control | None:
        """None where there is no such file, or it cannot be trusted."""
        try:
            told = read_json(self._path)
            text = str(told["control"])
            if not hmac.compare_digest(str(told["signature"]), self._signature(text)):
                raise ValueError("its signature is wrong")
            return from_text(text)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            journal.event("control_file_refused", message=f"{self._path}: {wrong}", level="ERROR")
            return None

    def write(self, control: Control) -> None:
        """In one step: nobody ever reads half of it. A full disk is told, and harms nobody."""
        text = to_text(control)
        told = json.dumps({"control": text, "signature": self._signature(text)})
        try:
            put_in_place(self._path, told)
        except OSError as trouble:
            journal.event("control_file_unwritten", message=str(trouble), level="WARNING")

    def age_seconds(self, now: float) -> float:
        """Since it was last written (`now`: seconds since 1970); infinite where there is none."""
        with suppress(OSError):
            return now - self._path.stat().st_mtime
        return float("inf")

    def _signature(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), sha256).hexdigest()
