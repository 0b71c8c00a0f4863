"""Reading the files that are measured on: JSON lines and JSON, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class EvaluationError(ValueError):
    """The data or the options do not fit; the text tells a person what to change."""


def read_text(path: Path) -> str:
    """The whole text, unzipped if its name ends in .gz. Raises EvaluationError."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8") as file:
                return file.read()
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as trouble:
        raise EvaluationError(f"{path} cannot be read: {trouble}") from trouble


def read_json(path: Path) -> Any:
    """The parsed file. Raises EvaluationError."""
    try:
        return json.loads(read_text(path))
    except ValueError as trouble:
        if isinstance(trouble, EvaluationError):
            raise
        raise EvaluationError(f"{path} is not JSON: {trouble}") from trouble


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """One object per line; empty lines are skipped. Raises EvaluationError naming the line."""
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as trouble:
            raise EvaluationError(f"{path}, line {number}, is not JSON: {trouble}") from trouble
        if not isinstance(found, dict):
            raise EvaluationError(f"{path}, line {number}, is no JSON object")
        yield found
