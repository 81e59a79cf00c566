"""Failed authentications by address, counted over a minute in bounded memory."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_FAILURES = 30
WITHIN_S = 60.0
MOST_ADDRESSES = 4096
IPV6_HOME = 64  # one customer has a /64 and may call from any address in it


class FailureCount:
    """Which addresses have failed too often.

    A good token is always let in: who shares an address with a guesser is not locked out, and an
    address that somebody makes up locks nobody out.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def is_spent(self, address: str) -> bool:
        """Whether this address had its failures of the last minute."""
        with self._lock:
            failed = self._failed.get(_home(address))
            if failed is None:
                return False
            _forget(failed, self._monotonic())
            return len(failed) >= MOST_FAILURES

    def add(self, address: str) -> None:
        """One more failure, unless the address is spent. The address longest quiet is dropped."""
        home = _home(address)
        with self._lock:
            now = self._monotonic()
            failed = self._failed.setdefault(home, deque(maxlen=MOST_FAILURES))
            self._failed.move_to_end(home)
            _forget(failed, now)
            if len(failed) < MOST_FAILURES:
                failed.append(now)
            while len(self._failed) > MOST_ADDRESSES:
                self._failed.popitem(last=False)

    def __len__(self) -> int:
        return len(self._failed)


def _forget(failed: deque[float], now: float) -> None:
    while failed and now - failed[0] >= WITHIN_S:
        failed.popleft()


def _home(address: str) -> str:
    """The address, for IPv6 its network; what is no address stands for itself."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(read, ipaddress.IPv6Address):
        mapped = read.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(read), IPV6_HOME), strict=False))
    return str(read)
