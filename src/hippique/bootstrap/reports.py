"""The files that people open, made from the archive of a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.day.close import seal_of
from hippique.ports import Archive, Clock, Views
from hippique.report.ledger import rebuild_ledger
from hippique.report.update import publish_fiches, update_reports


@dataclass(frozen=True, slots=True)
class FileReports:
    """Workbook, tracking sheet, race sheets and ledger of a folder, behind the day's port.

    is_near: False where each file read is a request: then the ledger, which is made of all days,
    follows the close of a day and not every race.
    """

    archive: Archive
    views: Views
    clock: Clock
    is_near: bool = True

    def publish(self, day: dt.date) -> None:
        """Bring all of them up to date. Raises StoreBusy, StoreFull."""
        now = self.clock.now()
        update_reports(self.archive, self.views, day, now)
        publish_fiches(self.archive, self.views, day, now)
        if self.is_near or seal_of(self.archive, day) is not None:
            rebuild_ledger(self.archive, self.views, now)
