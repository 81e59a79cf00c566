"""Starts gunicorn with the repository's gunicorn.conf.py, in a process of its own, on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from house import ROOT
from running import Service, environment, free_port, until

GUNICORN = Path(sys.executable).with_name("gunicorn")


@contextmanager
def gunicorn(
    folder: Path,
    *command: str | Path,
    user: int | None = None,
    env: dict[str, str] | None = None,
) -> Iterator[Service]:
    """A started server, once it answers. command: default the tests' own gunicorn.

    folder: where its log goes. user: a number to run as; None keeps ours.
    """
    port, log = free_port(), folder / "gunicorn.log"
    told: Sequence[str | Path] = command or (GUNICORN, "-c", ROOT / "gunicorn.conf.py")
    with log.open("w") as written:
        process = subprocess.Popen(
            told,
            cwd=folder,
            env=(env or environment()) | {"PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=written,
            text=True,
            user=user,
            group=user,
            extra_groups=None if user is None else (),
        )
    service = Service(process, f"http://127.0.0.1:{port}", log)
    try:
        until(lambda: _is_up(service), "gunicorn to answer")
        yield service
    finally:
        service.stop()


def _is_up(service: Service) -> bool:
    if service.process.poll() is not None:
        raise AssertionError(f"gunicorn ended: {service.log.read_text('utf-8')[-2000:]}")
    try:
        return service.get("/health").status_code == 200
    except httpx.TransportError:
        return False
