"""Whether a spreadsheet program has a file open: its lock file, or a lock on the file itself."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def held_by(path: Path) -> str | None:
    """What shows that the file is open elsewhere; None where nothing does.

    A replaced file would be lost at that program's next save.
    """
    for mark in (f".~lock.{path.name}#", f"~${path.name}"):  # LibreOffice, Excel
        if path.with_name(mark).exists():
            return f"{mark} lies beside it; delete that where no program is running"
    return "a program holds a lock on it" if path.is_file() and _is_locked(path) else None


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False  # the write that follows says why
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # a file system without locks
    else:
        return False
    finally:
        os.close(descriptor)
