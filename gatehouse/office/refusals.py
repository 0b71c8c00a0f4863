"""What staff read when something is not possible: a page for people, problem+json for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gatehouse.base.errors import GatehouseError, NotFound
from gatehouse.observe import journal

API = "/api/"
MEDIA_TYPE = "application/problem+json"


class NotSignedIn(GatehouseError):
    code, status, title = "not-signed-in", 401, "Sign in first"


class Forged(GatehouseError):
    code, status, title = "forged-form", 403, "This form was not sent from its own page"


class WrongMethod(GatehouseError):
    code, status, title = "method-not-allowed", 405, "This address does not take that method"


def answer(request: HttpRequest, error: GatehouseError) -> HttpResponse:
    """The answer to expected trouble."""
    if request.path_info.startswith(API):
        told: HttpResponse = JsonResponse(
            _problem(error), status=error.status, content_type=MEDIA_TYPE
        )
    else:
        told = _page(request, error)
    if error.retry_after is not None:
        told["Retry-After"] = str(error.retry_after)
    return told


def unknown_token(request: HttpRequest) -> HttpResponse:
    """A bearer token that we do not know, or no longer."""
    told = answer(request, NotSignedIn("The token is unknown, expired or revoked."))
    told["WWW-Authenticate"] = "Bearer"
    return told


def refused_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """`allowed`: the methods that this address takes, e.g. "GET, HEAD"."""
    told = answer(request, WrongMethod(f"It takes {allowed}."))
    told["Allow"] = allowed
    return told


def on_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check said no."""
    return answer(request, Forged("Open the page again and repeat what you wanted."))


def on_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotFound("There is no such page in the office."))


def on_bug(request: HttpRequest) -> HttpResponse:
    """A bug; its frames are in the log."""
    return answer(request, GatehouseError("It was logged. What was under way may not have ended."))


def _page(request: HttpRequest, error: GatehouseError) -> HttpResponse:
    return render(request, "office/refusal.html", {"error": error}, status=error.status)


def _problem(error: GatehouseError) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "error": error.code,
        "message": error.detail,
    }
    if asked := journal.request_id.get():
        told["instance"] = f"/requests/{asked}"
    if error.retry_after is not None:
        told["retry_after"] = error.retry_after
    return told
