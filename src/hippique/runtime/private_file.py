"""A small file that its owner alone may read, changed by one process at a time."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hippique.runtime.disk_errors import in_our_words

PRIVATE = 0o600

Edit = Callable[[bytes | None], bytes]
"""The next content from the present one (None: nothing yet); what it raises changes nothing."""


class PrivateFile:
    """Replaced whole, under a lock that the service and the commands beside it share.

    Raises StoreFull, StoreBusy.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """The content, None where nothing was written yet."""
        with in_our_words(self._path), suppress(FileNotFoundError):
            return self._path.read_bytes()
        return None

    def change(self, edit: Edit) -> None:
        """Read, edit and write back; of two that change at once the second sees the first."""
        with in_our_words(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, PRIVATE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write(edit(self.read()))
        finally:
            os.close(lock)

    def _write(self, content: bytes) -> None:
        draft = self._path.with_suffix(".draft")
        with in_our_words(self._path):
            with suppress(FileNotFoundError):
                draft.unlink()  # of a writer that was killed: the lock is ours
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)


class MemoryFile:
    """The same in memory."""

    def __init__(self, content: bytes | None = None) -> None:
        self._content = content
        self._lock = threading.Lock()

    def read(self) -> bytes | None:
        """See PrivateFile."""
        return self._content

    def change(self, edit: Edit) -> None:
        """See PrivateFile."""
        with self._lock:
            self._content = edit(self._content)
