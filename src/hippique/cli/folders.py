"""Opening the data folder that a command speaks of, on the clock that it lives by."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hippique.bootstrap.serving import SERVICE, ServiceNotice, clock_of
from hippique.bootstrap.wiring import QUEUE, Folder, open_folder
from hippique.day.race_day import latest_plan, newest_day
from hippique.errors import BadDate, InputError, NotFound, SourceDown, StoreDamaged
from hippique.ports import Archive, Clock
from hippique.racing.codec import from_json
from hippique.racing.times import paris_day
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive, DiskViews
from hippique.settings import Settings, data_folder, load_settings


def settings_for(data: Path | None, **given: str | None) -> Settings:
    """The settings with --data in place. Raises SettingsError."""
    return load_settings(hippique_data=data, **given)


def settings_beside(data: Path | None) -> Settings:
    """The settings, with the racecourse of the service that last ran on this folder, if any."""
    settings = settings_for(data)
    notice = service_notice(data_folder(settings, os.environ))
    if settings.racecourse_url is not None or notice is None:
        return settings
    return settings.model_copy(update={"racecourse_url": notice.racecourse_url})


def service_notice(root: Path) -> ServiceNotice | None:
    """What the service that last ran on a folder left there. Raises StoreDamaged."""
    notice = DiskViews(root).load(SERVICE)
    try:
        return from_json(ServiceNotice, notice) if notice is not None else None
    except InputError as error:
        raise StoreDamaged(f"{SERVICE} is damaged ({error}); remove it") from error


def folder_path(data: Path | None) -> Path:
    """The data folder that is meant."""
    return data_folder(settings_for(data), os.environ)


def open_archive(data: Path | None) -> DiskArchive:
    """The archive of a data folder, for reading. Raises NotFound where there is none."""
    root = folder_path(data)
    if not (root / "archive").is_dir():
        raise NotFound(f"{root} holds no archive; give the folder of a day with --data")
    return DiskArchive(root / "archive")


@contextmanager
def opened(data: Path | None, *, on_time: bool = False) -> Iterator[Folder]:
    """A data folder with its queue, beside a running service or alone.

    on_time: race time is needed, for a due time on the wall's clock may lie months away; raises
    SourceDown where its racecourse does not answer. Raises NotFound where there is no queue: a
    look never makes one.
    """
    root = folder_path(data)
    if not (root / QUEUE).exists():
        raise NotFound(f"{root} holds no queue; give the data folder with --data")
    folder = open_folder(root, clock_beside(data, on_time=on_time))
    try:
        yield folder
    finally:
        folder.close()


def clock_beside(data: Path | None, *, on_time: bool = False) -> Clock:
    """Race time: the racecourse's where one is set and answers, else the wall's.

    on_time: see `opened`.
    """
    try:
        return clock_of(settings_beside(data), patience_s=1.0)
    except SourceDown:
        if on_time:
            raise
        return WallClock()


def day_or_latest(archive: Archive, day: str | None) -> dt.date:
    """The day that is named, "today", or the newest one with a plan. Raises NotFound, BadDate."""
    if day == "today":
        return paris_day(WallClock().now())
    if day is not None:
        return _date(day)
    newest = newest_day(archive)
    if newest is None:
        raise NotFound("no day with a plan lies in this archive")
    return newest


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadDate(f"{text!r} is not a day; write YYYY-MM-DD", field="day") from None


def needs_plan(archive: Archive, day: dt.date) -> None:
    """Raise NotFound where the day has no plan."""
    if latest_plan(archive, day) is None:
        raise NotFound(f"{day} has no plan in this archive")
