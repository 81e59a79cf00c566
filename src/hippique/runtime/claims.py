"""Claims: the atomic first step of a task, in the queue's file or in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hippique.runtime.instants import micros
from hippique.runtime.owner import Owner, is_dead
from hippique.runtime.sqlite_file import SqliteFile

Wall = Callable[[], datetime]
"""The machine's instant, aware. Claims expire on wall time: they outlive a run, not a race."""

_TAKE = """INSERT INTO claim (key, host, pid, started_s, instance, expires_us)
    VALUES (:key, :host, :pid, :started_s, :instance, :expires)
    ON CONFLICT (key) DO UPDATE SET host = excluded.host, pid = excluded.pid,
        started_s = excluded.started_s, instance = excluded.instance,
        expires_us = excluded.expires_us"""
_RELEASE = """DELETE FROM claim WHERE key = :key AND host = :host AND pid = :pid
    AND started_s = :started_s AND instance = :instance"""


class SqliteClaims:
    """Claims of every process that opens this file. ttl_s: life of a claim, real seconds."""

    def __init__(self, file: SqliteFile, *, owner: Owner, wall: Wall, ttl_s: float) -> None:
        self._file = file
        self._owner = owner
        self._wall = wall
        self._ttl = timedelta(seconds=ttl_s)

    def acquire(self, key: str) -> bool:
        """See Claims. Also False when this very process already holds it: a second delivery."""
        now = self._wall()
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM claim WHERE expires_us <= ?", (micros(now),))
            row = connection.execute(
                "SELECT host, pid, started_s, instance FROM claim WHERE key = ?", (key,)
            ).fetchone()
            if row is not None and not is_dead(_owner(*row), seen_from=self._owner):
                return False
            expires = micros(now + self._ttl)
            connection.execute(_TAKE, _values(key, self._owner) | {"expires": expires})
        return True

    def release(self, key: str) -> None:
        """See Claims."""
        with self._file.transaction() as connection:
            connection.execute(_RELEASE, _values(key, self._owner))


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """What several MemoryClaims share, as several processes share a file."""

    held: dict[str, tuple[Owner, datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class MemoryClaims:
    """Claims of one process, or of several owners that share `table`."""

    def __init__(
        self, *, owner: Owner, wall: Wall, ttl_s: float, table: ClaimTable | None = None
    ) -> None:
        self._owner = owner
        self._wall = wall
        self._ttl = timedelta(seconds=ttl_s)
        self._table = table or ClaimTable()

    def acquire(self, key: str) -> bool:
        """See Claims. Also False when this very process already holds it: a second delivery."""
        now = self._wall()
        with self._table.lock:
            if key in self._table.held and not self._is_free(*self._table.held[key], now):
                return False
            self._table.held[key] = (self._owner, now + self._ttl)
        return True

    def release(self, key: str) -> None:
        """See Claims."""
        with self._table.lock:
            if key in self._table.held and self._table.held[key][0] == self._owner:
                del self._table.held[key]

    def _is_free(self, owner: Owner, expires: datetime, now: datetime) -> bool:
        return expires <= now or is_dead(owner, seen_from=self._owner)


def _owner(host: str, pid: int, started_s: int, instance: str) -> Owner:
    return Owner(host=host, pid=pid, started_s=started_s, instance=instance)


def _values(key: str, owner: Owner) -> dict[str, object]:
    return {
        "key": key,
        "host": owner.host,
        "pid": owner.pid,
        "started_s": owner.started_s,
        "instance": owner.instance,
    }
