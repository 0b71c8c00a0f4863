"""The tables of number-parser: numbers written out in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from gatehouse.ops.evaluation.sources import EvaluationError, read_text
from gatehouse.ops.evaluation.values_cases import Expected, Outcome, judged
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Kind, Settings

_NOW = datetime(2019, 3, 1, tzinfo=UTC)


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged rows of a file named number_parser_<language>_….csv."""
    language = cast(Language, path.name.split("_")[2])
    for row in csv.DictReader(io.StringIO(read_text(path))):
        if not row.get("text") or not row.get("number"):
            raise EvaluationError(f"{path} lacks a `text` or a `number` in a row")
        text = row["text"].strip()
        found = find(text, Settings(language, _NOW), kinds=(Kind.NUMBER,))
        wanted = [Expected((float(row["number"]),), 0, len(text))]
        yield judged((f"number words {language}",), text, wanted=wanted, found=found)
