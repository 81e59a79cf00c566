"""The watch: hears the day's events, looks at its archive, and tells who is on call."""

from __future__ import annotations

import datetime as dt
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from hippique.day.manifest import Stamp
from hippique.day.race_day import newest_day, race_day
from hippique.day.watch.facts import DayFacts
from hippique.day.watch.gather import Gatherer
from hippique.day.watch.heard_rules import MIB
from hippique.day.watch.heartbeat import unmet
from hippique.day.watch.incident import AlertEvent, Incident, Kind
from hippique.day.watch.model import Event, Level
from hippique.day.watch.notices import Notice, message_of, owed
from hippique.day.watch.rule import Rule, View, ask
from hippique.day.watch.rules import HEARD, RULES
from hippique.day.watch.seed import runs_before
from hippique.day.watch.state import Alerts
from hippique.day.watch.thresholds import Thresholds
from hippique.errors import NotFound, SourceDown, StoreError
from hippique.ports import Archive, Clock, Heartbeat, MessageChannel

DAYS_BACK = 3  # results are asked for until the third morning
MOST_EVENTS = 20_000
AGAIN_AFTER = dt.timedelta(minutes=1)  # a notice that was not taken
_SEVERITIES = {Level.CRITICAL: "CRITICAL", Level.WARNING: "WARNING", Level.INFO: "INFO"}


class Says(Protocol):
    """The journal below the watch: what it says here the watch does not hear."""

    def event(self, severity: str, message: str, **fields: object) -> None:
        """See Journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where the watch stands. first, second: who is told, at level 1 and at level 2.

    is_reading: it only shows what the archive holds, as for a day that is served for looking.
    """

    archive: Archive
    clock: Clock
    journal: Says
    limits: Thresholds
    versions: Callable[[], Mapping[str, str]]
    mode: str
    first: MessageChannel | None = None
    second: MessageChannel | None = None
    heartbeat: Heartbeat | None = None
    service_url: str | None = None
    is_reading: bool = False


class Watch:
    """One per process. Its own failure costs the day nothing: it is an event, and no error."""

    def __init__(self, post: Post, gatherer: Gatherer) -> None:
        self._post = post
        self._gatherer = gatherer
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._heard = 0
        self._since: dt.datetime | None = None
        self._generation: int | None = None
        self._purged_at: dt.datetime | None = None
        self._lock = Lock()
        self._looking = Lock()
        self._sending = Lock()
        self._retry: dict[tuple[str, str], dt.datetime] = {}
        self._alerts = Alerts(post.archive, post.limits, self._stamp, self._tell)

    def hear(self, message: str, fields: Mapping[str, object]) -> None:
        """Take one event of the journal, and judge at once what it may have changed."""
        if message not in HEARD or self._post.is_reading:
            return
        with self._lock:
            self._begin()
            self._take(self._post.clock.now(), message, fields)
            self._judge([rule for rule in RULES if message in rule.hears], None)
        self._deliver()

    def look(self, day: dt.date, *, beat: bool = False) -> None:
        """Judge a race day by its archive and send what is owed; beat where all is in time."""
        if self._post.is_reading:
            return
        with self._lock:
            self._begin()
        with self._looking:  # what is heard meanwhile does not wait for the archive
            facts = self._facts(day)
            with self._lock:
                self._judge(RULES, facts)
        self._deliver()
        if beat and facts is not None:
            self._beat(facts)

    def alerts(self, day: dt.date | None = None) -> tuple[Incident, ...]:
        """The alerts of a race day, or of the present one and the three before it."""
        now = self._post.clock.now()
        if day is None:
            self.look(race_day(now))
        days = self._days(now) if day is None else (day,)
        with self._lock:
            self._refresh(days)
            return tuple(one for one in self._alerts.known() if one.date in days)

    def room(self) -> int | None:
        """Free bytes of the archive's disk, None where there is none."""
        return self._gatherer.room()

    @property
    def least_room(self) -> float:
        """Free bytes below which the disk counts as full."""
        return self._post.limits.free_mib * MIB

    def standing(self) -> tuple[Incident, ...]:
        """The alerts that stand, as they were last known: nothing is read and nobody is told."""
        with self._lock:
            return tuple(one for one in self._alerts.known() if one.is_open)

    def acknowledge(self, alert: str, by: str) -> Incident:
        """Somebody took it over: no more reminders, no level 2. Raises NotFound."""
        now = self._post.clock.now()
        with self._lock:
            self._refresh(self._days(now))
            incident = self._alerts.find(alert)
            if incident is None:
                raise NotFound(f"no alert {alert}; see `hippique alerts list`")
            if incident.acknowledged_at is None:
                self._alerts.note(incident, Kind.ACKNOWLEDGED, now, by=by)
            return self._alerts.find(alert) or incident

    # --- judging ------------------------------------------------------------------------------

    def _begin(self) -> None:
        """At the first call: what the archive knows of before this process."""
        if self._since is not None:
            return
        now = self._post.clock.now()
        self._since = now
        self._refresh(self._days(now))
        within = self._post.limits.minutes("failed_minutes")
        try:
            for at, message, fields in runs_before(self._post.archive, race_day(now), now, within):
                self._take(at, message, fields)
        except StoreError as error:
            self._fail("the runs before this start are not known", error)

    def _take(self, at: dt.datetime, message: str, fields: Mapping[str, object]) -> None:
        self._heard += 1
        event = Event(number=self._heard, at=at, message=message, fields=dict(fields))
        self._events.append(event)

    def _facts(self, day: dt.date) -> DayFacts | None:
        now = self._post.clock.now()
        with self._lock:
            self._refresh(self._days(now))
        try:
            facts = self._gatherer.facts(day, now)
        except StoreError as error:
            self._fail(f"the archive of {day} cannot be read", error)
            return None
        if facts.plan is not None:
            if self._generation not in {None, facts.generation}:
                self._purged_at = now
            self._generation = facts.generation
        return replace(facts, purged_at=self._purged_at)

    def _judge(self, rules: Iterable[Rule], facts: DayFacts | None) -> None:
        now = self._post.clock.now()
        date = facts.date if facts else race_day(now)
        view = View(
            now=now, limits=self._post.limits, events=tuple(self._events), since=self._since,
            facts=facts,
        )  # fmt: skip
        for rule in rules:
            found = ask(rule, view)
            if found is not None:
                self._alerts.settle(rule, found, date, now)

    def _refresh(self, days: Iterable[dt.date]) -> None:
        try:
            self._alerts.refresh(days)
        except StoreError as error:
            self._fail("alerts cannot be read from or written to the archive", error)

    def _days(self, now: dt.datetime) -> tuple[dt.date, ...]:
        """The days of which an alert may stand; in a folder that is only shown, its newest ones."""
        newest = newest_day(self._post.archive) if self._post.is_reading else None
        today = newest or race_day(now)
        return tuple(today - dt.timedelta(days=ago) for ago in range(DAYS_BACK, -1, -1))

    def _stamp(self) -> Stamp:
        return Stamp(now=self._post.clock.now(), versions=self._post.versions())

    # --- telling ------------------------------------------------------------------------------

    def _tell(self, event: AlertEvent, failure: StoreError | None) -> None:
        """The log is told of everything, whoever else is."""
        mild = event.kind in {Kind.ACKNOWLEDGED, Kind.RECOVERED, Kind.SENT}
        self._post.journal.event(
            "DEBUG" if event.kind is Kind.SENT else "INFO" if mild else _SEVERITIES[event.level],
            f"Alert {event.kind}",
            alert=event.alert,
            rule=event.rule,
            level=event.level,
            cause=event.fr,
            count=event.count,
        )
        if failure is not None:
            self._fail(f"{event.alert} is not in the archive yet", failure)

    def _fail(self, what: str, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        self._post.journal.event("ERROR", "Watch hindered", what=what, error=told)

    def _deliver(self) -> None:
        """Send what is owed, one thread at a time; another one leaves it to the first."""
        if not self._sending.acquire(blocking=False):
            return
        try:
            while (due := self._next_owed()) is not None:
                self._send(*due)
        finally:
            self._sending.release()

    def _next_owed(self) -> tuple[Incident, Notice] | None:
        now = self._post.clock.now()
        with self._lock:
            for incident in self._alerts.known():
                for notice in owed(incident, now, self._post.limits):
                    if self._retry.get((incident.id, notice.name), now) <= now:
                        return incident, notice
        return None

    def _send(self, incident: Incident, notice: Notice) -> None:
        channel = self._post.second if notice.to_level_2 else self._post.first
        message = message_of(incident, notice, self._post.mode, self._post.service_url)
        try:
            if channel is not None:
                channel.send(message)
        except SourceDown as error:
            now = self._post.clock.now()
            self._retry[incident.id, notice.name] = now + AGAIN_AFTER
            told = {"alert": incident.id, "notice": notice.name, "error": str(error)}
            self._post.journal.event("ERROR", "Alert not sent", **told)
            return
        with self._lock:
            newest = self._alerts.find(incident.id) or incident
            as_told = replace(newest, level=incident.level)  # it may be worse by now
            self._alerts.note(as_told, Kind.SENT, self._post.clock.now(), notice=notice.name)

    def _beat(self, facts: DayFacts) -> None:
        heartbeat = self._post.heartbeat
        if heartbeat is None or not facts.is_today:
            return
        with self._lock:
            mine = [one for one in self._alerts.known() if one.date == facts.date]
        missing = unmet(facts, mine, self._post.limits)
        if missing:
            self._post.journal.event("WARNING", "Heartbeat withheld", unmet=list(missing))
            return
        try:
            heartbeat.beat()
        except SourceDown as error:
            self._post.journal.event("WARNING", "Heartbeat not sent", error=str(error))
        else:
            self._post.journal.event("DEBUG", "Heartbeat given")


def guarded(says: Says, call: Callable[[], None]) -> None:
    """Call the watch; whatever breaks in it is an event, because it must not break the day."""
    try:
        call()
    except Exception as error:  # noqa: BLE001  a fault of the watch must not cost a race its slip
        tail = "".join(traceback.format_exception(error))[-2000:]
        told = f"{type(error).__name__}: {error}"
        says.event("ERROR", "Watch failed", error=told, stderr_tail=tail)
