"""Real days decided under a policy in a folder that is thrown away: what `policy lint` judges."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import PolicyFile
from hippique.betting.slip import Decision
from hippique.bootstrap.driven import Show, drive_day, recorded_drive
from hippique.bootstrap.replaying import NoReports, SilentJournal
from hippique.cli.day import RECORDED_OPERATORS
from hippique.day.desk import Journal
from hippique.errors import InputError
from hippique.lab.decided_races import decisions_by
from hippique.runtime.disk_archive import DiskArchive
from hippique.settings import Settings
from hippique.sources.recorded import recorded_days


def decided_in_history(
    settings: Settings, policy: PolicyFile, tables: Path, first: dt.date | None, races: int
) -> tuple[Decision, ...]:
    """Decisions of whole recorded days from `first` on, until there are `races` of them.

    Each day sees the form and the rates of the days played before it, as the live desk does.
    Raises InputError where no such day is recorded, SettingsError without tables.
    """
    days = [day for day in recorded_days(tables) if first is None or day >= first]
    if not days:
        raise InputError(f"{tables} holds no recorded day from {first} on", field="date")
    with _thrown_away() as folder:
        made: tuple[Decision, ...] = ()
        for day in days:
            _play(settings, policy, day, tables, folder)
            made = tuple(decisions_by(DiskArchive(folder / "archive"), policy.name))
            click.echo(f"{day}: {len(made)} races decided so far", err=True)
            if len(made) >= races:
                break
        return made


@contextmanager
def _thrown_away() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hippique-lint-") as folder:
        yield Path(folder)


def _play(settings: Settings, policy: PolicyFile, day: dt.date, tables: Path, folder: Path) -> None:
    betting = settings.model_copy(update={"operators": RECORDED_OPERATORS})
    drive = recorded_drive(betting, day, tables, Show(data=folder, journal=_silent, pause=_at_once))
    desk = drive.service.desk
    # The file's own rules decide, packaged or not; nobody reads this day's workbook.
    drive.service.desk = replace(
        desk, policy=FilePolicy(policy), shadows=(), reports=NoReports(), channel=None
    )
    try:
        drive_day(drive)
    finally:
        drive.folder.close()


def _silent(now: Callable[[], dt.datetime]) -> Journal:
    del now
    return SilentJournal()


def _at_once(instant: dt.datetime) -> None:
    del instant
