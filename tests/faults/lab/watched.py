"""The product's application with a window for the lab: what it holds, and faults put in on purpose.

`gatehouse serve --app tests.faults.lab.watched:app` serves it; LAB_FAULT names the fault.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any
from unittest import mock

from gatehouse.llm import bounds
from gatehouse.llm.client import direct
from gatehouse.llm.types import Answering
from gatehouse.talk import results, showing, spoiled, thinking
from gatehouse.web.asgi import app as product

from . import lost_names

PATH = "/lab/tasks"


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == PATH:
        body = json.dumps(Counter(_name(task) for task in asyncio.all_tasks())).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})
    else:
        await product(scope, receive, send)


def _name(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "?")


def _replace(module: ModuleType, name: str, made: object) -> None:
    mock.patch.object(module, name, made).start()


def _no_deadline() -> None:
    """Nothing cuts a turn: neither the client's bounds nor the turn's own end."""

    def unbounded(source: Answering, *_: object) -> Answering:
        return source

    _replace(direct, "bounded", unbounded)
    _replace(thinking, "COMMIT_RESERVE_SECONDS", -60.0)


def _leak() -> None:
    """Each call leaves a task behind."""
    kept = set()

    def leaking(*given: Any) -> Answering:
        kept.add(asyncio.create_task(asyncio.sleep(3600)))
        return bounds.bounded(*given)

    _replace(direct, "bounded", leaking)


def _unlabelled() -> None:
    """A reply without the model does not say so."""

    def silent(_: object) -> spoiled.Trouble:
        return spoiled.Trouble(None, ("llm_call_failed",))

    _replace(spoiled, "of_model", silent)


def _dearer() -> None:
    """Cards tell other prices than the listings."""
    made = showing.cards

    def dearer(scene: Any) -> Any:
        return tuple({**card, "price": card["price"] + 1} for card in made(scene))

    _replace(results, "cards", dearer)


FAULTS: Mapping[str, Callable[[], None]] = {
    "no_deadline": _no_deadline,
    "leak": _leak,
    "unlabelled": _unlabelled,
    "dearer": _dearer,
}
lost_names.install()
if fault := os.environ.get("LAB_FAULT"):
    FAULTS[fault]()
