"""When the folder was last backed up and when a recovery was last rehearsed: a small view."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from hippique.errors import InputError, StoreDamaged
from hippique.ports import Views
from hippique.racing.codec import from_json, to_pretty_json

CARE_LOG = "care.json"
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupNote:
    """One backup that was made. sha256: of the file. made_at: wall time."""

    made_at: dt.datetime
    file: str
    sha256: str
    size: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillNote:
    """One recovery that was rehearsed. since: artefacts of the folder that came after the backup.

    differing: addresses that are not the same, or not there, once restored; empty is what must be.
    """

    at: dt.datetime
    file: str
    restored: int
    since: int
    differing: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the copy holds what was written, and verifies."""
        return not self.differing and not self.touched


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLog:
    """Newest last, a hundred of each."""

    backups: tuple[BackupNote, ...] = ()
    drills: tuple[DrillNote, ...] = ()


def read_care_log(views: Views) -> CareLog:
    """The log, empty before the first entry. Raises StoreDamaged."""
    content = views.load(CARE_LOG)
    try:
        return from_json(CareLog, content) if content is not None else CareLog()
    except InputError as error:
        raise StoreDamaged(f"{CARE_LOG} is damaged ({error}); remove it") from error


def note_backup(views: Views, note: BackupNote) -> None:
    """Add a backup."""
    log = read_care_log(views)
    _write(views, replace(log, backups=(*log.backups, note)[-_MOST:]))


def note_drill(views: Views, note: DrillNote) -> None:
    """Add a rehearsal."""
    log = read_care_log(views)
    _write(views, replace(log, drills=(*log.drills, note)[-_MOST:]))


def _write(views: Views, log: CareLog) -> None:
    views.publish(CARE_LOG, to_pretty_json(log))
