"""Bring the views up to date from the archive: the workbook, tracking.csv, the fiches."""

from __future__ import annotations

import datetime as dt

from hippique.ports import Archive, Views
from hippique.report.facts import RaceFacts, archive_days, day_facts
from hippique.report.fiche_page import fiche_html, fiche_name
from hippique.report.fiche_words import LANGUAGES
from hippique.report.rows import sheet_rows
from hippique.report.tracking import tracking_csv, with_day
from hippique.report.workbook import update_workbook

WORKBOOK = "workbook/modele_suivi_courses_hippiques.xlsx"
TRACKING = "tracking.csv"


def update_reports(archive: Archive, views: Views, day: dt.date, now: dt.datetime) -> list[str]:
    """Update the workbook and tracking.csv with one day; returns where both lie.

    Raises StoreBusy where a file is open elsewhere, StoreFull, StoreDamaged (a renamed sheet).
    """
    races = day_facts(archive, day, now)
    old = views.load(WORKBOOK)
    content = update_workbook(old, sheet_rows(races), now)
    present = views.load(TRACKING)
    lines = with_day(present, day, races) if present is not None else None
    told = tracking_csv(_all_facts(archive, now)) if lines is None else lines
    return [views.publish(WORKBOOK, content), views.publish(TRACKING, told)]


def rebuild_workbook(archive: Archive, views: Views, now: dt.datetime) -> list[str]:
    """Make the workbook anew from all days of the archive; returns where the files lie.

    The user's notes and columns are in the old file alone: it is kept beside the new one, under
    the hour of the rebuilding. Raises StoreBusy, StoreFull.
    """
    races = _all_facts(archive, now)
    content = update_workbook(None, sheet_rows(races), now)
    old = views.load(WORKBOOK)
    kept = [_keep(views, old, now)] if old is not None and old != content else []
    return [views.publish(WORKBOOK, content), *kept, views.publish(TRACKING, tracking_csv(races))]


def publish_fiches(archive: Archive, views: Views, day: dt.date, now: dt.datetime) -> list[str]:
    """Write the printable sheets of every race in scope of a day, French and English."""
    return [
        views.publish(fiche_name(facts, language), fiche_html(facts, language).encode())
        for facts in day_facts(archive, day, now)
        for language in LANGUAGES
    ]


def _keep(views: Views, content: bytes, now: dt.datetime) -> str:
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    return views.publish(WORKBOOK.replace(".xlsx", f"-avant-{stamp}.xlsx"), content)


def _all_facts(archive: Archive, now: dt.datetime) -> tuple[RaceFacts, ...]:
    return tuple(f for day in archive_days(archive) for f in day_facts(archive, day, now))
