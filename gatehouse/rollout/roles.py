"""Who may do what: viewer, operator, releaser, admin; each may do what the one before may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from gatehouse.base.errors import GatehouseError

Role = Literal["viewer", "operator", "releaser", "admin"]
Action = Literal[
    "view",
    "start",
    "pause",
    "resume",
    "abort",
    "rollback",
    "kill",
    "flag",
    "incident",
    "notify",
    "promote",
    "approve",
    "advance",
    "waive",
    "version",
    "tag",
    "force_arm",
    "staff",
    "slo",
]
ROLES: Final[tuple[Role, ...]] = ("viewer", "operator", "releaser", "admin")

# The least role of each action. Everyone on call can roll back; nobody needs leave for it.
LEAST: Final[Mapping[Action, Role]] = {
    "view": "viewer",
    "start": "operator",
    "pause": "operator",
    "resume": "operator",
    "abort": "operator",
    "rollback": "operator",
    "kill": "operator",
    "flag": "operator",
    "incident": "operator",
    "notify": "operator",
    "promote": "releaser",
    "approve": "releaser",
    "advance": "releaser",
    "version": "releaser",
    "tag": "releaser",
    "force_arm": "operator",
    "waive": "admin",
    "staff": "admin",
    "slo": "admin",
}


class Forbidden(GatehouseError):
    """The role does not allow it."""

    code, status, title = "forbidden", 403, "Your role does not allow this"


def may(roles: Iterable[str], action: Action) -> bool:
    """Does any of these roles allow it? Unknown names allow nothing."""
    least = ROLES.index(LEAST[action])
    return any(role in ROLES[least:] for role in roles)


def require(roles: Iterable[str], action: Action) -> None:
    """Raises Forbidden, naming the role that would do."""
    if not may(roles, action):
        raise Forbidden(f"{action} needs the role {LEAST[action]} or more")
