"""The watch plugged in: it stands beside the journal and hears every event."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from hippique.bootstrap.channels import alert_channels, heartbeat
from hippique.day.desk import Desk, Journal
from hippique.day.watch.gather import Gatherer
from hippique.day.watch.thresholds import read_thresholds
from hippique.day.watch.watch import Post, Watch, guarded
from hippique.settings import Settings


class WatchingJournal:
    """Passes every event on, then lets the watch hear it."""

    def __init__(self, onward: Journal, watch: Watch) -> None:
        self._onward = onward
        self._watch = watch

    def event(self, severity: str, message: str, **fields: object) -> None:
        """See Journal. Returns when the alert that the event raised was sent, or could not be."""
        self._onward.event(severity, message, **fields)
        guarded(self._onward, lambda: self._watch.hear(message, fields))


def watched(
    settings: Settings, desk: Desk, *, disk: Path | None, is_reading: bool
) -> tuple[Desk, Watch]:
    """A desk whose journal a watch hears, and that watch.

    disk: the folder whose room it minds, None where there is no disk to fill. is_reading: see
    Post. Raises SettingsError for a bad address or threshold.
    """
    limits = read_thresholds(settings.alert_thresholds)
    first, second = alert_channels(settings)
    post = Post(
        archive=desk.archive,
        clock=desk.clock,
        journal=desk.journal,
        limits=limits,
        versions=lambda: desk.versions,
        mode=desk.options.mode,
        first=first,
        second=second,
        heartbeat=heartbeat(settings),
        service_url=settings.service_url,
        is_reading=is_reading,
    )
    free = (lambda: shutil.disk_usage(disk).free) if disk is not None else None
    watch = Watch(post, Gatherer(desk.archive, desk.queue, limits, free))
    return replace(desk, journal=WatchingJournal(desk.journal, watch)), watch
