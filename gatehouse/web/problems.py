"""Errors as application/problem+json: what happened, and what to do next. Never a stack trace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gatehouse.base.errors import BadInput, GatehouseError, MalformedRequest, QuotaExceeded
from gatehouse.observe.journal import request_id

MEDIA_TYPE = "application/problem+json"
WRONG_FIELDS_SHOWN = 10
_REGISTERED = "https://iana.org/assignments/http-problem-types#"
_REGISTERED_CODES = frozenset({"quota-exceeded", "temporary-reduced-capacity"})
_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is shorter than {min_length} characters",
    "too_long": "has more than {max_length} entries",
    "too_short": "has fewer than {min_length} entries",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "string_type": "must be a text",
    "string_pattern_mismatch": "does not have the expected form",
}
_KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "date": "a date",
          "datetime": "a date and time", "uuid": "an id", "list": "a list", "dict": "an object",
          "decimal": "a number", "model": "an object"}  # fmt: skip


def problem(error: GatehouseError) -> dict[str, Any]:
    """The JSON object of an error."""
    base = _REGISTERED if error.code in _REGISTERED_CODES else "/problems/"
    told: dict[str, Any] = {
        "type": f"{base}{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "error": error.code,
        "message": error.detail,
    }
    if asked := request_id.get():
        told["instance"] = f"/requests/{asked}"
    if error.retry_after is not None:
        told["retry_after"] = error.retry_after
    if isinstance(error, QuotaExceeded) and error.policy:
        told["violated-policies"] = [error.policy]
    return told


def respond(
    error: GatehouseError, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> Response:
    """The answer to an error; ASCII, so that no detail can fail to encode."""
    answer = Response(
        json.dumps(problem(error) | extra), status_code=error.status, media_type=MEDIA_TYPE
    )
    if error.retry_after is not None:
        answer.headers["retry-after"] = str(error.retry_after)
    answer.headers.update(headers or {})
    return answer


async def on_gatehouse_error(request: Request, error: Exception) -> Response:
    """Expected trouble."""
    return respond(error if isinstance(error, GatehouseError) else GatehouseError())


async def on_http_exception(request: Request, error: Exception) -> Response:
    """404, 405 and their kin, from the framework."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    headers = getattr(error, "headers", None)
    return respond(of_status(status, detail), headers=headers)


async def on_validation_error(request: Request, error: Exception) -> Response:
    """Wrong values; 400 when the body cannot be read at all."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    if any(each["type"] == "json_invalid" for each in wrong):
        return respond(MalformedRequest("The body is not valid JSON."))
    told = [explain(each) for each in wrong[:WRONG_FIELDS_SHOWN]]
    sentence = "; ".join(each["message"] for each in told) or BadInput.title
    return respond(BadInput(sentence), errors=told)


def of_status(status: int, detail: Any = "") -> GatehouseError:
    """An error of any HTTP status, with its plain phrase as title."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    error = GatehouseError(detail if detail and isinstance(detail, str) else phrase)
    error.code = phrase.lower().replace(" ", "-").replace("'", "")
    error.status, error.title = status, phrase
    return error


def explain(wrong: Mapping[str, Any]) -> dict[str, str]:
    """One wrong value in plain words, naming its field; never quoting what was sent."""
    field = _field(wrong["loc"])
    kind = _kind(wrong)
    sentence = _SENTENCES.get(kind) or _must_be(kind)
    try:
        sentence = sentence.format(**wrong.get("ctx", {}))
    except (KeyError, IndexError):
        sentence = "has a value that is not allowed"
    return {"field": field, "message": f"{field} {sentence}"}


def _kind(wrong: Mapping[str, Any]) -> str:
    """The type of the error; the length of a text behind a validator is still one of a text."""
    kind = str(wrong["type"])
    is_length = kind in ("too_long", "too_short")
    return f"string_{kind}" if is_length and isinstance(wrong.get("input"), str) else kind


def _must_be(kind: str) -> str:
    name = _KINDS.get(kind.split("_", 1)[0])
    return f"must be {name}" if name else "has a value that is not allowed"


def _field(location: Sequence[int | str]) -> str:
    parts = [str(part) for part in location[1:]] or [str(part) for part in location]
    plain = ".".join(parts)[:80]
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "?" for c in plain)
