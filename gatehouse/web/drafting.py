"""A new version as an engineer asks for it: another one's content with a few things changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput
from gatehouse.llm.assembly import refuse_unpriced
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import Bundle, bundle_of, changed
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.types import RULES
from gatehouse.rollout.versions import Version
from gatehouse.talk.prompts.places import refuse_unfit
from gatehouse.web.own_version import own_version, settings_for

CURRENT, OWN = "current", "own"
_STABLE = "SELECT stable_version FROM rollout_control WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to differ. `prompts`: part -> file."""

    prompts: Mapping[str, Path] = field(default_factory=dict)
    model: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)


def based_on(named: str, connect: Connect, settings: Settings) -> Version:
    """The version that is meant. Raises NotFound, BadInput, StoreDown.

    current: the promoted one; while there is none, or it is the rules handler, the house's own.
    """
    if named == CURRENT:
        with connect() as visit:
            row = visit.execute(_STABLE).fetchone()
        stable = row["stable_version"] if row else None
        if stable and stable != RULES:
            return versions.read(connect, stable)
    if named in (CURRENT, OWN):
        own = own_version(settings)
        if own is None:
            raise BadInput("there is no model: set LLM_MODEL, or begin with --from VERSION")
        return own
    return versions.found(connect, named)


def drafted(base: Bundle, wishes: Wishes) -> Bundle:
    """Raises BadInput with one line a person can act on."""
    texts = {part: _read(part, path) for part, path in wishes.prompts.items()}
    made = changed(
        base,
        prompts=texts,
        model=wishes.model,
        parameters=wishes.parameters,
        features=wishes.features,
    )
    refuse_unrunnable_texts(made)
    return made


def refuse_unrunnable_texts(bundle: Bundle) -> None:
    """Raises BadInput where its prompts have not all the place-holders, or others."""
    if bundle.handler == "prompted":
        refuse_unfit(bundle.prompts)


def refuse_unreachable(bundle: Bundle, settings: Settings) -> None:
    """Raises Misconfigured where its model has no key, endpoint, or price for a budget here."""
    if bundle.handler == "prompted":
        refuse_unpriced(settings_for(bundle, settings))


def bundle_in(path: Path) -> Bundle:
    """A whole bundle from a JSON file, as `version show --json` writes it. Raises BadInput."""
    try:
        told = json.loads(_read("the bundle", path))
    except ValueError as wrong:
        raise BadInput(f"{path} is not JSON: {wrong}") from None
    if not isinstance(told, dict):
        raise BadInput(f"{path} holds no object")
    made = bundle_of(told.get("bundle", told))
    refuse_unrunnable_texts(made)
    return made


def pairs(given: Iterable[str], *, what: str) -> dict[str, str]:
    """name=value, many times. Raises BadInput."""
    found: dict[str, str] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name or not value:
            raise BadInput(f"{each!r} is no {what}: allowed is NAME=VALUE")
        if name in found:
            raise BadInput(f"{name} is given twice")
        found[name] = value
    return found


def _read(what: str, path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not UTF-8 text"
        raise BadInput(f"{what} cannot be read from {path}: {reason}") from None
