"""Faults on demand. Only what the simulator really does: answers that fail for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """From `since` until `until` (race time) every path below `prefix` answers `status`."""

    prefix: str
    since: datetime
    until: datetime
    status: str = "503 Service Unavailable"
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All faults of a day; none by default."""

    outages: tuple[Outage, ...] = ()

    def outage(self, path: str, now: datetime) -> Outage | None:
        """The outage that hits this path now, if any."""
        return next(
            (
                outage
                for outage in self.outages
                if path.startswith(outage.prefix) and outage.since <= now < outage.until
            ),
            None,
        )


NO_FAULTS = Faults()
