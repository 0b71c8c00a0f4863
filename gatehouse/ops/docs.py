"""The documents that are written out from the code: settings, metrics, objectives, API."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gatehouse.base.inventory import Row, rows
from gatehouse.base.values import KINDS
from gatehouse.ops.openapi_text import api_lines

FOLDER: Final = Path("docs")
APP: Final = "gatehouse.web.asgi"


def settings_page() -> str:
    """docs/settings.md: what can be set; the values of this machine do not matter."""
    defaults = rows({})
    return "\n".join(
        [
            "# Settings",
            "",
            "Written out by `gatehouse docs` from `gatehouse/base/config.py`.",
            "",
            "Values come from the environment, or, for each `NAME`, from the file whose path is in"
            " `NAME_FILE`; setting both is an error, and an empty value counts as not set. A value"
            " that is not allowed stops the start with one line that names the variable."
            " `gatehouse settings` shows what is in force and where it comes from.",
            "",
            *(f"- **{kind}**: {meaning}." for kind, meaning in KINDS.items()),
            "",
            "| variable | default | allowed | changes | meaning |",
            "|---|---|---|---|---|",
            *map(_setting_line, defaults),
            "",
        ]
    )


def _setting_line(row: Row) -> str:
    value = ",".join(row.value) if isinstance(row.value, list) else str(row.value)
    shown = {"True": "`true`", "False": "`false`", "": "empty"}.get(value, f"`{value}`")
    return f"| `{row.name}` | {shown} | {row.allowed} | {row.kind} | {row.description} |"


def metrics_page() -> str:
    """docs/metrics.md, as the meters describe themselves."""
    from gatehouse.observe import meters

    return meters.render_docs()


def objectives_page() -> str:
    """docs/objectives.md, as the objectives describe themselves."""
    from gatehouse.observe import objectives

    return objectives.render_docs()


def api_page() -> str:
    """docs/api.md from the OpenAPI description of the application."""
    os.environ["LOG_FILE"] = "-"  # writing documents leaves no log behind
    described = importlib.import_module(APP).app.openapi()
    return "\n".join(
        [
            "# HTTP API",
            "",
            "Written out by `gatehouse docs` from the application's OpenAPI description, which a"
            " running instance serves at `/api/openapi.json`."
            " Errors are `application/problem+json`.",
            "",
            *api_lines(described),
        ]
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "objectives.md": objectives_page,
    "api.md": api_page,
}


def stale(folder: Path = FOLDER) -> list[Path]:
    """The documents that differ from what the code says."""
    return [folder / name for name, page in PAGES.items() if _differs(folder / name, page())]


def write(folder: Path = FOLDER) -> list[Path]:
    """Writes the documents that are stale; returns them."""
    changed = []
    for name, page in PAGES.items():
        if _differs(folder / name, text := page()):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
            changed.append(folder / name)
    return changed


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text() != text
