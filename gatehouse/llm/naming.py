"""Names of models as the settings write them: family:name, or a plain name at an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit, urlunsplit

from gatehouse.base.errors import Misconfigured

Family = Literal["openai", "anthropic", "google", "ollama", "azure"]
PREFIXES: dict[str, Family] = {
    "openai": "openai",
    "openai-chat": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "google-gla": "google",
    "ollama": "ollama",
    "azure": "azure",
}
OWN_ENDPOINT: dict[Family, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
    "ollama": "http://127.0.0.1:11434/v1",
}
SYSTEMS: dict[Family, str] = {  # as the semantic conventions of traces call them
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gcp.gemini",
    "ollama": "ollama",
    "azure": "azure.ai.openai",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model lives. `variables` begins the names of the settings it came from."""

    family: Family
    name: str
    base_url: str
    key: str
    variables: str = "LLM"

    @property
    def system(self) -> str:
        """The provider's name in traces."""
        return SYSTEMS[self.family]

    @property
    def is_own(self) -> bool:
        """Is this the provider's own endpoint, which always wants a key?"""
        return self.base_url == OWN_ENDPOINT.get(self.family) and self.family != "ollama"

    @property
    def api_version(self) -> str:
        """Of an older Azure endpoint: …?api-version=2025-04-01-preview; empty for all others."""
        return parse_qs(urlsplit(self.base_url).query).get("api-version", [""])[0]

    @property
    def plain_url(self) -> str:
        """The endpoint without its query."""
        return urlunsplit(urlsplit(self.base_url)._replace(query="", fragment="")).rstrip("/")


def address(model: str, base_url: str, key: str, *, variables: str = "LLM") -> Address:
    """Reads a setting such as anthropic:claude-haiku-4-5, gpt-5-mini or qwen3:8b.

    A prefix that names no family belongs to the name. Raises Misconfigured.
    """
    prefix, colon, rest = model.partition(":")
    family = PREFIXES.get(prefix) if colon else None
    name = rest if family else model
    if not name.strip():
        raise Misconfigured(f"{variables}_MODEL is {model!r}: allowed is family:name, or a name")
    found = family or "openai"
    url = base_url or OWN_ENDPOINT.get(found, "")
    if not url:
        raise Misconfigured(f"{variables}_BASE_URL is empty: {model} needs its endpoint")
    there = Address(found, name.strip(), url, key, variables)
    if there.is_own and not key:
        raise Misconfigured(f"{variables}_API_KEY is empty: {model} needs a key at {url}")
    return there
