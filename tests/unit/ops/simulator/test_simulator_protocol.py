"""The official client works against the simulator as it does against the real thing."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal

import httpx
import openai
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from gatehouse.ops.simulator.app import Simulator

ONE_PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()
ASKING: list[Any] = [{"role": "user", "content": "Two rooms in Girne, please"}]
FIND: Any = {
    "type": "function",
    "function": {
        "name": "find_homes",
        "parameters": {
            "type": "object",
            "properties": {"town": {"type": "string"}, "rooms": {"type": "integer", "minimum": 1}},
            "required": ["town", "rooms"],
        },
    },
}


class Room(BaseModel):
    name: str
    floor: int


class Plan(BaseModel):
    kind: Literal["house", "flat"]
    rooms: list[Room]
    first: Room
    note: str | None


async def test_a_chat_is_answered_whole_with_its_usage(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="simulated", messages=ASKING)
    assert answer.choices[0].message.content == "You said: Two rooms in Girne, please"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_a_stream_ends_with_the_usage_if_it_was_asked_for(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="simulated", messages=ASKING, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    texts = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(texts) == "You said: Two rooms in Girne, please"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


async def test_a_stream_has_no_usage_unless_asked_for(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="m", messages=ASKING, stream=True)
    assert {chunk.usage async for chunk in stream} == {None}


async def test_an_answer_follows_the_schema_that_the_client_parses(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.parse(
        model="simulated", messages=ASKING, response_format=Plan
    )
    plan = answer.choices[0].message.parsed
    assert plan is not None
    assert plan.kind == "house"
    assert plan.first.floor == 0


async def test_a_function_is_called_when_it_must_be(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="simulated", messages=ASKING, tools=[FIND], tool_choice="required"
    )
    calls: Any = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert calls[0].function.name == "find_homes"
    assert json.loads(calls[0].function.arguments)["rooms"] == 1


async def test_a_call_arrives_in_pieces_when_it_is_streamed(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="m",
        messages=ASKING,
        tools=[FIND],
        tool_choice={"type": "function", "function": {"name": "find_homes"}},
        stream=True,
    )
    calls = [c.choices[0].delta.tool_calls async for c in stream if c.choices]
    pieces = [call[0].function for call in calls if call]
    assert pieces[0] is not None
    assert pieces[0].name == "find_homes"
    assert json.loads("".join(p.arguments or "" for p in pieces if p))["rooms"] == 1


async def test_left_to_itself_the_model_calls_only_what_the_question_names(
    client: AsyncOpenAI,
) -> None:
    async def calls(text: str) -> bool:
        asked: list[Any] = [{"role": "user", "content": text}]
        answer = await client.chat.completions.create(model="m", messages=asked, tools=[FIND])
        return answer.choices[0].message.tool_calls is not None

    assert await calls("find me some homes")
    assert not await calls("good morning")


async def test_a_picture_is_seen(client: AsyncOpenAI) -> None:
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ONE_PIXEL}"}},
    ]
    asked: list[Any] = [{"role": "user", "content": parts}]
    answer = await client.chat.completions.create(model="simulated", messages=asked)
    assert "image/png of 28 bytes" in (answer.choices[0].message.content or "")


async def test_a_broken_picture_is_refused(client: AsyncOpenAI) -> None:
    url = {"url": "data:image/png;base64,%%%"}
    asked: list[Any] = [{"role": "user", "content": [{"type": "image_url", "image_url": url}]}]
    with pytest.raises(openai.BadRequestError, match="not valid"):
        await client.chat.completions.create(model="simulated", messages=asked)


async def test_embeddings_come_packed_or_plain_and_are_the_same(client: AsyncOpenAI) -> None:
    texts = ["flat by the sea", "house by the sea", "tax office"]
    packed = await client.embeddings.create(model="simulated-embeddings", input=texts)
    plain = await client.embeddings.create(model="m", input=texts, encoding_format="float")
    first, second, third = (each.embedding for each in packed.data)
    assert first == pytest.approx(plain.data[0].embedding, abs=1e-6)
    assert _dot(first, first) == pytest.approx(1, abs=1e-5)
    assert _dot(first, second) > _dot(first, third)


async def test_embeddings_have_the_length_that_was_asked_for(client: AsyncOpenAI) -> None:
    answer = await client.embeddings.create(model="m", input="sea", dimensions=64)
    assert len(answer.data[0].embedding) == 64
    with pytest.raises(openai.BadRequestError, match="empty"):
        await client.embeddings.create(model="m", input=["sea", ""])


async def test_moderation_flags_what_is_plainly_bad(client: AsyncOpenAI) -> None:
    answer = await client.moderations.create(input=["a flat in Girne", "I will hurt you"])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.harassment_threatening


async def test_models_are_listed_and_unknown_ones_are_not_found(client: AsyncOpenAI) -> None:
    assert "simulated" in [model.id async for model in client.models.list()]
    assert (await client.models.retrieve("simulated")).object == "model"
    with pytest.raises(openai.NotFoundError) as refused:
        await client.models.retrieve("gpt-99")
    assert refused.value.code == "model_not_found"


async def test_a_limit_of_tokens_cuts_the_answer(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="m", messages=ASKING, max_tokens=2)
    assert answer.choices[0].finish_reason == "length"
    assert answer.choices[0].message.content == "You said"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": [{"role": "user", "content": "x"}]}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "wizard", "content": "x"}]}, "messages"),
        ({"model": "m", "messages": ASKING, "n": 2}, "n"),
        ({"model": "m", "messages": ASKING, "max_tokens": 0}, "max_tokens"),
        ({"model": "m", "messages": ASKING, "tools": [{}]}, "tools"),
        (
            {"model": "m", "messages": ASKING, "response_format": {"type": "json_schema"}},
            "response_format",
        ),
    ],
)
async def test_a_wrong_request_is_told_which_parameter_is_wrong(
    address: str, body: dict[str, Any], param: str
) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{address}/chat/completions", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


async def test_what_is_no_json_is_a_wrong_request(address: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{address}/chat/completions", content=b"{")
        nowhere = await http.get(f"{address}/nowhere")
    assert answer.status_code == 400
    assert nowhere.status_code == 404
    assert nowhere.json()["error"]["type"] == "invalid_request_error"


async def test_what_was_asked_is_counted_and_kept_for_inspection(
    client: AsyncOpenAI, address: str, simulator: Simulator
) -> None:
    await client.chat.completions.create(model="simulated", messages=ASKING)
    async with httpx.AsyncClient(base_url=address.removesuffix("/v1"), trust_env=False) as http:
        stats = (await http.get("/stats")).json()
        kept = (await http.get("/requests?last=1")).json()
        assert (await http.get("/health")).json() == {"status": "ok"}
        await http.post("/reset")
    assert stats["by_endpoint"] == {"chat": 1}
    assert stats["tokens_in"] > 0
    assert stats["tokens_out"] > 0
    assert kept[0]["body"]["messages"] == ASKING
    assert simulator.stats.view()["requests"] == 0


def _dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
