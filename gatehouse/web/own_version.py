"""The house's own version: the prompt files of this release with the model of the settings."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from gatehouse import __version__
from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.llm.assembly import named
from gatehouse.rollout.bundles import Bundle, tidy
from gatehouse.rollout.versions import Version
from gatehouse.talk.prompts import Prompts, load

BY = "the release"
# What a provider may call a model; no part of an address can be written with it.
_NAME: Final = re.compile(r"[A-Za-z0-9@](?:[A-Za-z0-9_:@/+-]|\.(?!\.)){0,199}")


def own_version(settings: Settings) -> Version | None:
    """None without LLM_MODEL."""
    if not settings.llm_model:
        return None
    return Version(own_bundle(settings), f"release {__version__}", created_by=BY)


def own_bundle(settings: Settings) -> Bundle:
    """What the settings leave as it is does not stand in it."""
    told = {"output": settings.llm_output, "model_repair": settings.llm_model_repair}
    usual = {"output": "auto", "model_repair": ""}
    return Bundle(
        "prompted",
        {part: tidy(text) for part, text in load().texts.items()},
        settings.llm_model,
        {name: value for name, value in told.items() if value != usual[name]},
    )


def settings_for(bundle: Bundle, settings: Settings) -> Settings:
    """The settings with the bundle's own model. Raises Misconfigured where it cannot be reached.

    A version chooses a model, never an endpoint: the house's key goes nowhere else.
    """
    changes: dict[str, Any] = {
        "llm_model": bundle.model,
        "llm_model_repair": bundle.parameters.get("model_repair", ""),
        "llm_output": bundle.parameters.get("output", "auto"),
    }
    wanted = settings.model_copy(update=changes)
    if not named(wanted):
        raise Misconfigured("LLM_MODEL is empty: a prompted version needs a model")
    if settings.llm_model:
        _refuse_elsewhere(wanted, settings)
    return wanted


def _refuse_elsewhere(wanted: Settings, settings: Settings) -> None:
    """Raises Misconfigured. What the settings name themselves is the operator's own choice."""
    home, places = _homes(settings)["LLM_MODEL"], _homes(wanted)
    for variable in ("LLM_MODEL", "LLM_MODEL_REPAIR"):
        model = getattr(wanted, variable.lower())
        if not model or model == getattr(settings, variable.lower()):
            continue
        if _NAME.fullmatch(model) is None:
            raise Misconfigured(f"model is {model[:200]!r}: that is no name of a model")
        if (there := places[variable]) != home:
            raise Misconfigured(
                f"model {model!r} lives at {_host(there)}, and LLM_MODEL at {_host(home)}: a "
                "version keeps the house's endpoint and key; write its name as LLM_MODEL's"
            )


def _host(url: str) -> str:
    """All of an address that may be told: the rest can hold a password."""
    return urlsplit(url).hostname or "nowhere"


def _homes(settings: Settings) -> dict[str, str]:
    """Where each named model lives."""
    return {each.variable: each.there.base_url for each in named(settings)}


def has_own_chain(bundle: Bundle, settings: Settings) -> bool:
    """Does it ask another model than the house, or the same in another way?"""
    own = own_bundle(settings)
    told = (bundle.model, *_manner(bundle))
    return told != (own.model, *_manner(own))


def prompts_of(version: Version) -> Prompts:
    """Its texts, as the conversation fills them."""
    texts: dict[Any, str] = dict(version.bundle.prompts)
    return Prompts(version.id, texts)


def _manner(bundle: Bundle) -> tuple[object, object]:
    parameters = bundle.parameters
    return parameters.get("output", "auto"), parameters.get("model_repair", "")
