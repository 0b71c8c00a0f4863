"""Our quick reader of a stream's pieces says the same as the library's own."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk

from gatehouse.llm.client.swift import SwiftOpenAI

HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
PIECES: dict[str, dict[str, Any]] = {
    "text": {**HEAD, "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}]},
    "the end": {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    "usage": {
        **HEAD,
        "choices": [],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    },
    "a tool": {
        **HEAD,
        "choices": [
            {"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}}
        ],
    },
    "a field of their own": {
        **HEAD,
        "choices": [{"index": 0, "delta": {"reasoning_content": "hm"}}],
    },
    "no kind": {"id": "c1", "choices": [{"index": 0, "delta": {"content": "hi"}}]},
    "another reason": {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "eos"}]},
}


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_read_as_the_library_reads_it(name: str) -> None:
    response = httpx2.Response(200)
    told = [
        client(api_key="k", base_url="http://127.0.0.1:9")._process_response_data(
            data=PIECES[name], cast_to=ChatCompletionChunk, response=response
        )
        for client in (AsyncOpenAI, SwiftOpenAI)
    ]
    assert told[0].model_dump(exclude_unset=True) == told[1].model_dump(exclude_unset=True)


def test_the_library_still_has_the_place_where_we_step_in() -> None:
    assert hasattr(AsyncOpenAI, "_process_response_data")
