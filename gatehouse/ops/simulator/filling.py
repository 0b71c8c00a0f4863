"""A value that follows a JSON schema: the smallest one, always the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 12
_BY_FORMAT = {
    "date": "2026-01-15",
    "date-time": "2026-01-15T12:00:00Z",
    "time": "12:00:00Z",
    "email": "visitor@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
Schema = Mapping[str, Any]


def fill(schema: Schema, *, text: str = "simulated") -> Any:
    """`text` stands wherever any text may stand."""
    return _filled(schema, root=schema, text=text, depth=0)


def _filled(schema: Schema, *, root: Schema, text: str, depth: int) -> Any:
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = _kind(schema)
    if kind == "object":
        return {
            name: _filled(part, root=root, text=text, depth=depth + 1)
            for name, part in (schema.get("properties") or {}).items()
            if name in schema.get("required", ()) and depth < DEEPEST
        }
    if kind == "array":
        part = schema.get("items") or {}
        return [_filled(part, root=root, text=text, depth=depth + 1)] * schema.get("minItems", 0)
    return _plain(kind, schema, text=text)


def _plain(kind: str, schema: Schema, *, text: str) -> Any:
    if kind == "string":
        shaped = _BY_FORMAT.get(schema.get("format", ""), text)
        return shaped.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]
    if kind in ("integer", "number"):
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        number = least + 1 if "exclusiveMinimum" in schema else least
        return int(number) if kind == "integer" else number
    return False if kind == "boolean" else None


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Follows references and takes the first of several possibilities, null last."""
    for _ in range(DEEPEST):
        if reference := schema.get("$ref"):
            schema = _found(root, str(reference))
        elif several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = min(several, key=lambda each: each.get("type") == "null")
        else:
            return schema
    return {}


def _found(root: Schema, reference: str) -> Schema:
    place: Any = root
    for name in reference.removeprefix("#/").split("/") if reference != "#" else ():
        place = place[name]
    found: Schema = place
    return found


def _kind(schema: Schema) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "null")
    if isinstance(kind, list):
        return next((str(each) for each in kind if each != "null"), "null")
    return str(kind)
