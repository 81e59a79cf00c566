"""One container's service on Google's stand-ins, for a simulated day on a driven clock.

In this process, or in one of its own that can be killed: `uvicorn --factory cloud_day:make`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

import uvicorn
from prometheus_client import CollectorRegistry
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hippique.bootstrap.console import console_links
from hippique.bootstrap.course_calls import make_read_course
from hippique.bootstrap.driven import IN_PROCESS, Draw, clock_before, simulated_outside
from hippique.bootstrap.guarding import make_guard
from hippique.bootstrap.places import open_place
from hippique.bootstrap.wiring import SIMULATED, make_service, mark_folder
from hippique.day.addresses import PLAN
from hippique.runtime.clocks import DrivenClock
from hippique.settings import Settings
from hippique.sources.addresses import site_addresses
from hippique.web.api import Doors, make_app

RACE_TIME = "X-Race-Time"
ACCOUNT = "runner@test-project.iam.gserviceaccount.com"
EVENTS = "EVENTS_FILE"


class Told:
    """A journal that keeps its events, in a file too where one is given."""

    def __init__(self, path: str | None = None) -> None:
        self.events: list[tuple[str, str, dict[str, object]]] = []
        self._path = path

    def event(self, severity: str, message: str, **fields: object) -> None:
        self.events.append((severity, message, fields))
        if self._path is not None:
            with open(self._path, "a", encoding="utf-8") as file:  # noqa: PTH123  appended by several processes
                file.write(json.dumps([severity, message, fields], default=str) + "\n")

    def of(self, *severities: str) -> list[str]:
        """What was said at these severities."""
        return [f"{text} {told}" for severity, text, told in self.events if severity in severities]


def google_settings(bucket: str, tasks: str, url: str) -> Settings:
    return Settings(
        _env_file=None,
        project_id="test-project",
        gcs_bucket=bucket,
        queue_backend="cloud_tasks",
        cloud_tasks_endpoint=tasks,
        service_url=url,
        service_sa_email=ACCOUNT,
        require_auth=False,
        policy="control",  # quick: what is looked at here is not who decides
    )


def container(
    settings: Settings, environment: Mapping[str, str], draw: Draw, clock: DrivenClock, told: Told
) -> ASGIApp:
    """The application of one container; whoever calls tells it the race time."""
    folder = open_place(settings, environment, clock, lambda e: told.event("WARNING", repr(e)))
    outside = simulated_outside(settings, draw, clock, told)
    mark_folder(folder, SIMULATED)
    service = make_service(settings, SIMULATED, folder, outside)
    doors = Doors(
        service=service,
        operator=folder.queue,
        read_course=make_read_course(site_addresses(**IN_PROCESS), folder.archive),
        plan_path=folder.where(PLAN),
        console=console_links(settings),
        registry=CollectorRegistry(),
    )
    return told_the_time(make_app(doors, make_guard(settings, environment, told)), clock)


def told_the_time(app: ASGIApp, clock: DrivenClock) -> ASGIApp:
    """The race time comes with each call: several processes share one driven clock."""

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (said := Headers(scope=scope).get(RACE_TIME)):
            instant = dt.datetime.fromisoformat(said)
            if instant > clock.now():
                clock.advance_to(instant)
        await app(scope, receive, send)

    return timed


def make() -> ASGIApp:
    """The same in a process of its own, from its environment."""
    given = json.loads(os.environ["CLOUD_DAY"])
    draw = Draw(day=dt.date.fromisoformat(given["day"]), seed=given["seed"], races=given["races"])
    settings = google_settings(given["bucket"], given["tasks"], given["url"])
    told = Told(os.environ.get(EVENTS))
    return container(settings, os.environ, draw, clock_before(draw.day), told)


@contextmanager
def listening(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """The application under a real uvicorn of this process."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def port_of_its_own() -> tuple[socket.socket, str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"
