"""The first page: what is live, who gets it, and why it stands where it stands; and its levers."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gatehouse.base.config import load
from gatehouse.base.errors import GatehouseError, NotFound
from gatehouse.office import books, levers, staff, watching, words
from gatehouse.office.glance import plan_of
from gatehouse.office.levers import Lever, Pull
from gatehouse.office.pages import needs
from gatehouse.office.watching import Watched
from gatehouse.rollout import book, judgements, replaying, roles
from gatehouse.rollout.desk import Desk
from gatehouse.rollout.levers import Refused
from gatehouse.rollout.limits import limits
from gatehouse.rollout.types import TERMINAL, Standing


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("console"))


@require_safe
@needs("view")
def console(request: HttpRequest) -> HttpResponse:
    """The rollout that is alive, or the last one."""
    return _page(request, watching.watch(books.connect()))


@require_safe
@needs("view")
def rollout(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """Any rollout, also one that ended long ago."""
    return _page(request, watching.watch(books.connect(), rollout_id))


@require_safe
@needs("view")
def rollouts(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    with books.connect()() as connection:
        found = book.newest(connection, 100)
        labels = watching.labels_of(connection)
    rows = [
        {"standing": each, "phase": words.PHASES[each.phase], "share": _share(each),
         "label": labels.get(each.canary_version, "")}
        for each in found
    ]  # fmt: skip
    return render(request, "office/rollouts.html", {"rows": rows})


def _share(standing: Standing) -> str:
    """One that has ended has no share; who has what then, its own page tells."""
    return "–" if standing.phase in TERMINAL else words.percent(standing.share)


@require_safe
@needs("view")
def replay(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """Every stored verdict, worked out again from what went into it."""
    with books.connect()() as connection:
        if book.find(connection, rollout_id) is None:
            raise NotFound(f"There is no rollout {rollout_id}.")
        kept = judgements.history(connection, rollout_id)
    told = {"rollout_id": rollout_id, "replayed": replaying.replay(kept)}
    return render(request, "office/replay.html", told)


@require_http_methods(["GET", "POST"])
@needs("view")
def lever(request: HttpRequest, rollout_id: str, name: str) -> HttpResponse:
    """GET says what will happen and asks for the reason; POST does it."""
    chosen = levers.lever_of(name)
    roles.require((staff.standing(request),), chosen.action)
    with books.connect()() as connection:
        standing = book.find(connection, rollout_id)
    if standing is None:
        raise NotFound(f"There is no rollout {rollout_id}.")
    if request.method == "GET":
        return _ask(request, chosen, standing)
    try:
        refuse_if_moved(chosen, standing, request.POST.get("revision", ""))
        moved = pulled(request, chosen, rollout_id, request.POST)
    except GatehouseError as refusal:
        return _ask(request, chosen, standing, trouble=refusal)
    request.session["said"] = f"{chosen.words}: done. It is {words.PHASES[moved.phase][0]} now."
    return HttpResponseRedirect(reverse("rollout", args=(rollout_id,)))


def pulled(request: HttpRequest, chosen: Lever, rollout_id: str, fields: Any) -> Standing:
    """Pulls it in the name of who asks. Raises BadInput, Refused, StoreDown."""
    desk = Desk(books.connect(), load())
    told = {name: str(fields.get(name, "")) for name in ("how", "to_percent", "gate")}
    reason = str(fields.get("reason", ""))
    return chosen.pull(desk, Pull(rollout_id, staff.actor_of(request), reason, told))


def refuse_if_moved(chosen: Lever, standing: Standing, seen: str) -> None:
    """What goes forward is decided on the revision that was `seen`. Raises Refused."""
    if seen and seen != str(standing.revision) and not chosen.is_urgent:
        raise Refused("It moved on while this page was open: look at what has changed first")


def _ask(
    request: HttpRequest,
    chosen: Lever,
    standing: Standing,
    *,
    trouble: GatehouseError | None = None,
) -> HttpResponse:
    plan = plan_of(standing)
    told = {
        "lever": chosen,
        "standing": standing,
        "share": words.percent(standing.share),
        "effects": chosen.effects(standing, plan),
        "gates": [(gate.name, words.title(gate)) for gate in plan.gates] if plan else [],
        "policies": [(each, words.POLICIES[each]) for each in levers.POLICIES],
        "trouble": trouble,
        "reason": request.POST.get("reason", ""),
        "is_late": not chosen.is_offered(standing, plan),
    }
    return render(request, "office/lever.html", told, status=trouble.status if trouble else 200)


def _quiet(request: HttpRequest) -> HttpResponse:
    """Before the first rollout: the house's own version has its share by the environment."""
    settings = load()
    with books.connect()() as connection:
        allowed = limits(connection, settings, now=time.time())
    told = {
        "stable": allowed.stable,
        "has_model": bool(settings.llm_model) and allowed.is_permitted,
        "percent": words.percent(allowed.most_share),
    }
    return render(request, "office/nothing.html", told)


def _page(request: HttpRequest, watched: Watched | None) -> HttpResponse:
    if watched is None:
        return _quiet(request)
    offered = levers.offered(watched.standing, staff.standing(request))
    told = {
        "w": watched,
        "standing": watched.standing,
        "share": words.percent(watched.standing.share),
        "levers": [lever for lever in offered if lever.is_big],
        "small_levers": [lever for lever in offered if not lever.is_big],
        "said": request.session.pop("said", ""),
    }
    return render(request, "office/console.html", told)
