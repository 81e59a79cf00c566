"""What the system says about a file, in our own words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hippique.errors import StoreBusy, StoreDamaged, StoreError, StoreFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOCKED = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY})


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn OSError into StoreFull, StoreBusy or StoreDamaged."""
    try:
        yield
    except OSError as error:
        raise store_error(error, path) from error


def store_error(error: OSError, path: Path) -> StoreError:
    """The store's error for one of the system's."""
    if error.errno in _FULL:
        return StoreFull(f"{path}: no room left; free some disk space, nothing was changed")
    if error.errno in _LOCKED:
        return StoreBusy(
            f"{path}: may not be written ({error.strerror}); close it where it is open, "
            "or mend the rights of its folder"
        )
    if error.errno == errno.EIO:
        return StoreDamaged(f"{path}: cannot be read or written; check the disk")
    return StoreBusy(f"{path}: {error.strerror or error}; try again")
