"""Recurring duties in real time: a thread that does each at its hour, never two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from hippique.errors import HippiqueError
from hippique.runtime.clocks import PacedClock
from hippique.runtime.delivery import Report

LOOK_AGAIN_S = 0.5


class Timed(Protocol):
    """A duty that knows its instant and its kind."""

    @property
    def at(self) -> datetime:
        """When it is due."""

    @property
    def duty(self) -> str:
        """Its kind: of several overdue ones of a kind only the last is done."""


D = TypeVar("D", bound=Timed)


class Calendar(Generic[D]):
    """Does duties as they fall due. A failed duty is reported; the next one comes anyway.

    dues: in order; where they end the calendar goes on without a duty.
    """

    def __init__(
        self, dues: Iterator[D], do: Callable[[D], None], clock: PacedClock, report: Report
    ) -> None:
        self._dues = dues
        self._do = do
        self._clock = clock
        self._report = report
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="calendar", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it is running; for readiness."""
        return self._thread.is_alive()

    def stop(self, timeout_s: float) -> None:
        """Do no further duty; wait this many real seconds for the one under way."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _work(self) -> None:
        following = next(self._dues, None)
        while not self._stopping.is_set():
            overdue: dict[str, D] = {}
            while following is not None and following.at <= self._clock.now():
                overdue.pop(following.duty, None)
                overdue[following.duty] = following
                following = next(self._dues, None)
            for due in overdue.values():
                self._attempt(due)
            self._stopping.wait(self._wait_s(following))

    def _wait_s(self, following: D | None) -> float:
        if following is None:
            return LOOK_AGAIN_S
        ahead_s = (following.at - self._clock.now()).total_seconds()
        return max(0.0, min(LOOK_AGAIN_S, self._clock.wall_seconds(ahead_s)))

    def _attempt(self, due: D) -> None:
        if self._stopping.is_set():
            return
        try:
            self._do(due)
        except HippiqueError as error:
            self._report(error)
        except Exception as error:  # noqa: BLE001  a bug in one duty must not stop all later ones
            self._report(error)
