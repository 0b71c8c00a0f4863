"""API tokens: who sends one is that person, with at most the token's role."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gatehouse.office.cookies import BADGE
from gatehouse.office.models import Token
from gatehouse.office.refusals import unknown_token

NOTED_EVERY = timedelta(minutes=1)
API = "/api/"


class Bearer:
    """A request with a token needs no form check: no browser sends one by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not request.path_info.startswith(API):
            return self._get_response(request)
        token = token_of(text.strip())
        if token is None:
            return unknown_token(request)
        request.user = token.person
        request.token = token  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self._get_response(request)


def token_of(text: str) -> Token | None:
    """The living token of an active person."""
    if not BADGE.is_token(text):
        return None
    now = timezone.now()
    token = (
        Token.objects.select_related("person")
        .filter(digest=digest_of(text), expires_at__gt=now, person__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or now - token.last_used_at > NOTED_EVERY):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def digest_of(text: str) -> str:
    """What the database keeps of a token: its 160 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
