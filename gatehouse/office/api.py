"""The same as JSON: for programs with a bearer token, and for pages with a session."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from gatehouse.base.config import load
from gatehouse.base.errors import BadInput, GatehouseError
from gatehouse.office import books, console, levers, staff
from gatehouse.office.pages import needs
from gatehouse.office.refusals import answer
from gatehouse.rollout import flag_book, judgements, plans, roles, versions
from gatehouse.rollout.desk import Desk, Submission
from gatehouse.rollout.types import Standing

View = Callable[..., HttpResponse]


class WrongType(GatehouseError):
    code, status, title = "unsupported-media-type", 415, "Send the body as application/json"


def told(view: View) -> View:
    """Expected trouble is problem+json, raised by the checks of roles, too."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except GatehouseError as refusal:
            return answer(request, refusal)

    return guarded


@require_safe
@told
@needs("view")
def me(request: HttpRequest) -> HttpResponse:
    """Who asks, and what the role allows."""
    role = staff.standing(request)
    allowed = [action for action in roles.LEAST if roles.may((role,), action)]
    return JsonResponse({"name": request.user.get_username(), "role": role, "may": allowed})


@require_safe
@told
@needs("view")
def status(request: HttpRequest) -> HttpResponse:
    """What `gatehouse rollout status --json` prints."""
    return JsonResponse(_desk().status().as_json())


@told
def rollouts(request: HttpRequest) -> HttpResponse:
    """GET: the last ones. POST: begins one; {"version", "plan", "reason"}."""
    return _begin(request) if request.method == "POST" else _listed(request)


@require_safe
@needs("view")
def _listed(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"rollouts": [plain(each) for each in _desk().rollouts(100)]})


@needs("start")
def _begin(request: HttpRequest) -> HttpResponse:
    fields = body(request)
    version = versions.found(books.connect(), text(fields, "version"))
    plan = fields.get("plan", "default")
    read = plans.named(plan) if isinstance(plan, str) else plans.from_json(plan)
    begun = _desk().submit(
        Submission(version.id, plans.to_json(read), read.name),
        actor=staff.actor_of(request),
        reason=text(fields, "reason"),
    )
    return JsonResponse(plain(begun), status=201)


@require_safe
@told
@needs("view")
def rollout(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """One rollout, with the levers that this caller may pull now."""
    standing = _desk().standing(rollout_id)
    offered = levers.offered(standing, staff.standing(request))
    return JsonResponse(plain(standing) | {"levers": [lever.name for lever in offered]})


@require_safe
@told
@needs("view")
def history(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """What was done, as the audit has it."""
    found = _desk().history(rollout_id)
    return JsonResponse({"entries": [{n: getattr(e, n) for n in e.__slots__} for e in found]})


@require_safe
@told
@needs("view")
def verdicts(request: HttpRequest, rollout_id: str) -> HttpResponse:
    """Every stored verdict with its evidence, enough to work it out again; `?gate=` for one."""
    found = _desk().judgements(rollout_id, gate=request.GET.get("gate") or None)
    return JsonResponse(
        {
            "judgements": [
                {"at": each.at, "step": each.step, "phase": each.phase}
                | json.loads(judgements.text_of(each.evidence))
                for each in found
            ]
        }
    )


@require_POST
@told
@needs("view")
def pull(request: HttpRequest, rollout_id: str, name: str) -> HttpResponse:
    """Pulls a lever; {"reason"}, and what that lever asks for: how, to_percent, gate, revision."""
    lever = levers.lever_of(name)
    roles.require((staff.standing(request),), lever.action)
    fields = body(request)
    seen = fields.pop("revision", None)
    if seen is not None:
        console.refuse_if_moved(lever, _desk().standing(rollout_id), str(seen))
    return JsonResponse(plain(console.pulled(request, lever, rollout_id, fields)))


@told
def flags(request: HttpRequest) -> HttpResponse:
    """GET: the stored ones. POST: stores one; {"name", "value", "reason", "until"}."""
    return _set(request) if request.method == "POST" else _stored(request)


@require_safe
@needs("view")
def _stored(request: HttpRequest) -> HttpResponse:
    found = flag_book.stored(books.connect())
    told_ = {name: {n: getattr(f, n) for n in f.__slots__} for name, f in found.items()}
    return JsonResponse({"flags": told_})


@needs("flag")
def _set(request: HttpRequest) -> HttpResponse:
    fields, connect, actor = body(request), books.connect(), staff.actor_of(request)
    name, reason = text(fields, "name"), text(fields, "reason")
    if fields.get("value") is None:
        flag_book.take(connect, name, actor=actor, reason=reason)
        return JsonResponse({"name": name, "stored": None})
    ends = fields.get("until")
    if ends is not None and not isinstance(ends, int | float):
        raise BadInput("until: must be seconds since 1970")
    kept = flag_book.put(connect, name, fields["value"], actor=actor, reason=reason, until=ends)
    return JsonResponse({"name": name, "stored": kept.value})


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises BadInput, WrongType."""
    if request.content_type != "application/json":
        raise WrongType
    try:
        read = json.loads(request.body)
    except ValueError:
        raise BadInput("The body is not valid JSON.") from None
    if not isinstance(read, dict):
        raise BadInput("The body must be a JSON object.")
    return read


def text(fields: Mapping[str, Any], name: str) -> str:
    """A field that must be a text. Raises BadInput."""
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name}: must be a text")
    return value


def plain(standing: Standing) -> dict[str, Any]:
    """A rollout as JSON; times in seconds since 1970, shares in 1/100,000."""
    names = [name for name in standing.__slots__ if name != "plan"]
    read: dict[str, Any] = judgements.plain({name: getattr(standing, name) for name in names})
    return read | {"phase": str(standing.phase), "plan_name": standing.plan.get("name", "")}


def _desk() -> Desk:
    return Desk(books.connect(), load())
