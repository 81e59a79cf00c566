"""The queue in memory: the same rules as the SQLite one, nothing kept."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hippique.errors import NotFound, StoreBusy
from hippique.ports import Clock, NewTask, QueueStats, Task, TaskState
from hippique.runtime.queue_rules import (
    LAST_MINUTE,
    TOMBSTONE,
    RetryPolicy,
    check_new_task,
    due_again,
    is_used_up,
)

_LIVE = frozenset({TaskState.PENDING, TaskState.LEASED})


@dataclass(frozen=True, slots=True)
class _Entry:
    task: Task
    first_attempt_at: datetime | None = None
    ended_at: datetime | None = None


class MemoryQueue:
    """See ports and dispatcher. Every instant comes from `clock` (race time)."""

    def __init__(self, clock: Clock, *, retry: RetryPolicy | None = None) -> None:
        self.changed = threading.Event()
        self._clock = clock
        self._retry = retry or RetryPolicy()
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}
        self._replies: deque[datetime] = deque()
        self._generation = 1
        self._paused = False
        self._is_dispatched = False

    # --- the day's side

    def create(self, task: NewTask) -> bool:
        """See TaskQueue."""
        now = self._clock.now()
        check_new_task(task, now)
        with self._lock:
            self._sweep(now)
            if task.name in self._entries:
                return False
            self._entries[task.name] = _Entry(_pending(task, now))
        self.changed.set()
        return True

    def cancel(self, name: str) -> bool:
        """See TaskQueue."""
        with self._lock:
            if not self._is_in(name, TaskState.PENDING):
                return False
            self._end(name, TaskState.CANCELLED)
        return True

    def generation(self) -> int:
        """See TaskQueue."""
        return self._generation

    def live(self, prefix: str = "") -> tuple[Task, ...]:
        """See TaskQueue."""
        held = [
            entry.task
            for entry in self._all()
            if entry.task.state in _LIVE and entry.task.name.startswith(prefix)
        ]
        return tuple(sorted(held, key=_by_due))

    # --- the operator's side

    def tasks(
        self, *, state: TaskState | None = None, after: str = "", limit: int = 100
    ) -> tuple[Task, ...]:
        """See QueueOperator."""
        held = [
            entry.task
            for entry in self._all()
            if entry.task.name > after and state in {None, entry.task.state}
        ]
        return tuple(sorted(held, key=lambda task: task.name)[:limit])

    def describe(self, name: str) -> Task:
        """See QueueOperator."""
        with self._lock:
            if name not in self._entries:
                raise NotFound(f"queue: no task named {name!r}")
            return self._entries[name].task

    def run_now(self, name: str) -> Task:
        """See QueueOperator."""
        with self._lock:
            if not self._is_in(name, TaskState.PENDING):
                raise NotFound(f"queue: no pending task named {name!r}")
            due = min(self._entries[name].task.due, self._clock.now())
            task = self._put(name, due=due)
        self.changed.set()
        return task

    def set_paused(self, *, paused: bool) -> None:
        """See QueueOperator."""
        self._paused = paused
        self.changed.set()

    def purge(self) -> int:
        """See QueueOperator."""
        with self._lock:
            names = self._names(TaskState.PENDING)
            for name in names:
                self._end(name, TaskState.CANCELLED)
            self._generation += 1
        return len(names)

    def stats(self) -> QueueStats:
        """See QueueOperator."""
        now = self._clock.now()
        entries = self._all()
        states = [entry.task.state for entry in entries]
        dues = [entry.task.due for entry in entries if entry.task.state is TaskState.PENDING]
        return QueueStats(
            pending=len(dues),
            overdue=sum(due < now for due in dues),
            leased=states.count(TaskState.LEASED),
            done=states.count(TaskState.DONE),
            cancelled=states.count(TaskState.CANCELLED),
            failed=states.count(TaskState.FAILED),
            attempts=sum(entry.task.attempts for entry in entries),
            executed_last_minute=sum(at > now - LAST_MINUTE for at in tuple(self._replies)),
            oldest_due=min(dues, default=None),
            paused=self._paused,
            generation=self._generation,
        )

    # --- the dispatcher's side

    def open_dispatch(self) -> None:
        """See DispatchStore."""
        with self._lock:
            if self._is_dispatched:
                raise StoreBusy("queue in memory: already dispatched; stop the other dispatcher")
            self._is_dispatched = True
            self._release_leases()

    def close_dispatch(self) -> None:
        """See DispatchStore."""
        with self._lock:
            if self._is_dispatched:
                self._release_leases()
            self._is_dispatched = False

    def batch(self) -> AbstractContextManager[object]:
        """See DispatchStore."""
        return self._lock

    def lease_due(self, now: datetime, limit: int) -> tuple[Task, ...]:
        """See DispatchStore."""
        with self._lock:
            due = [] if self._paused else sorted(self._pending_by(now), key=_by_due)
            return tuple(self._lease(task, now) for task in due[:limit])

    def finish(self, name: str) -> None:
        """See DispatchStore."""
        with self._lock:
            if self._is_in(name, TaskState.LEASED):
                self._end(name, TaskState.DONE)
                self._replies.append(self._clock.now())

    def retry(self, name: str, error: str | None, *, retry_after_s: float | None = None) -> None:
        """See DispatchStore."""
        now = self._clock.now()
        with self._lock:
            if not self._is_in(name, TaskState.LEASED):
                return
            entry = self._entries[name]
            attempts = entry.task.attempts
            since_first_s = (now - (entry.first_attempt_at or now)).total_seconds()
            self._replies.append(now)
            self._put(name, last_error=error)
            if is_used_up(self._retry, attempts, since_first_s):
                self._end(name, TaskState.FAILED)
                return
            due = due_again(self._retry, attempts, now, retry_after_s)
            self._put(name, state=TaskState.PENDING, due=due)

    def next_due(self) -> datetime | None:
        """See DispatchStore."""
        if self._paused:
            return None
        pending = (e.task.due for e in self._all() if e.task.state is TaskState.PENDING)
        return min(pending, default=None)

    # --- under the lock

    def _all(self) -> list[_Entry]:
        with self._lock:
            return list(self._entries.values())

    def _names(self, state: TaskState) -> list[str]:
        return [name for name, entry in self._entries.items() if entry.task.state is state]

    def _is_in(self, name: str, state: TaskState) -> bool:
        return name in self._entries and self._entries[name].task.state is state

    def _pending_by(self, now: datetime) -> list[Task]:
        pending = (e.task for e in self._entries.values() if e.task.state is TaskState.PENDING)
        return [task for task in pending if task.due <= now]

    def _put(self, name: str, **changes: object) -> Task:
        entry = self._entries[name]
        task = replace(entry.task, **changes)  # type: ignore[arg-type]  # names are Task's own
        self._entries[name] = replace(entry, task=task)
        return task

    def _lease(self, task: Task, now: datetime) -> Task:
        leased = replace(task, state=TaskState.LEASED, attempts=task.attempts + 1)
        first = self._entries[task.name].first_attempt_at or now
        self._entries[task.name] = _Entry(leased, first_attempt_at=first)
        return leased

    def _end(self, name: str, state: TaskState) -> None:
        self._put(name, state=state)
        self._entries[name] = replace(self._entries[name], ended_at=self._clock.now())

    def _release_leases(self) -> None:
        for name in self._names(TaskState.LEASED):
            self._put(name, state=TaskState.PENDING)

    def _sweep(self, now: datetime) -> None:
        ended = [
            name
            for name, entry in self._entries.items()
            if entry.ended_at is not None and entry.ended_at <= now - TOMBSTONE
        ]
        for name in ended:
            del self._entries[name]
        while self._replies and self._replies[0] <= now - LAST_MINUTE:
            self._replies.popleft()


def _pending(task: NewTask, now: datetime) -> Task:
    return Task(
        name=task.name,
        due=task.due.astimezone(UTC),
        payload=task.payload,
        state=TaskState.PENDING,
        attempts=0,
        created_at=now,
        deadline_s=task.deadline_s,
    )


def _by_due(task: Task) -> tuple[datetime, str]:
    return task.due, task.name
