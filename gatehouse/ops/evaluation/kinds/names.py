"""Cities, homes, streets, people and phones of the data that stand in the code: none may."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gatehouse
from gatehouse.ops.evaluation.data_names import names_in, search, words_of_names
from gatehouse.ops.evaluation.report import Figure, Report
from gatehouse.ops.evaluation.sources import EvaluationError, read_text

ORDINARY = Path(__file__).parent.parent / "ordinary_words.txt"


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate understanding names`."""
    parser.add_argument("paths", nargs="+", type=Path, help="data, .jsonl, .jsonl.gz or .csv")
    parser.add_argument(
        "--code",
        type=Path,
        default=Path(gatehouse.__file__).parent,
        help="folder that is searched; the whole of gatehouse if not given",
    )
    parser.add_argument(
        "--ordinary", type=Path, default=ORDINARY, help="words that are no names by themselves"
    )


def run(options: Mapping[str, Any]) -> Report:
    """Searches the code for every telling word of every name. Raises EvaluationError."""
    names = {name for path in options["paths"] for name in names_in(path)}
    if not names:
        raise EvaluationError("the data holds no names: a search for none would prove nothing")
    words = words_of_names(names, ordinary_words(options["ordinary"]))
    found = list(search(options["code"], words))
    return Report(
        title=f"names of the data in {options['code'].name}",
        figures=(
            Figure("names in the data", float(len(names)), len(names)),
            Figure("their telling words", float(len(words)), len(words)),
            Figure("of these, found", float(len(found)), len(words), target=0.0, is_limit=True),
        ),
        errors={str(one): 1 for one in found},
        predictions=[
            {"word": f.word, "name": f.name, "kind": f.kind, "file": f.file} for f in found
        ],
    )


def ordinary_words(path: Path) -> frozenset[str]:
    """The words of a file; what follows a # is a remark."""
    lines = (line.partition("#")[0] for line in read_text(path).splitlines())
    return frozenset(word for line in lines for word in line.split())
