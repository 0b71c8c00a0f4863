"""What is set, to what, and by whom: for `gatehouse settings`, the docs and the start."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from gatehouse.base.config import Settings, load, read
from gatehouse.base.values import allowed, kind, masked

INTERNAL = ("GATEHOUSE_DATABASE_URL",)  # handed from web.command to its children


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as `gatehouse settings` shows it; secrets are masked."""

    name: str
    value: Any
    source: str
    kind: str
    allowed: str
    description: str


def doubts(environ: Mapping[str, str] | None = None) -> list[str]:
    """One line for each variable that looks like a setting of ours and is none."""
    environ = os.environ if environ is None else environ
    known = {name.upper() for name in Settings.model_fields} | set(INTERNAL)
    known |= {f"{name}_FILE" for name in known}
    strange = [n for n in environ if n.startswith("GATEHOUSE_") and n not in known]
    return [_doubt(n, known) for n in sorted(strange) if not n.startswith("GATEHOUSE_TEST_")]


def _doubt(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"{name} is no setting and is ignored" + (f"; meant is {near[0]}?" if near else "")


def rows(environ: Mapping[str, str] | None = None) -> list[Row]:
    """Every setting with its effective value and where it comes from. Raises Misconfigured."""
    settings, given = load(environ), read(environ)
    values = settings.model_dump(mode="json")
    return [
        Row(
            name=name.upper(),
            value=masked(field, given[name].text if name in given else "")
            if field.annotation is SecretStr
            else masked(field, values[name]),
            source=given[name].source if name in given else "default",
            kind=kind(field),
            allowed=allowed(field),
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
