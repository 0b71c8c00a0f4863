"""The files in which worker processes keep their counts, and what becomes of a dead one's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

ESTATE = 0  # stands in a file's name for all processes that are gone; no worker has this id
KINDS = ("counter", "histogram")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One reader at a time, so that nobody counts while files are folded."""
    with (folder / "metrics.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read(folder: Path) -> Iterable[Metric]:
    """The sums over all files."""
    files = [str(file) for file in sorted(folder.glob("*.db"))]
    merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    return merged


def fold_the_dead(folder: Path) -> None:
    """Adds the counts of processes that are gone to one file, and drops their gauges.

    Without this each worker that ever died would cost every later scrape its own files.
    """
    gone = {pid for file in folder.glob("*_*.db") if (pid := _owner(file)) and not _lives(pid)}
    if not gone:
        return
    for kind in KINDS:
        files = [folder / f"{kind}_{pid}.db" for pid in sorted(gone)]
        _fold([file for file in files if file.exists()], folder / f"{kind}_{ESTATE}.db")
    for pid in gone:
        for file in folder.glob(f"*_{pid}.db"):
            file.unlink()


def _fold(files: list[Path], estate: Path) -> None:
    """Writes the sums beside the old file and replaces it at once."""
    if not files:
        return
    fresh = estate.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    old = [estate] if estate.exists() else []
    named = [str(file) for file in [*old, *files]]
    merged = MultiProcessCollector.merge(named, accumulate=False)  # type: ignore[no-untyped-call]
    _write(fresh, merged)
    fresh.replace(estate)


def _write(path: Path, metrics: Iterable[Metric]) -> None:
    sums = MmapedDict(str(path))  # type: ignore[no-untyped-call]
    for metric in metrics:
        for sample in metric.samples:
            names = list(sample.labels)
            values = [sample.labels[name] for name in names]
            key = mmap_key(metric.name, sample.name, names, values, metric.documentation)
            sums.write_value(key, sample.value, 0.0)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]


def _owner(file: Path) -> int:
    number = file.stem.rsplit("_", 1)[1]
    return int(number) if number.isdigit() else ESTATE


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
