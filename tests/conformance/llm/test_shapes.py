"""A schema is prepared once, and every call sends the same as the first one did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.client.asking import MOST_SHAPES, Shapes, parameters_of
from gatehouse.llm.naming import Address
from tests.conformance.llm.test_models import REQUEST

SCHEMA = {"type": "object", "properties": {"act": {"type": "string", "title": "Act"}}}


@pytest.mark.parametrize("form", ["schema", "tool", "json"])
def test_a_schema_is_prepared_once_and_as_the_library_prepares_it(
    form: Any, connections: Connections
) -> None:
    there = Address("openai", "test-model", "http://127.0.0.1:9/v1", "key")
    made: Any = connections.model(there, provider="primary", bounds=Bounds())._model
    request = replace(REQUEST, schema=SCHEMA)
    plain = type(made).customize_request_parameters(made, parameters_of(request, form))
    shapes = Shapes(made)
    first = shapes.of(request, form)
    assert shapes.of(replace(request), form) is first
    assert made.customize_request_parameters(first) == plain
    assert made.customize_request_parameters(first) is made.customize_request_parameters(first)
    others = [replace(request, schema=dict(SCHEMA)) for _ in range(MOST_SHAPES)]
    assert all(shapes.of(other, form) is not first for other in others)
    assert len(shapes._prepared) <= MOST_SHAPES
