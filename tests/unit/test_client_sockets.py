"""Connections: only to public addresses, only to the address that was checked, only in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random
from socket import gaierror
from threading import Event

import httpcore
import httpx
import pytest

from hippique.errors import SourceDown, SourceRefused
from hippique.runtime.clocks import DrivenClock
from hippique.sources.addresses import SiteAddresses
from hippique.sources.bounds import Budget, Limits
from hippique.sources.client import Habits, PoliteClient
from hippique.sources.exchange import Pulse
from hippique.sources.sockets import Resolver, is_public, socket_transport, within

PAGE = "https://www.zeturf.fr/fr/x"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage"


class Stream(httpcore.NetworkStream):
    """One answer, then the end; keeps the time-outs that it was given."""

    def __init__(self, timeouts: list[float | None]) -> None:
        self._left, self._timeouts = ANSWER, timeouts
        self.written = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._timeouts.append(timeout)
        taken, self._left = self._left[:max_bytes], self._left[max_bytes:]
        return taken

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.written += buffer
        self._timeouts.append(timeout)

    def close(self) -> None:
        pass

    def start_tls(self, ssl_context, server_hostname=None, timeout=None) -> Stream:
        assert ssl_context.check_hostname
        self._timeouts.append(timeout)
        self.server_name = server_hostname
        return self


class Network(httpcore.NetworkBackend):
    """Keeps who was connected to; `dead` addresses do not answer."""

    def __init__(self, dead: Iterable[str] = ()) -> None:
        self.connected: list[tuple[str, int]] = []
        self.timeouts: list[float | None] = []
        self.streams: list[Stream] = []
        self._dead = set(dead)

    def connect_tcp(
        self, host, port, timeout=None, local_address=None, socket_options=None
    ) -> Stream:
        assert local_address is None
        assert socket_options is None
        self.connected.append((host, port))
        self.timeouts.append(timeout)
        if host in self._dead:
            raise httpcore.ConnectError("dead")
        self.streams.append(Stream(self.timeouts))
        return self.streams[-1]


def get(
    network: Network, resolve: Resolver, url: str = PAGE, sites: SiteAddresses | None = None
) -> bytes:
    known = sites or SiteAddresses()
    pulse = Pulse(
        clock=DrivenClock(datetime(2025, 6, 1, tzinfo=UTC)),
        monotonic=lambda: 0.0,
        chance=Random(1),  # noqa: S311  jitter of back-off, no secret
    )
    transport = socket_transport(known, resolve=resolve, network=network)
    habits = Habits(user_agent="test", obey_robots=False)
    with PoliteClient(
        known, habits, pulse, limits=Limits(connect_s=0.2), transport=transport
    ) as client:
        return client.get(url, site="zeturf").body


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  an address that must be refused, nothing is bound to it
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_address_that_is_not_public_is_never_connected_to(address):
    network = Network()

    with pytest.raises(SourceRefused, match="not a public address"):
        get(network, lambda *_: (address,))

    assert network.connected == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_public_address_is_public(address):
    assert is_public(address)


def test_connection_goes_to_the_address_that_was_checked_under_the_name_of_the_host():
    network = Network()
    answers = iter([("8.8.8.8",), ("127.0.0.1",)])  # a rebinding name: another address each time

    body = get(network, lambda *_: next(answers))

    assert body == b"page"
    assert network.connected == [("8.8.8.8", 443)]
    assert network.streams[0].server_name == "www.zeturf.fr"
    assert b"Host: www.zeturf.fr\r\n" in network.streams[0].written


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    network = Network()

    with pytest.raises(SourceRefused):
        get(network, lambda *_: ("8.8.8.8", "10.0.0.1"))

    assert network.connected == []


def test_second_address_is_tried_where_the_first_is_dead():
    network = Network(dead=["8.8.8.8"])

    assert get(network, lambda *_: ("8.8.8.8", "8.8.4.4")) == b"page"


def test_configured_base_is_connected_to_wherever_it_lies():
    network = Network()
    base = "http://127.0.0.1:8090"

    body = get(network, lambda *_: (), f"{base}/x", SiteAddresses(zeturf=base))

    assert body == b"page"
    assert network.connected == [("127.0.0.1", 8090)]


def test_live_host_over_http_by_configuration_is_still_checked():
    base = "http://www.zeturf.fr:8080"

    with pytest.raises(SourceRefused, match="not a public address"):
        get(Network(), lambda *_: ("127.0.0.1",), f"{base}/x", SiteAddresses(zeturf=base))


def test_name_without_an_address_is_a_source_that_is_down():
    def nobody(host: str, port: int) -> tuple[str, ...]:
        raise gaierror(-2, f"no {host} {port}")

    with pytest.raises(SourceDown, match=r"www\.zeturf\.fr is not known"):
        get(Network(), nobody)


def test_resolver_that_never_answers_is_left_behind():
    released = Event()

    def silent(_: str, __: int) -> tuple[str, ...]:
        released.wait(30)
        return ()

    with pytest.raises(SourceDown, match="no address for"):
        get(Network(), silent)
    released.set()


def test_every_step_of_a_call_is_bounded_by_what_is_left_of_it():
    network = Network()
    pool = socket_transport(SiteAddresses(), resolve=lambda *_: ("8.8.8.8",), network=network)
    request = httpx.Request("GET", PAGE, extensions={"timeout": {"read": 9.0, "connect": None}})

    with within(Budget(2.0, lambda: 0.0)):
        body = pool.handle_request(request).read()

    assert body == b"page"
    assert set(network.timeouts) == {2.0}


def test_nothing_is_read_when_the_time_of_the_call_is_spent():
    pool = socket_transport(SiteAddresses(), resolve=lambda *_: ("8.8.8.8",), network=Network())

    with within(Budget(0.0, lambda: 0.0)), pytest.raises(httpcore.ReadTimeout, match="spent"):
        pool.handle_request(httpx.Request("GET", PAGE))
