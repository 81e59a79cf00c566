"""The shipped fakes: every port of this room in memory, with the semantics of the real ones."""

from __future__ import annotations

import threading

from hippique.errors import AlreadyExists, NotFound, SourceDown
from hippique.ports import Message
from hippique.runtime.addresses import checked_address, checked_prefix
from hippique.runtime.claims import ClaimTable, MemoryClaims
from hippique.runtime.memory_queue import MemoryQueue

__all__ = [
    "ClaimTable",
    "MemoryArchive",
    "MemoryChannel",
    "MemoryClaims",
    "MemoryHeartbeat",
    "MemoryQueue",
    "MemoryViews",
]


class MemoryArchive:
    """Artefacts in a dict."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def create(self, address: str, content: bytes) -> None:
        """See Archive."""
        checked_address(address)
        with self._lock:
            if address in self._contents:
                raise AlreadyExists(f"{address}: already written")
            self._contents[address] = bytes(content)

    def read(self, address: str) -> bytes:
        """See Archive."""
        try:
            return self._contents[checked_address(address)]
        except KeyError:
            raise NotFound(f"{address}: nothing was written there") from None

    def remove(self, address: str) -> None:
        """See Pruner."""
        with self._lock:
            self._contents.pop(checked_address(address), None)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive."""
        top = checked_prefix(prefix)
        below = f"{top}/" if top else ""
        with self._lock:
            return tuple(sorted(name for name in self._contents if name.startswith(below)))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive."""
        top = checked_prefix(prefix)
        cut = len(f"{top}/" if top else "")
        below = (address[cut:].split("/") for address in self.addresses(prefix))
        return tuple(sorted({parts[0] for parts in below if len(parts) > 1}))


class MemoryViews:
    """Views in a dict."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def publish(self, name: str, content: bytes) -> str:
        """See Views. Where it lies is a name in memory."""
        self._contents[checked_address(name)] = bytes(content)
        return f"memory:{name}"

    def load(self, name: str) -> bytes | None:
        """See Views."""
        return self._contents.get(checked_address(name))


class MemoryChannel:
    """Messages in a list. refusals: how many sendings in a row it does not take."""

    def __init__(self, refusals: int = 0) -> None:
        self.sent: list[Message] = []
        self.refusals = refusals

    def send(self, message: Message) -> None:
        """See MessageChannel."""
        if self.refusals > 0:
            self.refusals -= 1
            raise SourceDown("1 of 1 addresses did not take it (1. memory)", site="memory")
        if all(message.key != one.key for one in self.sent):
            self.sent.append(message)


class MemoryHeartbeat:
    """Beats counted. refusals: how many in a row do not arrive."""

    def __init__(self, refusals: int = 0) -> None:
        self.beats = 0
        self.refusals = refusals

    def beat(self) -> None:
        """See Heartbeat."""
        if self.refusals > 0:
            self.refusals -= 1
            raise SourceDown("the switch did not answer", site="memory")
        self.beats += 1
