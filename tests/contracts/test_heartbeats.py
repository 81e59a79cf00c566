from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from contracts.heartbeat_contract import HeartbeatContract, Listening
from hippique.errors import SourceDown
from hippique.runtime.http_heartbeat import HttpHeartbeat
from hippique.runtime.memory import MemoryHeartbeat

TOKEN = "s3cr3t-t0ken"  # noqa: S105  no secret: a word that must not be told


class Switch(HTTPServer):
    """A dead man's switch on loopback."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.heard: list[str] = []
        self.refusals = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/{TOKEN}"


class _Answer(BaseHTTPRequestHandler):
    server: Switch

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        is_refused = self.server.refusals > 0
        if is_refused:
            self.server.refusals -= 1
        else:
            self.server.heard.append(self.command)
        self.send_response(503 if is_refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Nothing on stderr."""


@pytest.fixture
def switch() -> Iterator[Switch]:
    with Switch() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestMemoryHeartbeat(HeartbeatContract):
    @pytest.fixture
    def listening(self) -> Listening:
        heartbeat = MemoryHeartbeat()

        def refuse(times: int) -> None:
            heartbeat.refusals = times

        return Listening(heartbeat, lambda: heartbeat.beats, refuse)


class TestHttpHeartbeat(HeartbeatContract):
    @pytest.fixture
    def listening(self, switch: Switch) -> Listening:
        def refuse(times: int) -> None:
            switch.refusals = times

        heartbeat = HttpHeartbeat(switch.address, "GET")
        return Listening(heartbeat, lambda: len(switch.heard), refuse)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_it_calls_as_it_is_told(self, switch: Switch, method: str) -> None:
        HttpHeartbeat(switch.address, method).beat()

        assert switch.heard == [method]

    @pytest.mark.parametrize("ending", ["refused", "gone", "no address"])
    def test_no_error_tells_the_address(self, switch: Switch, ending: str) -> None:
        switch.refusals = 1
        address = {
            "refused": switch.address,
            "gone": f"http://127.0.0.1:1/{TOKEN}",
            "no address": f"nonsense {TOKEN}",
        }[ending]

        with pytest.raises(SourceDown) as caught:
            HttpHeartbeat(address, "GET").beat()

        assert TOKEN not in f"{caught.value} {caught.value.url} {caught.value.__cause__}"
