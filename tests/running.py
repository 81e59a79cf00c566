"""Starts `hippique` commands as people do, in processes of their own, and stops them.

Nothing sleeps to be in step: a test waits for a line, an answer or a file, until a deadline.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import httpx
from click.testing import CliRunner

from hippique.cli import main
from hippique.settings import Settings

COMMAND = Path(sys.executable).with_name("hippique")
PATIENCE_S = 60.0
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.02

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; raises ValueError where there is more or less."""
        return json.loads(self.out)


class Service:
    """A running `racecourse` or `serve`: its address, its process, and where its log lies."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.log = log
        self.http = httpx.Client(base_url=url, timeout=90.0, trust_env=False)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def schedule(self, **body: Any) -> dict[str, Any]:
        """The answer of POST /schedule, which must be 200."""
        reply = self.post("/schedule", **({"date": "today"} | body))
        assert reply.status_code == 200, reply.text
        document: dict[str, Any] = reply.json()
        return document

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()
        self.close()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit code and how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self.close()
        return code, time.monotonic() - begun

    def stop(self) -> None:
        """End it in any case."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)  # a frozen one hears no SIGTERM
            self.process.terminate()
            try:
                self.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.close()

    def close(self) -> None:
        self.http.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


def environment(**extra: str | None) -> dict[str, str]:
    """An environment that holds no setting of the machine the tests run on.

    extra: settings, where None takes one out.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    settings = {"REQUIRE_AUTH": "false", "PYTHONUTF8": "1", **extra}
    return kept | {name: value for name, value in settings.items() if value is not None}


def hippique(*arguments: object, cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    """Run a command to its end. cwd: a folder without `.env`."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=cwd, env=env or environment(), capture_output=True, text=True,
        timeout=PATIENCE_S * 3, check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def invoke(*arguments: object, cwd: Path, **settings: str) -> Ended:
    """The same in this process, which is quicker; an error that is not foreseen rises."""
    unset = dict.fromkeys([name.upper() for name in Settings.model_fields] + ["K_SERVICE"])
    with chdir(cwd):
        told = [str(argument) for argument in arguments]
        result = CliRunner().invoke(main, told, env={**unset, **settings})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def free_port() -> int:
    """A port that is free now, not one of those that the system gives to others."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def racecourse(folder: Path, *, speed: float, races: int, **options: object) -> Iterator[Service]:
    """`hippique racecourse`, on a port that the system chooses unless one is given."""
    told = {"port": 0, "speed": speed, "races": races, **options}
    arguments = (
        "racecourse",
        *(part for name, value in told.items() for part in (f"--{name}", value)),
    )
    with _started(arguments, folder, "racecourse.log", environment()) as service:
        yield service


@contextmanager
def serve(
    folder: Path,
    data: Path,
    course: str | None = None,
    env: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Service]:
    """`hippique serve` on a data folder, once it answers."""
    given = () if course is None else ("--racecourse", course)
    arguments = ("serve", "--host", host, "--port", free_port(), "--data", data, *given)
    with _started(arguments, folder, "serve.log", env or environment()) as service:
        until(lambda: _answers(service), "serve to answer")
        yield service


@contextmanager
def _started(
    arguments: tuple[object, ...], folder: Path, log: str, env: Mapping[str, str]
) -> Iterator[Service]:
    path = folder / log
    with path.open("a", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            cwd=folder, env=env, stdout=subprocess.PIPE, stderr=stream, text=True,
        )  # fmt: skip
    service = Service(process, _announced(process, path), path)
    try:
        yield service
    finally:
        service.stop()


def _announced(process: subprocess.Popen[str], log: Path) -> str:
    """The address in the first line that a service prints; it ends the wait when it ends."""
    assert process.stdout is not None
    line = process.stdout.readline()
    words = [word for word in line.split() if word.startswith("http://")]
    if not words:
        process.kill()
        process.wait()
        process.stdout.close()
        raise AssertionError(f"no address in {line!r}; {log.read_text('utf-8')[-2000:]}")
    return words[0].rstrip("/")


def _answers(service: Service) -> bool:
    if service.process.poll() is not None:
        raise AssertionError(f"serve ended: {service.log.read_text('utf-8')[-2000:]}")
    try:
        return service.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def until(found: Callable[[], T], what: str, within_s: float = PATIENCE_S) -> T:
    """Look again and again until something is found. Raises AssertionError at the deadline."""
    deadline = time.monotonic() + within_s
    never = Event()
    while not (one := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s:g} s for {what}")
        never.wait(LOOK_EVERY_S)
    return one
