"""Sign in, sign out, and choose a password by a link that counts once."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from gatehouse.base.errors import QuotaExceeded
from gatehouse.office import books, knocking, staff
from gatehouse.rollout.types import Actor

OFFICE = Actor("system", "office")
WRONG = "This name and password do not belong together."


class Names(forms.Form):
    """What one types to sign in."""

    name = forms.CharField(max_length=150)
    password = forms.CharField(max_length=500, strip=False)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same words for an unknown name, a wrong password and a disabled account."""
    onward = _onward(request)
    if request.method == "GET":
        if staff.standing(request):
            return HttpResponseRedirect(onward)
        return _form(request, onward)
    names = Names(request.POST)
    if not names.is_valid():
        return _form(request, onward, trouble=WRONG, status=422)
    try:
        person = _recognised(request, names)
    except QuotaExceeded as refusal:
        told = _form(request, onward, trouble=refusal.detail, status=refusal.status)
        told["Retry-After"] = str(refusal.retry_after)
        return told
    if person is None:
        return _form(request, onward, trouble=WRONG, status=422)
    login(request, person)  # with a new session key
    request.session.clear_expired()  # those of everybody; nothing else would sweep them
    books.note(Actor("person", person.username), "sign-in", person.username)
    return HttpResponseRedirect(onward)


def _recognised(request: HttpRequest, names: Names) -> User | None:
    """Who it is, if he works here. Raises QuotaExceeded."""
    name, network = names.cleaned_data["name"], address_of(request)
    made = knocking.knock(name, network)
    password = names.cleaned_data["password"]
    person = authenticate(request, username=name, password=password)
    if not isinstance(person, User) or not staff.role_of(person):
        books.note(OFFICE, "sign-in refused", staff.named(name))
        return None
    knocking.welcome(name, network, made)
    return person


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if staff.standing(request):
        books.note(staff.actor_of(request), "sign-out", request.user.get_username())
    logout(request)
    return HttpResponseRedirect(reverse("sign-in"))


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """The page behind a link of `gatehouse staff add`; the new password makes the link void."""
    person = staff.welcomed(who, token)
    if person is None:
        return render(request, "office/welcome.html", {"person_named": None}, status=404)
    form = SetPasswordForm(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        told = {"person_named": person.username, "form": form}
        return render(request, "office/welcome.html", told, status=status)
    form.save()
    books.note(Actor("person", person.username), "password set", person.username)
    return HttpResponseRedirect(f"{reverse('sign-in')}?welcome=1")


def address_of(request: HttpRequest) -> str:
    """The client's network, as the edge knows it behind proxies."""
    scope = getattr(request, "scope", {})
    return str(scope.get("gatehouse.address") or request.META.get("REMOTE_ADDR", "unknown"))


def _form(
    request: HttpRequest, onward: str, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    told = {
        "next": onward,
        "trouble": trouble,
        "name": request.POST.get("name", ""),
        "is_welcome": "welcome" in request.GET,
    }
    return render(request, "office/sign_in.html", told, status=status)


def _onward(request: HttpRequest) -> str:
    """Where to go afterwards: a page of ours, or the console."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith(reverse("home")) else reverse("console")
