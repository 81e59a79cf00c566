"""One dispatcher per queue file, by `flock`; the system frees it when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from hippique.errors import StoreBusy, StoreDamaged


class DispatchLock:
    """Held from its making to `close`. Raises StoreBusy when another dispatcher holds it.

    A file of its own: closing any descriptor of the queue's file would drop SQLite's own locks.
    """

    def __init__(self, queue_path: Path) -> None:
        path = queue_path.with_name(queue_path.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreDamaged(f"{path}: cannot be opened ({error.strerror})") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StoreBusy(_refusal(queue_path.parent, holder)) from error
        with contextlib.suppress(OSError):  # a full disk: the number only serves the refusal
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, str(os.getpid()).encode("ascii"), 0)

    def close(self) -> None:
        """Let the next dispatcher in. The file stays: removing it would let two in at once."""
        os.close(self._descriptor)


def _refusal(folder: Path, holder: str) -> str:
    who = f"process {holder}" if holder else "another process"
    return (
        f"data folder {folder}: {who} already dispatches its queue; "
        "stop that one, or use another data folder"
    )
