"""Small files that steer a process: read with bounds, replaced in one step."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

MOST_BYTES: Final = 1_000_000


def read_json(path: Path) -> Any:
    """What the file says. Never waits, whatever stands at the path, and never reads without end.

    Raises OSError (also for what is no ordinary file, or is too large), ValueError.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError("it is no ordinary file")
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(f"it is larger than {MOST_BYTES} bytes")
    try:
        return json.loads(content)
    except RecursionError as deep:
        raise ValueError("it is nested too deeply") from deep


def put_in_place(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Writes it in one step: nobody ever reads half of it, and nothing is left of a failed try.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft: Path | None = None
    try:
        with NamedTemporaryFile("w", dir=path.parent, delete=False) as opened:
            draft = Path(opened.name)
            opened.write(text)
        draft.chmod(mode)
        draft.replace(path)
    except OSError:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise
