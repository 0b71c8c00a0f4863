"""The key that signs staff sessions: given, or made once and kept."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from gatehouse.base.config import Settings


def signing_key(settings: Settings) -> str:
    """SECRET_KEY; where none is set and none is required, a random one kept in the data folder."""
    if given := settings.secret_key.get_secret_value():
        return given
    path = settings.gatehouse_data / "secret-key"
    if not path.exists():
        settings.gatehouse_data.mkdir(parents=True, exist_ok=True)
        _keep_secret(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _keep_secret(path: Path, text: str) -> None:
    """Two processes at once agree on one key: the link succeeds for the first only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
