from __future__ import annotations

from collections.abc import Iterator

import pytest

from contracts.channel_contract import ACCENTED, ChannelContract, Receiving
from hippique.errors import SettingsError, SourceDown
from hippique.runtime.apprise_channel import AppriseChannel
from hippique.runtime.memory import MemoryChannel
from receiver import TOKEN, Receiver, receiving_posts

# One of apprise's plugins asks for a module that Python 3.13 drops; ours is not it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving_posts() as server:
        yield server


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

        return Receiving(AppriseChannel([receiver.address], "SLIP_URLS"), receiver.arrived, refuse)

    def test_an_address_that_took_it_is_not_asked_again_for_another_that_did_not(
        self, receiver: Receiver
    ) -> None:
        with Receiver() as gone:
            dead = gone.address  # its port is closed again
        channel = AppriseChannel([receiver.address, dead], "SLIP_URLS")

        for _ in range(2):
            with pytest.raises(SourceDown, match=r"1 of 2 addresses did not take it \(2\. JSON\)"):
                channel.send(ACCENTED)

        assert len(receiver.posts) == 1

    def test_no_error_and_no_log_tells_the_address(
        self, receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
    ) -> None:
        receiver.refusals = 1
        with pytest.raises(SourceDown) as caught:
            AppriseChannel([receiver.address], "SLIP_URLS").send(ACCENTED)

        told = f"{caught.value} {caught.value.site} {caught.value.url} {caplog.text}"
        assert TOKEN not in told + "".join(capfd.readouterr())

    @pytest.mark.parametrize("bad", ["nonsense", f"unknown://{TOKEN}", f"tgram://{TOKEN}"])
    def test_a_bad_address_is_named_by_its_position_and_not_told(
        self, receiver: Receiver, bad: str
    ) -> None:
        with pytest.raises(SettingsError, match="SLIP_URLS: address 2") as caught:
            AppriseChannel([receiver.address, bad], "SLIP_URLS")

        assert TOKEN not in str(caught.value)
