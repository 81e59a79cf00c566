"""`hippique workbook` and `hippique ledger`: the files rebuilt from the archive."""

from __future__ import annotations

from pathlib import Path

import click

from hippique.betting.ledger import read_settlement
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, folder_path, needs_plan, open_archive
from hippique.day import addresses
from hippique.ports import Archive
from hippique.racing.codec import to_builtins
from hippique.racing.money import in_euros
from hippique.report.ledger import check_ledger, rebuild_ledger
from hippique.report.update import rebuild_workbook, update_reports
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskViews


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
    archive = open_archive(data)
    date = day_or_latest(archive, day)
    needs_plan(archive, date)
    written = update_reports(archive, _views(data), date, WallClock().now())
    _tell_written(written, as_json=as_json)


@workbook.command(epilog="Example: hippique workbook rebuild")
@data_option
@json_option
@foreseeable
def rebuild(data: Path | None, *, as_json: bool) -> None:
    """Make the workbook anew from the whole archive; the old one is kept beside it."""
    written = rebuild_workbook(open_archive(data), _views(data), WallClock().now())
    _tell_written(written, as_json=as_json)


def _views(data: Path | None) -> DiskViews:
    return DiskViews(folder_path(data))


def _tell_written(written: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, "written": written})
        return
    for path in written:
        click.echo(path)


@click.group(epilog="Example: hippique ledger show")
def ledger() -> None:
    """Stakes and payouts, a view of the archive's settlements."""


@ledger.command("show", epilog="Example: hippique ledger show --json")
@data_option
@json_option
@foreseeable
def show_ledger(data: Path | None, *, as_json: bool) -> None:
    """List every settled race with its stake and return; rebuilds ledger.sqlite."""
    archive = open_archive(data)
    rebuild_ledger(archive, _views(data), WallClock().now())
    entries = _entries(archive)
    if as_json:
        print_json({"ok": True, "entries": entries})
        return
    for entry in entries:
        click.echo(
            f"{entry['race']}  mise {entry['staked_eur']:.2f}  retour {entry['returned_eur']:.2f}"
            f"  résultat {entry['profit_eur']:+.2f}"
        )


def _entries(archive: Archive) -> list[dict[str, object]]:
    found = [a for a in archive.addresses() if a.endswith(f"/RESULT/{addresses.SETTLEMENT}")]
    return [in_euros(to_builtins(read_settlement(archive.read(address)))) for address in found]


@ledger.command(epilog="Example: hippique ledger check")
@data_option
@json_option
@foreseeable
def check(data: Path | None, *, as_json: bool) -> None:
    """Compare ledger.sqlite with the archive; ends with 1 where they differ."""
    faults = check_ledger(open_archive(data), _views(data), WallClock().now())
    if as_json:
        print_json({"ok": not faults, "faults": faults})
    else:
        click.echo("the ledger agrees with the archive" if not faults else "\n".join(faults))
    if faults:
        raise SystemExit(1)
