"""A smallest ASGI application: tells its process, can be slow, has one metric folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    if scope["type"] == "lifespan":
        for _ in range(2):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(0.7)
    told = f"{os.getpid()} {os.environ['PROMETHEUS_MULTIPROC_DIR']}"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": told.encode()})


async def broken(scope: Message, *_: object) -> None:
    raise RuntimeError(f"no {scope['type']} today")
