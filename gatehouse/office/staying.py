"""How long one stays signed in: half an hour without a request, twelve hours at most."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

LONGEST_SECONDS = 12 * 3600
NOTED_EVERY_SECONDS = 60


class Staying:
    """An open console asks for news by itself, which counts as being there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not hasattr(request, "token"):
            self._note(request)
        return self._get_response(request)

    def _note(self, request: HttpRequest) -> None:
        now = time.time()
        if now - request.session.setdefault("since", now) > LONGEST_SECONDS:
            logout(request)
        elif now - request.session.get("seen", 0) > NOTED_EVERY_SECONDS:
            request.session["seen"] = now
