"""gunicorn.conf.py as Cloud Run uses it: one worker, the right caller, ten seconds to stop."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from gunicorns import GUNICORN, gunicorn
from house import ROOT
from running import STOP_WITHIN_S, environment

ECHO = (GUNICORN, "-c", ROOT / "gunicorn.conf.py", "echo_app:app")


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    env = environment(PYTHONPATH=str(ROOT / "tests"))
    with gunicorn(tmp_path_factory.mktemp("echo"), *ECHO, env=env) as service:
        yield service


def test_one_worker_answers(echo):
    children = psutil.Process(echo.process.pid).children()

    assert len(children) == 1


def test_caller_is_the_last_address_that_the_front_end_wrote(echo):
    forged = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7", "X-Forwarded-Proto": "https"}
    seen = echo.http.get("/", headers=forged).json()

    # 192.0.2.1 is what the caller claims; the front end added 198.51.100.7 behind it
    assert seen == {"client": "198.51.100.7", "scheme": "https"}


def test_own_log_is_the_only_one(echo):
    echo.get("/anything")

    assert "/anything" not in echo.log.read_text("utf-8")


def test_sigterm_with_an_open_stream_ends_with_0_before_the_platform_kills(tmp_path: Path):
    env = environment(PYTHONPATH=str(ROOT / "tests"))
    with (
        gunicorn(tmp_path, *ECHO, env=env) as service,
        service.http.stream("GET", "/stream") as stream,
    ):
        next(stream.iter_raw())
        code, seconds = service.terminate()

    assert code == 0
    assert seconds < STOP_WITHIN_S


def test_the_service_itself_answers_under_gunicorn_and_stops_with_0(tmp_path: Path):
    env = environment(HIPPIQUE_DATA=str(tmp_path / "data"))
    with gunicorn(tmp_path, env=env) as service:
        health = service.get("/health").json()
        code, seconds = service.terminate()

    assert health["ok"] is True
    assert code == 0
    assert seconds < STOP_WITHIN_S
