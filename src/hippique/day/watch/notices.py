"""Which notices of an alert are owed at an instant, and their words. Pure: sending is elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.day.watch.incident import Incident
from hippique.day.watch.model import Level
from hippique.day.watch.thresholds import Thresholds
from hippique.ports import Message
from hippique.racing.times import paris_time

LEVEL_2 = "level2"
_LEVELS = {Level.CRITICAL: "CRITIQUE", Level.WARNING: "ATTENTION", Level.INFO: "INFO"}
_BANNERS = {
    "simulated": "SIMULÉ – ",
    "recorded": "JOURNÉE ENREGISTRÉE – ",
    "replayed": "REJEU – ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message about an alert. name: sent once each. to_level_2: whose addresses."""

    name: str
    to_level_2: bool = False


def owed(incident: Incident, now: dt.datetime, limits: Thresholds) -> tuple[Notice, ...]:
    """What is still to be sent of an alert at `now`.

    Quiet hours hold back everything that never was critical. What ended before it could be told
    is not told.
    """
    if incident.level is not Level.CRITICAL and limits.is_quiet(now):
        return ()
    if not incident.is_open:
        return _ending(incident)
    names = [Notice(name=name) for name in _beginning(incident)]
    if incident.level is Level.CRITICAL and incident.acknowledged_at is None:
        names += _insisting(incident, now, limits)
    return tuple(notice for notice in names if notice.name not in incident.sent)


def _beginning(incident: Incident) -> tuple[str, ...]:
    if incident.told is None:
        return ("opened",)
    is_worse = incident.level is Level.CRITICAL and incident.told is not Level.CRITICAL
    return ("raised",) if is_worse else ()


def _insisting(incident: Incident, now: dt.datetime, limits: Thresholds) -> list[Notice]:
    """A critical alert that nobody acknowledged: reminders, and level 2 after its time."""
    since = now - (incident.critical_at or incident.first_seen)
    names = []
    every = limits.minutes("remind_minutes")
    times = min(int(since / every), int(limits.remind_most)) if every else 0
    if times > max(_reminders(incident), default=0):  # after a gap the newest one alone
        names.append(Notice(name=f"reminder-{times}"))
    if since >= limits.minutes("escalate_minutes"):
        names.append(Notice(name=LEVEL_2, to_level_2=True))
    return names


def _reminders(incident: Incident) -> list[int]:
    told = [name.partition("-") for name in incident.sent]
    return [int(number) for head, _, number in told if head == "reminder"]


def _ending(incident: Incident) -> tuple[Notice, ...]:
    if incident.level is Level.INFO or incident.told is None:
        return ()
    names = [Notice(name="recovered")]
    if LEVEL_2 in incident.sent:
        names.append(Notice(name=f"recovered-{LEVEL_2}", to_level_2=True))
    return tuple(notice for notice in names if notice.name not in incident.sent)


def message_of(
    incident: Incident, notice: Notice, mode: str, service_url: str | None = None
) -> Message:
    """The notice in French, its cause in English below."""
    lines = [incident.fr, incident.en, _since(incident)]
    if incident.acknowledged_at is None and incident.is_open and incident.level is not Level.INFO:
        lines.append(f"Acquitter : hippique alerts ack {incident.id}")
    if service_url is not None:
        lines.append(f"{service_url.rstrip('/')}/api/alerts")
    told = incident.fr.partition("\n")[0]  # the report has several lines
    title = f"{_BANNERS.get(mode, '')}{_head(incident, notice)} : {told}"
    return Message(key=f"{incident.id} {notice.name}", title=title, body="\n".join(lines))


def _head(incident: Incident, notice: Notice) -> str:
    if notice.name.startswith("recovered"):
        return "RÉTABLI"
    suffix = {"reminder": ", rappel", LEVEL_2: ", niveau 2"}
    return _LEVELS[incident.level] + suffix.get(notice.name.partition("-")[0], "")


def _since(incident: Incident) -> str:
    first, last = (
        f"{paris_time(at):%d/%m %H:%M}" for at in (incident.first_seen, incident.last_seen)
    )
    told = f"Depuis le {first}, vu {incident.count} fois, la dernière le {last}"
    if incident.recovered_at is not None:
        told += f" ; rétabli le {paris_time(incident.recovered_at):%d/%m %H:%M}"
    return f"{told}."
