"""What went wrong with a provider, as one of our kinds."""

from __future__ import annotations

import math
from typing import Any

import httpx2
from pydantic_ai import exceptions as theirs

from gatehouse.llm.types import ModelError, Trouble

FILTER_CODES = ("content_filter", "content_policy_violation", "content_filtered")
CODE = 60  # characters of a provider's code that are kept


def translated(error: Exception) -> ModelError:
    """The ModelError for whatever a provider's library raised."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, httpx2.DecodingError) or _is_caused_by(error, httpx2.DecodingError):
        return ModelError("protocol", _words(error))
    if isinstance(error, theirs.ModelAPIError):
        wait = error.retry_after
        return ModelError(
            _kind(error), _words(error), retry_after=None if wait is None else math.ceil(wait)
        )
    if isinstance(error, theirs.ContentFilterError):
        return ModelError("filtered", _words(error))
    if isinstance(error, theirs.UserError):
        return ModelError("bad_request", _words(error))
    if isinstance(error, httpx2.TransportError):
        is_early = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
        return ModelError("connect" if is_early else "protocol", _words(error))
    return ModelError("protocol", _words(error))  # their reader fell over what the provider sent


def _kind(error: theirs.ModelAPIError) -> Trouble:
    if isinstance(error, theirs.ModelConnectionError):
        return _kind_of_connection(error)
    if isinstance(error, theirs.ModelAuthenticationError | theirs.ModelQuotaExceededError):
        return "unauthorised"  # no credit is a matter of the account, too: waiting does not help
    if isinstance(error, theirs.ModelRateLimitError):
        return "throttled"
    if isinstance(error, theirs.ModelUnavailableError | theirs.ModelServerError):
        return "http_5xx"
    if isinstance(error, theirs.ModelRequestRejectedError):
        return "filtered" if _is_filtered(error) else "bad_request"
    if isinstance(error, theirs.ModelHTTPError):
        return kind_of_status(error.status_code)
    return "protocol"


def kind_of_status(status: int) -> Trouble:
    """The kind that an HTTP status stands for by itself."""
    if status in (401, 402, 403):
        return "unauthorised"
    if status == 429:
        return "throttled"
    if status == 408:
        return "timeout"
    return "http_5xx" if status >= 500 else "bad_request"


def _kind_of_connection(error: theirs.ModelConnectionError) -> Trouble:
    if error.phase in ("connect", "pool"):
        return "connect"
    return "timeout" if isinstance(error, theirs.ModelTimeoutError) else "protocol"


def _is_filtered(error: theirs.ModelAPIError) -> bool:
    told: Any = error.body if isinstance(error.body, dict) else {}
    inner = told.get("error", told)
    codes = {error.provider_error_code, inner.get("code") if isinstance(inner, dict) else None}
    return any(code in FILTER_CODES for code in codes)


def _is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    for _ in range(8):
        if error is None:
            return False
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _words(error: Exception) -> str:
    """Names and codes alone: a provider's message may repeat what the visitor wrote."""
    code = getattr(error, "provider_error_code", None)
    parts = (type(error).__name__, getattr(error, "status_code", None), code)
    return " ".join(str(part)[:CODE] for part in parts if part)
