"""The listening socket: taken ports are a plain refusal."""

from __future__ import annotations

import socket

import pytest

from gatehouse.base.config import load
from gatehouse.base.errors import Misconfigured
from gatehouse.ops import serving


def test_a_taken_port_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "BIND_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"WEB_PORT {port}: cannot listen there"):
            serving.bind(load({"WEB_PORT": str(port)}))


def test_a_free_port_accepts_connections_before_any_worker_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving.bind(load({"WEB_PORT": str(port)})):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()


def test_the_server_keeps_the_promised_limits() -> None:
    config = serving.configure("x:app", load({}))
    assert config.timeout_keep_alive == 5
    assert config.timeout_graceful_shutdown is not None
    assert config.timeout_graceful_shutdown < 15
    assert not config.server_header
