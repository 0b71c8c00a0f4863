"""The folder in which the processes of one server share their figures."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def fresh(data: Path) -> Iterator[Path]:
    """An empty folder, announced in the environment, removed at the end."""
    base = data.absolute() / "metrics"
    base.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=base))
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget(pid: int) -> None:
    """The live gauges of a dead process count no more; its totals stay."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _remove_abandoned(base: Path) -> None:
    for folder in base.iterdir():
        owner = folder.name.split("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    with suppress(PermissionError):  # it lives, and is not ours
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
