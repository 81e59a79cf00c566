"""Serve: the HTTP doors, the dispatcher and the calendar of one machine in one process."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import SystemRandom

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from hippique.bootstrap.console import console_links
from hippique.bootstrap.course_calls import make_read_course
from hippique.bootstrap.estimators import check_estimator
from hippique.bootstrap.gauges import register_gauges
from hippique.bootstrap.guarding import make_guard, pairs_screens
from hippique.bootstrap.listening import answer, bind, stoppable
from hippique.bootstrap.pairing import invitation, make_pairing
from hippique.bootstrap.wiring import (
    LIVE,
    SIMULATED,
    Folder,
    Mode,
    Outside,
    deliver_in_process,
    make_service,
    make_sources,
    mark_folder,
    mode_of,
    open_folder,
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
LEAST_FREE_BYTES = 200 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNotice:
    """What a running service leaves in its data folder."""

    url: str
    racecourse_url: str | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A service that is plugged together and not yet started."""

    app: FastAPI
    service: DayService
    folder: Folder
    dispatcher: Dispatcher
    calendar: Calendar[Due]
    pairing: Pairing | None

    def start(self) -> None:
        """Begin to dispatch and to keep the calendar. Raises StoreBusy where another one does."""
        self.dispatcher.start()
        self.calendar.start()

    def stop(self) -> None:
        """Lease no more, finish or give back what is under way, close the store."""
        self.calendar.stop(1.0)
        given_back = self.dispatcher.stop(STOP_WITHIN_S)
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
    folder = open_folder(data_folder(settings, os.environ), clock)
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
    service = make_service(settings, mode, folder, outside)
    register_gauges(registry, folder.queue, folder.root, service.watch)
    if not is_viewed:
        service.note_limit()
    report = _reporter(service.desk.journal)
    dispatcher = Dispatcher(folder.queue, deliver_in_process(service), clock, report=report)
    dues = iter(()) if is_viewed else _dues(clock.now())
    calendar = Calendar(dues, service.do, clock, report)
    doors = Doors(
        service=service,
        operator=folder.queue,
        read_course=make_read_course(sites, folder.archive),
        plan_path=str(folder.root / PLAN),
        console=console_links(settings),
        registry=registry,
        checks=_checks(folder, dispatcher, calendar),
    )
    pairing = make_pairing(folder.root) if pairs_screens(settings, os.environ) else None
    guard = make_guard(settings, os.environ, outside.journal, host=host, pairing=pairing)
    app = make_app(doors, guard, pairing)
    return Running(app, service, folder, dispatcher, calendar, pairing)


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


def _checks(
    folder: Folder, dispatcher: Dispatcher, calendar: Calendar[Due]
) -> tuple[tuple[str, Check], ...]:
    def calendar_check() -> tuple[bool, str]:
        return calendar.is_alive(), "runs" if calendar.is_alive() else "down"

    return (
        ("store", lambda: _store_check(folder)),
        ("queue", lambda: _queue_check(folder, dispatcher)),
        ("calendar", calendar_check),
        ("sources", lambda: _source_check(folder)),
    )


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


def _store_check(folder: Folder) -> tuple[bool, str]:
    free = shutil.disk_usage(folder.root).free
    writable = os.access(folder.root, os.W_OK)
    return writable and free > LEAST_FREE_BYTES, f"{free // 2**20} MiB free"


def _queue_check(folder: Folder, dispatcher: Dispatcher) -> tuple[bool, str]:
    stats = folder.queue.stats()
    words = f"{stats.pending} pending, {stats.overdue} overdue, {stats.leased} leased"
    return dispatcher.is_alive(), words + (", paused" if stats.paused else "")


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
            running.folder.views.publish(SERVICE, _notice(settings, host, port))
            looking = "" if running.service.desk.sources else LOOKING
            say(f"hippique listens at http://{host}:{port}/{looking}")
            if running.pairing is not None:
                say(invitation(running.pairing, host, port))
            answer(running.app, listener)
        finally:
            running.stop()
