"""`gatehouse staff`: who works in the office, and in which role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import load
from gatehouse.base.shell import user_name
from gatehouse.office import books, staff
from gatehouse.rollout.roles import ROLES
from gatehouse.rollout.types import Actor

PREFIX = "/office"  # where web.asgi mounts it
TOKEN_DAYS = 90


class Command(BaseCommand):
    help = "Adds staff, gives roles, disables accounts, makes links and API tokens."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        roles = ", ".join(ROLES)
        add = acts.add_parser("add", help="a new account; prints a link to set its password")
        add.add_argument("name")
        add.add_argument("--role", default="viewer", help=roles)
        add.add_argument("--email", default="")
        role = acts.add_parser("role", help=f"another role: {roles}")
        role.add_argument("name")
        role.add_argument("role")
        acts.add_parser("list", help="all accounts")
        for act, told in (
            ("link", "a new link to set a password; counts once, for a day"),
            ("disable", "ends its sessions and tokens at the next request"),
            ("enable", "lets it in again"),
        ):
            acts.add_parser(act, help=told).add_argument("name")
        token = acts.add_parser("token", help="an API token, printed once")
        token.add_argument("name")
        token.add_argument("--label", default="command line", help="what it is for")
        token.add_argument("--days", type=int, default=TOKEN_DAYS)
        token.add_argument("--role", default="", help="at most this role")
        acts.add_parser("tokens", help="the tokens of a person").add_argument("name")
        revoke = acts.add_parser("revoke", help="ends a token at its next request")
        revoke.add_argument("name")
        revoke.add_argument("number", type=int, help="as gatehouse staff tokens tells it")

    def handle(self, *_: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        person = staff.add(options["name"], options["role"], email=options["email"])
        _note("staff added", person, role=options["role"])
        self.stdout.write(f"{person.username} is {options['role']}")
        self._tell_link(person)

    def _role(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        before = staff.role_of(person)
        staff.set_role(person, options["role"])
        _note("role given", person, before=before, after=options["role"])
        self.stdout.write(f"{person.username} is {options['role']}")

    def _list(self, _: dict[str, Any]) -> None:
        people = User.objects.order_by("username")
        for person in people:
            role = staff.role_of(person) or "disabled"
            seen = f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else "never"
            lacks = "" if person.has_usable_password() else "  no password yet"
            self.stdout.write(f"{person.username:20} {role:10} last sign-in {seen}{lacks}")
        if not people:
            self.stdout.write("nobody yet: gatehouse staff add NAME --role admin")

    def _link(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        _note("link made", person)
        self._tell_link(person)

    def _disable(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        staff.disable(person)
        _note("staff disabled", person)
        self.stdout.write(f"{person.username} is disabled")

    def _enable(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        staff.enable(person)
        _note("staff enabled", person)
        self.stdout.write(f"{person.username} may come in again")

    def _token(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        text, until = staff.issue_token(
            person, options["label"], days=options["days"], role=options["role"]
        )
        _note("token issued", person, label=options["label"], role=options["role"])
        self.stderr.write(f"for {person.username} until {until:%Y-%m-%d}; it is not shown again")
        self.stdout.write(text)

    def _tokens(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        for token in staff.tokens_of(person):
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
            role = token.role or staff.role_of(person)
            self.stdout.write(
                f"{token.pk:5} {token.label:20} {role:10} until {token.expires_at:%Y-%m-%d}"
                f"  last used {used}"
            )

    def _revoke(self, options: dict[str, Any]) -> None:
        person = staff.found(options["name"])
        token = staff.revoke_token(person, options["number"])
        _note("token revoked", person, label=token.label)
        self.stdout.write(f"token {options['number']} of {person.username} counts no more")

    def _tell_link(self, person: User) -> None:
        settings = load()
        host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host  # noqa: S104
        place = f"http://{f'[{host}]' if ':' in host else host}:{settings.web_port}"
        self.stdout.write("to choose a password, once and within 24 hours, open")
        self.stdout.write(f"  {place}{PREFIX}{staff.link_of(person)}")


def _note(action: str, person: User, **evidence: object) -> None:
    actor = Actor("person", f"{user_name()} at the shell")
    books.note(actor, action, person.username, evidence=evidence)
