"""Now, for a command that judges a folder: race time where its days are not real ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hippique.bootstrap.serving import clock_of
from hippique.bootstrap.wiring import LIVE, mode_of_archive
from hippique.cli.folders import settings_beside
from hippique.day.care.instant import last_instant
from hippique.errors import SourceDown
from hippique.ports import Archive
from hippique.runtime.clocks import WallClock

PATIENCE_S = 1.0


def now_of(data: Path | None, archive: Archive) -> dt.datetime:
    """The instant by which a folder is judged.

    The racecourse's while it answers; the last one that its archive tells of where its days are
    simulated or recorded and nothing moves them on; else the machine's.
    """
    settings = settings_beside(data)
    if settings.racecourse_url is not None:
        try:
            return clock_of(settings, patience_s=PATIENCE_S).now()
        except SourceDown:
            return last_instant(archive) or WallClock().now()
    mode = mode_of_archive(archive)
    stands = mode is not None and mode is not LIVE
    return (last_instant(archive) if stands else None) or WallClock().now()
