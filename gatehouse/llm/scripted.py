"""The twin of the model client: answers by script, in this process, with no key and no network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from gatehouse.llm.bounds import Bounds, bounded
from gatehouse.llm.types import (
    Answering,
    ChatRequest,
    Completion,
    Delta,
    Finish,
    ModelError,
    Provider,
    Usage,
)
from gatehouse.resilience.deadline import Deadline

PIECE = 16  # characters of a delta
VECTOR = 8  # numbers of an embedding


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: seconds of silence, then `text` in pieces, then the failure or a good end."""

    text: str = ""
    failure: ModelError | None = None
    delay: float = 0.0
    gap: float = 0.0
    finish: Finish = "stop"
    usage: Usage | None = None  # None: a quarter of the characters


Said = str | Line | ModelError
Script = Callable[[ChatRequest], Said] | Iterable[Said]


class ScriptedModel:
    """A ChatModel that says what `script` tells: a function of the request, or answers in turn.

    A list that has ended raises LookupError: the test asked more often than it wrote down.
    `asked` keeps the requests in order.
    """

    def __init__(
        self,
        script: Script,
        *,
        name: str = "scripted",
        provider: Provider = "scripted",
        bounds: Bounds | None = None,
    ) -> None:
        self.name = name
        self.asked: list[ChatRequest] = []
        self._provider = provider
        self._bounds = bounds or Bounds()
        self._script = script if callable(script) else _in_turn(script)

    def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        """The next answer of the script, within the bounds of every model call."""
        return bounded(self._say(request), self._bounds, deadline)

    async def _say(self, request: ChatRequest) -> Answering:
        self.asked.append(request)
        line = _line(self._script(request))
        for number, piece in enumerate(_pieces(line.text)):
            await asyncio.sleep(line.gap if number else line.delay)
            yield Delta(piece)
        if line.failure:
            raise _fresh(line.failure)
        if not line.text:
            await asyncio.sleep(line.delay)
        if line.finish == "filter":
            raise ModelError("filtered", "the provider refused to answer")
        usage = line.usage or _rough_usage(request, line.text)
        yield Completion(line.text, usage, self.name, self._provider, finish=line.finish)


class ScriptedEmbedder:
    """An Embedder: equal texts get equal vectors, others get others. Raises `failure` if given."""

    def __init__(self, *, failure: ModelError | None = None) -> None:
        self._failure = failure

    async def embed(
        self, texts: tuple[str, ...], deadline: Deadline
    ) -> tuple[tuple[float, ...], ...]:
        if self._failure:
            raise _fresh(self._failure)
        if deadline.has_passed:
            raise ModelError("timeout", "the time for the vectors is over")
        return tuple(_vector(text) for text in texts)


class ScriptedModerator:
    """A Moderator: the categories whose word stands in the text."""

    def __init__(self, words: dict[str, str], *, failure: ModelError | None = None) -> None:
        self._words = words
        self._failure = failure

    async def moderate(self, text: str, deadline: Deadline) -> frozenset[str]:
        if self._failure:
            raise _fresh(self._failure)
        if deadline.has_passed:
            raise ModelError("timeout", "the time for moderation is over")
        return frozenset(c for word, c in self._words.items() if word in text.lower())


def _in_turn(script: Iterable[Said]) -> Callable[[ChatRequest], Said]:
    said = iter(script)

    def following(_: ChatRequest) -> Said:
        try:
            return next(said)
        except StopIteration:
            raise LookupError("the script of the model has ended") from None

    return following


def _line(said: Said) -> Line:
    if isinstance(said, Line):
        return said
    return Line(failure=said) if isinstance(said, ModelError) else Line(said)


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))


def _fresh(failure: ModelError) -> ModelError:
    return ModelError(failure.kind, failure.detail, retry_after=failure.retry_after)


def _rough_usage(request: ChatRequest, text: str) -> Usage:
    asked = sum(len(message.text) for message in request.messages)
    return Usage(tokens_in=asked // 4, tokens_out=len(text) // 4)


def _vector(text: str) -> tuple[float, ...]:
    digest = blake2b(text.encode(), digest_size=VECTOR).digest()
    return tuple(byte / 255 for byte in digest)
