"""Serve: the HTTP doors, the dispatcher and the calendar of one machine in one process."""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import SystemRandom

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from hippique.bootstrap.console import console_links
from hippique.bootstrap.course_calls import make_read_course
from hippique.bootstrap.estimators import check_estimator
from hippique.bootstrap.folders import Folder, well
from hippique.bootstrap.gauges import register_gauges
from hippique.bootstrap.guarding import make_guard, pairs_screens
from hippique.bootstrap.listening import answer, bind, stoppable
from hippique.bootstrap.pairing import invitation, make_pairing
from hippique.bootstrap.places import open_place
from hippique.bootstrap.preflight import tell_refused_bets
from hippique.bootstrap.wiring import (
    LIVE,
    SIMULATED,
    Mode,
    Outside,
    deliver_in_process,
    make_service,
    make_sources,
    mark_folder,
    mode_of,
    sites_of,
)
from hippique.day.addresses import PLAN
from hippique.day.desk import Journal
from hippique.day.duties import Due, Duty, duties_after
from hippique.day.race_day import race_day
from hippique.day.service import DayService
from hippique.day.source_health import last_successes
from hippique.day.tasks import local_text
from hippique.errors import HippiqueError
from hippique.racing.codec import to_pretty_json
from hippique.racing.times import paris_at
from hippique.runtime.calendar import Calendar
from hippique.runtime.clocks import FollowedClock, PacedClock, WallClock
from hippique.runtime.delivery import Report
from hippique.runtime.dispatcher import Dispatcher
from hippique.settings import Settings, data_folder
from hippique.sources.racecourse_clock import read_racecourse_time
from hippique.sources.racecourse_truth import RacecourseTruth
from hippique.telemetry import CountingJournal, StructuredJournal, traceback_tail
from hippique.web.api import Check, Doors, make_app
from hippique.web.auth.pairing import Pairing

RACECOURSE_PATIENCE_S = 30.0
STOP_WITHIN_S = 5.0  # after two seconds for open calls; see LEAVE_WITHIN_S for the whole
SERVICE = "service.json"
LOOKING = " (for looking only: a simulated or recorded day without its racecourse; nothing is read)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNotice:
    """What a running service leaves in its data folder."""

    url: str
    racecourse_url: str | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What does the work of one machine by itself. On Google Cloud its calls come from outside."""

    dispatcher: Dispatcher
    calendar: Calendar[Due]


@dataclass(frozen=True, slots=True)
class Running:
    """A service that is plugged together and not yet started.

    engine: None where Cloud Tasks and Cloud Scheduler call: between two calls a container of
    Cloud Run has no processor, and a timer of ours would sleep through its hour.
    """

    app: FastAPI
    service: DayService
    folder: Folder
    engine: Engine | None
    pairing: Pairing | None

    def start(self) -> None:
        """Begin to dispatch and to keep the calendar. Raises StoreBusy where another one does."""
        if self.engine is not None:
            self.engine.dispatcher.start()
            self.engine.calendar.start()

    def stop(self) -> None:
        """Lease no more, finish or give back what is under way, close the store."""
        given_back: tuple[str, ...] = ()
        if self.engine is not None:
            self.engine.calendar.stop(1.0)
            given_back = tuple(self.engine.dispatcher.stop(STOP_WITHIN_S))
        self.service.desk.journal.event("INFO", "Service stopped", given_back=list(given_back))
        self.folder.close()


def clock_of(settings: Settings, patience_s: float = RACECOURSE_PATIENCE_S) -> PacedClock:
    """The wall's clock, or that of the racecourse which the settings name. Raises SourceDown."""
    if settings.racecourse_url is None:
        return WallClock()
    told = read_racecourse_time(
        settings.racecourse_url,
        patience_s=patience_s,
        monotonic=time.monotonic,
        pause=time.sleep,
    )
    return FollowedClock(told.now, wall_origin_s=told.asked_at_s, speed=told.speed)


def plug(settings: Settings, host: str | None = None) -> Running:
    """Plug the service together, to listen at `host`, None where the server decides.

    Raises StoreError, SourceDown (no racecourse).
    """
    clock = clock_of(settings)
    heard = LateReport()
    folder = open_place(settings, os.environ, clock, heard)
    mode = _mode(settings, folder)
    check_estimator(settings.estimator, mode.name, simulated=mode.simulated)
    mark_folder(folder, mode)
    registry = CollectorRegistry()
    is_viewed = mode is not LIVE and not settings.racecourse_url
    sites = sites_of(settings)
    outside = Outside(
        clock=clock,
        sources=() if is_viewed else make_sources(settings, sites, clock, chance=SystemRandom()),
        journal=_journal(settings, mode, clock, registry),
        new_id=lambda prefix: f"{prefix}-{uuid.uuid4()}",
        truth=RacecourseTruth(settings.racecourse_url) if settings.racecourse_url else None,
        is_viewed=is_viewed,
    )
    heard.tell(outside.journal)
    service = make_service(settings, mode, folder, outside)
    register_gauges(registry, folder.queue, folder.disk, service.watch)
    if not is_viewed:
        tell_refused_bets(settings, race_day(clock.now()), outside.journal)
        service.note_limit()
    engine = _engine(folder, service, clock, is_viewed=is_viewed)
    doors = Doors(
        service=service,
        operator=folder.queue,
        read_course=make_read_course(sites, folder.archive),
        plan_path=folder.where(PLAN),
        console=console_links(settings),
        registry=registry,
        checks=_checks(folder, engine),
    )
    is_paired = pairs_screens(settings, os.environ)
    pairing = make_pairing(data_folder(settings, os.environ)) if is_paired else None
    guard = make_guard(settings, os.environ, outside.journal, host=host, pairing=pairing)
    app = make_app(doors, guard, pairing)
    return Running(app, service, folder, engine, pairing)


def _engine(
    folder: Folder, service: DayService, clock: PacedClock, *, is_viewed: bool
) -> Engine | None:
    if folder.embedded is None:
        return None
    report = _reporter(service.desk.journal)
    dispatcher = Dispatcher(folder.embedded, deliver_in_process(service), clock, report=report)
    dues = iter(()) if is_viewed else _dues(clock.now())
    return Engine(dispatcher, Calendar(dues, service.do, clock, report))


class LateReport:
    """Tells of calls to Google that are tried again, once there is a journal to tell."""

    def __init__(self) -> None:
        self._journal: Journal | None = None

    def tell(self, journal: Journal) -> None:
        """From now on, this one."""
        self._journal = journal

    def __call__(self, error: Exception) -> None:
        """Report one failed try."""
        if self._journal is not None:
            told = f"{type(error).__name__}: {error}"
            self._journal.event("WARNING", "Store tried again", error=told)


def _journal(
    settings: Settings, mode: Mode, clock: PacedClock, registry: CollectorRegistry
) -> CountingJournal:
    written = StructuredJournal(
        wall=WallClock().now,
        race_now=clock.now,
        least=settings.log_level,
        simulated=mode.simulated,
    )
    return CountingJournal(written, registry)


def _checks(folder: Folder, engine: Engine | None) -> tuple[tuple[str, Check], ...]:
    checks: list[tuple[str, Check]] = [
        ("store", folder.check),
        ("queue", lambda: _queue_check(folder, engine)),
        ("sources", lambda: _source_check(folder)),
    ]
    if engine is not None:
        checks.insert(2, ("calendar", lambda: _calendar_check(engine)))
    return tuple((name, partial(well, check)) for name, check in checks)


def _calendar_check(engine: Engine) -> tuple[bool, str]:
    is_alive = engine.calendar.is_alive()
    return is_alive, "runs" if is_alive else "down"


def _mode(settings: Settings, folder: Folder) -> Mode:
    """Simulated with a racecourse; else what the folder holds.

    A folder of simulated or recorded days without their racecourse is served for looking only:
    no source is read and no duty is done.
    """
    return SIMULATED if settings.racecourse_url else mode_of(folder) or LIVE


def _reporter(journal: Journal) -> Report:
    """Tell the log what no task and no caller can carry; the details only of bugs."""

    def report(error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        tail = "" if isinstance(error, HippiqueError) else traceback_tail(error)
        journal.event("ERROR", "Duty or dispatch failed", error=told, stderr_tail=tail)

    return report


def _dues(now: dt.datetime) -> Iterator[Due]:
    """The calendar from now on; a start after 09:00 begins with a tick, which plans if need be."""
    day = race_day(now)
    if now > paris_at(day, 9):
        yield Due(now, Duty.TICK, day)
    yield from duties_after(now)


def _queue_check(folder: Folder, engine: Engine | None) -> tuple[bool, str]:
    stats = folder.queue.stats()
    words = f"{stats.pending} pending, {stats.overdue} overdue, {stats.leased} leased"
    is_dispatched = engine is None or engine.dispatcher.is_alive()
    return is_dispatched, words + (", paused" if stats.paused else "")


def _notice(settings: Settings, host: str, port: int) -> bytes:
    """Where this service is and whose clock it follows, for commands beside it."""
    notice = ServiceNotice(url=f"http://{host}:{port}", racecourse_url=settings.racecourse_url)
    return to_pretty_json(notice)


def _source_check(folder: Folder) -> tuple[bool, str]:
    """Each source's last programme of the race day; well while one of them has given one."""
    seen = last_successes(folder.archive, race_day(folder.clock.now()))
    told = [f"{name} {local_text(at) if at else 'never'}" for name, at in sorted(seen.items())]
    return not seen or any(seen.values()), ", ".join(told) or "not asked yet"


def serve(settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or Ctrl-C, then stop within ten seconds. say: told where it listens.

    Raises what `plug` raises, and InputError where the port is taken.
    """
    with stoppable(), bind(host, port) as listener:
        running = plug(settings, host)
        try:
            running.start()
            if settings.gcs_bucket is None:  # of this machine; in a bucket it would name no one's
                running.folder.views.publish(SERVICE, _notice(settings, host, port))
            looking = "" if running.service.desk.sources else LOOKING
            say(f"hippique listens at http://{host}:{port}/{looking}")
            if running.pairing is not None:
                say(invitation(running.pairing, host, port))
            answer(running.app, listener)
        finally:
            running.stop()
