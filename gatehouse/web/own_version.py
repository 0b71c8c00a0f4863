"""The house's own version: the prompt files of this release with the model of the settings."""

from __future__ import annotations

from typing import Any

from gatehouse import __version__
from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.llm.assembly import named
from gatehouse.rollout.bundles import Bundle, tidy
from gatehouse.rollout.versions import Version
from gatehouse.talk.prompts import Prompts, load

BY = "the release"


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
    """The settings with the bundle's own model. Raises Misconfigured where it cannot be reached."""
    changes: dict[str, Any] = {
        "llm_model": bundle.model,
        "llm_model_repair": bundle.parameters.get("model_repair", ""),
        "llm_output": bundle.parameters.get("output", "auto"),
    }
    wanted = settings.model_copy(update=changes)
    if not named(wanted):
        raise Misconfigured("LLM_MODEL is empty: a prompted version needs a model")
    return wanted


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
