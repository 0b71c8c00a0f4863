"""docs/runbooks/rows.md names tests that exist, each with the id of its row in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "docs" / "runbooks" / "rows.md"
_ROW = re.compile(r"^\| (R[1-3]-\d\d) \|.*\| ([^|]+) \|$", re.MULTILINE)


def rows(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each row's id, and the files of its tests."""
    for row, files in _ROW.findall(text):
        yield row, tuple(re.findall(r"`([^`]+)`", files))


def lacking(text: str, root: Path = ROOT) -> list[str]:
    """Rows without a test, files that are not there, and files that do not name the row."""
    found = []
    for row, files in rows(text):
        found += [] if files else [f"{row}: no test"]
        found += [f"{row}: {name}" for name in files if not _names(root / name, row)]
    return found


def _names(file: Path, row: str) -> bool:
    text = file.read_text() if file.is_file() else ""
    return row in text or row.lower().replace("-", "_") in text


def test_every_row_has_tests_that_name_it() -> None:
    text = ROWS.read_text()
    assert lacking(text) == []
    ids = [row for row, _ in rows(text)]
    assert len(ids) == len(set(ids)) > 90
    assert ids == sorted(ids)


@pytest.mark.parametrize("files", ["`tests/none.py`", "`tests/runbooks/test_r1_cache.py`", "-"])
def test_a_row_without_its_test_is_noticed(files: str) -> None:
    assert lacking(f"| R1-99 | a row | `gatehouse x` | {files} |")
