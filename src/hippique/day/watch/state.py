"""The alerts that stand, kept in memory and told to the archive; other processes' events join."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace

from hippique.day.manifest import Stamp
from hippique.day.watch.incident import AlertEvent, Incident, Kind, apply
from hippique.day.watch.model import Finding, Level
from hippique.day.watch.record import alert_id, read_events, write_event
from hippique.day.watch.rule import Findings, Rule
from hippique.day.watch.thresholds import Thresholds
from hippique.errors import StoreError
from hippique.ports import Archive

Tell = Callable[[AlertEvent, StoreError | None], None]


class Alerts:
    """Opens, raises, repeats and ends alerts. Not safe for threads: the watch holds its lock.

    stamp: of a manifest written now. tell: called for each event, with what kept it out of the
    archive; such an event is kept here, and written at the next chance.
    """

    def __init__(
        self, archive: Archive, limits: Thresholds, stamp: Callable[[], Stamp], tell: Tell
    ) -> None:
        self._archive = archive
        self._limits = limits
        self._stamp = stamp
        self._tell = tell
        self._incidents: dict[str, Incident] = {}
        self._read: set[str] = set()
        self._unwritten: list[AlertEvent] = []
        self._newest: dict[str, int] = {}  # alert → number of the last event it counted

    def known(self) -> tuple[Incident, ...]:
        """All alerts, oldest first."""
        return tuple(sorted(self._incidents.values(), key=lambda one: (one.first_seen, one.id)))

    def find(self, alert: str) -> Incident | None:
        """The alert of this id."""
        return self._incidents.get(alert)

    def refresh(self, days: Iterable[dt.date]) -> None:
        """Take in what others wrote, then write what could not be written. Raises StoreError."""
        for day in days:
            for address, event in read_events(self._archive, day, self._read):
                self._read.add(address)
                self._incidents[event.alert] = apply(self._incidents.get(event.alert), event)
        while self._unwritten:
            self._read.add(write_event(self._archive, self._unwritten[0], self._stamp()))
            self._unwritten.pop(0)

    def settle(self, rule: Rule, found: Findings, date: dt.date, now: dt.datetime) -> None:
        """Bring the rule's alerts to what it found; what it found no more has ended."""
        standing = [
            one
            for one in self._incidents.values()
            if one.rule == rule.name and one.is_open and (rule.of_today or one.date == date)
        ]
        for finding in found:
            mine = next((one for one in standing if one.key == finding.key), None)
            if mine is None:
                self._open(rule, finding, date, now)
            else:
                self._see(rule, mine, finding, now)
        keys = {finding.key for finding in found}
        for one in standing:
            if one.key not in keys and one.level is not Level.INFO:
                self.note(one, Kind.RECOVERED, now)

    def _open(self, rule: Rule, finding: Finding, date: dt.date, now: dt.datetime) -> None:
        before = self._ended_before(rule, finding, now)
        if before is not None:
            self.note(replace(before, count=before.count + 1), Kind.OPENED, now)
            opened = before.id
        else:
            opened = alert_id(date, rule.name, finding.key, self._incidents)
            self._write(
                AlertEvent(
                    alert=opened, date=date, rule=rule.name, key=finding.key, kind=Kind.OPENED,
                    at=now, level=finding.level or rule.level, fr=finding.fr, en=finding.en,
                    count=finding.count,
                )
            )  # fmt: skip
        if finding.last is not None:
            self._newest[opened] = finding.last

    def _ended_before(self, rule: Rule, finding: Finding, now: dt.datetime) -> Incident | None:
        """A mild alert of the same cause that ended just now: it goes on, and nobody is told."""
        again = self._limits.minutes("again_minutes")
        if Level.CRITICAL in {rule.level, finding.level}:
            return None
        for one in self._incidents.values():
            is_same = (one.rule, one.key) == (rule.name, finding.key)
            ended = one.recovered_at if one.level is not Level.CRITICAL else None
            if is_same and ended is not None and now - ended <= again:
                return one
        return None

    def _see(self, rule: Rule, incident: Incident, finding: Finding, now: dt.datetime) -> None:
        is_new = finding.last is None or finding.last > self._newest.get(incident.id, -1)
        if finding.last is not None:
            self._newest[incident.id] = finding.last
        if not is_new:
            seen = incident
        else:
            count = incident.count + 1 if finding.last is not None else finding.count
            seen = replace(
                incident, fr=finding.fr, en=finding.en, last_seen=now,
                count=max(incident.count, count),
            )  # fmt: skip
        self._incidents[incident.id] = seen
        if incident.level is not Level.CRITICAL and self._is_critical(rule, incident, finding, now):
            self.note(replace(seen, level=Level.CRITICAL), Kind.RAISED, now)
        elif _magnitude(seen.count) > _magnitude(incident.count):
            self.note(seen, Kind.REPEATED, now)

    def _is_critical(
        self, rule: Rule, incident: Incident, finding: Finding, now: dt.datetime
    ) -> bool:
        if finding.level is Level.CRITICAL:
            return True
        lasted = now - incident.first_seen >= self._limits.minutes("critical_minutes")
        return rule.becomes_critical and lasted and incident.acknowledged_at is None

    def note(
        self,
        incident: Incident,
        kind: Kind,
        now: dt.datetime,
        *,
        notice: str | None = None,
        by: str | None = None,
    ) -> None:
        """One more event of an alert: into the archive, and into memory in any case."""
        self._write(
            AlertEvent(
                alert=incident.id, date=incident.date, rule=incident.rule, key=incident.key,
                kind=kind, at=now, level=incident.level, fr=incident.fr, en=incident.en,
                count=incident.count, notice=notice, by=by,
            )
        )  # fmt: skip

    def _write(self, event: AlertEvent) -> None:
        self._incidents[event.alert] = apply(self._incidents.get(event.alert), event)
        failure: StoreError | None = None
        try:
            self._read.add(write_event(self._archive, event, self._stamp()))
        except StoreError as error:  # a full disk is an alert itself: it goes out all the same
            self._unwritten.append(event)
            failure = error
        self._tell(event, failure)


def _magnitude(count: int) -> int:
    """How many digits: 1 below 10, 2 below 100."""
    return len(str(count))
