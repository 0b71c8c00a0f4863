"""The OpenAI-shaped endpoints beside chat: embeddings and moderation."""

from __future__ import annotations

import math
from typing import Any

import httpx2

from gatehouse.base.errors import DeadlinePassed
from gatehouse.llm.client.troubles import kind_of_status, translated
from gatehouse.llm.naming import Address
from gatehouse.llm.types import ModelError
from gatehouse.resilience.deadline import Deadline

EMBEDDING_SECONDS = 1.5
MODERATION_SECONDS = 1.5
MOST_TEXTS = 32  # of one call: their vectors stay far below the greatest response


class EndpointEmbedder:
    """POST {base}/embeddings."""

    def __init__(self, there: Address, http: httpx2.AsyncClient) -> None:
        self._there = there
        self._http = http

    async def embed(
        self, texts: tuple[str, ...], deadline: Deadline
    ) -> tuple[tuple[float, ...], ...]:
        """One vector a text, in their order, all of one length. Raises ModelError."""
        vectors: list[tuple[float, ...]] = []
        for start in range(0, len(texts), MOST_TEXTS):
            some = texts[start : start + MOST_TEXTS]
            body = {"model": self._there.name, "input": list(some), "encoding_format": "float"}
            told = await _post(
                self._http, self._there, "embeddings", body=body,
                deadline=deadline, cap=EMBEDDING_SECONDS,
            )  # fmt: skip
            vectors += _vectors(told, len(some))
        if len({len(vector) for vector in vectors}) > 1:
            raise ModelError("protocol", "vectors of different lengths")
        return tuple(vectors)


class EndpointModerator:
    """POST {base}/moderations."""

    def __init__(self, there: Address, http: httpx2.AsyncClient) -> None:
        self._there = there
        self._http = http

    async def moderate(self, text: str, deadline: Deadline) -> frozenset[str]:
        """The provider's names of the categories that the text falls under. Raises ModelError."""
        body = {"model": self._there.name, "input": text}
        told = await _post(
            self._http, self._there, "moderations", body=body,
            deadline=deadline, cap=MODERATION_SECONDS,
        )  # fmt: skip
        try:
            categories = told["results"][0]["categories"]
            return frozenset(name for name, is_hit in categories.items() if is_hit is True)
        except (AttributeError, IndexError, KeyError, TypeError) as wrong:
            raise ModelError("protocol", "a moderation of another shape") from wrong


async def _post(
    http: httpx2.AsyncClient, there: Address, path: str, *, body: dict[str, Any],
    deadline: Deadline, cap: float,
) -> Any:  # fmt: skip
    try:
        async with deadline.within(cap):
            response = await http.post(
                f"{there.plain_url}/{path}",
                json=body,
                params={"api-version": there.api_version} if there.api_version else None,
                headers=_headers(there),
            )
    except DeadlinePassed as late:
        raise ModelError("timeout", f"{path} took longer than {cap:.1f} s") from late
    except httpx2.HTTPError as error:
        raise translated(error) from error
    if response.status_code >= 400:
        raise _refusal(response)
    try:
        return response.json()
    except ValueError as wrong:
        raise ModelError("protocol", f"{path} answered no JSON") from wrong


def _headers(there: Address) -> dict[str, str]:
    if there.api_version:
        return {"api-key": there.key}
    return {"Authorization": f"Bearer {there.key}"} if there.key else {}


def _refusal(response: httpx2.Response) -> ModelError:
    wait = response.headers.get("retry-after", "")
    retry_after = int(wait) if wait.isdecimal() else None
    kind = kind_of_status(response.status_code)
    return ModelError(kind, f"status {response.status_code}", retry_after=retry_after)


def _vectors(told: Any, count: int) -> list[tuple[float, ...]]:
    try:
        rows = sorted(told["data"], key=lambda row: int(row["index"]))
        vectors = [tuple(float(number) for number in row["embedding"]) for row in rows]
    except (KeyError, TypeError, ValueError) as wrong:
        raise ModelError("protocol", "embeddings of another shape") from wrong
    if len(vectors) != count or not all(vectors):
        raise ModelError("protocol", f"{len(vectors)} vectors for {count} texts")
    if not all(math.isfinite(number) for vector in vectors for number in vector):
        raise ModelError("protocol", "a vector with numbers that are none")
    return vectors
