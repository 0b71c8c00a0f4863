"""Whatever the OpenAPI description allows, and much that it does not: never a 5xx."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import content_type_conformance, status_code_conformance
from schemathesis.core.result import Ok

from gatehouse.base.config import load

Operation = APIOperation[Any, Any, Any, Any]
SEARCHED = settings(
    max_examples=50,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A busy test machine is not an outage: a 503 for slowness would be right, and is not the question.
PATIENCE: dict[str, Any] = {
    "checkpointer_pool_timeout_seconds": 20,
    "checkpointer_statement_timeout_ms": 20_000,
    "re_search_timeout_ms": 5000,
    "turn_deadline_ms": 60_000,
}
SHIELDS = {"content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id"}


class Served:
    """The application on a loopback port, in a thread with a loop of its own."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(app, port=0, log_config=None, server_header=False)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()))

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started and self.thread.is_alive():
            self.thread.join(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *trouble: object) -> None:
        self.server.should_exit = True
        self.thread.join(20)


@pytest.fixture(scope="module")
def address(database_url: str) -> Iterator[str]:
    from gatehouse.web.asgi import create_app

    app = create_app(load(log_file="-", log_level="ERROR", **PATIENCE))
    with pytest.MonkeyPatch.context() as patched, Served(app) as url:
        patched.setattr("gatehouse.observe.pulse.LIMIT_SECONDS", 10)
        yield url


def operations(address: str, path: str) -> list[Operation]:
    """What the description at that path offers."""
    described: dict[str, Any] = httpx.get(address + path).json()
    results = schemathesis.openapi.from_dict(described).get_all_operations()
    return [result.ok() for result in results if isinstance(result, Ok)]


def cases(operation: Operation) -> SearchStrategy[Case[Any]]:
    """Requests as described, mixed with requests that break the description."""
    modes = [GenerationMode.POSITIVE]
    if operation.body or operation.query or operation.path_parameters:
        modes.append(GenerationMode.NEGATIVE)
    return reduce(or_, [operation.as_strategy(generation_mode=mode) for mode in modes])


def judge(address: str, case: Case[Any]) -> None:
    """No server error; status and type as described; security headers; problems in JSON."""
    answer = case.call(base_url=address, timeout=30)
    assert answer.status_code < 500, (case.as_curl_command(), answer.text)
    case.validate_response(answer, checks=[status_code_conformance, content_type_conformance])
    assert set(answer.headers) >= SHIELDS
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]


def try_out(address: str, operation: Operation) -> None:
    """Sends SEARCHED.max_examples requests to one operation."""

    @SEARCHED
    @given(cases(operation))
    def judged(case: Case[Any]) -> None:
        judge(address, case)

    judged()


def test_no_request_makes_a_server_error(address: str) -> None:
    tried = operations(address, "/api/openapi.json")
    for operation in tried:
        try_out(address, operation)
    assert len(tried) >= 10


def test_the_search_for_errors_finds_one() -> None:
    """The negative control: an endpoint that breaks on one kind of value is found."""
    app = FastAPI()

    @app.get("/share")
    async def share(homes: int, among: int) -> float:
        return homes / among

    with Served(app) as url:
        [operation] = operations(url, "/openapi.json")
        with pytest.raises(AssertionError):
            try_out(url, operation)
