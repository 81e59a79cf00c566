"""kill -9 of a container amid its visits: another goes on, nothing is lost or doubled."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from buckets import Weather, through
from google_outside import Google, google
from hippique.bootstrap.driven import Draw
from hippique.day.close import seal_of
from hippique.day.race_day import latest_plan
from hippique.day.status import day_status
from hippique.day.verify import verify_day
from hippique.report.ledger import all_entries, check_ledger, rebuild_ledger
from hippique.runtime.memory import MemoryViews
from running import environment, free_port, until

DAY = dt.date(2026, 6, 7)
DRAW = Draw(day=DAY, seed=7, races=1)
UVICORN = Path(sys.executable).with_name("uvicorn")
TESTS = Path(__file__).parent.parent
CUTS = {"-h30-": [2, 12], "-h5-": [5, 14, 21], "-res-": [4, 11]}
"""At which request to the bucket of a visit the container is killed, visit after visit."""


@dataclass
class Containers:
    """One container after the other, each a process of its own, on one address."""

    outside: Google
    weather: Weather
    line: str
    folder: Path
    cuts: dict[str, list[int]] = field(
        default_factory=lambda: {k: list(v) for k, v in CUTS.items()}
    )
    process: subprocess.Popen[bytes] | None = None
    killed: list[str] = field(default_factory=list)

    def before(self, call: str) -> None:
        """Called before each call of Tasks and Scheduler: a container is there, perhaps doomed."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        self.weather.coming.clear()
        for phase, cuts in self.cuts.items():
            if phase in call and cuts:
                self.weather.coming = [None] * (cuts.pop(0) - 1) + [lambda: self.kill(call)]

    def start(self) -> None:
        given = {
            "day": DAY.isoformat(),
            "seed": DRAW.seed,
            "races": DRAW.races,
            "bucket": self.outside.bucket,
            "tasks": self.outside.tasks.address,
            "url": self.outside.url,
        }
        settings = {"CLOUD_DAY": json.dumps(given), "STORAGE_EMULATOR_HOST": self.line}
        paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        port = self.outside.url.rpartition(":")[2]
        with (self.folder / "container.log").open("ab") as log:
            self.process = subprocess.Popen(
                [UVICORN, "--factory", "cloud_day:make", "--port", port],
                cwd=self.folder,
                env=environment(**settings, PYTHONPATH=paths),
                stdout=log,
                stderr=log,
            )
        until(self.answers, "the container to answer")

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "container.log").read_text("utf-8")
        try:
            return httpx.get(f"{self.outside.url}/healthz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def kill(self, call: str) -> None:
        assert self.process is not None
        self.killed.append(call)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    weather = Weather()
    with google(DRAW) as outside, through(weather, outside.store) as line:
        outside.url = f"http://127.0.0.1:{free_port()}"
        made = Containers(outside, weather, line, tmp_path)
        outside.before = made.before
        yield made
        made.end()


def test_a_day_whose_containers_are_killed_in_every_visit_ends_whole_and_single(
    containers: Containers,
):
    outside = containers.outside
    outside.play(lambda: seal_of(outside.archive, DAY) is not None)

    # A delivery that goes on where a killed one stood asks for less: a late cut may not be reached.
    assert all(any(visit in call for call in containers.killed) for visit in CUTS)
    assert outside.refused == []
    archive = outside.archive
    plan = latest_plan(archive, DAY)
    assert plan is not None
    totals = day_status(archive, plan, outside.clock.now()).totals
    assert (totals.h30_done, totals.h5_done, totals.settled) == (1, 1, 1)
    assert verify_day(archive, DAY).ok
    # a stake or a payout that was booked twice would show here
    entries = all_entries(archive, outside.clock.now())
    assert max(Counter(entry.id for entry in entries).values(), default=1) == 1
    views = MemoryViews()
    rebuild_ledger(archive, views, outside.clock.now())
    assert check_ledger(archive, views, outside.clock.now()) == ()
