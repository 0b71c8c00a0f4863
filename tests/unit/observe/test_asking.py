"""Who may ask, and for which form of the metrics."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.base.config import load
from gatehouse.base.errors import Misconfigured
from gatehouse.observe.access import OpsAccess, client_address, networks
from gatehouse.observe.negotiation import choose

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
    "version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "spelled", "form"),
    [
        (None, None, "text"),
        ("", None, "text"),
        ("*/*", None, "text"),
        ("text/plain", None, "text"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, "text"),
        (PROMETHEUS, None, "openmetrics"),
        ("application/openmetrics-text", None, "openmetrics"),
        ("application/openmetrics-text,text/plain", None, "text"),
        ("application/json", None, "json"),
        ("APPLICATION/JSON", None, "json"),
        ("application/json, */*", None, "json"),
        ("application/json, text/plain, */*", None, "text"),
        ("application/json;q=0.5, text/plain;q=0.9", None, "text"),
        ("application/json;q=0.9, text/plain;q=0.5", None, "json"),
        ("application/json;q=0", None, "text"),
        ("application/json;q=nonsense", None, "text"),
        ("application/json;q=nan", None, "text"),
        ("application/*", None, "text"),
        ("text/plain", "json", "json"),
        ("application/json", "prometheus", "text"),
        ("application/json", "openmetrics", "openmetrics"),
    ],
)
def test_the_form_of_the_metrics(accept: str | None, spelled: str | None, form: str) -> None:
    assert choose(accept, spelled) == form


def test_an_unknown_spelling_is_refused() -> None:
    with pytest.raises(KeyError):
        choose(None, "xml")


def scope(peer: str | None, **headers: str) -> dict[str, Any]:
    return {
        "client": (peer, 1) if peer else None,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


PROXIES = networks(("10.0.0.1/32", "10.0.0.2/32"), variable="TRUSTED_PROXIES")


@pytest.mark.parametrize(
    ("asking", "address"),
    [
        (scope("9.9.9.9"), "9.9.9.9"),
        (scope("::ffff:9.9.9.9"), "9.9.9.9"),
        (scope("10.0.0.1", x_forwarded_for="8.8.8.8"), "8.8.8.8"),
        (scope("10.0.0.1", x_forwarded_for="127.0.0.1, 8.8.8.8"), "8.8.8.8"),
        (scope("10.0.0.1", x_forwarded_for="8.8.8.8, 10.0.0.2"), "8.8.8.8"),
        (scope("10.0.0.1", x_forwarded_for="10.0.0.2"), "10.0.0.2"),
        (scope("10.0.0.1", x_forwarded_for="127.0.0.1, nonsense"), None),
        (scope("9.9.9.9", x_forwarded_for="127.0.0.1"), None),
        (scope("127.0.0.1", x_forwarded_for="8.8.8.8"), None),
        (scope("127.0.0.1", forwarded="for=8.8.8.8"), None),
        (scope("10.0.0.1"), "10.0.0.1"),
        (scope(None), None),
        (scope("testclient"), None),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    asking: dict[str, Any], address: str | None
) -> None:
    found = client_address(asking, PROXIES)
    assert (str(found) if found else None) == address


def access(**settings: Any) -> OpsAccess:
    return OpsAccess.of(load({}, **settings))


@pytest.mark.parametrize(
    ("asking", "is_allowed"),
    [
        (scope("127.0.0.1"), True),
        (scope("192.168.1.7"), True),
        (scope("::1"), True),
        (scope("203.0.113.7"), False),
        (scope("203.0.113.7", x_forwarded_for="127.0.0.1"), False),
        (scope("127.0.0.1", x_forwarded_for="203.0.113.7"), False),
        (scope("203.0.113.7", authorization="Bearer a-token-for-ops"), True),
        (scope("203.0.113.7", authorization="Bearer a-token-for-op"), False),
        (scope("203.0.113.7", authorization="Bearer "), False),
        (scope("203.0.113.7", authorization="a-token-for-ops"), False),
        (scope("203.0.113.7", authorization="Bearer ключ"), False),
    ],
)
def test_ops_answers_networks_and_the_token(asking: dict[str, Any], is_allowed: bool) -> None:
    assert access(ops_token="a-token-for-ops").allows(asking) is is_allowed


def test_an_empty_token_opens_nothing() -> None:
    assert not access(ops_token="").allows(scope("203.0.113.7", authorization="Bearer "))


def test_a_wrong_network_names_its_variable() -> None:
    with pytest.raises(Misconfigured, match="TRUSTED_PROXIES"):
        networks(("10.0.0.0/99",), variable="TRUSTED_PROXIES")
