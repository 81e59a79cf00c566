"""What every heartbeat does. A backend joins by `listening`: a heartbeat and who hears it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hippique.errors import SourceDown
from hippique.ports import Heartbeat


@dataclass
class Listening:
    """A heartbeat; heard(): how many beats arrived; refuse(n): the next n do not."""

    heartbeat: Heartbeat
    heard: Callable[[], int]
    refuse: Callable[[int], None] = field(default=lambda _: None)


class HeartbeatContract:
    @pytest.fixture
    def listening(self) -> Listening:
        raise NotImplementedError

    def test_each_beat_is_heard(self, listening: Listening) -> None:
        listening.heartbeat.beat()
        listening.heartbeat.beat()

        assert listening.heard() == 2

    def test_one_that_is_not_heard_is_an_error_and_the_next_one_arrives(
        self, listening: Listening
    ) -> None:
        listening.refuse(1)
        with pytest.raises(SourceDown):
            listening.heartbeat.beat()
        listening.heartbeat.beat()

        assert listening.heard() == 1
