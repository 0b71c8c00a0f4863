"""Reads a request's body within limits of size, time and depth, before anything parses it."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from starlette.types import Message, Receive

from gatehouse.base.errors import BadInput, GatehouseError, MalformedRequest, TooLarge

TOO_LARGE = "The body is larger than this server takes."
PARTS_AT_MOST = 20_000  # brackets or quotation marks; keeps the depth scan below a few ms
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # possessive: never slower than linear
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SUSPICIOUS = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|NaN|Infinity|[eE]\+?\d{3}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class WrongType(GatehouseError):
    code, status, title = "unsupported-media-type", 415, "Send the body as application/json"


class TooSlow(GatehouseError):
    code, status, title = "request-timeout", 408, "The request took too long to arrive"


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes, levels of JSON, seconds, bytes a second."""

    size: int = 256 * 1024
    depth: int = 32
    seconds: float = 30.0
    grace_seconds: float = 5.0  # before the least rate counts
    rate: float = 1000.0


async def read(receive: Receive, limits: BodyLimits) -> bytes:
    """The whole body. Raises TooLarge, TooSlow or ClientGone."""
    started = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(started + limits.grace_seconds) as limit:
            part, has_more = _part(await receive(), limits.size)
            if not has_more:
                return part  # nearly always: no copy
            body = bytearray(part)
            while has_more:
                patience = max(limits.grace_seconds, len(body) / limits.rate)
                limit.reschedule(started + min(limits.seconds, patience))
                part, has_more = _part(await receive(), limits.size - len(body))
                body += part
    except TimeoutError:
        raise TooSlow from None
    return bytes(body)


def _part(message: Message, room: int) -> tuple[bytes, bool]:
    """The bytes of one message, and is there more?"""
    if message["type"] == "http.disconnect":
        raise ClientGone
    part: bytes = message.get("body", b"")
    if len(part) > room:
        raise TooLarge(TOO_LARGE)
    return part, message.get("more_body", False)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands the body over once and then listens for the disconnect."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def check_json(body: bytes, limits: BodyLimits) -> None:
    """Refuses what a parser or the database would stumble over; does not judge the syntax.

    Raises MalformedRequest (not UTF-8, too deep, not a JSON number) or BadInput (NUL characters
    and lone surrogates in strings, which no database text can hold).
    """
    if b"\0" in body:
        raise MalformedRequest("The body must be JSON in UTF-8.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MalformedRequest("The body must be JSON in UTF-8.") from None
    if body.count(b"[") + body.count(b"{") > limits.depth:
        if body.count(b'"') > PARTS_AT_MOST:
            raise MalformedRequest("The JSON has too many parts.")
        _check_depth(_STRING.sub(b"", body).translate(None, _NO_BRACKETS), limits.depth)
    if _SUSPICIOUS.search(body):
        _check_values(text)


def _check_depth(brackets: bytes, allowed: int) -> None:
    """Counts the levels of a body of which only the brackets are left."""
    if len(brackets) > PARTS_AT_MOST:
        raise MalformedRequest("The JSON has too many parts.")
    depth = 0
    for sign in brackets:
        depth += 1 if sign in b"[{" else -1
        if depth > allowed:
            raise MalformedRequest(f"The JSON may be at most {allowed} levels deep.")


def _check_values(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        return  # the endpoint's own parser says so
    try:
        plain = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise BadInput("The text has half of a surrogate pair.") from None
    except ValueError:
        raise MalformedRequest("NaN, Infinity and numbers beyond them are not JSON.") from None
    if _NUL.search(plain):
        raise BadInput("The text has a NUL character.")
