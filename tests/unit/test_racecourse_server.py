"""The server and its clock."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import httpx
import pytest

from hippique.racecourse.server import RunningClock, serve

START = datetime(2026, 6, 7, 6, 50, tzinfo=UTC)


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(environ["PATH_INFO"]).encode()]


def test_it_answers_on_a_free_port_and_frees_it_again(capsys):
    with serve(hello, "127.0.0.1", 0) as server:
        reply = httpx.get(f"http://127.0.0.1:{server.port}/here", timeout=5)
        port = server.port
    assert reply.text == "/here"
    with socket.create_server(("127.0.0.1", port)):
        pass  # nobody holds it any more
    assert capsys.readouterr() == ("", "")


def test_stopping_before_the_start_and_twice_is_harmless():
    server = serve(hello, "127.0.0.1", 0)
    server.stop()
    server.stop()


def test_a_taken_port_is_an_error():
    with serve(hello, "127.0.0.1", 0) as server, pytest.raises(OSError, match="in use"):
        serve(hello, "127.0.0.1", server.port)


def test_race_time_runs_speed_times_as_fast_as_the_ticks():
    ticks = iter([100.0, 100.0, 101.5])
    clock = RunningClock(START, 60, lambda: next(ticks))
    assert clock.now() == START
    assert clock.now() == datetime(2026, 6, 7, 6, 51, 30, tzinfo=UTC)
