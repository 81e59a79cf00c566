"""Where a service keeps what it knows: a data folder, or a bucket, each with a queue and claims."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hippique.errors import HippiqueError
from hippique.ports import Archive, Claims, Clock, QueueOperator, TaskQueue, Views
from hippique.runtime.claims import SqliteClaims
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive, DiskViews
from hippique.runtime.owner import this_process
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue

QUEUE = "queue.sqlite"
LEAST_FREE_BYTES = 200 * 2**20

Told = Callable[[Exception], None]


class Queue(TaskQueue, QueueOperator, Protocol):
    """Both sides of one queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A place that is open: its stores, its queue, and how both are.

    place: the data folder, or `gs://BUCKET`. claims: made for a life in seconds. embedded, file:
    the queue again where this process may dispatch it, and its file; None where Cloud Tasks does.
    check: whether the stores can be written, and words. close: gives back what is held. disk:
    what the archive fills; None for a bucket.
    """

    place: str
    archive: Archive
    views: Views
    queue: Queue
    claims: Callable[[float], Claims]
    clock: Clock
    check: Callable[[], tuple[bool, str]]
    close: Callable[[], None]
    embedded: SqliteQueue | None = None
    file: SqliteFile | None = None
    disk: Path | None = None

    def where(self, name: str) -> str:
        """Where a view lies."""
        return f"{self.place}/{name}"

    @property
    def dispatched(self) -> SqliteQueue:
        """The embedded queue. Raises TypeError where there is none: a bug of the caller."""
        if self.embedded is None:
            raise TypeError(f"{self.place}: nothing of ours dispatches its queue")
        return self.embedded


def open_folder(root: Path, clock: Clock, *, durable: bool = True) -> Folder:
    """Open (or make) a data folder. Raises StoreDamaged, StoreBusy, StoreFull."""
    file = SqliteFile(root / QUEUE, durable=durable)
    queue = SqliteQueue(file, clock)
    owner = this_process(uuid.uuid4().hex)
    return Folder(
        place=str(root),
        archive=DiskArchive(root / "archive", durable=durable),
        views=DiskViews(root, durable=durable),
        queue=queue,
        claims=lambda ttl_s: SqliteClaims(file, owner=owner, wall=WallClock().now, ttl_s=ttl_s),
        clock=clock,
        check=lambda: _disk_check(root),
        close=file.close,
        embedded=queue,
        file=file,
        disk=root,
    )


def _disk_check(root: Path) -> tuple[bool, str]:
    free = shutil.disk_usage(root).free
    writable = os.access(root, os.W_OK)
    return writable and free > LEAST_FREE_BYTES, f"{free // 2**20} MiB free"


def well(check: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    """A check's answer; a foreseeable error is one too."""
    try:
        return check()
    except HippiqueError as error:
        return False, str(error)
