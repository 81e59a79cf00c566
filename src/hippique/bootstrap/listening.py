"""Listening until a signal says stop: the port, uvicorn, SIGTERM and Ctrl-C."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from hippique.errors import InputError

LEAVE_WITHIN_S = 9.0
STOPS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """A block that SIGTERM or Ctrl-C ends with exit 0, also while it still waits or starts."""
    with _on_stop(lambda *_: sys.exit(0)):
        yield


def bind(host: str, port: int) -> socket.socket:
    """The address, taken but not yet listened on. Raises InputError."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"{host}:{port}: {error.strerror}; choose another --port or --host", field="port"
        ) from error
    return listener


def answer(app: FastAPI, listener: socket.socket) -> None:
    """Answer calls until SIGTERM or Ctrl-C; a second one does not wait for open connections."""
    # proxy_headers: uvicorn would believe whoever calls from loopback about where he calls from.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    _Server(config).run([listener])


class _Server(uvicorn.Server):
    """uvicorn that ends with 0 on SIGTERM: its own handler raises the signal again at the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ask for a stop; a second signal does not wait for open connections."""

        def ask(*_: object) -> None:
            if not self.should_exit:
                _leave_in_time()
            self.force_exit = self.should_exit
            self.should_exit = True

        with _on_stop(ask):
            yield


def _leave_in_time() -> None:
    # A thread that waits for a silent site cannot be cut off, and would hold the process until
    # the site is given up. Nothing is lost: what is leased or claimed is free again at the start.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a call cut off is no error now
    timer = threading.Timer(LEAVE_WITHIN_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


@contextlib.contextmanager
def _on_stop(handler: Callable[..., object]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in STOPS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
