"""Who stands at the shell."""

from __future__ import annotations

import getpass

NOBODY = "shell"


def user_name() -> str:
    """The name of the user at this shell; NOBODY where the system knows none, as in a container
    that runs under a bare number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return NOBODY
