"""`hippique alerts`: look at the alerts, take one over, try the addresses."""

from __future__ import annotations

import datetime as dt
import getpass
import uuid
from pathlib import Path

import click

from hippique.bootstrap.channels import alert_channels
from hippique.bootstrap.identity import code_version
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, open_archive, settings_for
from hippique.cli.instants import now_of
from hippique.day.manifest import Stamp
from hippique.day.race_day import newest_day
from hippique.day.watch.documents import alert_document
from hippique.day.watch.incident import Incident
from hippique.day.watch.record import acknowledge, incidents_of
from hippique.errors import SettingsError, SourceDown
from hippique.ports import Archive, Message, MessageChannel
from hippique.racing.times import paris_time

TEST = "Ceci est un essai des alertes ; rien n'est à faire. This is a test; nothing is to be done."


@click.group(epilog="Example: hippique alerts list")
def alerts() -> None:
    """Look at the alerts of a day and take them over."""


@alerts.command("list", epilog="Example: hippique alerts list 2026-06-07")
@click.argument("day", required=False)
@data_option
@json_option
@foreseeable
def list_alerts(day: str | None, data: Path | None, *, as_json: bool) -> None:
    """List the alerts of a day; without one, of the newest day that has any, or a plan."""
    archive = open_archive(data)
    found = incidents_of(archive, [day_or_latest(archive, day) if day else _newest(archive)])
    told = sorted(found.values(), key=lambda one: (one.first_seen, one.id))
    if as_json:
        print_json({"alerts": [alert_document(one) for one in told]})
        return
    for one in told:
        click.echo(_line(one))
    if not told:
        click.echo("no alert")


def _newest(archive: Archive) -> dt.date:
    """A day whose plan failed has alerts and no plan. Raises NotFound."""
    days = {a.split("/")[0] for a in archive.addresses() if "/alerts/" in a}
    newest = max((dt.date.fromisoformat(day) for day in days), default=None)
    planned = newest_day(archive)
    if newest is None or (planned is not None and planned > newest):
        return day_or_latest(archive, None)
    return newest


def _line(one: Incident) -> str:
    if one.recovered_at is not None:
        state = f"over {_hour(one.recovered_at)}"
    else:
        state = "taken" if one.acknowledged_at is not None else "OPEN"
    return f"{_hour(one.first_seen)}  {one.level:8}  {state:10}  ×{one.count:<4} {one.id}  {one.fr}"


def _hour(instant: dt.datetime) -> str:
    return f"{paris_time(instant):%H:%M}"


@alerts.command(epilog="Example: hippique alerts ack 20260607-queue_empty-1a2b3c")
@click.argument("alert")
@click.option("--by", help="Who takes it over; default who is logged in here.")
@data_option
@json_option
@foreseeable
def ack(alert: str, by: str | None, data: Path | None, *, as_json: bool) -> None:
    """Take an alert over: no more reminders, and no notice to level 2."""
    archive = open_archive(data)
    stamp = Stamp(now=now_of(data, archive), versions={"code": code_version()})
    taken = acknowledge(archive, alert, by or getpass.getuser(), stamp)
    if as_json:
        print_json({"ok": True, "alert": alert_document(taken)})
        return
    click.echo(f"{taken.id}: taken over by {taken.acknowledged_by}")


@alerts.command(epilog="Example: hippique alerts test")
@json_option
@foreseeable
def test(*, as_json: bool) -> None:
    """Send a test message to every address of both levels; ends with 1 where one fails."""
    first, second = alert_channels(settings_for(None))
    if first is None and second is None:
        raise SettingsError("ALERT_URLS is empty; set it to an address like mailto://… or json://…")
    channels = {"level 1": first, "level 2": None if second is first else second}
    told = {name: _tried(channel) for name, channel in channels.items() if channel is not None}
    ok = not any(told.values())
    if as_json:
        print_json({"ok": ok, "levels": {name: error or "sent" for name, error in told.items()}})
    else:
        for name, error in told.items():
            click.echo(f"{name}: {error or 'sent'}")
    if not ok:
        raise SystemExit(1)


def _tried(channel: MessageChannel) -> str | None:
    """None where every address took it, else which did not."""
    message = Message(key=f"test {uuid.uuid4()}", title="Essai – hippique", body=TEST)
    try:
        channel.send(message)
    except SourceDown as error:
        return str(error)
    return None
