"""One SQLite file, one connection, one writer at a time; SQLite's errors in our own words."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hippique.errors import StoreBusy, StoreDamaged, StoreError, StoreFull
from hippique.runtime import sqlite_schema

BUSY_TIMEOUT_S = 5.0
"""How long to wait for another process's write: a command beside a running service."""

_DAMAGED = "is damaged; restore it from the backup, or move it away and plan the day again"
_ERRORS: Mapping[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (StoreFull, "no room left; free some disk space, nothing was changed"),
    sqlite3.SQLITE_BUSY: (StoreBusy, "another process is writing; try again"),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "another connection is writing; try again"),
    sqlite3.SQLITE_IOERR: (StoreDamaged, "cannot be read or written; check the disk"),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, "not a queue file; use another data folder"),
    sqlite3.SQLITE_CANTOPEN: (StoreDamaged, "cannot be opened; check the folder and its rights"),
    sqlite3.SQLITE_READONLY: (StoreDamaged, "may not be written; check the file's rights"),
    sqlite3.SQLITE_PERM: (StoreDamaged, "may not be opened; check the file's rights"),
}


class SqliteFile:
    """The file that the queue and the claims of one process share.

    durable: each commit waits for the disk; False is for simulations only.
    max_pages: bounds the file (4 KiB pages), beyond it StoreFull; None leaves it free.
    busy_timeout_s: how long to wait for another process's write, real seconds.
    Raises StoreDamaged (foreign, newer or broken file), StoreFull, StoreBusy.
    """

    def __init__(
        self,
        path: Path,
        *,
        durable: bool = True,
        max_pages: int | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self.path = path
        self._lock = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _in_our_words(path), _one_at_a_time(path.parent):
            self._connection = _connect(path, busy_timeout_s)
            try:
                _prepare(self._connection, path, durable=durable, max_pages=max_pages)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write together or not at all; one inside another belongs to the outer one."""
        with self._lock, _in_our_words(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            with _committed(self._connection):
                yield self._connection

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> list[Any]:
        """All rows of a query."""
        with self._lock, _in_our_words(self.path):
            return self._connection.execute(sql, values or {}).fetchall()

    def copy(self) -> bytes:
        """The whole file as it is at this instant, for a backup; writers wait, none is lost.

        Claims are left out: no process that opens the copy holds one.
        """
        with self._lock, _in_our_words(self.path), closing(sqlite3.connect(":memory:")) as memory:
            self._connection.backup(memory)
            memory.execute("DELETE FROM claim")
            memory.commit()
            return memory.serialize()

    def close(self) -> None:
        """Close the connection; the last one to close folds the log back into the file."""
        with self._lock, _one_at_a_time(self.path.parent):
            self._connection.close()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    # The first to open turns the write-ahead log on, the last to close folds it back: for that
    # moment SQLite answers "locked" at once to all others, however long they would wait.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _connect(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )


def _prepare(
    connection: sqlite3.Connection, path: Path, *, durable: bool, max_pages: int | None
) -> None:
    sqlite_schema.check_ours(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
    if max_pages is not None:
        connection.execute(f"PRAGMA max_page_count = {max_pages}")
    with _committed(connection):
        sqlite_schema.climb(connection)


@contextmanager
def _committed(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE: a transaction that reads first and writes later could not wait for its turn.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the kind; the rest says where in SQLite. Misuse has no code: a bug.
        known = _ERRORS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if known is None:
            raise
        kind, mend = known
        raise kind(f"{path}: {mend} ({error})") from error
