"""Two versions side by side, as a person reads it: one line a value, and the texts line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.versions import Version

CONTEXT_LINES = 1
_UNSET = "(as the house has it)"


def differences(before: Version, after: Version) -> list[str]:
    """Empty: their content is the same."""
    return [*_values(before.bundle, after.bundle), *_texts(before, after)]


def is_about_prompts(line: str) -> bool:
    """Is it a line of a text, and neither a value nor a heading?"""
    return line[:1] in ("+", "-") and not line.startswith(("+++", "---"))


def _values(before: Bundle, after: Bundle) -> Iterator[str]:
    if before.handler != after.handler:
        yield f"handler: {before.handler} -> {after.handler}"
    if before.model != after.model:
        yield f"model: {before.model or '(none)'} -> {after.model or '(none)'}"
    yield from _pairs(before.parameters, after.parameters)
    yield from _pairs(before.features, after.features)


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        old, new = _shown(before.get(name)), _shown(after.get(name))
        if old != new:
            yield f"{name}: {old} -> {new}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return _UNSET if value is None else str(value)


def _texts(before: Version, after: Version) -> Iterator[str]:
    old, new = before.bundle.prompts, after.bundle.prompts
    for part in sorted(old.keys() | new.keys()):
        yield from unified_diff(
            old.get(part, "").splitlines(),
            new.get(part, "").splitlines(),
            f"{part}  {before.id}",
            f"{part}  {after.id}",
            lineterm="",
            n=CONTEXT_LINES,
        )
