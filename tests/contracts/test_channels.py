from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from contracts.channel_contract import ACCENTED, ChannelContract, Receiving
from hippique.errors import SettingsError, SourceDown
from hippique.runtime.apprise_channel import AppriseChannel
from hippique.runtime.memory import MemoryChannel

# One of apprise's plugins asks for a module that Python 3.13 drops; ours is not it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

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


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestMemoryChannel(ChannelContract):
    @pytest.fixture
    def receiving(self) -> Receiving:
        channel = MemoryChannel()

        def refuse(times: int) -> None:
            channel.refusals = times

        return Receiving(channel, lambda: [(m.title, m.body) for m in channel.sent], refuse)


class TestAppriseChannel(ChannelContract):
    @pytest.fixture
    def receiving(self, receiver: Receiver) -> Receiving:
        def refuse(times: int) -> None:
            receiver.refusals = times

        return Receiving(AppriseChannel([receiver.address]), receiver.arrived, refuse)

    def test_an_address_that_took_it_is_not_asked_again_for_another_that_did_not(
        self, receiver: Receiver
    ) -> None:
        with Receiver() as gone:
            dead = gone.address  # its port is closed again
        channel = AppriseChannel([receiver.address, dead])

        for _ in range(2):
            with pytest.raises(SourceDown, match=r"1 of 2 addresses did not take it \(2\. JSON\)"):
                channel.send(ACCENTED)

        assert len(receiver.posts) == 1

    def test_no_error_and_no_log_tells_the_address(
        self, receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
    ) -> None:
        receiver.refusals = 1
        with pytest.raises(SourceDown) as caught:
            AppriseChannel([receiver.address]).send(ACCENTED)

        told = f"{caught.value} {caught.value.site} {caught.value.url} {caplog.text}"
        assert TOKEN not in told + "".join(capfd.readouterr())

    @pytest.mark.parametrize("bad", ["nonsense", f"unknown://{TOKEN}", f"tgram://{TOKEN}"])
    def test_a_bad_address_is_named_by_its_position_and_not_told(
        self, receiver: Receiver, bad: str
    ) -> None:
        with pytest.raises(SettingsError, match="SLIP_URLS: address 2") as caught:
            AppriseChannel([receiver.address, bad])

        assert TOKEN not in str(caught.value)
