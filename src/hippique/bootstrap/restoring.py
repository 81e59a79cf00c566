"""A backup put back as a data folder: beside, verified, then in one step under its name."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hippique.bootstrap.backups import SETTINGS_MEMBER, BackupIndex, check_backup, refill
from hippique.bootstrap.folders import QUEUE
from hippique.day.care.log import DrillNote
from hippique.day.verify import verify_beside, verify_day
from hippique.errors import InputError, StoreError
from hippique.ports import Archive, Views
from hippique.report.facts import archive_days
from hippique.report.update import publish_fiches
from hippique.runtime.disk_archive import DiskArchive, DiskViews
from hippique.runtime.disk_errors import in_our_words
from hippique.runtime.dispatch_lock import DispatchLock

ROOM_LEFT = 200 << 20
"""Bytes that a restore leaves free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back. touched: what `verify` says of it; aside: where the old folder went.

    settings: where the settings lie now, None for a bucket, which keeps none.
    """

    data: str
    index: BackupIndex
    days: tuple[dt.date, ...]
    touched: tuple[str, ...]
    aside: Path | None = None
    settings: Path | None = None


def restore_folder(path: Path, root: Path, *, replace: bool, now: dt.datetime) -> Restored:
    """Put a backup back at `root`. An old folder is moved aside, never removed, and only if told.

    Raises InputError where `root` holds something and `replace` is not set, StoreBusy where a
    service dispatches there, and what `check_backup` raises; then `root` is as it was.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    is_taken = root.exists() and any(root.iterdir())
    if is_taken and not replace:
        raise InputError(
            f"{root} holds data; restore elsewhere with --data, or move it aside with --replace",
            field="data",
        )
    with _draft(root) as draft, in_our_words(root):
        index, days, touched = unpack(path, draft, now)
        os.sync()
        with _nobody_dispatching(root):
            aside = _moved_aside(root, now) if is_taken else None
            if aside is None and root.exists():
                root.rmdir()
            draft.rename(root)
    return Restored(
        data=str(root), index=index, days=days, touched=touched, aside=aside,
        settings=root / SETTINGS_MEMBER,
    )  # fmt: skip


def restore_stores(
    path: Path, stores: tuple[Archive, Views], *, fill: bool, now: dt.datetime
) -> Restored:
    """Put a backup back into a bucket, where a write is final: what lies there stays.

    fill: also where the bucket holds artefacts; the missing ones are added. Raises InputError
    where it holds some and `fill` is not set, AlreadyExists at the first one that is another than
    in the backup, and what `check_backup` raises; then nothing was written.
    """
    archive, views = stores
    if archive.folders() and not fill:
        raise InputError(
            "the bucket holds days; with --replace what is missing is added, nothing is replaced",
            field="replace",
        )
    index = check_backup(path)
    refill(path, index, archive, views, _leave_out)
    days = tuple(archive_days(archive))
    for day in days:
        publish_fiches(archive, views, day, now)
    return Restored(data="the bucket", index=index, days=days, touched=faults_of(archive, days))


def _leave_out(name: str, content: bytes) -> None:
    """The queue is Google's and the settings are the deployment's: both stay in the file."""
    del name, content


@contextmanager
def _draft(root: Path) -> Iterator[Path]:
    draft = root.with_name(f"~{root.name}-restoring-{os.getpid()}")
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # after the rename there is none


@contextmanager
def _nobody_dispatching(root: Path) -> Iterator[None]:
    if not (root / QUEUE).exists():
        yield
        return
    lock = DispatchLock(root / QUEUE)
    try:
        yield
    finally:
        lock.close()


def _moved_aside(root: Path, now: dt.datetime) -> Path:
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = root.with_name(f"{root.name}-before-{stamp}")
    root.rename(aside)
    return aside


def unpack(
    path: Path, root: Path, now: dt.datetime
) -> tuple[BackupIndex, tuple[dt.date, ...], tuple[str, ...]]:
    """Fill an empty folder from a backup, with its race sheets; its index, days and faults."""
    free = shutil.disk_usage(root).free - ROOM_LEFT
    index = check_backup(path, largest=max(0, free))
    archive, views = DiskArchive(root / "archive", durable=False), DiskViews(root, durable=False)

    def keep(name: str, content: bytes) -> None:
        file = root / name
        file.write_bytes(content)
        file.chmod(0o600)

    refill(path, index, archive, views, keep)
    days = tuple(archive_days(archive))
    for day in days:
        publish_fiches(archive, views, day, now)
    return index, days, faults_of(archive, days)


def faults_of(archive: Archive, days: tuple[dt.date, ...]) -> tuple[str, ...]:
    """Everything that `verify` finds touched in these days and in the chain of seals."""
    found = [fault for day in days for fault in verify_day(archive, day).touched]
    return (*found, *verify_beside(archive))


def rehearse(path: Path, room: Path, present: Archive | None, now: dt.datetime) -> DrillNote:
    """Restore into a folder for the purpose, verify, compare with the archive as it is, clear up.

    present: the archive that the backup is of; None where there is none any more. What came after
    the backup is counted and is no fault. Raises what `check_backup` raises.
    """
    with _draft(room / "drill") as draft:
        index, _, touched = unpack(path, draft, now)
        copy = DiskArchive(draft / "archive", durable=False)
        restored = index.artefacts
        listed = () if present is None else present.addresses()
        differing = () if present is None else _differing(copy, present, restored, set(listed))
    return DrillNote(
        at=now,
        file=str(path),
        restored=len(restored),
        since=len(set(listed) - set(restored)),
        differing=differing,
        touched=touched,
    )


def _differing(
    copy: Archive, present: Archive, restored: tuple[str, ...], listed: set[str]
) -> tuple[str, ...]:
    return tuple(
        address
        for address in restored
        if address in listed and copy.read(address) != _read(present, address)
    )


def _read(archive: Archive, address: str) -> bytes | None:
    try:
        return archive.read(address)
    except StoreError:
        return None
