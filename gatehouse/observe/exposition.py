"""The metrics of all worker processes as one: as text for scrapers, as samples for our report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import generate_latest as plain_text
from prometheus_client.openmetrics.exposition import generate_latest as open_text
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from gatehouse.observe import meter, shared_files

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
    registry = CollectorRegistry()
    registry.register(_Shared(folder))
    return registry


def shared_folder() -> Path | None:
    """Where several processes keep their values; None when there is only one."""
    path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(path) if path else None


class _Shared(Collector):
    """The files of all processes, read while nobody folds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        with shared_files.alone(self._folder):
            shared_files.fold_the_dead(self._folder)
            return shared_files.read(self._folder)
