"""An OpenAPI description as Markdown: endpoints first, then the shapes they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter or one field of a shape."""

    name: str
    place: str
    is_needed: bool
    schema: Described
    meaning: str


def api_lines(described: Described) -> Iterator[str]:
    """The whole page without its heading."""
    for path, methods in sorted(described["paths"].items()):
        for method, operation in methods.items():
            yield from (f"## `{method.upper()} {path}`", "")
            yield str(operation.get("description") or operation.get("summary", "")).strip()
            yield ""
            yield from _table(_inputs(operation, described))
            yield from (f"- {answer}" for answer in _answers(operation))
            yield ""
    yield from ("## Shapes", "")
    for name, schema in sorted(described.get("components", {}).get("schemas", {}).items()):
        yield from (f"### {name}", "", _one_line(schema.get("description", "")), "")
        yield from _table(list(_fields(schema, "")))


def _inputs(operation: Described, described: Described) -> list[Input]:
    parameters = [
        Input(
            each["name"],
            each["in"],
            each.get("required", False),
            each["schema"],
            each.get("description", ""),
        )
        for each in operation.get("parameters", ())
    ]
    return parameters + list(_fields(_body_schema(operation, described), "body"))


def _fields(schema: Described, place: str) -> Iterator[Input]:
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Input(name, place, name in needed, field, field.get("description", ""))


def _table(inputs: list[Input]) -> Iterator[str]:
    if not inputs:
        return
    has_place = any(each.place for each in inputs)
    yield (
        "| field | in | needed | type | meaning |"
        if has_place
        else ("| field | needed | type | meaning |")
    )
    yield "|---|---|---|---|---|" if has_place else "|---|---|---|---|"
    for each in inputs:
        cells = [f"`{each.name}`", *([each.place] if has_place else [])]
        cells += ["yes" if each.is_needed else "no", type_words(each.schema)]
        cells.append(_one_line(each.meaning))
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _body_schema(operation: Described, described: Described) -> Described:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Described = {}
    for kind in content.values():
        schema = kind.get("schema", {})
    if (name := _reference(schema)) is not None:
        schema = described["components"]["schemas"][name]
    return schema


def _answers(operation: Described) -> Iterator[str]:
    for status, answer in sorted(operation["responses"].items()):
        shapes = [type_words(kind["schema"]) for kind in answer.get("content", {}).values() if kind]
        what = _one_line(answer.get("description", "")).rstrip(".")
        shown = {"Successful Response": "done"}.get(what, what)
        named = [shape for shape in shapes if shape not in ("object", "any")]
        yield f"{status}: {shown}" + (f" ({', '.join(named)})" if named else "")


def type_words(schema: Described) -> str:
    """A JSON schema in a few words."""
    if (name := _reference(schema)) is not None:
        return name
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(map(type_words, options)))
    if "enum" in schema or "const" in schema:
        return ", ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _reference(schema: Described) -> str | None:
    return str(schema["$ref"]).rsplit("/", 1)[-1] if "$ref" in schema else None
