"""The simulator behaves as it is told, by whom it is told, and lets go of who leaves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator.app import Simulator
from gatehouse.ops.simulator.composing import corpus_of
from gatehouse.ops.simulator.directing import Asked, Director, mix, script, script_of
from gatehouse.ops.simulator.types import NAMES, Behaviour

ASKING: list[Any] = [{"role": "user", "content": "Two rooms in Girne, please"}]


async def ask(client: AsyncOpenAI, behaviour: str = "", text: str = "") -> str:
    """The whole text of a streamed answer."""
    headers = {"x-simulate": behaviour} if behaviour else {}
    asked: list[Any] = [{"role": "user", "content": text}] if text else ASKING
    stream = await client.chat.completions.create(
        model="simulated", messages=asked, stream=True, extra_headers=headers
    )
    return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])


async def test_a_throttled_client_is_told_when_to_come_again(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.RateLimitError) as refused:
        await ask(client, "throttled;retry_after=7")
    assert refused.value.response.headers["retry-after"] == "7"
    assert refused.value.code == "rate_limit_exceeded"


@pytest.mark.parametrize("status", [500, 503, 529])
async def test_an_overloaded_server_says_so(client: AsyncOpenAI, status: int) -> None:
    with pytest.raises(openai.InternalServerError) as refused:
        await ask(client, f"overloaded;status={status}")
    assert refused.value.status_code == status


async def test_a_wrong_key_is_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        await ask(client, "unauthorised")


@pytest.mark.parametrize("is_streamed", [True, False])
@pytest.mark.parametrize("name", ["cut", "dead"])
async def test_a_connection_that_breaks_is_an_error_to_the_client(
    client: AsyncOpenAI, name: str, is_streamed: bool
) -> None:
    with pytest.raises((openai.APIConnectionError, httpx.TransportError)):
        answer = await client.chat.completions.create(
            model="m", messages=ASKING, stream=is_streamed, extra_headers={"x-simulate": name}
        )
        if isinstance(answer, openai.AsyncStream):
            async for _ in answer:
                pass


async def test_a_cut_answer_had_begun(client: AsyncOpenAI) -> None:
    begun: list[str] = []
    with pytest.raises((openai.APIConnectionError, httpx.TransportError)):
        stream = await client.chat.completions.create(
            model="m", messages=ASKING, stream=True, extra_headers={"x-simulate": "cut"}
        )
        async for chunk in stream:
            begun.append(chunk.choices[0].delta.content or "")  # noqa: PERF401 - it breaks off
    assert "".join(begun) == "You said: Two room"


@pytest.mark.parametrize(
    "behaviour",
    ["hang", "headers_then_silence", "endless", "slow_first_token;ms=60000", "drip;ms=60000"],
)
async def test_who_leaves_a_server_that_never_ends_is_let_go(
    address: str, simulator: Simulator, behaviour: str
) -> None:
    asked = {"model": "m", "messages": ASKING, "stream": True}
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        with pytest.raises(TimeoutError):
            async with (
                asyncio.timeout(0.15),
                http.stream(
                    "POST",
                    f"{address}/chat/completions",
                    json=asked,
                    headers={"x-simulate": behaviour},
                    timeout=None,
                ) as answer,
            ):
                async for _ in answer.aiter_bytes():
                    pass
    async with asyncio.timeout(10):
        while simulator.stats.in_flight:
            await asyncio.sleep(0.01)
    assert simulator.stats.abandoned == 1


async def test_drops_make_the_same_answer(client: AsyncOpenAI) -> None:
    assert await ask(client, "drip;ms=0") == "You said: Two rooms in Girne, please"
    whole = await client.chat.completions.create(
        model="m", messages=ASKING, extra_headers={"x-simulate": "drip;ms=0"}
    )
    assert whole.choices[0].message.content == "You said: Two rooms in Girne, please"


async def test_an_answer_may_end_properly_in_the_middle(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="m", messages=ASKING, extra_headers={"x-simulate": "truncated;share=0.25"}
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.choices[0].message.content == "You said:"


async def test_a_withheld_answer_says_why(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(
        model="m", messages=ASKING, extra_headers={"x-simulate": "filtered"}
    )
    assert answer.choices[0].finish_reason == "content_filter"


async def test_malformed_answers_come_in_turn_or_by_number(client: AsyncOpenAI) -> None:
    first, second = [await ask(client, "malformed") for _ in range(2)]
    assert first != second
    assert await ask(client, "malformed;n=0") == first
    assert await ask(client, "verbatim;text={]") == "{]"


async def test_a_switch_changes_it_while_it_runs_and_back(
    client: AsyncOpenAI, address: str
) -> None:
    async with httpx.AsyncClient(base_url=address.removesuffix("/v1"), trust_env=False) as http:
        for name in ("good", "malformed", "dead", "good"):
            await http.post("/behaviour", json={"name": name})
            if name == "dead":
                with pytest.raises(openai.APIConnectionError):
                    await ask(client)
            elif name == "good":
                assert (await ask(client)).startswith("You said")
        assert (await http.get("/behaviour")).json()["name"] == "good"
        assert (await http.post("/behaviour", json={"name": "joyful"})).status_code == 400
        assert (await http.request("DELETE", "/behaviour")).json()["name"] is None


async def test_a_script_can_be_sent_while_it_runs(client: AsyncOpenAI, address: str) -> None:
    rules = [{"when": {"request": 2}, "do": "unauthorised"}]
    await ask(client)
    async with httpx.AsyncClient(base_url=address.removesuffix("/v1"), trust_env=False) as http:
        await http.post("/behaviour", json={"script": rules})
    await ask(client)  # counted from the script's arrival
    with pytest.raises(openai.AuthenticationError):
        await ask(client)


async def test_embeddings_and_moderation_misbehave_as_well(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        await client.embeddings.create(
            model="m", input="x", extra_headers={"x-simulate": "throttled"}
        )
    with pytest.raises(openai.APITimeoutError):
        await client.moderations.create(
            input="x", extra_headers={"x-simulate": "hang"}, timeout=0.2
        )


def test_the_first_rule_that_fits_counts() -> None:
    director = Director(
        script=script(
            [
                {"when": {"request": "2-3"}, "do": "hang"},
                {"when": {"text": "pool|sea"}, "do": {"name": "drip", "ms": 5}},
                {"when": {"endpoint": "embeddings"}, "do": "overloaded;status=529"},
                {"when": {"request": "9-", "model": "small"}, "do": "cut"},
            ]
        )
    )
    chosen = [
        director.choose(Asked(1, "chat", "m", "with a Pool")),
        director.choose(Asked(3, "chat", "m", "with a pool")),
        director.choose(Asked(4, "embeddings")),
        director.choose(Asked(10, "chat", "small")),
        director.choose(Asked(10, "chat", "large")),
        director.choose(Asked(10, "chat", "large", header="obey")),
    ]
    assert [each.name for each in chosen] == ["drip", "hang", "overloaded", "cut", "good", "obey"]
    assert chosen[0].number("ms", 0) == 5


def test_a_mix_is_the_same_for_the_same_seed_in_any_order() -> None:
    director = Director(mix=mix("good=8,hang=1,throttled;retry_after=3=1"), seed=5)
    names = [director.choose(Asked(n, "chat")).name for n in range(1, 201)]
    backwards = [director.choose(Asked(n, "chat")).name for n in range(200, 0, -1)]
    assert names == backwards[::-1]
    assert {"good", "hang", "throttled"} == set(names)
    assert names.count("good") > 120


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "good"},
        [{"when": {}}],
        [{"do": "joyful"}],
        [{"do": "good", "then": 1}],
        [{"do": "good", "when": {"moon": "full"}}],
        [{"do": "good", "when": {"request": "2..3"}}],
        [{"do": "good", "when": {"text": "("}}],
    ],
)
def test_a_wrong_script_is_refused(wrong: object) -> None:
    with pytest.raises(BadInput):
        script(wrong)


@pytest.mark.parametrize("wrong", ["joyful", "drip;fast", ""])
def test_a_wrong_behaviour_is_refused_and_the_right_ones_are_named(wrong: str) -> None:
    with pytest.raises(BadInput):
        Behaviour.of(wrong)


def test_a_parameter_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadInput, match="ms of drip"):
        Behaviour.of("drip;ms=soon").number("ms", 1)


async def test_a_header_that_names_no_behaviour_is_a_wrong_request(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no behaviour"):
        await ask(client, "joyful")


def test_a_script_may_be_an_array_or_lines(tmp_path: Path) -> None:
    rules = [{"when": {"request": 1}, "do": "hang"}, {"do": "light"}]
    (tmp_path / "array.json").write_text(json.dumps(rules))
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, rules)))
    assert script_of(tmp_path / "array.json") == script_of(tmp_path / "lines.jsonl")
    (tmp_path / "bad.json").write_text("do: hang")
    with pytest.raises(BadInput, match=r"bad\.json is not JSON"):
        script_of(tmp_path / "bad.json")


def test_a_corpus_of_malformed_answers_is_read_from_lines(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('"one"\n{"output": "two", "verdict": "fallback"}\n')
    assert corpus_of(path) == ("one", "two")
    path.write_text("{}\n")
    with pytest.raises(BadInput):
        corpus_of(path)


def test_every_behaviour_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
