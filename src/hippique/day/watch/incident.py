"""An incident: one cause while it lasts, folded from its own events in the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hippique.day.watch.model import Level


class Kind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    RAISED = "raised"  # to critical
    REPEATED = "repeated"  # its count passed a power of ten
    ACKNOWLEDGED = "acknowledged"
    SENT = "sent"  # a notice of it
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One file of the archive. fr, en: the cause in words at that instant.

    notice: which one was sent. by: who acknowledged.
    """

    alert: str
    date: dt.date
    rule: str
    key: str
    kind: Kind
    at: dt.datetime
    level: Level
    fr: str
    en: str
    count: int = 1
    notice: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An alert as it stands. critical_at: since when it is critical.

    sent: notice → when. told: the worst level of which somebody was told.
    """

    id: str
    date: dt.date
    rule: str
    key: str
    level: Level
    fr: str
    en: str
    first_seen: dt.datetime
    last_seen: dt.datetime
    count: int
    critical_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str | None = None
    recovered_at: dt.datetime | None = None
    sent: Mapping[str, dt.datetime] = field(default_factory=dict)
    told: Level | None = None

    @property
    def is_open(self) -> bool:
        """Whether the cause still stands."""
        return self.recovered_at is None


def apply(incident: Incident | None, event: AlertEvent) -> Incident:
    """The incident after one more of its events; order among late ones does not matter.

    None is an alert whose first event was not read yet.
    """
    known = incident or _opened(event)
    known = replace(
        known,
        first_seen=min(known.first_seen, event.at),
        count=max(known.count, event.count),
    )
    if event.kind is Kind.SENT and event.notice is not None:
        told = known.told if known.told is Level.CRITICAL else event.level
        return replace(known, sent={**known.sent, event.notice: event.at}, told=told)
    if event.kind is Kind.ACKNOWLEDGED:
        return replace(known, acknowledged_at=event.at, acknowledged_by=event.by)
    if event.kind is Kind.RECOVERED:
        return replace(known, recovered_at=event.at)
    return _seen(known, event)


def _opened(event: AlertEvent) -> Incident:
    return Incident(
        id=event.alert,
        date=event.date,
        rule=event.rule,
        key=event.key,
        level=event.level,
        fr=event.fr,
        en=event.en,
        first_seen=event.at,
        last_seen=event.at,
        count=event.count,
        critical_at=event.at if event.level is Level.CRITICAL else None,
    )


def _seen(known: Incident, event: AlertEvent) -> Incident:
    """Opened, raised or repeated. Raised, it needs a person again, whoever took the milder one."""
    is_raised = event.level is Level.CRITICAL
    if event.kind is Kind.RAISED:
        known = replace(known, acknowledged_at=None, acknowledged_by=None)
    ended = known.recovered_at
    is_again = event.kind is Kind.OPENED and ended is not None and event.at >= ended
    return replace(
        known,
        recovered_at=None if is_again else ended,
        level=Level.CRITICAL if is_raised else known.level,
        critical_at=(known.critical_at or event.at) if is_raised else known.critical_at,
        fr=event.fr,
        en=event.en,
        last_seen=max(known.last_seen, event.at),
    )
