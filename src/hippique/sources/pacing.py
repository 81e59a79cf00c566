"""Manners towards one host: a fixed distance between requests, and silence when it asks for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock

from hippique.ports import Clock

_LONGEST_CLOSURE_S = 86_400.0  # a host that says "in ten years" is asked again tomorrow
_DIGITS = 9


@dataclass(slots=True)
class _Host:
    delay_s: float
    next_slot: datetime | None = None
    closed_until: datetime | None = None

    def move(self, by: timedelta) -> None:
        self.next_slot = self.next_slot + by if self.next_slot else None
        self.closed_until = self.closed_until + by if self.closed_until else None


class Pacer:
    """Hands out turns, per host, in race time. Thread-safe.

    A turn is reserved under a lock and waited for outside, so that waiting threads hold nobody
    up but those behind them at the same host.
    """

    def __init__(self, clock: Clock, delay_s: float) -> None:
        self._clock = clock
        self._lock = Lock()
        self._hosts: defaultdict[str, _Host] = defaultdict(lambda: _Host(delay_s))
        self._seen = clock.now()

    def wait_turn(self, host: str) -> None:
        """Return at least one delay after the turn before it."""
        with self._lock:
            now, state = self._now(), self._hosts[host]
            slot = max(now, state.next_slot or now)
            state.next_slot = slot + timedelta(seconds=state.delay_s)
        if slot > now:
            self._clock.sleep((slot - now).total_seconds())

    def slow_down(self, host: str, delay_s: float) -> None:
        """Keep a longer distance from now on (robots.txt may ask for one); never a shorter one."""
        with self._lock:
            state = self._hosts[host]
            state.delay_s = max(state.delay_s, delay_s)

    def close(self, host: str, seconds: float) -> float:
        """Close a host for some race seconds, a day at most; returns how long it stays closed."""
        with self._lock:
            now, state = self._now(), self._hosts[host]
            until = now + timedelta(seconds=min(max(seconds, 0.0), _LONGEST_CLOSURE_S))
            state.closed_until = max(until, state.closed_until or until)
            return (state.closed_until - now).total_seconds()

    def closed_for_s(self, host: str) -> float:
        """Race seconds until the host may be asked again; 0 where it is open."""
        with self._lock:
            now, until = self._now(), self._hosts[host].closed_until
        return max((until - now).total_seconds(), 0.0) if until else 0.0

    def _now(self) -> datetime:
        # A machine's clock may be set back by an hour: what was a second ahead stays so.
        now = self._clock.now()
        if now < self._seen:
            for state in self._hosts.values():
                state.move(now - self._seen)
        self._seen = now
        return now


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: whole seconds or an HTTP date after `now`.

    None where the header is missing or says neither; 0 for a date that is past.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_DIGITS]) if len(text) <= _DIGITS else _LONGEST_CLOSURE_S
    until = http_date(text)
    return max((until - now).total_seconds(), 0.0) if until else None


def http_date(value: str | None) -> datetime | None:
    """The instant of an HTTP date header, UTC; None where it is missing or malformed."""
    try:
        instant = parsedate_to_datetime(value or "")
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
