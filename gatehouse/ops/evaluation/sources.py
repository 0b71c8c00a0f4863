"""Reading the files that are measured on: JSON lines and JSON, plain or gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any

Fields = Mapping[str, type | UnionType]  # what must be in an object, and of which type


class EvaluationError(ValueError):
    """The data or the options do not fit; the text tells a person what to change."""


def read_text(path: Path) -> str:
    """The whole text, unzipped if its name ends in .gz. Raises EvaluationError."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8") as file:
                return file.read()
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as trouble:
        raise EvaluationError(f"{path} cannot be read: {trouble}") from trouble


def read_json(path: Path) -> Any:
    """The parsed file. Raises EvaluationError."""
    return _parsed(read_text(path), str(path))


def read_json_lines(path: Path, fields: Fields | None = None) -> Iterator[dict[str, Any]]:
    """One object per line; empty lines are skipped. Raises EvaluationError naming the line."""
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            where = f"{path}, line {number},"
            yield checked(_parsed(line, where), where, fields or {})


def checked(found: object, where: str, fields: Fields) -> dict[str, Any]:
    """The object, if it is one with these fields. Raises EvaluationError saying where."""
    if not isinstance(found, dict):
        raise EvaluationError(f"{where} is no JSON object")
    for name, wanted in fields.items():
        if name not in found:
            raise EvaluationError(f"{where} has no `{name}`")
        if not isinstance(found[name], wanted):
            raise EvaluationError(f"{where} has a `{name}` that is no {_named(wanted)}")
    return found


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise EvaluationError(f"{where} is not JSON that can be read: {trouble}") from trouble


def _named(wanted: type | UnionType) -> str:
    names: Mapping[object, str] = {str: "text", list: "list", dict: "object", int: "number"}
    kinds = getattr(wanted, "__args__", (wanted,))
    return " or ".join(names.get(kind, "null") for kind in kinds)
