"""What every clock does. A backend joins by `clock`, built so that its waits are short."""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import pairwise

import pytest

from hippique.ports import Clock


class ClockContract:
    @pytest.fixture
    def clock(self) -> Clock:
        raise NotImplementedError

    def test_now_is_aware_and_in_utc(self, clock: Clock) -> None:
        assert clock.now().utcoffset() == timedelta(0)
        assert clock.now().tzinfo is UTC

    def test_now_never_goes_back(self, clock: Clock) -> None:
        instants = [clock.now() for _ in range(200)]

        assert all(earlier <= later for earlier, later in pairwise(instants))

    def test_no_wait_and_a_wait_already_over_return(self, clock: Clock) -> None:
        before = clock.now()
        clock.sleep(0)
        clock.sleep(-5)

        assert clock.now() >= before


class RunningClockContract(ClockContract):
    def test_a_wait_lasts_as_long_in_race_time(self, clock: Clock) -> None:
        before = clock.now()
        clock.sleep(0.005)

        assert clock.now() - before >= timedelta(seconds=0.005)


class StandingClockContract(ClockContract):
    def test_race_time_stands_still_during_a_wait(self, clock: Clock) -> None:
        before = clock.now()
        clock.sleep(3600)

        assert clock.now() == before
