"""What every page of the office knows, and who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gatehouse.office import staff
from gatehouse.office.refusals import API, NotSignedIn
from gatehouse.rollout import roles
from gatehouse.rollout.roles import Action

View = Callable[..., HttpResponse]
ROOMS = (
    ("console", "Now"),
    ("rollouts", "Rollouts"),
    ("versions", "Versions"),
    ("flags", "Flags"),
    ("audit", "Audit"),
)


def needs(action: Action) -> Callable[[View], View]:
    """Only for staff whose role allows it. Strangers are asked to sign in, programs get 401."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            role = staff.standing(request)
            if not role:
                return _ask_in(request)
            roles.require((role,), action)
            return view(request, *args, **named)

        return guarded

    return guard


def _ask_in(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith(API):
        raise NotSignedIn("Sign in, or send a token as Authorization: Bearer.")
    return HttpResponseRedirect(f"{reverse('sign-in')}?next={quote(request.get_full_path())}")


def every_page(request: HttpRequest) -> dict[str, Any]:
    """For all templates."""
    role = staff.standing(request) if hasattr(request, "user") else ""
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "role": role,
        "person": request.user if role else None,
        "here": here,
        "rooms": ROOMS if role else (),
        "may": {action: roles.may((role,), action) for action in roles.LEAST},
    }
