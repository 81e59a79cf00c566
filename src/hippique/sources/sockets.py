"""Sockets that keep to the clock and to public addresses: what httpx alone does not promise.

httpx has no limit for a whole call: a server that sends a byte now and then holds it for ever.
And a name may answer with another address each time (DNS rebinding), so the address that is
checked must be the very one that is connected to. Both are done here, below TLS.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from socket import SOCK_STREAM, gaierror, getaddrinfo
from threading import Thread
from typing import Any

import httpcore
import httpx

from hippique.sources.addresses import SiteAddresses, is_live, parse_address
from hippique.sources.bounds import Budget

NETWORK_ERRORS = (
    httpx.TransportError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
)

Resolver = Callable[[str, int], tuple[str, ...]]

_BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)
_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32 = 2**32 - 1
_MOST_ADDRESSES = 4
_MOST_CONNECTIONS = 20
_IDLE_S = 30.0


class PrivateAddress(Exception):
    """A public host's name leads to an address that is not public."""


@contextmanager
def within(budget: Budget) -> Iterator[None]:
    """Inside, every socket of this thread stops when the budget is spent."""
    token = _BUDGET.set(budget)
    try:
        yield
    finally:
        _BUDGET.reset(token)


def socket_transport(
    sites: SiteAddresses,
    *,
    resolve: Resolver | None = None,
    network: httpcore.NetworkBackend | None = None,
) -> SocketTransport:
    """The real network. resolve: a host's addresses (default: the system's resolver)."""
    inner = network or httpcore.SyncBackend()
    return SocketTransport(_CheckedBackend(sites, resolve or system_addresses, inner))


def system_addresses(host: str, port: int) -> tuple[str, ...]:
    """All addresses of a host by the system's resolver. Raises OSError."""
    found = getaddrinfo(host, port, type=SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, whatever it is wrapped in."""
    bare = ip_address(address.partition("%")[0])
    inner = _wrapped(bare) if isinstance(bare, IPv6Address) else None
    return all(one.is_global and not one.is_multicast for one in (inner or bare,))


class SocketTransport(httpx.BaseTransport):
    """A pool of connections made by a given backend; httpx offers no door for one."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_IDLE_S,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises what NETWORK_ERRORS lists, PrivateAddress."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _CheckedBackend(httpcore.NetworkBackend):
    def __init__(
        self, sites: SiteAddresses, resolve: Resolver, inner: httpcore.NetworkBackend
    ) -> None:
        self._inner = inner
        self._resolve = resolve
        self._configured = frozenset(_configured(sites))

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port, timeout):
            try:
                stream = self._inner.connect_tcp(
                    address, port, _clipped(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            return _TimedStream(stream)
        raise last

    def _addresses(self, host: str, port: int, timeout: float | None) -> tuple[str, ...]:
        if (host, port) in self._configured:
            return (host,)
        found = _resolved(self._resolve, host, port, _clipped(timeout))
        closed = [address for address in found if not is_public(address)]
        if closed:
            raise PrivateAddress(f"{host} leads to {closed[0]}, which is not a public address")
        return found[:_MOST_ADDRESSES]


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _clipped(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _clipped(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _clipped(timeout))
        return _TimedStream(inner)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _configured(sites: SiteAddresses) -> Iterator[tuple[str, int]]:
    for site in ("zeturf", "geny", "pmu"):
        base = sites.base(site)
        if not is_live(base):
            address = parse_address(base)
            yield address.host.strip("[]"), address.port


def _clipped(timeout: float | None) -> float | None:
    budget = _BUDGET.get()
    if budget is None:
        return timeout
    left = budget.left_s()
    if left <= 0:
        raise httpcore.ReadTimeout("the time of the whole call is spent")
    return left if timeout is None else min(timeout, left)


def _resolved(resolve: Resolver, host: str, port: int, timeout: float | None) -> tuple[str, ...]:
    # The system's resolver knows no time-out, so it is left behind in a thread of its own.
    answers: SimpleQueue[tuple[str, ...] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except OSError as error:
            answers.put(error)

    Thread(target=ask, name=f"resolve-{host}", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise httpcore.ConnectTimeout(f"no address for {host} in time") from None
    if isinstance(answer, OSError):
        known = isinstance(answer, gaierror)
        raise httpcore.ConnectError(f"{host} is not {'known' if known else 'found'}: {answer}")
    return answer


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_32)
    return address.ipv4_mapped or address.sixtofour
