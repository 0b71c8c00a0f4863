"""The flags: what the environment permits, what is stored, what is killed, and what counts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gatehouse.base import config
from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput, GatehouseError
from gatehouse.base.values import allowed
from gatehouse.office import books, staff
from gatehouse.office.pages import needs
from gatehouse.office.words import clock
from gatehouse.rollout import flag_book, roles
from gatehouse.rollout.flag_values import CEILINGS, LIVE, Value, named
from gatehouse.rollout.flags import counting, effective
from gatehouse.rollout.kill_file import KillFile
from gatehouse.rollout.types import StoredFlag

HOURS_AT_MOST = 24 * 90


@dataclass(frozen=True, slots=True)
class Shown:
    """One flag with where its value comes from."""

    name: str
    about: str
    allowed: str
    environment: str
    stored: str
    killed: str
    effective: str
    note: str  # who stored it, when and why
    is_changed: bool
    is_switch: bool


@require_http_methods(["GET", "POST"])
@needs("view")
def flags(request: HttpRequest) -> HttpResponse:
    """GET shows them; POST sets or takes back one, with a reason."""
    if request.method == "GET":
        return _page(request)
    roles.require((staff.standing(request),), "flag")
    try:
        said = change(request)
    except GatehouseError as refusal:
        return _page(request, trouble=refusal)
    request.session["said"] = said
    return HttpResponseRedirect(reverse("flags"))


def change(request: HttpRequest) -> str:
    """What the form wants. Raises BadInput, NotFound, StoreDown."""
    name, reason = request.POST.get("name", ""), request.POST.get("reason", "")
    actor = staff.actor_of(request)
    if request.POST.get("act") == "unset":
        flag_book.take(books.connect(), name, actor=actor, reason=reason)
        return f"{named(name).upper()} is as the environment has it again."
    flag = flag_book.put(
        books.connect(),
        name,
        request.POST.get("value", ""),
        actor=actor,
        reason=reason,
        until=until(request.POST.get("hours", "")),
    )
    return f"{named(name).upper()} is {told(flag.value)} now, in every process within seconds."


def until(hours: str) -> float | None:
    """When a stored value ends, in seconds since 1970. Raises BadInput."""
    if not hours.strip():
        return None
    try:
        count = float(hours)
    except ValueError:
        raise BadInput(f"hours: {hours!r} is no number") from None
    if not 0 < count <= HOURS_AT_MOST:
        raise BadInput(f"hours: more than 0, at most {HOURS_AT_MOST}")
    return time.time() + count * 3600


def told(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _page(request: HttpRequest, *, trouble: GatehouseError | None = None) -> HttpResponse:
    settings, now = load(), time.time()
    stored = flag_book.stored(books.connect())
    kill = KillFile(settings.kill_path).kill
    counts = {name: flag.value for name, flag in counting(stored, now).items()}
    working = effective(settings, counts, killed=kill.ceilings)
    given = config.read()
    shown = {
        name: _shown(
            name,
            settings,
            working,
            stored=stored.get(name.upper()),
            killed=kill.ceilings.get(name),
            is_given=name in given,
        )
        for name in (*CEILINGS, *LIVE)
    }
    page = {
        "ceilings": [shown[name] for name in CEILINGS],
        "live": [shown[name] for name in LIVE],
        "kill": kill,
        "kill_path": settings.kill_path,
        "trouble": trouble,
        "said": request.session.pop("said", ""),
        "asked": request.POST.get("name", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "office/flags.html", page, status=trouble.status if trouble else 200)


def _shown(
    name: str,
    settings: Settings,
    working: Settings,
    *,
    stored: StoredFlag | None,
    killed: Value | None,
    is_given: bool,
) -> Shown:
    field = Settings.model_fields[name]
    declared, counts = getattr(settings, name), getattr(working, name)
    return Shown(
        name=name.upper(),
        about=field.description or "",
        allowed=allowed(field),
        environment=told(declared) + ("" if is_given else " (default)"),
        stored=told(stored.value) if stored else "",
        killed=told(killed),
        effective=told(counts),
        note=_note(stored, settings),
        is_changed=counts != declared,
        is_switch=isinstance(declared, bool),
    )


def _note(stored: StoredFlag | None, settings: Settings) -> str:
    if stored is None:
        return ""
    zone, now = ZoneInfo(settings.market_timezone), time.time()
    ends = f", until {clock(stored.until, zone, now=now)}" if stored.until else ""
    at = clock(stored.set_at, zone, now=now)
    return f"{stored.set_by} at {at}{ends}: {stored.reason}"
