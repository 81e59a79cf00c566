"""Serve the simulated sites over HTTP, and the clock that runs with them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import WSGIApplication

from hippique.racecourse.app import PAUSE

STOP_WITHIN_S = 5.0


class RunningClock:
    """Race time that starts at `start` and runs `speed` times as fast as `ticks` (seconds)."""

    def __init__(self, start: datetime, speed: float, ticks: Callable[[], float]) -> None:
        self.speed = speed
        self._start = start
        self._ticks = ticks
        self._origin = ticks()

    def now(self) -> datetime:
        """The present instant of race time."""
        return self._start + timedelta(seconds=(self._ticks() - self._origin) * self.speed)


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False  # a client that holds its connection open must not hold up the stop


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it
        """Say nothing: a day asks thousands of pages."""


class RacecourseServer:
    """A listening server; `start` answers in a thread of its own, `stop` frees the port."""

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        self._server = make_server(
            host, port, app, server_class=_ThreadedServer, handler_class=_QuietHandler
        )
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.daemon = True
        self._server.base_environ[PAUSE] = time.sleep  # only a thread of this answer waits

    @property
    def port(self) -> int:
        """The port listened on; chosen by the system when 0 was asked for."""
        return int(self._server.server_port)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close the port. Safe to call twice, and before `start`."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(STOP_WITHIN_S)
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def serve(app: WSGIApplication, host: str, port: int) -> RacecourseServer:
    """Listen on host and port (0: any free one). The caller starts and stops. Raises OSError."""
    return RacecourseServer(app, host, port)
