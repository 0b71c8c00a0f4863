"""Prices: the dated list, the operator's own, and what neither knows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from gatehouse.base.errors import Misconfigured
from gatehouse.llm.naming import address
from gatehouse.llm.prices import Price, load


def test_the_list_has_a_day_and_sane_prices() -> None:
    prices = load()
    assert date.fromisoformat(prices.as_of) >= date(2026, 1, 1)
    assert all(0 < price.tokens_in < 100 for price in prices.table.values())


@pytest.mark.parametrize("model", ["gpt-5-mini", "gpt-5-mini-2025-08-07", "openai:gpt-5-mini"])
def test_a_name_with_a_date_costs_what_the_plain_one_costs(model: str) -> None:
    assert load().of(address(model, "", "key")) == Price(0.25, 2.0)


def test_an_unknown_model_has_no_price() -> None:
    assert load().of(address("ollama:qwen3", "", "")) is None


def test_the_operators_file_wins(tmp_path: Path) -> None:
    own = tmp_path / "prices.json"
    own.write_text(json.dumps({"gpt-5-mini": [1, 2], "ollama:qwen3": [0, 0]}))
    prices = load(str(own))
    assert prices.of(address("gpt-5-mini", "", "key")) == Price(1, 2)
    assert prices.of(address("ollama:qwen3", "", "")) == Price(0, 0)


@pytest.mark.parametrize("told", ["[]", '{"a": 1}', '{"a": [1]}', '{"a": [-1, 2]}', '{"a": [true, 1]}', '{"a": [NaN, 1]}', "{"])  # fmt: skip # noqa: E501
def test_a_wrong_file_stops_the_start_with_one_line(tmp_path: Path, told: str) -> None:
    own = tmp_path / "prices.json"
    own.write_text(told)
    with pytest.raises(Misconfigured, match="LLM_PRICES is"):
        load(str(own))


def test_cost_is_in_dollars_for_tokens() -> None:
    assert Price(0.25, 2.0).cost(4_000, 500) == pytest.approx(0.002)
