"""Completes the OpenAPI description with what the edge adds to every endpoint: its refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from gatehouse.web.problems import MEDIA_TYPE

Described = dict[str, Any]
_TEXT = {"type": "string"}
PROBLEM: Described = {
    "type": "object",
    "description": "What happened and what to do next; `error` is the code that programs read.",
    "required": ["type", "title", "status", "detail", "error", "message"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "error", "message", "instance"), _TEXT),
        "status": {"type": "integer"},
        "retry_after": {"type": "integer", "description": "Seconds; as the Retry-After header."},
    },
}
EVERYWHERE = {"422": "A value is not allowed.", "500": "A bug; the log has the request's id."}
WITH_A_BODY = {
    "400": "The body is not readable JSON, or too deep.",
    "403": "A cookie from another site.",
    "408": "The body came too slowly.",
    "413": "The body is larger than 256 kB.",
    "415": "The body is not application/json.",
}


def complete(app: FastAPI) -> None:
    """Makes `app.openapi()` describe the refusals; safe before or after routes are added."""
    describe: Callable[[], Described] = app.openapi

    def described() -> Described:
        if app.openapi_schema is None:
            app.openapi_schema = with_refusals(describe())
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def with_refusals(description: Described) -> Described:
    """Adds the problem answers in place; the framework's own error schemas go."""
    for methods in description.get("paths", {}).values():
        for method, operation in methods.items():
            _add(operation["responses"], has_body=method in ("post", "put", "patch", "delete"))
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    return description


def _add(responses: Described, *, has_body: bool) -> None:
    refusals = EVERYWHERE | (WITH_A_BODY if has_body else {})
    for status, about in refusals.items():
        found = responses.setdefault(status, {"description": about})
        if MEDIA_TYPE not in found.get("content", {}):
            found["content"] = _problem()
    for status, found in responses.items():
        if status >= "400" and "content" not in found:
            found["content"] = _problem()


def _problem() -> Described:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
