"""Three clocks of race time: the wall's, one that follows a simulated racecourse, a driven one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from hippique.ports import Clock


class PacedClock(Clock, Protocol):
    """A clock that runs by itself, so that waiting for an instant means something."""

    def wall_seconds(self, race_seconds: float) -> float:
        """How many real seconds pass while race time moves on by `race_seconds`."""


class WallClock:
    """Race time is the machine's own time."""

    def now(self) -> datetime:
        """The machine's instant, aware, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait; nothing happens for zero or less."""
        time.sleep(max(0.0, seconds))

    def wall_seconds(self, race_seconds: float) -> float:
        """One for one."""
        return race_seconds


class FollowedClock:
    """Race time of a simulated racecourse: `origin` at `wall_origin_s`, then `speed` times faster.

    wall_origin_s: what `monotonic` said when the racecourse said `origin`, seconds.
    The machine's clock may jump without moving it, since it counts on the monotonic one.
    """

    def __init__(
        self,
        origin: datetime,
        *,
        wall_origin_s: float,
        speed: float,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origin = _aware(origin)
        self._wall_origin_s = wall_origin_s
        self._speed = _positive(speed)
        self._monotonic = monotonic
        self._pause = pause

    def now(self) -> datetime:
        """The racecourse's instant, UTC."""
        elapsed_s = (self._monotonic() - self._wall_origin_s) * self._speed
        return self._origin + timedelta(seconds=elapsed_s)

    def sleep(self, seconds: float) -> None:
        """Wait this many seconds of race time: `seconds / speed` real ones."""
        self._pause(max(0.0, self.wall_seconds(seconds)))

    def wall_seconds(self, race_seconds: float) -> float:
        """Race seconds divided by the speed."""
        return race_seconds / self._speed


class DrivenClock:
    """Race time that stands still until it is moved on."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """The instant it was last moved to, UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Return at once; race time stands still."""

    def advance_to(self, instant: datetime) -> None:
        """Move on; an instant that is already past leaves the clock where it is."""
        self._now = max(self._now, _aware(instant))


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone; give an aware instant")
    return instant.astimezone(UTC)


def _positive(speed: float) -> float:
    if not 0 < speed < float("inf"):
        raise ValueError(f"speed {speed} must be above 0 and finite")
    return speed
