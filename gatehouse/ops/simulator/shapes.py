"""The JSON objects of the OpenAI protocol."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from gatehouse.ops.simulator.types import Question

Finish = str  # "stop", "length", "tool_calls", "content_filter"


class Refused(Exception):
    """A request that is answered with an error in OpenAI's shape."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {
            "error": {"message": message, "type": kind, "param": param, "code": code},
        }


def usage(prompt: int, answer: int) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
    }


def completion(
    question: Question, *, number: int, content: str, finish: Finish, usage: Mapping[str, Any]
) -> dict[str, Any]:
    """A whole answer."""
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
    if question.tool:
        message = {"role": "assistant", "content": None, "tool_calls": [_call(question, content)]}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return _head("chat.completion", number, question.model) | {
        "choices": [choice],
        "usage": usage,
    }


class Chunks:
    """The server-sent events of one answer."""

    def __init__(self, question: Question, number: int) -> None:
        self._question = question
        self._head = _head("chat.completion.chunk", number, question.model)
        if question.wants_usage:
            self._head["usage"] = None

    def opening(self) -> bytes:
        """Who speaks, and the function that is called, if one is."""
        delta: dict[str, Any] = {"role": "assistant", "content": ""}
        if self._question.tool:
            delta = {"role": "assistant", "tool_calls": [{"index": 0} | _call(self._question, "")]}
        return self._chunk(delta)

    def piece(self, text: str) -> bytes:
        if self._question.tool:
            return self._chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]})
        return self._chunk({"content": text})

    def closing(self, finish: Finish, usage: Mapping[str, Any]) -> bytes:
        """Why it ended, the usage if it was asked for, and the end."""
        end = self._chunk({}, finish)
        if self._question.wants_usage:
            end += event(self._head | {"choices": [], "usage": usage})
        return end + b"data: [DONE]\n\n"

    def _chunk(self, delta: Mapping[str, Any], finish: Finish | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(self._head | {"choices": [choice]})


def event(value: object) -> bytes:
    return b"data: " + to_json(value) + b"\n\n"


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "gatehouse"}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    return {"object": "list", "data": [model(name) for name in names]}


def _head(kind: str, number: int, model: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-sim{number:08d}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": "fp_simulated",
    }


def _call(question: Question, arguments: str) -> dict[str, Any]:
    return {
        "id": "call_simulated",
        "type": "function",
        "function": {"name": question.tool, "arguments": arguments},
    }
