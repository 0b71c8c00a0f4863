"""The audit: everything that was done here, by whom and why, and whether the chain is whole."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gatehouse.base.config import load
from gatehouse.office import books, past
from gatehouse.office.pages import needs
from gatehouse.rollout import audit, verifying

SHOWN = 100


@require_safe
@needs("view")
def entries(request: HttpRequest) -> HttpResponse:
    """The newest of all, or those about one subject; the chain is checked on demand."""
    settings = load()
    subject = request.GET.get("subject", "").strip() or None
    checked = None
    with books.connect()() as connection:
        found = audit.entries(connection, subject=subject, limit=SHOWN)
        if "check" in request.GET:
            seen = verifying.saw(settings.gatehouse_data)
            checked = verifying.verify(connection, (audit.own_key(),), witness=seen)
    zone = ZoneInfo(settings.market_timezone)
    told = {
        "history": past.told(found, zone=zone, now=time.time()),
        "subject": subject,
        "checked": checked,
        "zone": settings.market_timezone,
    }
    return render(request, "office/audit.html", told)
