"""`hippique day`: a whole simulated or recorded day through the real service."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import click

from hippique.bootstrap.driven import (
    Draw,
    Drive,
    Show,
    default_date,
    drive_day,
    fresh_folder,
    recorded_drive,
    simulated_drive,
)
from hippique.cli.common import foreseeable, json_option, print_json
from hippique.cli.folders import settings_for
from hippique.cli.progress import Progress
from hippique.cli.racecourse import faults_option, read_date
from hippique.day.close import seal_of
from hippique.day.race_day import latest_plan
from hippique.day.status import DayStatus, day_status
from hippique.day.verify import verify_beside, verify_day
from hippique.errors import InputError, NotFound
from hippique.racecourse.faults import faults_for
from hippique.report.summary import summary_document, summary_text
from hippique.settings import Settings, data_folder
from hippique.sources.recorded import recorded_days

WORKBOOK = "workbook/modele_suivi_courses_hippiques.xlsx"
RECORDED_OPERATORS = ("pmu", "pmu_fr")  # the recorded pools are PMU's; ZEturf's are not in it


@click.command(epilog="Example: hippique day --seed 7 --races 12")
@click.option("--date", "date_text", help="The day (YYYY-MM-DD); default fixed by the seed.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--speed", type=click.FloatRange(min=1), help="Pace the show: ×SPEED race time.")
@click.option("--races", type=int, help="French races in all; default 30 to 50 by the seed.")
@faults_option
@click.option(
    "--policy",
    type=click.Choice(["control", "kelly-pure", "gpi-5.1"]),
    help="Who decides at H-5.",
)
@click.option(
    "--estimator",
    type=click.Choice(["market", "gpi51", "truth"]),
    help="Whose chances are used; truth in simulation only.",
)
@click.option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the tables of real days: plays the one of --date instead.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder; default a fresh data/sim-<date>-<seed>.",
)
@json_option
@foreseeable
def day(
    date_text: str | None, seed: int, recorded: Path | None, *, as_json: bool, **options: Any
) -> None:
    """Run one whole day on a driven clock: plan, H-30, H-5, results, settlement, workbook.

    Simulated unless --recorded; the same seed gives the same slips, byte for byte.
    """
    begun = time.monotonic()
    settings = settings_for(None, policy=options["policy"], estimator=options["estimator"])
    date = _date(date_text, seed, recorded)
    faults = faults_for(options["faults"])
    if recorded is not None and options["faults"]:
        raise InputError(
            "a recorded day has no faults on demand; leave --recorded out", field="faults"
        )
    root = (options["data"] or _fresh(settings, date, seed, recorded)).resolve()
    if latest_day(root, date):
        raise InputError(f"{root} holds {date} already; give a fresh --data", field="data")
    progress = Progress(
        root / "service.log",
        simulated=recorded is None,
        speed=options["speed"],
        shown=not as_json,
    )
    with progress as shown:
        show = Show(data=root, journal=shown.journal, pause=shown.pause)
        if recorded is None:
            draw = Draw(day=date, seed=seed, races=options["races"], faults=faults)
            drive = simulated_drive(settings, draw, show)
        else:
            betting = settings.model_copy(update={"operators": RECORDED_OPERATORS})
            drive = recorded_drive(betting, date, recorded, show)
        drive_day(drive)
    _tell(drive, root, time.monotonic() - begun, as_json=as_json)


def _date(text: str | None, seed: int, recorded: Path | None) -> dt.date:
    if text is not None:
        return read_date(text)
    if recorded is None:
        return default_date(seed)
    days = recorded_days(recorded)
    if not days:
        raise InputError(f"{recorded} holds no recorded day", field="recorded")
    return days[0]


def _fresh(settings: Settings, date: dt.date, seed: int, recorded: Path | None) -> Path:
    parent = data_folder(settings, {})
    return fresh_folder(parent, f"rec-{date}" if recorded else f"sim-{date}-{seed}")


def latest_day(root: Path, date: dt.date) -> bool:
    """Whether the folder holds artefacts of this day."""
    return (root / "archive" / date.isoformat()).exists()


def _tell(drive: Drive, root: Path, wall_s: float, *, as_json: bool) -> None:
    archive = drive.folder.archive
    plan = latest_plan(archive, drive.day)
    if plan is None:
        raise NotFound(f"no plan of {drive.day} could be made; see {root / 'service.log'}")
    status = day_status(archive, plan, drive.clock.now())
    archive_ok = verify_day(archive, drive.day).ok and not verify_beside(archive)
    sealed = seal_of(archive, drive.day) is not None
    drive.folder.close()
    if as_json:
        document = summary_document(status)
        print_json(
            {**document, "data": str(root), "workbook": str(root / WORKBOOK),
             "archive_ok": archive_ok, "sealed": sealed, "wall_s": round(wall_s, 2)}
        )  # fmt: skip
    else:
        _tell_person(status, root, wall_s, archive_ok=archive_ok)
    if not archive_ok or not sealed:
        raise SystemExit(1)


def _tell_person(status: DayStatus, root: Path, wall_s: float, *, archive_ok: bool) -> None:
    click.echo(summary_text(status), nl=False)
    click.echo("")
    click.echo(f"  Archive   {'vérifiée' if archive_ok else 'TOUCHÉE'}, jouée en {wall_s:.1f} s")
    click.echo(f"  Données   {root}")
    click.echo(f"  Classeur  {root / WORKBOOK}")
    click.echo(f"  Feuilles  {root / 'tracking.csv'}, {root / 'fiches'}")
    serve = f"REQUIRE_AUTH=false hippique serve --data {root}"
    click.echo(f"  Écran     {serve}, puis http://127.0.0.1:8080/day/{status.totals.date}")
