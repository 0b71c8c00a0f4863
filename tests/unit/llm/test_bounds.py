"""The bounds of a call, and what becomes of pieces that a late caller finds waiting."""

from __future__ import annotations

import asyncio

import pytest

from gatehouse.llm.bounds import Bounds, bounded
from gatehouse.llm.types import Answering, Completion, Delta, ModelError, Usage
from gatehouse.resilience.deadline import Deadline

END = Completion("one two three", Usage(), "m", "primary")
PATIENT = Bounds(30, 30, 60)


async def test_texts_that_wait_together_become_one_piece_in_their_order() -> None:
    said = asyncio.Event()

    async def source() -> Answering:
        yield Delta("one")
        for text in (" two", "", " three"):
            yield Delta(text)
        yield END
        said.set()

    answering = bounded(source(), PATIENT, Deadline.after(60))
    heard = [await anext(answering)]
    await said.wait()
    heard += [piece async for piece in answering]
    texts = [piece.text for piece in heard if isinstance(piece, Delta)]
    assert "".join(texts) == "one two three"
    assert len(texts) <= 2
    assert heard[-1] == END


async def test_what_fails_after_some_text_fails_after_it() -> None:
    async def source() -> Answering:
        yield Delta("one")
        raise ModelError("protocol", "cut")

    answering = bounded(source(), PATIENT, Deadline.after(60))
    assert await anext(answering) == Delta("one")
    with pytest.raises(ModelError) as caught:
        await anext(answering)
    assert caught.value.has_begun


async def test_an_answer_without_end_is_cut_at_its_characters_though_nobody_reads() -> None:
    read = 0

    async def source() -> Answering:
        nonlocal read
        while True:
            read += 1
            yield Delta("la ")

    answering = bounded(source(), Bounds(30, 30, 60, characters=300), Deadline.after(60))
    with pytest.raises(ModelError) as caught:
        async for _ in answering:
            await asyncio.sleep(0)
    assert (caught.value.kind, read) == ("protocol", 101)
