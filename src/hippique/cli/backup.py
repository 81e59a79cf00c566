"""`hippique backup`, `restore`, `prune`: what is kept, brought back and let go."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

import click

from hippique.bootstrap.backups import Stock, write_backup
from hippique.bootstrap.restoring import Restored, rehearse, restore_folder, restore_stores
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import folder_path, open_archive, open_stores, opened, settings_for
from hippique.cli.instants import now_of
from hippique.day.care.log import BackupNote, DrillNote, note_backup, note_drill
from hippique.day.care.pruning import LEAST_DAYS, Pruned, prunable_days, prune_day
from hippique.day.race_day import race_day
from hippique.errors import InputError, NotFound
from hippique.racing.codec import to_builtins
from hippique.runtime.clocks import WallClock
from hippique.settings import data_folder

_CHUNK = 1 << 20


@click.command(epilog="Example: hippique backup")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@data_option
@json_option
@foreseeable
def backup(file: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Copy archive, queue, workbook and settings into one new FILE, beside a running service too.

    FILE is by default backups/<folder>-<hour>.tar.zst beside the data folder. Secrets are named,
    with who may read them, never copied. Of a bucket whose queue is Cloud Tasks the queue stays
    out: after a restore `hippique schedule` makes the tasks of the day again.
    """
    settings = settings_for(data)
    now = WallClock().now()
    with opened(data) as folder:
        path = file or _default_path(folder.place, data_folder(settings, os.environ), now)
        copy = folder.file.copy if folder.file else None  # Cloud Tasks gives no copy of its own
        stock = Stock(archive=folder.archive, views=folder.views, queue=copy)
        index, size = write_backup(path, stock, settings, os.environ, now)
        note = BackupNote(
            made_at=now, file=str(path.resolve()), sha256=_sha256(path), size=size,
            members=len(index.members),
        )  # fmt: skip
        note_backup(folder.views, note)
    if as_json:
        print_json({"ok": True, **to_builtins(note)})
    else:
        click.echo(f"{path}: {len(index.members)} files, {size / 2**20:.1f} MiB")


def _default_path(place: str, root: Path, now: dt.datetime) -> Path:
    name = place.rpartition("/")[2]
    return root.parent / "backups" / f"{name}-{now.strftime('%Y%m%dT%H%M%SZ')}.tar.zst"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@click.command(epilog="Example: hippique restore backups/data-20260607T201500Z.tar.zst --drill")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move what lies in the data folder aside first.")
@click.option("--drill", is_flag=True, help="Rehearse: restore elsewhere, verify, clear up.")
@data_option
@json_option
@foreseeable
def restore(file: Path, data: Path | None, *, replace: bool, drill: bool, as_json: bool) -> None:
    """Put a backup FILE back as the data folder, verified, in one step.

    A folder that holds something is left alone without --replace, and moved aside with it; in a
    bucket --replace adds what is missing and replaces nothing. Ends with 1 where what came back
    was touched before it was backed up, or a drill found a difference.
    """
    if drill:
        _drill(file, data, as_json=as_json)
        return
    now = WallClock().now()
    if settings_for(data).gcs_bucket is None:
        restored = restore_folder(file, folder_path(data), replace=replace, now=now)
    else:
        restored = restore_stores(file, open_stores(data), fill=replace, now=now)
    if as_json:
        print_json(_restored_document(restored))
    else:
        _tell_restored(restored)
    if restored.touched:
        raise SystemExit(1)


def _restored_document(restored: Restored) -> dict[str, object]:
    return {
        "ok": not restored.touched,
        "data": restored.data,
        "made_at": restored.index.made_at,
        "artefacts": len(restored.index.artefacts),
        "days": restored.days,
        "touched": restored.touched,
        "aside": str(restored.aside) if restored.aside else None,
    }


def _tell_restored(restored: Restored) -> None:
    index = restored.index
    click.echo(
        f"{restored.data}: {len(index.artefacts)} artefacts of {len(restored.days)} days, as of "
        f"{index.made_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    if restored.aside:
        click.echo(f"  the old folder is now {restored.aside}")
    if restored.settings:
        click.echo(f"  {restored.settings} holds the settings; set the secrets again")
    for fault in restored.touched:
        click.echo(f"  touched: {fault}")


def _drill(file: Path, data: Path | None, *, as_json: bool) -> None:
    room = folder_path(data).parent
    room.mkdir(parents=True, exist_ok=True)
    try:
        archive, views = open_stores(data)
    except NotFound:  # the folder is lost: the drill tells whether the file brings it back
        found = rehearse(file, room, None, WallClock().now())
    else:
        found = rehearse(file, room, archive, WallClock().now())
        note_drill(views, found)
    if as_json:
        print_json({"ok": found.ok, **to_builtins(found)})
    else:
        _tell_drill(found)
    if not found.ok:
        raise SystemExit(1)


def _tell_drill(found: DrillNote) -> None:
    told = "as they were" if found.ok else "NOT as they were"
    click.echo(
        f"{found.restored} artefacts restored and verified, {told}; {found.since} came since"
    )
    for address in (*found.differing, *found.touched):
        click.echo(f"  {address}")


@click.command(epilog="Example: hippique prune --keep-days 365")
@click.option(
    "--keep-days",
    type=click.IntRange(min=LEAST_DAYS),
    help="Days whose raw pages stay; default RETENTION_DAYS.",
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@data_option
@json_option
@foreseeable
def prune(keep_days: int | None, data: Path | None, *, yes: bool, as_json: bool) -> None:
    """Remove the raw pages of old, sealed days; all that was read and decided stays.

    A record with their hashes is written first, by which `hippique verify` still accepts the day.
    A pruned day can no longer be replayed.
    """
    kept = keep_days or settings_for(data).retention_days
    if kept is None:
        raise InputError(
            "RETENTION_DAYS is empty: all pages are kept; set it or give --keep-days",
            field="keep_days",
        )
    archive = open_archive(data)
    now = now_of(data, archive)
    days = prunable_days(archive, race_day(now), kept)
    if days and not yes:
        click.confirm(f"Remove the raw pages of {len(days)} days?", abort=True, err=True)
    _tell_pruned([prune_day(archive, archive, day, now, kept) for day in days], as_json=as_json)


def _tell_pruned(pruned: list[Pruned], *, as_json: bool) -> None:
    pages, freed = sum(p.pages for p in pruned), sum(p.freed for p in pruned)
    if as_json:
        print_json({"ok": True, "days": to_builtins(pruned), "pages": pages, "freed_bytes": freed})
        return
    for one in pruned:
        click.echo(f"  {one.date}  {one.pages:5} pages  {one.freed / 2**20:8.1f} MiB")
    click.echo(f"{len(pruned)} days pruned, {pages} pages, {freed / 2**20:.1f} MiB freed")
