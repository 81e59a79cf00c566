from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from hippique.ports import Task, TaskState
from hippique.runtime.delivery import Delivery
from hippique.runtime.http_delivery import HttpDelivery

TASK = Task(
    name="run-20260607-r1c3-h5",
    due=datetime(2026, 6, 7, 7, 0, tzinfo=UTC),
    payload=b'{"phase": "H5"}',
    state=TaskState.LEASED,
    attempts=1,
    created_at=datetime(2026, 6, 7, 6, 0, tzinfo=UTC),
    deadline_s=15.0,
)


@dataclass
class Service:
    """A service on loopback that answers what the test wrote and notes what it was sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    root: str = ""


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            sent = {name.lower(): value for name, value in self.headers.items()}
            service.seen.append((self.path, sent, self.rfile.read(length)))
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(service.body)))
            self.end_headers()
            self.wfile.write(service.body)

        def log_message(self, *_words: object) -> None:
            """Tests stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        service.root = f"http://127.0.0.1:{server.server_port}"
        try:
            yield service
        finally:
            server.shutdown()


def deliver(service: Service, *, bearer: str | None = None) -> Delivery:
    with serving(service), closing(HttpDelivery(service.root + "/", bearer=bearer)) as delivery:
        return delivery(TASK)


def test_the_payload_is_posted_as_json_to_run():
    service = Service()
    answer = deliver(service, bearer="secret")
    path, headers, body = service.seen[0]

    assert answer == Delivery(ok=True)
    assert (path, body) == ("/run", TASK.payload)
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer secret"


def test_without_a_token_none_is_sent():
    service = Service()
    deliver(service)

    assert "authorization" not in service.seen[0][1]


@pytest.mark.parametrize("status", [200, 202, 299])
def test_every_2xx_is_success(status: int):
    assert deliver(Service(status=status)) == Delivery(ok=True)


@pytest.mark.parametrize("status", [302, 404, 422, 429, 500, 503])
def test_anything_else_is_a_failed_attempt_with_its_status(status: int):
    service = Service(status=status, body=b'{"ok": false}', headers={"location": "/elsewhere"})
    answer = deliver(service)

    assert not answer.ok
    assert f"HTTP {status}" in (answer.error or "")
    assert '{"ok": false}' in (answer.error or "")
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-5", None), ("soon", None)],
)
def test_retry_after_in_seconds_is_read(header: str, seconds: float | None):
    answer = deliver(Service(status=503, headers={"retry-after": header}))

    assert answer.retry_after_s == seconds


def test_of_a_long_refusal_only_the_start_is_kept():
    answer = deliver(Service(status=500, body=b"x" * 1_000_000))

    assert 300 <= len(answer.error or "") < 350


def test_a_service_that_is_not_there_is_a_failed_attempt():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refused
        root = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with closing(HttpDelivery(root)) as delivery:
            answer = delivery(TASK)

    assert not answer.ok
    assert "ConnectError" in (answer.error or "")


def test_a_service_that_never_answers_is_left_at_the_deadline():
    def too_slow(request: httpx.Request) -> httpx.Response:
        limits = request.extensions["timeout"]
        raise httpx.ReadTimeout(f"waited {limits['read']:g} s", request=request)

    client = httpx.Client(transport=httpx.MockTransport(too_slow))
    with closing(HttpDelivery("http://service", client=client)) as delivery:
        answer = delivery(TASK)

    assert answer == Delivery(ok=False, error="ReadTimeout: waited 15 s")
