"""Reads a chat request as the OpenAI protocol has it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from gatehouse.ops.simulator.shapes import Refused
from gatehouse.ops.simulator.types import Picture, Question, Said

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
Tools = Mapping[str, Mapping[str, Any]]  # name -> function


def read(body: Mapping[str, Any]) -> Question:
    """Raises Refused with status 400 and the name of the wrong parameter."""
    if body.get("n", 1) != 1:
        raise Refused(400, "One choice per request is all there is.", param="n")
    said = tuple(_said(message) for message in _listed(body, "messages"))
    if not said:
        raise Refused(400, "There must be at least one message.", param="messages")
    tool = _called(body, said)
    schema = tool.get("parameters") or {} if tool else _schema(body.get("response_format"))
    options = body.get("stream_options") or {}
    return Question(
        model=_text(body, "model"),
        said=said,
        schema=schema,
        tool=tool["name"] if tool else None,
        is_streamed=bool(body.get("stream")),
        wants_usage=bool(options.get("include_usage")),
        most_tokens=_most_tokens(body),
    )


def tokens(text: str) -> int:
    """About how many tokens a text has: four letters each, fewer in other scripts."""
    return (len(text.encode("utf-8", "surrogatepass")) + 3) // 4


def prompt_tokens(question: Question) -> int:
    """About what the whole prompt counts; a picture counts as at OpenAI in low detail."""
    return sum(4 + tokens(s.text) + 85 * len(s.pictures) for s in question.said)


def _listed(body: Mapping[str, Any], key: str) -> list[Any]:
    value = body.get(key)
    if not isinstance(value, list):
        raise Refused(400, f"{key} must be an array.", param=key)
    return value


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"you must provide a {key} parameter", param=key)
    return value


def _said(message: object) -> Said:
    if not isinstance(message, dict) or message.get("role") not in ROLES:
        raise Refused(400, "A message has a role and a content.", param="messages")
    content = message.get("content")
    if content is None or isinstance(content, str):
        return Said(message["role"], content or "")
    if not isinstance(content, list):
        raise Refused(400, "A content is a text or an array of parts.", param="messages")
    return _of_parts(message["role"], content)


def _of_parts(role: str, parts: Iterable[Any]) -> Said:
    texts, pictures = [], []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            texts.append(str(part.get("text", "")))
        elif kind == "image_url":
            pictures.append(_picture(part))
        elif kind != "refusal":
            raise Refused(400, f"Parts of type {kind!r} are not supported.", param="messages")
    return Said(role, "\n".join(texts), tuple(pictures))


def _picture(part: Mapping[str, Any]) -> Picture:
    url = (part.get("image_url") or {}).get("url", "")
    if url.startswith(("http://", "https://")):
        return Picture("image/*", 0)  # never fetched
    head, _, data = url.partition(",")
    media_type = head.removeprefix("data:").removesuffix(";base64")
    try:
        size = len(base64.b64decode(data, validate=True))
    except binascii.Error:
        size = 0
    if not size or not media_type.startswith("image/"):
        raise Refused(400, "The image data you provided is not valid.", param="messages")
    return Picture(media_type, size)


def _schema(wanted: object) -> Mapping[str, Any] | None:
    """The schema of `response_format`; {} for any object."""
    if not isinstance(wanted, dict) or wanted.get("type") == "text":
        return None
    if wanted.get("type") == "json_object":
        return {}
    schema = (wanted.get("json_schema") or {}).get("schema")
    if wanted.get("type") != "json_schema" or not isinstance(schema, dict):
        raise Refused(400, "json_schema needs a schema.", param="response_format")
    return schema


def _called(body: Mapping[str, Any], said: tuple[Said, ...]) -> Mapping[str, Any] | None:
    """The function that the answer is to call, if it is to call one."""
    tools = _tools(body)
    choice = body.get("tool_choice", "auto" if tools else "none")
    if isinstance(choice, dict):
        name = str((choice.get("function") or {}).get("name"))
        if name not in tools:
            raise Refused(400, f"There is no tool {name!r}.", param="tool_choice")
        return tools[name]
    if choice == "none" or not tools:
        return None
    first = next(iter(tools.values()))
    if choice == "required":
        return first
    return next((tool for tool in tools.values() if _is_of_use(tool, said)), None)


def _tools(body: Mapping[str, Any]) -> Tools:
    found = {}
    for tool in body.get("tools") or []:
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise Refused(400, "A tool is a function with a name.", param="tools")
        found[function["name"]] = function
    return found


def _is_of_use(tool: Mapping[str, Any], said: tuple[Said, ...]) -> bool:
    """Left to itself the model calls a function that the question names, once."""
    if said[-1].role == "tool":
        return False
    words = str(tool["name"]).lower().replace("_", " ").split()
    return any(word in said[-1].text.lower() for word in words if len(word) > 3)


def _most_tokens(body: Mapping[str, Any]) -> int | None:
    for key in ("max_completion_tokens", "max_tokens"):
        if (value := body.get(key)) is not None:
            if not isinstance(value, int) or value < 1:
                raise Refused(400, f"{key} is not a positive integer.", param=key)
            return value
    return None
