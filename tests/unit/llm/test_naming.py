"""Names of models: families, tags, endpoints, keys."""

from __future__ import annotations

import pytest

from gatehouse.base.errors import Misconfigured
from gatehouse.llm.naming import address


@pytest.mark.parametrize(
    ("model", "base", "family", "name"),
    [
        ("gpt-5-mini", "", "openai", "gpt-5-mini"),
        ("openai:gpt-5-mini", "", "openai", "gpt-5-mini"),
        ("qwen3:8b", "http://10.0.0.1:8000/v1", "openai", "qwen3:8b"),
        ("ollama:qwen3:8b", "", "ollama", "qwen3:8b"),
        ("anthropic:claude-haiku-4-5", "", "anthropic", "claude-haiku-4-5"),
        ("google-gla:gemini-2.5-flash", "", "google", "gemini-2.5-flash"),
        ("azure:my-deployment", "https://x.example/openai/v1", "azure", "my-deployment"),
        ("meta/llama-3", "http://10.0.0.1:8000/v1", "openai", "meta/llama-3"),
    ],
)
def test_a_name_says_its_family(model: str, base: str, family: str, name: str) -> None:
    there = address(model, base, "key")
    assert (there.family, there.name) == (family, name)


def test_the_version_of_an_old_azure_endpoint_is_in_its_query() -> None:
    there = address("azure:d", "https://x.example?api-version=2025-04-01-preview", "key")
    assert (there.api_version, there.plain_url) == ("2025-04-01-preview", "https://x.example")


@pytest.mark.parametrize(
    ("model", "base", "key", "line"),
    [
        ("openai:", "", "k", "LLM_MODEL is 'openai:'"),
        ("gpt-5-mini", "", "", "LLM_API_KEY is empty"),
        ("anthropic:claude-haiku-4-5", "", "", "LLM_API_KEY is empty"),
        ("azure:d", "", "k", "LLM_BASE_URL is empty"),
    ],
)
def test_what_is_missing_is_said(model: str, base: str, key: str, line: str) -> None:
    with pytest.raises(Misconfigured, match=line):
        address(model, base, key)


def test_ollama_wants_no_key() -> None:
    assert address("ollama:qwen3", "", "").base_url == "http://127.0.0.1:11434/v1"
