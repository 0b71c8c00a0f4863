"""The metrics of all worker processes as one: as text for scrapers, as samples for our report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, multiprocess
from prometheus_client.exposition import generate_latest as plain_text
from prometheus_client.openmetrics.exposition import generate_latest as open_text
from prometheus_client.samples import Sample

from gatehouse.observe import meter

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def text() -> bytes:
    """Prometheus text, summed over the processes."""
    return plain_text(gather())


def openmetrics() -> bytes:
    """OpenMetrics 1.0, summed over the processes."""
    made: bytes = open_text(gather())  # type: ignore[no-untyped-call]
    return made


def samples(*names: str) -> Iterator[Sample]:
    """The samples of these metrics; a counter's name is given with its `_total`."""
    wanted = {name.removesuffix("_total") for name in names}
    for metric in gather().collect():
        if metric.name in wanted:
            yield from metric.samples


def gather() -> CollectorRegistry:
    """This process's registry, or one that adds up the shared files of all of them."""
    folder = shared_folder()
    if folder is None:
        return meter.REGISTRY
    forget_the_dead(folder)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry


def shared_folder() -> Path | None:
    """Where several processes keep their values; None when there is only one."""
    path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(path) if path else None


def forget_the_dead(folder: Path) -> None:
    """Drops the gauges of processes that are gone; their counts stay."""
    pids = {int(file.stem.rsplit("_", 1)[1]) for file in folder.glob("gauge_live*_*.db")}
    for pid in pids:
        if not Path(f"/proc/{pid}").exists() and not _is_alive(pid):
            multiprocess.mark_process_dead(pid, path=str(folder))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
