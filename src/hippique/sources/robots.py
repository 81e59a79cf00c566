"""robots.txt as RFC 9309 wants it read: fetched once a race day, its rules asked for each path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from protego import Protego

PRODUCT = "hippique-orchestrator"  # the name that a robots.txt would call us by

_READ_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB are read; what follows may be left
_SLOWEST_S = 60.0
_SUCCESS = range(200, 300)
_UNAVAILABLE = range(400, 500)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows us. delay_s: the distance between requests that it asks for, or 0."""

    parsed: Protego
    delay_s: float

    @property
    def is_too_slow(self) -> bool:
        """Whether the distance is so long that no race day can be read: as good as a no."""
        return self.delay_s > _SLOWEST_S

    def allows(self, url: str) -> bool:
        """Whether we may fetch this very address."""
        return bool(self.parsed.can_fetch(url, PRODUCT))


class RobotsShelf:
    """The rules of each host, kept for its race day. A failed fetch is not kept. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._kept: dict[str, tuple[date, Rules]] = {}

    def rules(self, host: str, day: date, fetch: Callable[[], Rules]) -> Rules:
        """The host's rules of this day; `fetch` is called once, others wait for its answer."""
        with self._lock:
            fetching = self._locks.setdefault(host, Lock())
        with fetching:
            kept = self._kept.get(host)
            if kept is None or kept[0] != day:
                kept = (day, fetch())
                self._kept[host] = kept
            return kept[1]


def read_rules(status: int, body: bytes) -> Rules | None:
    """The rules of a robots.txt answer; None where it is unreachable, so that nothing is allowed.

    Without a robots.txt (any 4xx) everything is allowed: RFC 9309 §2.3.1.3.
    """
    if status in _SUCCESS:
        return _parsed(body[:_READ_BYTES].decode("utf-8-sig", errors="replace"))
    return _parsed("") if status in _UNAVAILABLE else None


def _parsed(text: str) -> Rules:
    parsed = Protego.parse(text)
    return Rules(parsed, parsed.crawl_delay(PRODUCT) or 0.0)
