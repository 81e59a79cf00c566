"""An archive that remembers what it read: artefacts never change, so a copy is as good."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Protocol

from hippique.ports import Archive, Pruner

LIMIT_BYTES = 64 * 2**20


class KeptArchive(Archive, Pruner, Protocol):
    """An archive from which its keeper may let pages go."""


class ReadThrough:
    """Stands before an archive whose reads cost. limit_bytes: of content kept in memory.

    Only content is remembered, never that something is absent: somebody else may write it.
    """

    def __init__(self, inside: KeptArchive, limit_bytes: int = LIMIT_BYTES) -> None:
        self._inside = inside
        self._limit = limit_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def create(self, address: str, content: bytes) -> None:
        """See Archive."""
        self._inside.create(address, content)
        self._keep(address, bytes(content))

    def read(self, address: str) -> bytes:
        """See Archive."""
        with self._lock:
            if address in self._kept:
                self._kept.move_to_end(address)
                return self._kept[address]
        content = self._inside.read(address)
        self._keep(address, content)
        return content

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive. Always asked anew."""
        return self._inside.addresses(prefix)

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive. Always asked anew."""
        return self._inside.folders(prefix)

    def remove(self, address: str) -> None:
        """See Pruner."""
        self._inside.remove(address)
        with self._lock:
            self._size -= len(self._kept.pop(address, b""))

    def _keep(self, address: str, content: bytes) -> None:
        with self._lock:
            self._size += len(content) - len(self._kept.pop(address, b""))
            self._kept[address] = content
            while self._size > self._limit:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest)
