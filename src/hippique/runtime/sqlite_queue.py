"""The embedded queue: one SQLite file behind the ports of day, operator and dispatcher."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from hippique.errors import NotFound, StoreBusy
from hippique.ports import Clock, NewTask, QueueStats, Task, TaskState
from hippique.runtime.dispatch_lock import DispatchLock
from hippique.runtime.instants import instant_of, micros
from hippique.runtime.queue_rules import (
    LAST_MINUTE,
    TOMBSTONE,
    RetryPolicy,
    check_new_task,
    due_again,
    is_used_up,
)
from hippique.runtime.sqlite_file import SqliteFile

_COLUMNS = "name, due_us, payload, state, attempts, created_us, deadline_s, last_error"

_CREATE = """INSERT INTO task
    (name, due_us, state, attempts, created_us, deadline_s, payload)
    VALUES (:name, :due, 'pending', 0, :now, :deadline_s, :payload)
    ON CONFLICT (name) DO NOTHING"""
_CANCEL = """UPDATE task SET state = 'cancelled', ended_us = :now
    WHERE name = :name AND state = 'pending'"""
_PURGE = "UPDATE task SET state = 'cancelled', ended_us = :now WHERE state = 'pending'"
_RUN_NOW = f"""UPDATE task SET due_us = min(due_us, :now)
    WHERE name = :name AND state = 'pending' RETURNING {_COLUMNS}"""  # noqa: S608  a constant of ours
_LEASE = f"""UPDATE task
    SET state = 'leased', attempts = attempts + 1,
        first_attempt_us = coalesce(first_attempt_us, :now)
    WHERE name IN (
        SELECT name FROM task WHERE state = 'pending' AND due_us <= :now
        AND NOT (SELECT paused FROM queue) ORDER BY due_us, name LIMIT :limit)
    RETURNING {_COLUMNS}"""  # noqa: S608  a constant of ours
_FINISH = """UPDATE task SET state = 'done', ended_us = :now
    WHERE name = :name AND state = 'leased'"""
_RETRY = """UPDATE task SET state = 'pending', due_us = :due, last_error = :error
    WHERE name = :name AND state = 'leased'"""
_FAIL = """UPDATE task SET state = 'failed', ended_us = :now, last_error = :error
    WHERE name = :name AND state = 'leased'"""
_STATS = """SELECT
    count(*) FILTER (WHERE state = 'pending') AS pending,
    count(*) FILTER (WHERE state = 'pending' AND due_us < :now) AS overdue,
    count(*) FILTER (WHERE state = 'leased') AS leased,
    count(*) FILTER (WHERE state = 'done') AS done,
    count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    coalesce(sum(attempts), 0) AS attempts,
    min(due_us) FILTER (WHERE state = 'pending') AS oldest_due_us,
    (SELECT count(*) FROM reply WHERE at_us > :minute_ago) AS executed,
    (SELECT paused FROM queue) AS paused,
    (SELECT generation FROM queue) AS generation
    FROM task"""


class SqliteQueue:
    """Holds no connection of its own: `file` may also carry the claims. See ports and dispatcher.

    Every instant comes from `clock` (race time). `changed` is set when a task of this process
    may have become due; commands of other processes are seen at the dispatcher's next look.
    """

    def __init__(self, file: SqliteFile, clock: Clock, *, retry: RetryPolicy | None = None) -> None:
        self.changed = threading.Event()
        self._file = file
        self._clock = clock
        self._retry = retry or RetryPolicy()
        self._lock: DispatchLock | None = None

    # --- the day's side

    def create(self, task: NewTask) -> bool:
        """See TaskQueue."""
        now = self._clock.now()
        check_new_task(task, now)
        values = {
            "name": task.name,
            "due": micros(task.due),
            "now": micros(now),
            "deadline_s": task.deadline_s,
            "payload": task.payload,
        }
        with self._file.transaction() as connection:
            _sweep(connection, now)
            is_new = connection.execute(_CREATE, values).rowcount == 1
        if is_new:
            self.changed.set()
        return is_new

    def cancel(self, name: str) -> bool:
        """See TaskQueue."""
        values = {"name": name, "now": micros(self._clock.now())}
        with self._file.transaction() as connection:
            return connection.execute(_CANCEL, values).rowcount == 1

    def generation(self) -> int:
        """See TaskQueue."""
        return int(self._file.rows("SELECT generation FROM queue")[0][0])

    def live(self, prefix: str = "") -> tuple[Task, ...]:
        """See TaskQueue."""
        sql = f"""SELECT {_COLUMNS} FROM task WHERE state IN ('pending', 'leased')
            AND substr(name, 1, length(:prefix)) = :prefix ORDER BY due_us, name"""  # noqa: S608  ours
        return tuple(map(_task, self._file.rows(sql, {"prefix": prefix})))

    # --- the operator's side

    def tasks(
        self, *, state: TaskState | None = None, after: str = "", limit: int = 100
    ) -> tuple[Task, ...]:
        """See QueueOperator."""
        sql = f"""SELECT {_COLUMNS} FROM task
            WHERE name > :after AND (:state IS NULL OR state = :state)
            ORDER BY name LIMIT :limit"""  # noqa: S608  a constant of ours
        values = {"after": after, "state": state, "limit": limit}
        return tuple(map(_task, self._file.rows(sql, values)))

    def describe(self, name: str) -> Task:
        """See QueueOperator."""
        sql = f"SELECT {_COLUMNS} FROM task WHERE name = :name"  # noqa: S608  a constant of ours
        rows = self._file.rows(sql, {"name": name})
        if not rows:
            raise NotFound(f"{self._file.path}: no task named {name!r}")
        return _task(rows[0])

    def run_now(self, name: str) -> Task:
        """See QueueOperator."""
        values = {"name": name, "now": micros(self._clock.now())}
        with self._file.transaction() as connection:
            rows = connection.execute(_RUN_NOW, values).fetchall()
        if not rows:
            raise NotFound(f"{self._file.path}: no pending task named {name!r}")
        self.changed.set()
        return _task(rows[0])

    def set_paused(self, *, paused: bool) -> None:
        """See QueueOperator."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE queue SET paused = :paused", {"paused": paused})
        self.changed.set()

    def purge(self) -> int:
        """See QueueOperator."""
        with self._file.transaction() as connection:
            values = {"now": micros(self._clock.now())}
            dropped = connection.execute(_PURGE, values).rowcount
            connection.execute("UPDATE queue SET generation = generation + 1")
        return dropped

    def stats(self) -> QueueStats:
        """See QueueOperator."""
        now = self._clock.now()
        values = {"now": micros(now), "minute_ago": micros(now - LAST_MINUTE)}
        row = self._file.rows(_STATS, values)[0]
        *counts, oldest_due_us, executed, paused, generation = row
        pending, overdue, leased, done, cancelled, failed, attempts = counts
        return QueueStats(
            pending=pending,
            overdue=overdue,
            leased=leased,
            done=done,
            cancelled=cancelled,
            failed=failed,
            attempts=attempts,
            executed_last_minute=executed,
            oldest_due=None if oldest_due_us is None else instant_of(oldest_due_us),
            paused=bool(paused),
            generation=generation,
        )

    # --- the dispatcher's side

    def open_dispatch(self) -> None:
        """See DispatchStore."""
        if self._lock is not None:
            raise StoreBusy(f"{self._file.path}: this process already dispatches this queue")
        self._lock = DispatchLock(self._file.path)
        self._release_leases()

    def close_dispatch(self) -> None:
        """See DispatchStore."""
        lock, self._lock = self._lock, None
        if lock is None:
            return
        try:
            self._release_leases()
        finally:
            lock.close()

    def batch(self) -> AbstractContextManager[object]:
        """See DispatchStore."""
        return self._file.transaction()

    def lease_due(self, now: datetime, limit: int) -> tuple[Task, ...]:
        """See DispatchStore."""
        with self._file.transaction() as connection:
            values = {"now": micros(now), "limit": limit}
            rows = connection.execute(_LEASE, values).fetchall()
        # RETURNING promises no order.
        return tuple(sorted(map(_task, rows), key=lambda task: (task.due, task.name)))

    def finish(self, name: str) -> None:
        """See DispatchStore."""
        now = micros(self._clock.now())
        with self._file.transaction() as connection:
            _record_reply(connection, connection.execute(_FINISH, {"name": name, "now": now}), now)

    def retry(self, name: str, error: str | None, *, retry_after_s: float | None = None) -> None:
        """See DispatchStore."""
        now = self._clock.now()
        with self._file.transaction() as connection:
            row = connection.execute(
                "SELECT attempts, first_attempt_us FROM task WHERE name = ? AND state = 'leased'",
                (name,),
            ).fetchone()
            if row is None:
                return
            attempts, first_us = row
            is_over = is_used_up(self._retry, attempts, (micros(now) - first_us) / 1e6)
            due = due_again(self._retry, attempts, now, retry_after_s)
            values = {"name": name, "now": micros(now), "due": micros(due), "error": error}
            cursor = connection.execute(_FAIL if is_over else _RETRY, values)
            _record_reply(connection, cursor, micros(now))

    def next_due(self) -> datetime | None:
        """See DispatchStore."""
        sql = """SELECT min(due_us) FROM task
            WHERE state = 'pending' AND NOT (SELECT paused FROM queue)"""
        due_us = self._file.rows(sql)[0][0]
        return None if due_us is None else instant_of(due_us)

    def _release_leases(self) -> None:
        with self._file.transaction() as connection:
            connection.execute("UPDATE task SET state = 'pending' WHERE state = 'leased'")


def _sweep(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("DELETE FROM task WHERE ended_us <= ?", (micros(now - TOMBSTONE),))
    connection.execute("DELETE FROM reply WHERE at_us <= ?", (micros(now - LAST_MINUTE),))


def _record_reply(connection: sqlite3.Connection, ended: sqlite3.Cursor, now_us: int) -> None:
    if ended.rowcount == 1:
        connection.execute("INSERT INTO reply (at_us) VALUES (?)", (now_us,))


def _task(row: Any) -> Task:
    name, due_us, payload, state, attempts, created_us, deadline_s, last_error = row
    return Task(
        name=name,
        due=instant_of(due_us),
        payload=payload,
        state=TaskState(state),
        attempts=attempts,
        created_at=instant_of(created_us),
        deadline_s=deadline_s,
        last_error=last_error,
    )
