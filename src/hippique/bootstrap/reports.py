"""The files that people open, made from the archive of a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.ports import Archive, Clock, Views
from hippique.report.ledger import rebuild_ledger
from hippique.report.update import publish_fiches, update_reports


@dataclass(frozen=True, slots=True)
class FileReports:
    """Workbook, tracking sheet, race sheets and ledger of a folder, behind the day's port."""

    archive: Archive
    views: Views
    clock: Clock

    def publish(self, day: dt.date) -> None:
        """Bring all of them up to date. Raises StoreBusy, StoreFull."""
        now = self.clock.now()
        update_reports(self.archive, self.views, day, now)
        publish_fiches(self.archive, self.views, day, now)
        rebuild_ledger(self.archive, self.views, now)
