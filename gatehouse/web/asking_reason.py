"""Who stands at the shell, and why they do it: asked for where somebody is there to answer."""

from __future__ import annotations

import sys

from gatehouse.base.shell import user_name
from gatehouse.rollout.levers import said
from gatehouse.rollout.types import Actor


def shell_actor() -> Actor:
    """The person at this shell."""
    return Actor("person", user_name())


def reason_of(given: str | None) -> str:
    """The reason that was given, or asked for at a terminal. Raises BadInput without one."""
    if given is None and sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write("reason: ")
        sys.stderr.flush()
        given = sys.stdin.readline()
    return said(given or "")
