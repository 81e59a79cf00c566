"""`hippique racecourse`: the simulated sites alone."""

from __future__ import annotations

import datetime as dt
import signal
import threading
import time
from typing import Any

import click

from hippique.cli.common import foreseeable
from hippique.errors import BadDate, InputError
from hippique.racecourse.app import make_app
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults import faults_for, with_faults
from hippique.racecourse.server import RacecourseServer, RunningClock
from hippique.racing.times import paris_at, paris_day
from hippique.runtime.clocks import WallClock

FASTEST = 600.0
faults_option = click.option(
    "--faults",
    "faults",
    metavar="FILE|rough",
    help="Faults on demand: a TOML or JSON file, or rough.",
)
YEARS = range(1990, 2100)  # the clock rules of today hold; the calendar has room on both sides


@click.command(epilog="Example: hippique racecourse --port 8090 --speed 60")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True)
@click.option("--speed", type=click.FloatRange(1, FASTEST), default=1.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--date", "date_text", help="The simulated day (YYYY-MM-DD); default today.")
@click.option("--races", type=int, help="French races in all; default 30 to 50 by the seed.")
@faults_option
@foreseeable
def racecourse(port: int, speed: float, seed: int, date_text: str | None, **options: Any) -> None:
    """Serve the three simulated sites on loopback until Ctrl-C.

    The clock starts with the process at 08:50 Paris of the day, whatever the hour. All that it
    serves says that it is simulated.
    """
    day = paris_day(WallClock().now()) if date_text is None else read_date(date_text)
    clock = RunningClock(paris_at(day, 8, 50), speed, time.monotonic)
    faults_of = faults_for(options["faults"])
    drawn = draw_day(day, seed, options["races"])
    faults = faults_of(drawn)
    app = make_app(with_faults(drawn, faults), clock, speed=speed, faults=faults)
    try:
        server = RacecourseServer(app, "127.0.0.1", port)
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror}; choose another --port") from error
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server.start()
    click.echo(f"SIMULATED racecourse of {day} at http://127.0.0.1:{server.port}/ (×{speed:g})")
    for line in faults.describe():
        click.echo(f"  fault: {line}")
    stop.wait()
    server.stop()


def read_date(text: str) -> dt.date:
    """Read YYYY-MM-DD of a year that can be simulated. Raises BadDate."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadDate(f"{text!r} is not a day; write YYYY-MM-DD", field="date") from None
    if day.year not in YEARS:
        first, last = YEARS[0], YEARS[-1]
        raise BadDate(f"{day} is too far away; choose {first} to {last}", field="date")
    return day
