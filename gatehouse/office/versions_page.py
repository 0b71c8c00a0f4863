"""The versions: which there are, what is in one, and how it differs from another."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gatehouse.office import books
from gatehouse.office.pages import needs
from gatehouse.rollout import book, differences, versions
from gatehouse.rollout.types import RULES
from gatehouse.rollout.versions import RULES_VERSION, Version


@require_safe
@needs("view")
def listed(request: HttpRequest) -> HttpResponse:
    connect = books.connect()
    found = (RULES_VERSION, *versions.newest(connect, most=100))
    standing = _standing()
    rows = [{"version": each, "marks": standing.get(each.id, ())} for each in found]
    return render(request, "office/versions.html", {"rows": rows})


@require_safe
@needs("view")
def one(request: HttpRequest, version_id: str) -> HttpResponse:
    """One version, and its differences from the one chosen, else from the stable one."""
    connect = books.connect()
    version = versions.read(connect, version_id)
    with connect() as connection:
        stable = book.pointed(connection) or RULES
    other = versions.read(connect, request.GET.get("against") or stable)
    told = {
        "version": version,
        "other": other,
        "marks": _standing().get(version.id, ()),
        "facts": _facts(version),
        "values": [each for each in differences.differences(other, version) if _is_value(each)],
        "texts": list(_texts(other, version)),
        "choices": [each for each in _others(version) if each.id != version.id],
    }
    return render(request, "office/version.html", told)


def _others(version: Version) -> tuple[Version, ...]:
    return (RULES_VERSION, *versions.newest(books.connect(), most=30))


def _standing() -> dict[str, tuple[str, ...]]:
    """Which versions are stable, on their way, or denied."""
    told: dict[str, tuple[str, ...]] = {}
    with books.connect()() as connection:
        row = connection.execute("SELECT stable_version, denied FROM rollout_control").fetchone()
        alive = book.alive(connection)
    stable = (row["stable_version"] if row else None) or RULES
    told[stable] = ("stable",)
    if alive:
        told[alive.canary_version] = (*told.get(alive.canary_version, ()), "on its way")
    for denied in row["denied"] if row else ():
        told[denied] = (*told.get(denied, ()), "denied")
    return told


def _facts(version: Version) -> list[tuple[str, str]]:
    bundle = version.bundle
    named: dict[str, Any] = dict(bundle.parameters) | {
        name: "on" if is_on else "off" for name, is_on in bundle.features.items()
    }
    told = [("Handler", bundle.handler), ("Model", bundle.model or "none")]
    told += [(name.replace("_", " ").capitalize(), str(value)) for name, value in named.items()]
    told.append(("Made by", version.created_by))
    return told if not version.note else [*told, ("Note", version.note)]


def _is_value(line: str) -> bool:
    return " -> " in line and line[:1] not in "+-@ "


def _texts(before: Version, after: Version) -> Any:
    """Each changed text as lines with their kind: added, gone, same."""
    old, new = before.bundle.prompts, after.bundle.prompts
    for part in sorted(old.keys() | new.keys()):
        lines = list(
            unified_diff(
                old.get(part, "").splitlines(), new.get(part, "").splitlines(), lineterm="", n=2
            )
        )[2:]
        if lines:
            yield {"part": part, "lines": [(_kind(line), line) for line in lines]}


def _kind(line: str) -> str:
    return {"+": "added", "-": "gone", "@": "place"}.get(line[:1], "same")
