"""Race time that only tests move: of one thread, or of several that wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread

START = datetime(2025, 6, 1, 10, tzinfo=UTC)


class SharedClock:
    """Race time of several threads: it moves on when all of them wait, to the first to wake.

    Each thread says `finish` at its end, so that the others do not wait for it.
    """

    def __init__(self, threads: int) -> None:
        self._now, self._awake = START, threads
        self._wakes: list[datetime] = []
        self._changed = Condition()

    def now(self) -> datetime:
        with self._changed:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wake = self._now + timedelta(seconds=seconds)
            self._wakes.append(wake)
            self._leave()
            self._changed.wait_for(lambda: self._now >= wake)

    def finish(self) -> None:
        with self._changed:
            self._leave()

    def _leave(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._wakes:
            self._now = max(self._now, min(self._wakes))
            woken = [wake for wake in self._wakes if wake <= self._now]
            self._wakes = [wake for wake in self._wakes if wake > self._now]
            self._awake = len(woken)
            self._changed.notify_all()


class StepClock:
    """Race time of one thread: sleeping moves it on, and is kept."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


def run_together(jobs: list[Callable[[], None]]) -> None:
    """Run every job in a thread of its own to its end."""
    threads = [Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
