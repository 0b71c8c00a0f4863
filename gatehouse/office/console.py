"""The first page: what is live, who gets it, and why it stands where it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gatehouse.office.pages import needs


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("console"))


@require_safe
@needs("view")
def console(request: HttpRequest) -> HttpResponse:
    """The rollout that is alive, or the last one."""
    return render(request, "office/console.html", {})
