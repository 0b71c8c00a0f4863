"""The OpenAI client, with the pieces of a stream read by pydantic itself.

The library builds every piece with a slow reader of its own that forgives any shape. Here a piece
of the right shape is read by the compiled validator; any other still goes the library's way.
"""

from __future__ import annotations

from typing import Any

import httpx2
from openai import AsyncAzureOpenAI, AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from pydantic import TypeAdapter, ValidationError

_read = TypeAdapter(ChatCompletionChunk).validator.validate_python


class SwiftMixin:
    """Goes before the library's client in the order of classes."""

    def _process_response_data(
        self, *, data: object, cast_to: Any, response: httpx2.Response
    ) -> Any:
        if cast_to is ChatCompletionChunk:
            try:
                return _read(data)
            except ValidationError:
                pass  # forgiven below
        parent: Any = super()
        return parent._process_response_data(data=data, cast_to=cast_to, response=response)


class SwiftOpenAI(SwiftMixin, AsyncOpenAI):
    """For endpoints of OpenAI's shape."""


class SwiftAzureOpenAI(SwiftMixin, AsyncAzureOpenAI):
    """For older Azure endpoints."""
