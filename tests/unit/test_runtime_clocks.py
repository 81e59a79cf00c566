from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hippique.runtime.clocks import DrivenClock, FollowedClock, WallClock

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)


@dataclass
class Monotonic:
    """A monotonic clock moved by hand; waiting moves it."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


def followed(monotonic: Monotonic, speed: float) -> FollowedClock:
    return FollowedClock(
        NINE, wall_origin_s=1000.0, speed=speed, monotonic=monotonic, pause=monotonic.wait
    )


def test_a_followed_clock_runs_as_fast_as_its_racecourse():
    monotonic = Monotonic()
    clock = followed(monotonic, speed=60)
    monotonic.seconds += 90

    assert clock.now() == NINE + timedelta(minutes=90)


def test_a_followed_clock_waits_a_sixtieth_at_sixty_times_the_speed():
    monotonic = Monotonic()
    clock = followed(monotonic, speed=60)
    clock.sleep(300)

    assert monotonic.seconds == 1005
    assert clock.now() == NINE + timedelta(seconds=300)


def test_a_racecourse_that_was_asked_before_is_followed_from_then():
    monotonic = Monotonic(seconds=1010)

    assert followed(monotonic, speed=2).now() == NINE + timedelta(seconds=20)


@pytest.mark.parametrize(("clock", "wall_s"), [(WallClock(), 30), (followed(Monotonic(), 60), 0.5)])
def test_race_seconds_in_real_ones(clock: WallClock | FollowedClock, wall_s: float):
    assert clock.wall_seconds(30) == wall_s


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_that_no_clock_can_run_at_is_refused(speed: float):
    with pytest.raises(ValueError, match="speed"):
        followed(Monotonic(), speed)


def test_a_driven_clock_moves_on_and_never_back():
    clock = DrivenClock(NINE)
    clock.advance_to(NINE + timedelta(hours=1))
    clock.advance_to(NINE)

    assert clock.now() == NINE + timedelta(hours=1)


def test_a_driven_clock_started_in_paris_tells_utc():
    paris_summer = timezone(timedelta(hours=2))

    assert str(DrivenClock(NINE.astimezone(paris_summer)).now()) == "2026-06-07 07:00:00+00:00"


def test_an_instant_without_a_zone_is_refused():
    naive = NINE.replace(tzinfo=None)

    with pytest.raises(ValueError, match="no zone"):
        DrivenClock(naive)
    with pytest.raises(ValueError, match="no zone"):
        DrivenClock(NINE).advance_to(naive)
