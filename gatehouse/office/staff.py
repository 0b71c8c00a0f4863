"""Who works here: accounts, their roles as Django's groups, links to set a password, API tokens."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from gatehouse.base.errors import BadInput, Conflict, NotFound
from gatehouse.office.bearer import digest_of
from gatehouse.office.cookies import BADGE
from gatehouse.office.models import Token
from gatehouse.rollout.roles import ROLES, Role
from gatehouse.rollout.types import Actor

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
DAYS_AT_MOST = 365
STRANGER = "unknown name"
Anybody = AbstractBaseUser | AnonymousUser


def add(name: str, role: str, *, email: str = "") -> User:
    """A new account without a password. Raises BadInput, Conflict."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name: 2 to 40 of a-z, 0-9, dot, dash, underscore")
    _check_role(role)
    if User.objects.filter(username=name).exists():
        raise Conflict(f"there is an account {name} already: gatehouse staff list tells them")
    person = User(username=name, email=email)
    person.set_unusable_password()
    person.save()
    set_role(person, role)
    return person


def found(name: str) -> User:
    """Raises NotFound."""
    person = User.objects.filter(username=name).first()
    if person is None:
        raise NotFound(f"there is no account {name}: gatehouse staff list tells them")
    return person


def named(name: str) -> str:
    """What the audit calls an account. What a stranger types that is none stays out of it: it may
    be a password in the wrong field, or the name of a rollout, in whose history it would stand."""
    return name if User.objects.filter(username=name).exists() else STRANGER


def set_role(person: User, role: str) -> None:
    """One role a person; each may do what the ones before it may. Raises BadInput."""
    _check_role(role)
    person.groups.set([Group.objects.get_or_create(name=role)[0]])


def role_of(person: Anybody | None) -> str:
    """The highest role of a person; "" for nobody, and for who is not of the staff."""
    if not isinstance(person, User) or not person.is_active:
        return ""
    names = set(person.groups.values_list("name", flat=True))
    return next((role for role in reversed(ROLES) if role in names), "")


def disable(person: User) -> None:
    """No sign-in, no session and no token counts from the next request on."""
    person.is_active = False
    person.save(update_fields=["is_active"])


def enable(person: User) -> None:
    person.is_active = True
    person.save(update_fields=["is_active"])


def link_of(person: User) -> str:
    """The path at which the person chooses a password: once, within PASSWORD_RESET_TIMEOUT."""
    who = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("welcome", args=(who, default_token_generator.make_token(person)))


def welcomed(who: str, token: str) -> User | None:
    """Whose link it is, if it still counts."""
    try:
        person = User.objects.get(pk=int(force_str(urlsafe_base64_decode(who))))
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    is_good = person.is_active and default_token_generator.check_token(person, token)
    return person if is_good else None


def issue_token(person: User, label: str, *, days: int, role: str = "") -> tuple[str, datetime]:
    """A new API token, told this once, and when it ends. Raises BadInput."""
    if not 1 <= days <= DAYS_AT_MOST:
        raise BadInput(f"a token lives 1 to {DAYS_AT_MOST} days, not {days}")
    if role:
        _check_role(role)
    text, until = BADGE.new_token(), timezone.now() + timedelta(days=days)
    Token.objects.create(
        digest=digest_of(text), person=person, label=label, role=role, expires_at=until
    )
    return text, until


def tokens_of(person: User) -> list[Token]:
    """Those that still count, the newest first."""
    return list(person.tokens.filter(expires_at__gt=timezone.now()).order_by("-id"))


def revoke_token(person: User, number: int) -> Token:
    """It counts no more from the next request on. Raises NotFound."""
    token = person.tokens.filter(pk=number).first()
    if token is None:
        raise NotFound(
            f"{person.username} has no token {number}: gatehouse staff tokens tells them"
        )
    token.delete()
    return token


def standing(request: HttpRequest) -> str:
    """The role in which a request acts: the person's, narrowed by the token's."""
    own = role_of(request.user)
    token: Token | None = getattr(request, "token", None)
    if not own or token is None or not token.role:
        return own
    return min(own, token.role, key=_rank)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, for the audit; a token says its label, too."""
    name = request.user.get_username()
    token: Token | None = getattr(request, "token", None)
    return Actor("token", f"{name} by {token.label}") if token else Actor("person", name)


def _rank(role: str) -> int:
    return ROLES.index(role) if role in ROLES else -1


def _check_role(role: str) -> Role:
    if role not in ROLES:
        raise BadInput(f"{role!r} is no role: allowed is {', '.join(ROLES)}")
    return role
