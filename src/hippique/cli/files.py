"""`hippique workbook`: the files rebuilt from the archive."""

from __future__ import annotations

from pathlib import Path

import click

from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, needs_plan, open_stores
from hippique.report.update import rebuild_workbook, update_reports
from hippique.runtime.clocks import WallClock


@click.group(epilog="Example: hippique workbook update 2026-06-07")
def workbook() -> None:
    """The Excel workbook and tracking.csv."""


@workbook.command(epilog="Example: hippique workbook update 2026-06-07")
@click.argument("day", required=False)
@data_option
@json_option
@foreseeable
def update(day: str | None, data: Path | None, *, as_json: bool) -> None:
    """Bring the workbook up to date with a day; your own columns and notes stay."""
    archive, views = open_stores(data)
    date = day_or_latest(archive, day)
    needs_plan(archive, date)
    written = update_reports(archive, views, date, WallClock().now())
    _tell_written(written, as_json=as_json)


@workbook.command(epilog="Example: hippique workbook rebuild")
@data_option
@json_option
@foreseeable
def rebuild(data: Path | None, *, as_json: bool) -> None:
    """Make the workbook anew from the whole archive; the old one is kept beside it."""
    written = rebuild_workbook(*open_stores(data), WallClock().now())
    _tell_written(written, as_json=as_json)


def _tell_written(written: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, "written": written})
        return
    for path in written:
        click.echo(path)
