"""Alerts in the archive: create-only events, so that a restarted process knows what was sent."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress

from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.race_day import load
from hippique.day.watch.incident import AlertEvent, Incident, Kind, apply
from hippique.errors import AlreadyExists, NotFound
from hippique.ports import Archive
from hippique.racing.codec import to_pretty_json

MOST_EVENTS = 10_000  # of one alert; far more than a day can hold


def alert_id(date: dt.date, rule: str, key: str, taken: Collection[str]) -> str:
    """A name that the same cause gets on every run, numbered where it came back after its end."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:6]
    stem = f"{date:%Y%m%d}-{rule}-{mark}"
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def write_event(archive: Archive, event: AlertEvent, stamp: Stamp) -> str:
    """Write under the alert's first free number; returns the address. Raises StoreFull, StoreBusy.

    Two processes never share a number: an address is written once.
    """
    content = to_pretty_json(event)
    known = archive.addresses(f"{addresses.alerts_folder(event.date)}/{event.alert}")
    first = 1 + sum(address.endswith(f"/{addresses.ALERT}") for address in known)
    for number in range(first, MOST_EVENTS):
        folder = Folder(archive, addresses.alert_folder(event.date, event.alert, number))
        address = f"{folder.path}/{addresses.ALERT}"
        try:
            archive.create(address, content)
        except AlreadyExists:
            continue
        with suppress(AlreadyExists):
            folder.close(stamp)
        return address
    raise AlreadyExists(f"{event.alert} has {MOST_EVENTS} events; acknowledge it and look")


def read_events(
    archive: Archive, day: dt.date, seen: Collection[str] = ()
) -> list[tuple[str, AlertEvent]]:
    """The day's events that are not in `seen`, by address. Raises StoreDamaged."""
    found = []
    for address in archive.addresses(addresses.alerts_folder(day)):
        if address.endswith(f"/{addresses.ALERT}") and address not in seen:
            event = load(archive, AlertEvent, address)
            if event is not None:
                found.append((address, event))
    return found


def acknowledge(archive: Archive, alert: str, by: str, stamp: Stamp) -> Incident:
    """Somebody took an alert over, beside a running watch or alone. Raises NotFound, StoreFull."""
    found = incidents_of(archive, [_day_of(alert)]).get(alert)
    if found is None:
        raise NotFound(f"no alert {alert}; see `hippique alerts list`")
    if found.acknowledged_at is not None:
        return found
    event = AlertEvent(
        alert=alert, date=found.date, rule=found.rule, key=found.key, kind=Kind.ACKNOWLEDGED,
        at=stamp.now, level=found.level, fr=found.fr, en=found.en, count=found.count, by=by,
    )  # fmt: skip
    write_event(archive, event, stamp)
    return apply(found, event)


def _day_of(alert: str) -> dt.date:
    try:
        return dt.datetime.strptime(alert[:8], "%Y%m%d").date()  # noqa: DTZ007  a day, no instant
    except ValueError:
        raise NotFound(f"{alert!r} is no alert; see `hippique alerts list`") from None


def incidents_of(archive: Archive, days: Iterable[dt.date]) -> dict[str, Incident]:
    """The alerts of some days as the archive tells them."""
    found: dict[str, Incident] = {}
    for day in days:
        for _, event in read_events(archive, day):
            found[event.alert] = apply(found.get(event.alert), event)
    return found
