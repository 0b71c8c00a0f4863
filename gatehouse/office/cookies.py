"""Our cookies' names and seals: `__Host-` over TLS, and no session key that we did not issue."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gatehouse.office.badge import FORM, HOST, SESSION, Badge

BADGE = Badge(lambda: settings.SECRET_KEY)


class Cookies:
    """Stands between the browser's names and Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_secure = bool(request.is_secure())
        for name in (SESSION, FORM):
            _take(request, name, is_secure=is_secure)
        answer = self._get_response(request)
        for name in (SESSION, FORM):
            _give(answer, name, is_secure=is_secure)
        return answer


def _take(request: HttpRequest, name: str, *, is_secure: bool) -> None:
    """Over TLS a cookie without the prefix may have been planted by a neighbour: not looked at."""
    plain = request.COOKIES.pop(name, "")
    value: str | None = request.COOKIES.get(HOST + name, "") if is_secure else plain
    if name == SESSION:
        value = BADGE.session_key(value or "")
    if value:
        request.COOKIES[name] = value


def _give(answer: HttpResponse, name: str, *, is_secure: bool) -> None:
    morsel = answer.cookies.pop(name, None)
    if morsel is None:
        return
    value, max_age = morsel.value, int(morsel["max-age"] or 0)
    if name == SESSION and value:
        value = BADGE.issue(value, until=time.time() + max_age)
    answer.set_cookie(
        HOST + name if is_secure else name,
        value,
        max_age=max_age,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )
