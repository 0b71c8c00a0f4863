"""Who is asking: the client's address behind proxies, and whether it may see the ops endpoints."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured

Scope = MutableMapping[str, Any]  # of ASGI
Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]
HOPS_AT_MOST = 10


def networks(texts: Iterable[object], *, variable: str) -> Networks:
    """Parses "10.0.0.0/8" and single addresses. Raises Misconfigured naming the variable."""
    try:
        return tuple(ip_network(str(text).strip(), strict=False) for text in texts)
    except ValueError as wrong:
        raise Misconfigured(f"{variable}: {wrong}") from wrong


def client_address(scope: Scope, trusted: Networks) -> Address | None:
    """The nearest address that is not one of our proxies; None if it cannot be known.

    X-Forwarded-For counts only when the peer is a trusted proxy. A forwarded request from any
    other peer has no known address: without that rule a proxy missing in TRUSTED_PROXIES would
    make every visitor look local.
    """
    peer = _parse((scope.get("client") or ("",))[0])
    hops = _forwarded(scope)
    if not hops:
        return peer
    if peer is None or not _is_in(peer, trusted):
        return None
    for hop in reversed(hops[-HOPS_AT_MOST:]):
        address = _parse(hop)
        if address is None or not _is_in(address, trusted):
            return address
    return _parse(hops[0])


def network_of(scope: Scope, trusted: Networks) -> str:
    """The client's /24 or /64, which one household or machine has to itself at least.

    Whose forwarded address cannot be believed counts by the connection's own address.
    """
    address = client_address(scope, trusted) or _parse((scope.get("client") or ("",))[0])
    if address is None:
        return "unknown"
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))


def is_trusted_peer(scope: Scope, trusted: Networks) -> bool:
    """Does the connection itself come from one of our proxies?"""
    peer = _parse((scope.get("client") or ("",))[0])
    return peer is not None and _is_in(peer, trusted)


@dataclass(frozen=True, slots=True)
class OpsAccess:
    """Allowed networks, or the bearer token from anywhere."""

    allowed: Networks
    trusted: Networks
    token: bytes = b""

    @classmethod
    def of(cls, settings: Settings) -> OpsAccess:
        return cls(
            allowed=networks(settings.ops_allow_cidrs, variable="OPS_ALLOW_CIDRS"),
            trusted=networks(settings.trusted_proxies, variable="TRUSTED_PROXIES"),
            token=settings.ops_token.get_secret_value().encode(),
        )

    def allows(self, scope: Scope) -> bool:
        if self.token and self._has_token(scope):
            return True
        address = client_address(scope, self.trusted)
        return address is not None and _is_in(address, self.allowed)

    def _has_token(self, scope: Scope) -> bool:
        given = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
        return hmac.compare_digest(given, b"Bearer " + self.token)


def _forwarded(scope: Scope) -> Sequence[str]:
    values = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
    if values:
        return [hop.strip() for hop in ",".join(values).split(",")]
    return ["?"] if any(k == b"forwarded" for k, _ in scope["headers"]) else []


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, among: Networks) -> bool:
    return any(address in network for network in among if network.version == address.version)
