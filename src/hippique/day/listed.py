"""An archive as one listing saw it: what was not there then is not asked for, file by file."""

from __future__ import annotations

from hippique.errors import NotFound
from hippique.ports import Archive


class Listed:
    """A look at everything below `prefix`, of one instant; what lies elsewhere is asked as usual.

    A status asks for many files that are not there yet. Each would be a request to a bucket.
    """

    def __init__(self, inside: Archive, prefix: str) -> None:
        self._inside = inside
        self._below = f"{prefix}/"
        self._there = frozenset(inside.addresses(prefix))

    def create(self, address: str, content: bytes) -> None:
        """See Archive. A look writes nothing."""
        raise TypeError(f"{address}: {len(content)} bytes may not be written through a look")

    def read(self, address: str) -> bytes:
        """See Archive."""
        if address.startswith(self._below) and address not in self._there:
            raise NotFound(f"{address}: nothing was written there")
        return self._inside.read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive."""
        top = prefix.removesuffix("/")
        if not f"{top}/".startswith(self._below):
            return self._inside.addresses(prefix)
        return tuple(sorted(one for one in self._there if one.startswith(f"{top}/")))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive."""
        return self._inside.folders(prefix)
