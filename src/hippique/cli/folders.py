"""Opening the data folder that a command speaks of, on the clock that it lives by."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hippique.bootstrap.folders import QUEUE, Folder
from hippique.bootstrap.places import bucket_stores, open_place, place_faults, queue_backend
from hippique.bootstrap.serving import SERVICE, ServiceNotice, clock_of
from hippique.day.race_day import latest_plan, newest_day
from hippique.errors import BadDate, InputError, NotFound, SourceDown, StoreDamaged
from hippique.ports import Archive, Clock, Views
from hippique.racing.codec import from_json
from hippique.racing.times import paris_day
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive, DiskViews
from hippique.runtime.read_through import KeptArchive
from hippique.settings import MoreFaults, Settings, data_folder, load_settings


def settings_for(
    data: Path | None, faults: MoreFaults = place_faults, /, **given: str | None
) -> Settings:
    """The settings with --data in place: that folder alone, no bucket. Raises SettingsError."""
    if data is not None:
        given = {**given, "gcs_bucket": "", "queue_backend": "embedded"}
    return load_settings(faults, hippique_data=data, **given)


def folder_path(data: Path | None) -> Path:
    """The data folder that is meant, on this machine."""
    return data_folder(settings_for(data), os.environ)


def settings_beside(data: Path | None) -> Settings:
    """The settings, with the racecourse of the service that last ran on this folder, if any."""
    settings = settings_for(data)
    if settings.racecourse_url is not None or settings.gcs_bucket is not None:
        return settings
    notice = service_notice(data_folder(settings, os.environ))
    if notice is None:
        return settings
    return settings.model_copy(update={"racecourse_url": notice.racecourse_url})


def service_notice(root: Path) -> ServiceNotice | None:
    """What the service that last ran on a folder left there. Raises StoreDamaged."""
    notice = DiskViews(root).load(SERVICE)
    try:
        return from_json(ServiceNotice, notice) if notice is not None else None
    except InputError as error:
        raise StoreDamaged(f"{SERVICE} is damaged ({error}); remove it") from error


def open_archive(data: Path | None) -> KeptArchive:
    """The archive that the settings name, for reading. Raises NotFound where there is none."""
    return open_stores(data)[0]


def default_archive() -> tuple[Archive, ...]:
    """The archive of the settings alone; none where nothing was archived yet."""
    try:
        return (open_archive(None),)
    except NotFound:
        return ()


def open_stores(data: Path | None) -> tuple[KeptArchive, Views]:
    """The archive and the views that the settings name. Raises NotFound where there are none."""
    settings = settings_for(data)
    if settings.gcs_bucket is not None:
        return bucket_stores(settings, os.environ)
    root = data_folder(settings, os.environ)
    if not (root / "archive").is_dir():
        raise NotFound(f"{root} holds no archive; give the folder of a day with --data")
    return DiskArchive(root / "archive"), DiskViews(root)


@contextmanager
def opened(data: Path | None, *, on_time: bool = False) -> Iterator[Folder]:
    """The stores and the queue that the settings name, beside a running service or alone.

    on_time: race time is needed, for a due time on the wall's clock may lie months away; raises
    SourceDown where its racecourse does not answer. Raises NotFound where there is no queue: a
    look never makes one.
    """
    settings = settings_beside(data)
    if queue_backend(settings, os.environ) == "embedded":
        root = data_folder(settings, os.environ)
        if not (root / QUEUE).exists():
            raise NotFound(f"{root} holds no queue; give the data folder with --data")
    folder = open_place(settings, os.environ, clock_beside(data, on_time=on_time))
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
