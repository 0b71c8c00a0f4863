"""The documents that are written out from the code: settings, metrics, API."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gatehouse.base.inventory import Row, rows
from gatehouse.base.values import KINDS

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
            *endpoint_lines(described),
        ]
    )


def endpoint_lines(described: Mapping[str, Any]) -> Iterator[str]:
    """One section for each path and method."""
    for path, methods in sorted(described["paths"].items()):
        for method, operation in methods.items():
            yield f"## `{method.upper()} {path}`"
            yield ""
            yield str(operation.get("description") or operation.get("summary", "")).strip()
            yield ""
            yield from _input_lines(operation, described)
            yield "Answers: " + ", ".join(_answers(operation, described)) + "."
            yield ""


def _input_lines(operation: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[str]:
    found = [
        (p["name"], p["in"], p.get("required", False), p["schema"], p.get("description", ""))
        for p in operation.get("parameters", ())
    ]
    body = _body_schema(operation, described)
    for name, schema in body.get("properties", {}).items():
        needed = name in body.get("required", ())
        found.append((name, "body", needed, schema, schema.get("description", "")))
    if not found:
        return
    yield "| field | in | needed | type | meaning |"
    yield "|---|---|---|---|---|"
    for name, place, needed, schema, meaning in found:
        kind = _type(schema).replace("|", "\\|")
        yield f"| `{name}` | {place} | {'yes' if needed else 'no'} | {kind} | {meaning} |"
    yield ""


def _body_schema(operation: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = {}
    for kind in content.values():
        schema = kind.get("schema", {})
    if (name := _reference(schema)) is not None:
        schema = described["components"]["schemas"][name]
    return schema


def _answers(operation: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in sorted(operation["responses"].items()):
        schemas = [c.get("schema", {}) for c in answer.get("content", {}).values()]
        names = [_type(schema) for schema in schemas if schema]
        yield f"{status} {answer.get('description', '')}".strip() + (
            f" ({', '.join(names)})" if names else ""
        )


def _type(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if (name := _reference(schema)) is not None:
        return name
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(option) for option in options))
    if "enum" in schema or "const" in schema:
        return ", ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _reference(schema: Mapping[str, Any]) -> str | None:
    return str(schema["$ref"]).rsplit("/", 1)[-1] if "$ref" in schema else None


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
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
