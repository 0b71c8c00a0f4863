"""The peer: a four-node LangGraph with its Postgres saver that stores what a turn of ours stores.

Runs alone in .venv-bench, so it imports nothing of Gatehouse. What it says and searches comes from
a sample file that bench.turn recorded from the product: {"replies": [...], "search": "SELECT …"}.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

SAMPLE = json.loads(Path(os.environ["BENCH_SAMPLE"]).read_text())
REPLIES = [json.dumps(reply) for reply in SAMPLE["replies"]]


class Talk(MessagesState):
    """What the saver stores of a conversation: its messages, slots and turn number."""

    slots: dict[str, Any]
    turn: int
    homes: int


def pool(url: str, *, size: int = 8) -> AsyncConnectionPool[Any]:
    """Connections as the saver's documentation wants them."""
    kwargs = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    return AsyncConnectionPool(url, min_size=1, max_size=size, open=False, kwargs=kwargs)


def compiled(homes: AsyncConnectionPool[Any], saver: AsyncPostgresSaver) -> Any:
    """load → understand → search → reply, each as small as it can be."""

    async def load(state: Talk) -> dict[str, Any]:
        return {"turn": state.get("turn", 0) + 1, "slots": state.get("slots", {})}

    async def understand(state: Talk) -> dict[str, Any]:
        slots = SAMPLE["replies"][_index(state["turn"])]["meta"]["slots"]
        return {"slots": slots}

    async def search(state: Talk) -> dict[str, Any]:
        if _index(state["turn"]) != len(REPLIES) - 1:
            return {"homes": 0}
        async with homes.connection() as connection:
            rows = await (await connection.execute(SAMPLE["search"])).fetchall()
        return {"homes": len(rows)}

    async def reply(state: Talk) -> dict[str, Any]:
        return {"messages": [AIMessage(REPLIES[_index(state["turn"])])]}

    graph = StateGraph(Talk)
    for name, node in (("load", load), ("understand", understand), ("search", search)):
        graph.add_node(name, node)
    graph.add_node("reply", reply)
    for here, there in zip(
        (START, "load", "understand", "search", "reply"),
        ("load", "understand", "search", "reply", END),
        strict=True,
    ):
        graph.add_edge(here, there)
    return graph.compile(checkpointer=saver)


def _index(turn: int) -> int:
    return (turn - 1) % len(REPLIES)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    async with (
        pool(os.environ["BENCH_GRAPH_URL"]) as saved,
        pool(os.environ["BENCH_URL"]) as homes,
    ):
        saver = AsyncPostgresSaver(saved)
        await saver.setup()
        app.state.graph = compiled(homes, saver)
        yield


app = FastAPI(lifespan=_life)


@app.get("/healthz")
async def healthz() -> Response:
    return Response("ok")


@app.post("/api/chat/sessions")
async def open_session() -> dict[str, str]:
    return {"session_id": str(uuid.uuid4()), "token": "none"}


@app.post("/api/chat/ask")
async def ask(request: Request) -> Response:
    """One turn, with the saver's default durability."""
    return await _turn(request, durability="async")


@app.post("/api/chat/ask-exit")
async def ask_exit(request: Request) -> Response:
    """One turn that is saved only once, at its end: the saver's cheapest way."""
    return await _turn(request, durability="exit")


async def _turn(request: Request, *, durability: str) -> Response:
    body = await request.json()
    state = await app.state.graph.ainvoke(
        {"messages": [HumanMessage(body["question"])]},
        {"configurable": {"thread_id": body["session_id"]}},
        durability=durability,
    )
    return Response(REPLIES[_index(state["turn"])], media_type="application/json")
