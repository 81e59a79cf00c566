"""What every slip channel does. A backend joins by `receiving`: a channel and who hears it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hippique.errors import SourceDown
from hippique.ports import Message, MessageChannel

ACCENTED = Message(
    key="2026-06-07/R1C3 slip",
    title="SIMULÉ – Ticket R1C3",
    body="Simple placé, ZEturf :\n  9 (ÉTOILE) : 3,00 €, pas sous 1,9",
)


@dataclass
class Receiving:
    """A channel; what arrived as (title, body); refuse(n): the next n sendings are not taken."""

    channel: MessageChannel
    arrived: Callable[[], list[tuple[str, str]]]
    refuse: Callable[[int], None] = field(default=lambda _: None)


class ChannelContract:
    @pytest.fixture
    def receiving(self) -> Receiving:
        raise NotImplementedError

    def test_title_and_body_arrive_whole(self, receiving: Receiving) -> None:
        receiving.channel.send(ACCENTED)

        assert receiving.arrived() == [(ACCENTED.title, ACCENTED.body)]

    def test_the_same_key_arrives_once(self, receiving: Receiving) -> None:
        receiving.channel.send(ACCENTED)
        receiving.channel.send(ACCENTED)

        assert len(receiving.arrived()) == 1

    def test_another_key_arrives_beside_it(self, receiving: Receiving) -> None:
        receiving.channel.send(ACCENTED)
        receiving.channel.send(Message(key="other", title="two", body="text"))

        assert [title for title, _ in receiving.arrived()] == [ACCENTED.title, "two"]

    def test_what_was_not_taken_is_an_error_and_can_be_sent_again(
        self, receiving: Receiving
    ) -> None:
        receiving.refuse(1)
        with pytest.raises(SourceDown, match="1 of 1 addresses did not take it"):
            receiving.channel.send(ACCENTED)
        receiving.channel.send(ACCENTED)

        assert receiving.arrived() == [(ACCENTED.title, ACCENTED.body)]
