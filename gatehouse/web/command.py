"""`gatehouse X`: Django's commands and ours, on the configured or the bundled PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import GatehouseError
from gatehouse.base.inventory import doubts

WITHOUT_DATABASE = frozenset(
    {
        "",
        "help",
        "settings",
        "docs",
        "smoke",
        "soak",
        "visitors",
        "simulate_model",
        "demo",
        "models",
        "breaker",
        "canary",
        "kill",
        "phrases",
        "understand",
        "evaluate",
        "check",
        "diffsettings",
    }
    | {"makemigrations", "makemessages", "compilemessages"}
)


def main() -> None:
    """Runs one command of sys.argv. Trouble that we know is one line on stderr and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatehouse.web.settings")
    try:
        _run()
    except GatehouseError as trouble:
        _say(str(trouble))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone, as in `gatehouse X | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _run() -> None:
    settings = load()
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    for line in doubts():
        _say(line)
    if command in WITHOUT_DATABASE or {"--help", "-h"} & set(sys.argv):
        return _execute()
    with _database(settings) as url:
        os.environ["GATEHOUSE_DATABASE_URL"] = url
        return _execute()


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The URL of a server that is fit for us: given from outside, or the bundled one."""
    if given := os.environ.get("GATEHOUSE_DATABASE_URL"):
        yield given
    elif url := settings.postgres_url:
        from gatehouse.ops import external

        for note in external.inspect(url):
            _say(note)
        yield url
    else:
        from gatehouse.ops import postgres

        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the front door
        with postgres.running(settings.gatehouse_data) as url:
            yield url


def _execute() -> None:
    from django.core.management import execute_from_command_line

    if sys.argv[1:2] == ["version"]:
        _execute_version()
    else:
        execute_from_command_line(sys.argv)


def _execute_version() -> None:
    """Ours: Django would answer with the number of its own release."""
    import django
    from django.core.management import load_command_class

    django.setup()
    load_command_class("gatehouse.web", "version").run_from_argv(sys.argv)


def _say(line: str) -> None:
    sys.stderr.write(f"gatehouse: {line}\n")
