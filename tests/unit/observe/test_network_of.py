"""Whose network a request counts for: trusted proxies alone may speak for others."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.observe.access import network_of, networks

TRUSTED = networks(("10.0.0.0/8", "::1"), variable="TRUSTED_PROXIES")
addresses = st.ip_addresses().map(str)


def scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"client": (peer, 40000) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.7", (), "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", (), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", (), "203.0.113.0/24"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.0/24"),  # believed from nobody
        ("10.1.2.3", ("198.51.100.1",), "198.51.100.0/24"),
        ("10.1.2.3", ("6.6.6.6, 198.51.100.1",), "198.51.100.0/24"),  # the nearest counts
        ("10.1.2.3", ("6.6.6.6", "198.51.100.1, 10.9.9.9"), "198.51.100.0/24"),
        ("10.1.2.3", ("no address",), "10.1.2.0/24"),
        (None, (), "unknown"),
    ],
)
def test_the_network_of_a_request(
    peer: str | None, forwarded: tuple[str, ...], network: str
) -> None:
    assert network_of(scope(peer, *forwarded), TRUSTED) == network


@given(addresses, st.lists(st.text(alphabet="0123456789abcdef.:, \t", max_size=40), max_size=4))
def test_whatever_a_stranger_forwards_counts_for_the_stranger(
    peer: str, forwarded: list[str]
) -> None:
    alone, spoofing = scope(peer), scope(peer, *forwarded)
    if network_of(alone, ()) != "unknown":
        assert network_of(spoofing, ()) == network_of(alone, ())


@given(st.integers(0, 2**64 - 1))
def test_every_address_of_one_64_is_one_network(host: int) -> None:
    network = ip_network("2001:db8:a:b::/64")
    assert network_of(scope(str(network[host])), TRUSTED) == "2001:db8:a:b::/64"
