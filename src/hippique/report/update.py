"""Bring the views up to date from the archive: the workbook, tracking.csv, the fiches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hippique.ports import Archive, Views
from hippique.report.facts import RaceFacts, archive_days, day_facts
from hippique.report.fiche import fiche_text
from hippique.report.rows import sheet_rows
from hippique.report.tracking import tracking_csv
from hippique.report.workbook import update_workbook
from hippique.report.xlsx_bytes import lost_parts

WORKBOOK = "workbook/modele_suivi_courses_hippiques.xlsx"
TRACKING = "tracking.csv"


def update_reports(archive: Archive, views: Views, day: dt.date, now: dt.datetime) -> list[str]:
    """Update the workbook with one day and rewrite tracking.csv; returns where both lie.

    Where the workbook holds what cannot be carried over (pictures, pivot tables), the file as it
    was is kept beside it, under the hour of the update.
    Raises StoreBusy where a file is open elsewhere, StoreFull, StoreDamaged (a renamed sheet).
    """
    races = day_facts(archive, day, now)
    old = views.load(WORKBOOK)
    content = update_workbook(old, sheet_rows(races), now)
    kept = [_keep(views, old, now)] if old is not None and lost_parts(old, content) else []
    return [views.publish(WORKBOOK, content), *kept, publish_tracking(archive, views, now)]


def rebuild_workbook(archive: Archive, views: Views, now: dt.datetime) -> list[str]:
    """Make the workbook anew from all days of the archive; returns where the files lie.

    The user's notes and columns are in the old file alone: it is kept beside the new one, under
    the hour of the rebuilding. Raises StoreBusy, StoreFull.
    """
    races = _all_facts(archive, now)
    content = update_workbook(None, sheet_rows(races), now)
    old = views.load(WORKBOOK)
    kept = [_keep(views, old, now)] if old is not None and old != content else []
    return [views.publish(WORKBOOK, content), *kept, _publish_tracking(views, races)]


def publish_tracking(archive: Archive, views: Views, now: dt.datetime) -> str:
    """Rewrite tracking.csv from all days of the archive; returns where it lies."""
    return _publish_tracking(views, _all_facts(archive, now))


def publish_fiches(archive: Archive, views: Views, day: dt.date, now: dt.datetime) -> list[str]:
    """Write the readable sheet of every race in scope of a day; returns where they lie."""
    return [
        views.publish(f"fiches/{facts.race}.md", fiche_text(facts).encode())
        for facts in day_facts(archive, day, now)
    ]


def _keep(views: Views, content: bytes, now: dt.datetime) -> str:
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    return views.publish(WORKBOOK.replace(".xlsx", f"-avant-{stamp}.xlsx"), content)


def _publish_tracking(views: Views, races: Sequence[RaceFacts]) -> str:
    return views.publish(TRACKING, tracking_csv(races))


def _all_facts(archive: Archive, now: dt.datetime) -> tuple[RaceFacts, ...]:
    return tuple(f for day in archive_days(archive) for f in day_facts(archive, day, now))
