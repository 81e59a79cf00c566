"""A loopback receiver of messages, as a webhook is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

TOKEN = "s3cr3t-t0ken"  # noqa: S105  no secret: a word that must not be told


class Receiver(HTTPServer):
    """A loopback receiver of JSON posts."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.posts: list[dict[str, str]] = []
        self.refusals = 0

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/{TOKEN}"

    def arrived(self) -> list[tuple[str, str]]:
        return [(post["title"], post["message"]) for post in self.posts]


class _Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_refused = self.server.refusals > 0
        if is_refused:
            self.server.refusals -= 1
        else:
            self.server.posts.append(json.loads(body))
        self.send_response(500 if is_refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Nothing on stderr."""


@contextmanager
def receiving_posts() -> Iterator[Receiver]:
    """A receiver that listens."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
