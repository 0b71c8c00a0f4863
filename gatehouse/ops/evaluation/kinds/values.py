"""numbers, money, dates and phone numbers, against the cases of other value readers

PATH is a folder with the files, or files: recognizers_*.json, duckling_*.jsonl,
price_parser_*.jsonl, number_parser_*.csv.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation import (
    values_duckling,
    values_prices,
    values_recognizers,
    values_words,
)
from gatehouse.ops.evaluation.report import Figure, Report
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.ops.evaluation.values_cases import Outcome, errors, figures

TARGETS: Mapping[str, float] = {
    "numbers en": 0.97, "numbers tr": 0.97,
    "currency en": 0.95, "currency tr": 0.95,
    "price strings": 0.95,
    "Duckling amounts en": 0.95, "Duckling amounts ru": 0.95, "Duckling amounts tr": 0.95,
    "Duckling amounts uk": 0.95,
    "dates of a home seeker en": 0.90, "dates of a home seeker tr": 0.90,
}  # fmt: skip
_READERS: Mapping[str, Callable[[Path], Iterator[Outcome]]] = {
    "recognizers_": values_recognizers.outcomes,
    "duckling_": values_duckling.outcomes,
    "price_parser_": values_prices.outcomes,
    "number_parser_": values_words.outcomes,
}


def add_arguments(parser: ArgumentParser) -> None:
    """One or more paths."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")


def run(options: Mapping[str, Any]) -> Report:
    """The figures of all cases. Raises EvaluationError where there are none."""
    found = [o for path in _files(options["paths"]) for o in _outcomes(path)]
    if not found:
        raise EvaluationError("there are no files of values at this path")
    shown = (*figures(found, TARGETS), *_left_out(options["paths"]))
    return Report("values", shown, errors(found), [o.as_line() for o in found])


def _left_out(paths: Iterable[Path]) -> Iterator[Figure]:
    """Golds that cannot be judged: broken ones, and expressions that are not simple."""
    for path in _files(paths):
        if path.name.startswith("duckling_"):
            broken, others, count = values_duckling.left_out(path)
            yield Figure("left out: broken golds of Duckling", broken / count, count)
            yield Figure("left out: golds of Duckling that are not simple", others / count, count)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.iterdir()) if path.is_dir() else (path,)


def _outcomes(path: Path) -> Iterator[Outcome]:
    for start, read in _READERS.items():
        if path.name.startswith(start):
            yield from read(path)
