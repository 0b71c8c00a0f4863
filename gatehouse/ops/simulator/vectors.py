"""Deterministic embeddings: texts that share words lie near each other."""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from collections.abc import Mapping
from typing import Any

from gatehouse.ops.simulator.question import tokens
from gatehouse.ops.simulator.shapes import Refused

LENGTH = 256
MOST_TEXTS = 2048


def vector(text: str, length: int = LENGTH) -> list[float]:
    """Of unit length; each word turns it a little its own way."""
    sums = [0.0] * length
    for word in text.casefold().split() or [""]:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=32).digest()
        for at in range(0, 32, 4):
            number = int.from_bytes(digest[at : at + 4], "big")
            sums[number % length] += 1.0 if number & 0x8000_0000 else -1.0
    norm = math.sqrt(sum(x * x for x in sums)) or 1.0
    return [x / norm for x in sums]


def embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of /v1/embeddings. Raises Refused."""
    texts = _texts(body.get("input"))
    length = body.get("dimensions", LENGTH)
    if not isinstance(length, int) or not 1 <= length <= 4096:
        raise Refused(400, "dimensions is 1 to 4096.", param="dimensions")
    is_packed = body.get("encoding_format") == "base64"
    made = (vector(text, length) for text in texts)
    rows = [
        {"object": "embedding", "index": n, "embedding": _packed(v) if is_packed else v}
        for n, v in enumerate(made)
    ]
    count = sum(map(tokens, texts))
    total = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": rows, "model": body.get("model"), "usage": total}


def _texts(given: object) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 1 <= len(texts) <= MOST_TEXTS:
        raise Refused(400, "input is a text or an array of texts.", param="input")
    if not all(isinstance(text, str) and text for text in texts):
        raise Refused(400, "input must not hold an empty text.", param="input")
    return texts


def _packed(values: list[float]) -> str:
    """Little-endian floats of 32 bits, as the official client asks for."""
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
