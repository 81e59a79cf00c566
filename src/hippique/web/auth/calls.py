"""What a call says of where it comes from, and how far that can be believed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the service stands.

    behind_front: on Cloud Run, whose front end ends TLS, routes by host name and appends the
    caller's address. loopback_only: nobody but this machine may call. names: host names of the
    service beside addresses; a page of another name that resolves to us (DNS rebinding) is refused.
    """

    behind_front: bool = False
    loopback_only: bool = False
    names: frozenset[str] = field(default=frozenset())

    def address_of(self, scope: Scope) -> str:
        """The caller's address. What callers write themselves into headers is not read."""
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        if not self.behind_front:
            return peer
        forwarded = Headers(scope=scope).getlist("x-forwarded-for")
        last = forwarded[-1].rpartition(",")[2].strip() if forwarded else ""
        return last if _ip(last) is not None else peer

    def is_https(self, scope: Scope) -> bool:
        """Whether the caller's way here is encrypted."""
        return self.behind_front or scope.get("scheme") == "https"

    def takes_host(self, scope: Scope) -> bool:
        """Whether the host that the caller named is ours."""
        if self.behind_front:
            return True
        hosts = Headers(scope=scope).getlist("host")
        name = _host_name(hosts[0]) if len(hosts) == 1 else ""
        if not name:
            return False
        address = _ip(name)
        if name in LOOPBACK_NAMES or name in self.names:
            return True
        if address is None:
            return False
        return address.is_loopback or not self.loopback_only

    def takes_peer(self, scope: Scope) -> bool:
        """Whether the caller is on this machine where nobody else may call."""
        if not self.loopback_only:
            return True
        client = scope.get("client")
        address = _ip(str(client[0])) if client else None
        mapped = getattr(address, "ipv4_mapped", None)
        return address is None or (mapped or address).is_loopback


def is_own_page(scope: Scope) -> bool:
    """False for a call that a page of another origin sends; programs send no origin at all."""
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        place = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    return place == headers.get("host", "").lower() != ""


def _host_name(host: str) -> str:
    """The name or address in a Host header, without port and brackets; empty where it has none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
