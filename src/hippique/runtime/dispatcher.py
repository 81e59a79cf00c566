"""Two drivers over one store: real time with threads, and the driven clock one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Protocol

from hippique.errors import StoreError
from hippique.ports import Clock, Task
from hippique.runtime.clocks import DrivenClock, PacedClock
from hippique.runtime.delivery import Deliver, Delivery, Report, attempt, failed, log_failure

LOOK_AGAIN_S = 0.5
"""Longest wait between two looks, real seconds: commands of other processes wake nobody."""

Outcome = tuple[Task, Delivery]


class DispatchStore(Protocol):
    """The dispatcher's side of a queue. All methods raise StoreFull, StoreBusy, StoreDamaged."""

    changed: threading.Event

    def open_dispatch(self) -> None:
        """Become the only dispatcher; leases left by a dead one return to pending.

        Raises StoreBusy, naming the data folder, where another one dispatches.
        """

    def close_dispatch(self) -> None:
        """Return unfinished leases to pending and let the next dispatcher in."""

    def batch(self) -> AbstractContextManager[object]:
        """What is written inside is kept together or not at all."""

    def lease_due(self, now: datetime, limit: int) -> tuple[Task, ...]:
        """Take at most `limit` tasks due by `now`, by due time then name; none while paused.

        `attempts` of the tasks counts the attempt that begins.
        """

    def finish(self, name: str) -> None:
        """A leased task succeeded; nothing happens for any other."""

    def retry(self, name: str, error: str | None, *, retry_after_s: float | None = None) -> None:
        """A leased task failed: due again after its back-off, or failed for good."""

    def next_due(self) -> datetime | None:
        """The earliest due time of the pending tasks; None where there is none, or while paused."""


def run_due(
    store: DispatchStore, deliver: Deliver, clock: Clock, *, report: Report = log_failure
) -> int:
    """Deliver all that is due at this instant, one after the other, by due time then name.

    What a delivery creates for the same instant is delivered too. Returns how many were.
    """
    count = 0
    while leased := store.lease_due(clock.now(), 1):
        _settle(store, [(task, attempt(deliver, task, report)) for task in leased])
        count += len(leased)
    return count


def drive(
    store: DispatchStore,
    deliver: Deliver,
    clock: DrivenClock,
    *,
    until: datetime | None = None,
    report: Report = log_failure,
) -> int:
    """Run all that is due, jump to the next due instant, and so on. Returns how many deliveries.

    until: the last instant to run, where the clock then stands; None runs until nothing is left.
    """
    with sole_dispatch(store):
        count = run_due(store, deliver, clock, report=report)
        while (due := store.next_due()) is not None and (until is None or due <= until):
            clock.advance_to(due)
            count += run_due(store, deliver, clock, report=report)
    if until is not None:
        clock.advance_to(until)
    return count


@contextmanager
def sole_dispatch(store: DispatchStore) -> Iterator[None]:
    """Be the only dispatcher of this store meanwhile. Raises StoreBusy."""
    store.open_dispatch()
    try:
        yield
    finally:
        store.close_dispatch()


class Dispatcher:
    """Delivers in real time, each task in a thread of its own, never early.

    One thread leases and writes all outcomes, many in one commit; it waits for the next due
    instant, for a change made in this process, or LOOK_AGAIN_S. An error of the store is
    reported and tried again: outcomes wait, tasks stay leased. Used once: start, then stop.
    """

    def __init__(
        self,
        store: DispatchStore,
        deliver: Deliver,
        clock: PacedClock,
        *,
        max_concurrent: int = 8,
        report: Report = log_failure,
    ) -> None:
        self._store = store
        self._deliver = deliver
        self._clock = clock
        self._max_concurrent = max_concurrent
        self._report = report
        self._answered: SimpleQueue[Outcome] = SimpleQueue()
        self._unsettled: list[Outcome] = []
        self._running: set[str] = set()
        self._stopping = threading.Event()
        self._trouble: str | None = None
        self._loop = threading.Thread(target=self._work, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Take over left leases and begin. Raises StoreBusy where another one dispatches."""
        self._store.open_dispatch()
        self._loop.start()

    def is_alive(self) -> bool:
        """Whether it is dispatching; for readiness."""
        return self._loop.is_alive()

    def stop(self, timeout_s: float) -> tuple[str, ...]:
        """Lease no more, wait for running deliveries, give back what did not end in time.

        timeout_s: real seconds. Returns the names given back, which will be delivered again;
        their late answers are not heard any more.
        """
        if self._stopping.is_set() or self._loop.ident is None:
            return ()
        give_up_at = time.monotonic() + timeout_s
        self._stopping.set()
        self._store.changed.set()
        self._loop.join(timeout_s)
        self._await_running(give_up_at)
        self._close()
        return tuple(sorted(self._running))

    def _work(self) -> None:
        while True:
            # Cleared before the look: a change made during the look is then not missed.
            self._store.changed.clear()
            if self._stopping.is_set():
                return
            self._store.changed.wait(self._turn())

    def _turn(self) -> float:
        """One look at the store. Returns how long to wait for the next, real seconds."""
        self._hear_answers()
        try:
            self._settle_and_lease()
            wait_s = self._wait_s()
        except StoreError as error:
            self._report_once(error)
            return LOOK_AGAIN_S
        self._trouble = None
        return wait_s

    def _hear_answers(self) -> None:
        while not self._answered.empty():
            self._hear(self._answered.get())

    def _hear(self, outcome: Outcome) -> None:
        self._running.discard(outcome[0].name)
        self._unsettled.append(outcome)

    def _settle_and_lease(self) -> None:
        now = self._clock.now()
        due = self._store.next_due()
        free = self._max_concurrent - len(self._running)
        is_work_due = due is not None and due <= now and free > 0
        if not (is_work_due or self._unsettled):
            return
        with self._store.batch():
            _settle(self._store, self._unsettled)
            leased = self._store.lease_due(now, free) if is_work_due else ()
        self._unsettled.clear()
        for task in leased:
            self._begin(task)

    def _begin(self, task: Task) -> None:
        self._running.add(task.name)
        # Daemon: a delivery that outlives `stop` must not keep the process from ending.
        thread = threading.Thread(target=self._bring, args=(task,), name=task.name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no room for another thread
            self._answered.put((task, failed(error)))

    def _bring(self, task: Task) -> None:
        self._answered.put((task, attempt(self._deliver, task, self._report)))
        self._store.changed.set()

    def _wait_s(self) -> float:
        if len(self._running) >= self._max_concurrent:
            return LOOK_AGAIN_S
        due = self._store.next_due()
        if due is None:
            return LOOK_AGAIN_S
        wait_s = self._clock.wall_seconds((due - self._clock.now()).total_seconds())
        return min(LOOK_AGAIN_S, max(0.0, wait_s))

    def _await_running(self, give_up_at: float) -> None:
        self._hear_answers()
        while self._running:
            try:
                self._hear(self._answered.get(timeout=max(0.0, give_up_at - time.monotonic())))
            except Empty:
                return

    def _close(self) -> None:
        try:
            with self._store.batch():
                _settle(self._store, self._unsettled)
        except StoreError as error:
            self._report(error)
        try:
            self._store.close_dispatch()
        except StoreError as error:
            self._report(error)

    def _report_once(self, error: StoreError) -> None:
        if str(error) != self._trouble:
            self._report(error)
        self._trouble = str(error)


def _settle(store: DispatchStore, outcomes: Sequence[Outcome]) -> None:
    for task, delivery in outcomes:
        if delivery.ok:
            store.finish(task.name)
        else:
            store.retry(task.name, delivery.error, retry_after_s=delivery.retry_after_s)
