"""The outermost middleware: headers of every page, and expected trouble as an answer."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gatehouse.base.errors import GatehouseError
from gatehouse.office.refusals import WrongMethod, answer, refused_method

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": _CSP,
    "Referrer-Policy": "same-origin",  # else a form's Origin is "null", which CSRF checks refuse
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Manners:
    """Every answer has our headers; no error shows its frames."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = self._get_response(request)
        if told.status_code == WrongMethod.status and not told.content:
            told = refused_method(request, told["Allow"])
        for name, value in HEADERS.items():
            told.headers.setdefault(name, value)
        return told

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return answer(request, error) if isinstance(error, GatehouseError) else None
