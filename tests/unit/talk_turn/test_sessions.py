"""Who may keep a session by its name alone."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gatehouse.base.config import Settings
from gatehouse.observe.access import OpsAccess
from gatehouse.talk.sessions import Door


def asked_from(client: str, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": (client, 5000), "headers": raw, "scheme": "http"})


def door(*, has_local_names: bool = True) -> Door:
    return Door(OpsAccess.of(Settings()), has_local_names=has_local_names)


@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_somebody_at_this_machine_keeps_a_named_session(client: str) -> None:
    principal = door().principal(asked_from(client), "soak_test")
    assert principal is not None and principal.via == "ops"


@pytest.mark.parametrize("client", ["10.0.0.5", "172.17.0.1", "192.168.1.7", "203.0.113.9"])
def test_a_private_network_shares_no_session(client: str) -> None:
    assert door().principal(asked_from(client), "soak_test") is None


def test_a_forwarded_request_is_nobody_from_here() -> None:
    asked = asked_from("127.0.0.1", x_forwarded_for="127.0.0.1")
    assert door().principal(asked, "soak_test") is None


def test_in_production_a_name_needs_credentials() -> None:
    assert door(has_local_names=False).principal(asked_from("127.0.0.1"), "soak_test") is None
