"""`hippique history export`: one's own days as the tables that training and replays read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from hippique.bootstrap.history_rows import Tables, history_of
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import open_archive
from hippique.day.race_day import latest_plan
from hippique.errors import NotFound
from hippique.ports import Archive
from hippique.report.facts import archive_days
from hippique.sources.recorded.tables import RACES, RUNNERS, TICKS, save_tables


@click.group(epilog="Example: hippique history export own-history")
def history() -> None:
    """One's own archive as history."""


@history.command(epilog="Example: hippique history export own-history --since 2026-01-01")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; default the first.")
@data_option
@json_option
@foreseeable
def export(folder: Path, since: dt.datetime | None, data: Path | None, *, as_json: bool) -> None:
    """Write fr_races, fr_runners and fr_odds_ts of the archived days into a new FOLDER.

    Races in scope that were run and whose odds were sampled; odds of one pool a race. Simulated
    days are refused: they are no history. `hippique day --recorded FOLDER` plays the tables.
    """
    archive = open_archive(data)
    days = [day for day in archive_days(archive) if since is None or day >= since.date()]
    tables = _gathered(archive, days)
    if not tables.races:
        raise NotFound("no race with odds lies in these days; nothing was written")
    rows = {RACES: tables.races, RUNNERS: tables.runners, TICKS: tables.ticks}
    save_tables(folder, rows)
    counts = {"races": len(tables.races), "runners": len(tables.runners),
              "ticks": len(tables.ticks)}  # fmt: skip
    if as_json:
        print_json({"ok": True, "folder": str(folder.resolve()), "days": days, **counts})
    else:
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{folder}: {len(days)} days, {told}")


def _gathered(archive: Archive, days: list[dt.date]) -> Tables:
    tables = Tables()
    for day in days:
        plan = latest_plan(archive, day)
        found = history_of(archive, plan) if plan else Tables()
        tables.races.extend(found.races)
        tables.runners.extend(found.runners)
        tables.ticks.extend(found.ticks)
    return tables
