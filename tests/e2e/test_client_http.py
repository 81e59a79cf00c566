"""The client against a real server on loopback that behaves badly in every way it can."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from random import Random
from socket import create_server
from threading import Event, Thread

import pytest

from hippique.errors import PageMissing, SourceDown, SourceRefused
from hippique.ports import Clock
from hippique.sources.addresses import site_addresses
from hippique.sources.bounds import Limits
from hippique.sources.client import Habits, PoliteClient, user_agent
from hippique.sources.exchange import Pulse
from stepped_time import SharedClock, StepClock, run_together

LIMITS = Limits(total_s=0.4, backoff_s=0.1, wire_bytes=100_000, decoded_bytes=300_000)
PATIENT = Limits(total_s=10.0, wire_bytes=100_000, decoded_bytes=300_000)
ENOUGH = 20  # pieces of a trickle; the call must end long before them

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A site on loopback. `behaviours`: what each next request meets; the last one stays."""

    def __init__(self, *behaviours: Behaviour, robots: str | None = None) -> None:
        self.asked: list[str] = []
        self.released = Event()
        self.behaviours, self._robots = list(behaviours), robots
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: the test says what matters."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == "/robots.txt":
            found = self._robots is not None
            send(request, 200 if found else 404, (self._robots or "").encode())
            return
        several = len(self.behaviours) > 1
        following = self.behaviours.pop(0) if several else self.behaviours[0]
        following(request)

    @contextmanager
    def running(self) -> Iterator[Server]:
        thread = Thread(target=self._http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()


def send(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    return lambda request: send(request, code, body, **headers)


def trickle(start: bytes, piece: bytes, server: Server, sent: list[bytes]) -> Behaviour:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.wfile.write(start)
        while len(sent) < ENOUGH:
            try:
                request.wfile.write(piece)
            except OSError:  # the client hung up, as it should
                return
            sent.append(piece)
            server.released.wait(0.1)

    return answer


def flood(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(10_000):
        try:
            request.wfile.write(b"x" * 10_000)
        except OSError:  # the client hung up, as it should
            return


def cut_off(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def client_of(
    server: Server, clock: Clock | None = None, limits: Limits = PATIENT, delay_s: float = 0.0
) -> PoliteClient:
    pulse = Pulse(
        clock=clock or StepClock(),
        monotonic=time.monotonic,
        chance=Random(7),  # noqa: S311  jitter of back-off, no secret
    )
    habits = Habits(user_agent=user_agent("1.0"), delay_s=delay_s)
    return PoliteClient(site_addresses(racecourse=server.root), habits, pulse, limits=limits)


def get(server: Server, limits: Limits = PATIENT) -> bytes:
    with client_of(server, limits=limits) as client:
        return client.get(f"{server.root}/zeturf/page", site="zeturf").body


def test_page_comes_over_a_socket():
    with Server(status(200, b"page")).running() as server:
        assert get(server) == b"page"


def test_packed_page_comes_unpacked():
    packed = status(200, gzip.compress(b"page"), Content_Encoding="gzip")

    with Server(packed).running() as server:
        assert get(server) == b"page"


def test_500_then_200_is_a_page():
    with Server(status(500), status(200, b"page")).running() as server:
        assert get(server) == b"page"


def test_429_closes_the_host_and_a_second_call_asks_nothing():
    with Server(status(429, Retry_After="30")).running() as server, client_of(server) as client:
        for _ in range(2):
            with pytest.raises(SourceRefused) as refusal:
                client.get(f"{server.root}/zeturf/page", site="zeturf")

    assert refusal.value.retry_after_s == 30.0
    assert server.asked == ["/robots.txt", "/zeturf/page"]


def test_204_is_a_page_that_is_missing():
    with Server(status(204)).running() as server, pytest.raises(PageMissing):
        get(server)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (b"", b"H"),
    ],
    ids=["in the body", "in the headers", "in the status line"],
)
def test_trickle_ends_with_the_time_of_the_whole_call(start, piece):
    server, sent = Server(), []
    server.behaviours = [trickle(start, piece, server, sent)]

    with server.running():
        with pytest.raises(SourceDown):
            get(server, LIMITS)
        # no single pause is longer than a read may be, so only the limit of the call can end it
        assert 0 < len(sent) < ENOUGH


def test_silent_server_ends_with_the_time_of_the_whole_call():
    server = Server()
    server.behaviours = [lambda _: server.released.wait(5)]

    with server.running(), pytest.raises(SourceDown, match="Timeout"):
        get(server, LIMITS)


def test_endless_answer_stops_at_the_bound():
    with Server(flood).running() as server:
        with pytest.raises(SourceDown, match="larger than 100000 bytes"):
            get(server)

        assert server.asked.count("/zeturf/page") == 1


def test_bomb_stops_at_the_bound():
    bomb = status(200, gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip")

    with Server(bomb).running() as server:
        with pytest.raises(SourceDown, match="unpacks to more than 300000 bytes"):
            get(server)

        assert server.asked.count("/zeturf/page") == 1


def test_answer_that_breaks_off_is_asked_again():
    with Server(cut_off, status(200, b"page")).running() as server:
        assert get(server) == b"page"


def test_connection_that_is_refused_is_a_source_that_is_down():
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = Server()
    server.root = f"http://127.0.0.1:{port}"

    with server.running(), pytest.raises(SourceDown, match="ConnectError"):
        get(server)


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/", "http://127.0.0.1:22/zeturf/page", "http://[::1]/zeturf/x"],
)
def test_redirect_to_another_private_address_is_refused(location):
    moved = Server(status(302, Location=location))

    with moved.running() as server, pytest.raises(SourceRefused, match="lies outside"):
        get(server)


def test_redirect_within_the_site_is_followed_over_a_socket():
    moved = status(301, Location="/zeturf/new")

    with Server(moved, status(200, b"page")).running() as server:
        assert get(server) == b"page"

    assert server.asked == ["/robots.txt", "/zeturf/page", "/zeturf/new"]


def test_disallowed_page_is_not_asked_for():
    server = Server(status(200), robots="User-agent: *\nDisallow: /zeturf/")

    with server.running(), pytest.raises(SourceRefused, match="disallows"):
        get(server)

    assert server.asked == ["/robots.txt"]


def test_threads_together_keep_the_delay_and_fetch_robots_once():
    clock = SharedClock(4)
    instants = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        instants.append(clock.now())
        send(request, 200, b"page")

    with Server(answer).running() as server, client_of(server, clock, delay_s=2.0) as client:

        def fetch_three() -> None:
            for _ in range(3):
                client.get(f"{server.root}/zeturf/page", site="zeturf")
            clock.finish()

        run_together([fetch_three] * 4)

    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(sorted(instants))]
    assert gaps == [2.0] * 11
    assert server.asked.count("/robots.txt") == 1
