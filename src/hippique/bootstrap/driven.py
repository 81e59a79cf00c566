"""A whole day on the driven clock: it stands still until all that is due is done, then jumps."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from hippique.bootstrap.estimators import check_estimator
from hippique.bootstrap.folders import Folder, open_folder
from hippique.bootstrap.preflight import tell_refused_bets
from hippique.bootstrap.wiring import (
    RECORDED,
    SIMULATED,
    Mode,
    Outside,
    deliver_in_process,
    make_service,
    make_sources,
    mark_folder,
)
from hippique.day.close import seal_of
from hippique.day.desk import Journal
from hippique.day.duties import Due, duties_of
from hippique.day.service import DayService
from hippique.errors import HippiqueError
from hippique.racecourse.app import make_app
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults import FaultsFor, no_faults, with_faults
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.dispatcher import run_due, sole_dispatch
from hippique.settings import Settings
from hippique.sources.addresses import site_addresses
from hippique.sources.racecourse_truth import RacecourseTruth
from hippique.sources.recorded import RecordedSource
from hippique.telemetry import traceback_tail

# Reserved names: no such hosts exist, no socket is opened. One a site, as the real ones: a host
# that asks for a pause must not close the other two.
IN_PROCESS = {site: f"http://{site}.racecourse.test/{site}" for site in ("zeturf", "geny", "pmu")}
RACECOURSE = "http://racecourse.test"
FIRST_DATE = dt.date(2026, 6, 6)
DATES = 300  # seeds choose among this many days, both clock changes among them

Pause = Callable[[dt.datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A day ready to be driven. pause: called before each jump, to pace a show."""

    day: dt.date
    folder: Folder
    service: DayService
    clock: DrivenClock
    pause: Pause


def default_date(seed: int) -> dt.date:
    """The day that a seed stands for."""
    return FIRST_DATE + dt.timedelta(days=seed % DATES)


def fresh_folder(parent: Path, name: str) -> Path:
    """`parent/name`, with a number where it is taken."""
    number, path = 1, parent / name
    while path.exists():
        number += 1
        path = parent / f"{name}-{number}"
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """How a driven day is kept and shown.

    data: its folder. journal: makes the journal for its clock. pause: see Drive.
    """

    data: Path
    journal: Callable[[Callable[[], dt.datetime]], Journal]
    pause: Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Which simulated day. races: French races in all, 30 to 50 when None.

    faults: those of the day once it is drawn, see `faults_for`.
    """

    day: dt.date
    seed: int
    races: int | None = None
    faults: FaultsFor = no_faults


def simulated_drive(settings: Settings, draw: Draw, show: Show) -> Drive:
    """A simulated day: the racecourse in this process behind the same client, without sockets."""
    clock = clock_before(draw.day)
    outside = simulated_outside(settings, draw, clock, show.journal(clock.now))
    return _drive(settings, SIMULATED, draw.day, show, outside)


def simulated_outside(
    settings: Settings, draw: Draw, clock: DrivenClock, journal: Journal
) -> Outside:
    """What a simulated day's service meets, wherever it keeps what it knows."""
    drawn = draw_day(draw.day, draw.seed, draw.races)
    faults = draw.faults(drawn)
    app = make_app(with_faults(drawn, faults), clock, faults=faults)
    sources = make_sources(
        settings,
        site_addresses(**IN_PROCESS),
        clock,
        chance=random.Random(draw.seed),  # noqa: S311  back-off jitter, seeded so that a day repeats
        transport=httpx.WSGITransport(app),
    )
    outside = Outside(
        clock=clock,
        sources=sources,
        journal=journal,
        new_id=_ids(draw.seed),
        parallel=False,
        eager_reports=False,
        truth=RacecourseTruth(RACECOURSE, transport=httpx.WSGITransport(app)),
    )
    for line in faults.describe():
        journal.event("INFO", "Fault on demand", fault=line)
    return outside


def recorded_drive(settings: Settings, day: dt.date, tables: Path, show: Show) -> Drive:
    """A real day from its tables, tick by tick, through the same desk."""
    clock = clock_before(day)
    outside = Outside(
        clock=clock,
        sources=(RecordedSource(tables, day, clock),),
        journal=show.journal(clock.now),
        new_id=_ids(0),
        parallel=False,
        eager_reports=False,
    )
    return _drive(settings, RECORDED, day, show, outside)


def clock_before(day: dt.date) -> DrivenClock:
    """A driven clock that stands at the first duty of a day."""
    return DrivenClock(duties_of(day)[0].at)


def _drive(settings: Settings, mode: Mode, day: dt.date, show: Show, outside: Outside) -> Drive:
    clock = outside.clock
    if not isinstance(clock, DrivenClock):
        raise TypeError("a driven day needs a driven clock")
    # Before a folder is made that would stay empty.
    check_estimator(settings.estimator, mode.name, simulated=mode.simulated)
    folder = open_folder(show.data, clock, durable=False)
    mark_folder(folder, mode)
    service = make_service(settings, mode, folder, outside)
    tell_refused_bets(settings, day, outside.journal)
    return Drive(day=day, folder=folder, service=service, clock=clock, pause=show.pause)


def _ids(seed: int) -> Callable[[str], str]:
    """Correlation ids that repeat with the seed."""
    numbers = random.Random(f"ids {seed}")  # noqa: S311  names, not secrets
    return lambda prefix: f"{prefix}-{uuid.UUID(int=numbers.getrandbits(128), version=4)}"


def drive_day(drive: Drive) -> None:
    """Run the day to its seal, or to its last duty. A failed duty or task is reported."""
    duties = list(duties_of(drive.day))
    with sole_dispatch(drive.folder.dispatched):
        while duties and seal_of(drive.folder.archive, drive.day) is None:
            _advance(drive, duties[0].at)
            while duties and duties[0].at <= drive.clock.now():
                _do(drive, duties.pop(0))
            _deliver(drive)
    drive.service.publish_reports()  # of a day that never came to its seal


def _advance(drive: Drive, next_duty: dt.datetime) -> None:
    due = drive.folder.dispatched.next_due()
    instant = next_duty if due is None else min(due, next_duty)
    if instant > drive.clock.now():
        drive.pause(instant)
        drive.clock.advance_to(instant)


def _do(drive: Drive, due: Due) -> None:
    try:
        drive.service.do(due)
    except HippiqueError as error:
        drive.service.desk.journal.event("ERROR", "Duty failed", duty=due.duty, error=str(error))


def _deliver(drive: Drive) -> None:
    def report(error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        journal = drive.service.desk.journal
        journal.event("ERROR", "Dispatch failed", error=told, stderr_tail=traceback_tail(error))

    deliver = deliver_in_process(drive.service)
    run_due(drive.folder.dispatched, deliver, drive.clock, report=report)
