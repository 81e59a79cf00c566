"""What the HTTP calls do, from the command line: plan, schedule, run."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import Any

import click

from hippique.bootstrap.course_calls import make_read_course
from hippique.bootstrap.folders import Folder
from hippique.bootstrap.places import open_place
from hippique.bootstrap.serving import clock_of
from hippique.bootstrap.wiring import (
    LIVE,
    SIMULATED,
    Outside,
    make_service,
    make_sources,
    mark_folder,
    sites_of,
)
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import settings_beside
from hippique.day.addresses import PLAN
from hippique.day.outcome import Order
from hippique.day.phases import read_phase
from hippique.day.service import DayService
from hippique.runtime.clocks import WallClock
from hippique.settings import Settings
from hippique.telemetry import StructuredJournal
from hippique.web.bodies import read_day, run_reply, schedule_reply


@contextmanager
def service_over(data: Path | None) -> Iterator[tuple[DayService, Folder, Settings]]:
    """A service over the data folder, beside a running one or alone; nothing is dispatched."""
    settings = settings_beside(data)
    clock = clock_of(settings)
    mode = SIMULATED if settings.racecourse_url else LIVE
    folder = open_place(settings, os.environ, clock)
    try:
        mark_folder(folder, mode)
        journal = StructuredJournal(
            wall=WallClock().now, race_now=clock.now, simulated=mode.simulated,
            least="WARNING",
        )  # fmt: skip
        sources = make_sources(settings, sites_of(settings), clock, chance=SystemRandom())
        outside = Outside(
            clock=clock, sources=sources, journal=journal, new_id=lambda p: f"{p}-{uuid.uuid4()}"
        )
        yield make_service(settings, mode, folder, outside), folder, settings
    finally:
        folder.close()


@click.command(epilog="Example: hippique plan today")
@click.argument("day", default="today")
@data_option
@json_option
@foreseeable
def plan(day: str, data: Path | None, *, as_json: bool) -> None:
    """Make a day's plan without queueing anything."""
    _schedule(day, data, with_tasks=False, as_json=as_json)


@click.command(epilog="Example: hippique schedule 2026-06-07")
@click.argument("day", default="today")
@data_option
@json_option
@foreseeable
def schedule(day: str, data: Path | None, *, as_json: bool) -> None:
    """Make a day's plan and queue its analyses, as POST /schedule does."""
    _schedule(day, data, with_tasks=True, as_json=as_json)


def _schedule(day: str, data: Path | None, *, with_tasks: bool, as_json: bool) -> None:
    with service_over(data) as (service, folder, settings):
        date = read_day(day, service.desk.now())
        planned = service.schedule(date, with_tasks=with_tasks)
        reply = schedule_reply(planned, settings.queue_path, folder.where(PLAN))
    if as_json:
        print_json(reply)
        return
    click.echo(f"{reply['date']}: {reply['races_count']} races, {reply['tasks_scheduled']} queued")
    for row in reply["tasks"]:
        click.echo(f"  {row['time_local']}  {row['race']:7} {row['meeting'] or ''}")
    for name in reply["degraded"]:
        click.echo(f"  degraded: {name} did not answer", err=True)


@click.command(
    epilog="Example: hippique run https://www.zeturf.fr/fr/course/2026-06-07/R1C3-x --phase H5"
)
@click.argument("url")
@click.option("--phase", required=True, help="H30, H5 or RESULT.")
@click.option("--date", "date_text", help="today or YYYY-MM-DD; must match the address.")
@data_option
@json_option
@foreseeable
def run(url: str, phase: str, date_text: str | None, data: Path | None, *, as_json: bool) -> None:
    """Run one phase of one race, as POST /run does; before its due time it is a look."""
    begun = time.monotonic()
    with service_over(data) as (service, folder, settings):
        wanted = read_phase(phase)
        day = read_day(date_text, service.desk.now()) if date_text else None
        race = make_read_course(sites_of(settings), folder.archive)(url, day)
        order = Order(
            race=race,
            phase=wanted,
            correlation_id=service.desk.new_id("run"),
            course_url=url,
        )
        reply = run_reply(service.run(order), time.monotonic() - begun)
    _tell_run(reply, as_json=as_json)


def _tell_run(reply: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(reply)
        return
    decision = f", {reply['decision']}" if reply["decision"] else ""
    click.echo(f"{reply['race']} {reply['phase']}: {reply['status']}{decision}")
    for reason in reply["reasons"]:
        click.echo(f"  {reason}")
