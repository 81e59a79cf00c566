"""The HTTP doors: POST /schedule and /run, health, the read API, metrics, plain pages."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from hippique import __version__
from hippique.day.desk import Desk
from hippique.day.documents import day_document, race_document
from hippique.day.outcome import Order
from hippique.day.phases import read_phase
from hippique.day.service import DayService
from hippique.day.tasks import SAMPLE
from hippique.errors import BadAddress, BadPhase, DayMismatch
from hippique.ports import QueueOperator
from hippique.racing.card import RaceId
from hippique.web.alerts import install_acknowledging, install_alerts
from hippique.web.auth.gate import Gate, Guard
from hippique.web.auth.headers import SecurityHeaders
from hippique.web.auth.pair_page import install_pairing
from hippique.web.auth.pairing import Pairing
from hippique.web.bodies import RunBody, ScheduleBody, read_day, run_reply, schedule_reply
from hippique.web.duties import install_duties
from hippique.web.errors import install_errors
from hippique.web.limits import BodyLimit
from hippique.web.operations import install_operations
from hippique.web.pages import install_pages

ReadCourse = Callable[[str, dt.date | None], RaceId]
Check = Callable[[], tuple[bool, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the HTTP doors open on.

    read_course: a course_url to its race; raises BadAddress, DayMismatch, UnknownRace.
    plan_path: where plan.json lies. console: links into Google's, empty on one machine.
    checks: name → (is it well, words) of /readyz.
    """

    service: DayService
    operator: QueueOperator
    read_course: ReadCourse
    plan_path: str
    console: Mapping[str, str]
    registry: CollectorRegistry
    checks: Sequence[tuple[str, Check]] = ()

    @property
    def desk(self) -> Desk:
        """The desk behind the service."""
        return self.service.desk


def make_app(doors: Doors, guard: Guard, pairing: Pairing | None = None) -> FastAPI:
    """The application behind its gate.

    pairing: where people pair their screens. It starts nothing: dispatching and the calendar are
    the caller's.
    """
    app = FastAPI(title="hippique-orchestrator", version=__version__, docs_url=None, redoc_url=None)
    install_errors(app, doors.desk.journal)
    app.add_middleware(BodyLimit)  # the last one added sees a call first
    app.add_middleware(Gate, guard=guard)
    app.add_middleware(SecurityHeaders, place=guard.place)
    if not guard.is_reading:
        _install_posts(app, doors)
        install_duties(app, doors.service)
        install_operations(app, doors.service, doors.operator)
        install_acknowledging(app, doors.service.watch)
    if pairing is not None:
        install_pairing(app, guard, pairing)
    _install_health(app, doors)
    _install_reads(app, doors)
    install_alerts(app, doors.service.watch)
    install_pages(app, doors.desk)
    return app


def _install_posts(app: FastAPI, doors: Doors) -> None:
    @app.post("/schedule", summary="Plan a day and queue it")
    def schedule(body: ScheduleBody, request: Request) -> dict[str, Any]:
        correlation_id = doors.desk.new_id("schedule")
        request.state.correlation_id = correlation_id
        day = read_day(body.date, doors.desk.now())
        planned = doors.service.schedule(
            day, with_tasks=body.mode == "tasks", correlation_id=correlation_id
        )
        return schedule_reply(planned, doors.desk.options.queue_path, doors.plan_path)

    @app.post("/run", summary="Run one phase of one race")
    def run(body: RunBody, request: Request) -> dict[str, Any]:
        begun = time.monotonic()
        correlation_id = body.correlation_id or doors.desk.new_id("run")
        request.state.correlation_id = correlation_id
        race = _race_of(doors, body)
        if body.phase == SAMPLE and body.due is not None and body.off is not None:
            sampled = doors.service.sample(race, body.off, body.generation)
            return {"ok": True, "phase": SAMPLE, "sampled": sampled}
        order = Order(
            race=race,
            phase=read_phase(body.phase),
            correlation_id=correlation_id,
            course_url=body.course_url,
            due=body.due,
            off=body.off,
            generation=body.generation,
            moves=body.moves,
            again=body.again,
        )
        return run_reply(doors.service.run(order), time.monotonic() - begun)


def _race_of(doors: Doors, body: RunBody) -> RaceId:
    if body.phase != SAMPLE:
        read_phase(body.phase)
    elif body.due is None:
        raise BadPhase("ODDS is for the queue's own tasks", field="phase")
    day = read_day(body.date, doors.desk.now()) if body.date is not None else None
    if body.course_url is None:
        return _named_race(body)
    race = doors.read_course(body.course_url, day)
    if body.race is not None and RaceId.parse(body.race) != race:
        raise DayMismatch(f"course_url is of {race}, not of {body.race}", field="race")
    return race


def _named_race(body: RunBody) -> RaceId:
    """A race of the queue's own task that has no page of its own at any site."""
    if body.race is None or body.due is None:
        raise BadAddress("course_url is null; give the race's page", field="course_url")
    return RaceId.parse(body.race)


def _install_health(app: FastAPI, doors: Doors) -> None:
    @app.get("/healthz", summary="Alive")
    @app.get("/health", summary="Alive (Google's front end keeps /healthz for itself)")
    def health() -> dict[str, Any]:
        return {"ok": True, "version": __version__}

    @app.get("/readyz", summary="Ready: store, queue, dispatcher, sources")
    def ready() -> JSONResponse:
        results = {name: check() for name, check in doors.checks}
        ok = all(well for well, _ in results.values())
        body = {
            "ok": ok,
            "version": __version__,
            "mode": doors.desk.options.mode,
            "simulated": doors.desk.options.simulated,
            "race_time": doors.desk.now().isoformat(),
            "checks": {n: {"ok": well, "detail": words} for n, (well, words) in results.items()},
        }
        return JSONResponse(body, status_code=200 if ok else 503)

    @app.get("/metrics", summary="Prometheus", response_class=PlainTextResponse)
    def metrics() -> PlainTextResponse:
        return PlainTextResponse(generate_latest(doors.registry), media_type=CONTENT_TYPE_LATEST)


def _install_reads(app: FastAPI, doors: Doors) -> None:
    @app.get("/api/console", summary="Links into Google's console; empty on one machine")
    def console() -> dict[str, Any]:
        return {"console": dict(doors.console)}

    @app.get("/api/days/{date}", summary="A day: every race and its phases")
    def day(date: str) -> dict[str, Any]:
        now = doors.desk.now()
        return day_document(doors.desk.archive, read_day(date, now), now)

    @app.get("/api/days/{date}/races/{key}", summary="A race: all that is known of it")
    def race(date: str, key: str) -> dict[str, Any]:
        now = doors.desk.now()
        return race_document(doors.desk.archive, read_day(date, now), key, now)
