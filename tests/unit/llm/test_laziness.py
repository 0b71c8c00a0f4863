"""A house without a model pays nothing for the libraries of models."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
from gatehouse.base.config import load
from gatehouse.web.wiring import voice_of
from gatehouse.resilience.breakers import Breakers
voice_of(load({MODEL}), None, Breakers())
heavy = {{"pydantic_ai", "openai", "anthropic", "google.genai", "opentelemetry.sdk"}}
print(sorted(heavy & set(sys.modules)))
"""


def loaded(environment: str) -> str:
    code = LOADED.format(MODEL=environment)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_nothing_heavy_is_loaded_without_a_model() -> None:
    assert loaded("{}") == "[]"


def test_with_a_model_its_own_library_is_loaded_and_no_other() -> None:
    environment = '{"LLM_MODEL": "m", "LLM_BASE_URL": "http://127.0.0.1:9/v1"}'
    assert loaded(environment) == "['openai', 'pydantic_ai']"
