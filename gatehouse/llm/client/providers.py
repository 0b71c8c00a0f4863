"""The providers' clients: explicit keys and endpoints, one shared HTTP client, no retries."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import httpx2
from pydantic_ai.exceptions import UnsupportedSettingWarning
from pydantic_ai.models import Model

from gatehouse.base.errors import Misconfigured
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client.direct import DirectModel
from gatehouse.llm.client.endpoints import EndpointEmbedder, EndpointModerator
from gatehouse.llm.client.transport import open_client
from gatehouse.llm.naming import Address
from gatehouse.llm.types import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "none"  # endpoints without keys want some header all the same


class Connections:
    """Makes models that share one HTTP client; close it when the house closes."""

    def __init__(self) -> None:
        warnings.filterwarnings("error", category=UnsupportedSettingWarning)
        self.http = open_client()

    def model(
        self, there: Address, *, provider: Provider, bounds: Bounds, form: str = "auto"
    ) -> DirectModel:
        """The model at this address. Raises Misconfigured."""
        made = _MAKERS[there.family](there, self.http)
        if lacking := made.unsupported_settings & {"max_retries", "timeout"}:
            raise Misconfigured(
                f"{there.variables}_MODEL is {there.name!r}: its provider cannot do "
                f"{' and '.join(sorted(lacking))}, so its calls could not be bounded"
            )
        return DirectModel(made, provider=provider, bounds=bounds, form=form)

    def embedder(self, there: Address) -> EndpointEmbedder:
        """Embeddings at this address. Raises Misconfigured for families without any."""
        return EndpointEmbedder(_openai_shaped(there, "EMBEDDINGS"), self.http)

    def moderator(self, there: Address) -> EndpointModerator:
        """Moderation at this address. Raises Misconfigured."""
        return EndpointModerator(_openai_shaped(there, "MODERATION"), self.http)

    async def close(self) -> None:
        await self.http.aclose()


def _openai_shaped(there: Address, task: str) -> Address:
    if there.family in ("anthropic", "google"):
        raise Misconfigured(
            f"LLM_MODEL_{task} is {there.name!r} at {there.family}: allowed is a model behind an "
            "OpenAI-compatible endpoint"
        )
    return there


def _swift(there: Address, http: httpx2.AsyncClient) -> AsyncOpenAI:
    from gatehouse.llm.client.swift import SwiftOpenAI

    return SwiftOpenAI(
        base_url=there.plain_url, api_key=there.key or NO_KEY, http_client=http, max_retries=0
    )


def _openai(there: Address, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(there.name, provider=OpenAIProvider(openai_client=_swift(there, http)))


def _ollama(there: Address, http: httpx2.AsyncClient) -> Model[Any]:
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    return OllamaModel(there.name, provider=OllamaProvider(openai_client=_swift(there, http)))


def _azure(there: Address, http: httpx2.AsyncClient) -> Model[Any]:
    if not there.api_version:
        return _openai(there, http)  # the endpoint …/openai/v1 speaks the same
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.azure import AzureProvider

    from gatehouse.llm.client.swift import SwiftAzureOpenAI

    client = SwiftAzureOpenAI(
        azure_endpoint=there.plain_url,
        api_version=there.api_version,
        api_key=there.key or NO_KEY,
        http_client=http,
        max_retries=0,
    )
    return OpenAIChatModel(there.name, provider=AzureProvider(openai_client=client))


def _anthropic(there: Address, http: httpx2.AsyncClient) -> Model[Any]:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        base_url=there.plain_url, api_key=there.key or NO_KEY, http_client=http, max_retries=0
    )
    return AnthropicModel(there.name, provider=AnthropicProvider(anthropic_client=client))


def _google(there: Address, http: httpx2.AsyncClient) -> Model[Any]:
    from google.genai.types import HttpRetryOptions
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(
        api_key=there.key or NO_KEY,
        base_url=there.plain_url,
        http_client=http,
        retry_options=HttpRetryOptions(attempts=1),
    )
    return GoogleModel(there.name, provider=provider)


_MAKERS = {
    "openai": _openai,
    "ollama": _ollama,
    "azure": _azure,
    "anthropic": _anthropic,
    "google": _google,
}
