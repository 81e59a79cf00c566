"""Every incident of the guides, provoked for real, and what `hippique doctor` makes of it."""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from care_days import run_day
from hippique.bootstrap.folders import open_folder
from hippique.bootstrap.parts import PACKAGE, POLICY_FILES
from hippique.bootstrap.policies import POLICIES
from hippique.bootstrap.wiring import LIVE, mark_folder
from hippique.ports import NewTask
from hippique.racing.times import paris_at
from hippique.runtime.clocks import DrivenClock, WallClock
from running import (
    Ended,
    Service,
    environment,
    free_port,
    hippique,
    invoke,
    racecourse,
    serve,
    until,
)

DAY = "2026-06-07"
QUICK = environment(TIMEOUT_SECONDS="15")


def doctor(data: Path, *arguments: object, **settings: str) -> Ended:
    return invoke("doctor", *arguments, "--json", "--data", data, cwd=data.parent, **settings)


def found(data: Path, **settings: str) -> dict[str, dict[str, Any]]:
    """Each finding by its runbook; the exit code says the same."""
    ended = doctor(data, **settings)
    findings = {one["runbook"]: one for one in ended.document["findings"]}
    assert ended.code == (1 if findings else 0)
    assert ended.document["ok"] is (not findings)
    assert all(
        set(one) >= {"runbook", "cause", "confidence", "evidence", "fix"} and one["evidence"]
        for one in findings.values()
    )
    return findings


def command(data: Path, *arguments: object) -> Any:
    ended = invoke(*arguments, "--json", "--data", data, cwd=data.parent)
    assert ended.code == 0, ended
    return ended.document


def faults(folder: Path, text: str) -> Path:
    (folder / "faults.toml").write_text(text, "utf-8")
    return folder / "faults.toml"


def everywhere(table: str) -> str:
    """A table of faults for each of the three sites."""
    return "\n".join(f'[[outages]]\nsite = "{s}"\n{table}' for s in ("zeturf", "geny", "pmu"))


def hour_of(service: Service) -> str:
    return str(service.get("/readyz").json()["race_time"])


# Healthy days.


def test_nothing_is_found_from_the_morning_to_the_seal_of_a_healthy_day(tmp_path: Path):
    data = tmp_path / "data"
    with (
        racecourse(tmp_path, speed=600, races=4, seed=3, date=DAY) as course,
        serve(tmp_path, data, course.url, QUICK),
    ):
        seal = data / "archive" / DAY / "close" / "seal.json"
        looks = []

        def is_over() -> bool:
            looks.append(doctor(data))
            return seal.exists()

        until(is_over, "the day to be closed", within_s=150)
        looks.append(doctor(data))
    # Afterwards nobody serves and nobody has to: the day is closed.
    looks.append(doctor(data))

    assert len(looks) > 5
    assert [look.document["findings"] for look in looks if look.code] == []


def test_nothing_is_found_on_a_driven_day(tmp_path: Path):
    assert invoke("day", "--races", 3, "--data", "data", cwd=tmp_path).code == 0

    assert found(tmp_path / "data") == {}
    assert "nothing found" in invoke("doctor", "--data", "data", cwd=tmp_path).out


# 1. The schedule did not run.


def test_a_morning_without_a_service_is_named_and_scheduled_when_allowed(tmp_path: Path):
    data = tmp_path / "data"
    with racecourse(tmp_path, speed=60, races=3, seed=1, date=DAY) as course:
        with serve(tmp_path, data, course.url) as service:
            service.kill()  # before nine
        until(lambda: "schedule_did_not_run" in found(data), "nine o'clock to pass")
        told = found(data)
        assert told["schedule_did_not_run"]["cause"] == "no service was running at 09:00"
        assert not (data / "archive" / DAY / "plan").exists()  # nothing changes unasked

        mended = doctor(data, "--yes")

        assert "9 new tasks" in mended.document["done"][0]
        assert {one["runbook"] for one in mended.document["findings"]} == {"service_down"}
        with serve(tmp_path, data, course.url):
            assert found(data) == {}


def test_a_morning_without_any_source_names_the_sources(tmp_path: Path):
    data = tmp_path / "data"
    gone = faults(tmp_path, everywhere('since = "08:00"\nuntil = "30:00"'))
    with (
        racecourse(tmp_path, speed=60, races=3, seed=1, date=DAY, faults=gone) as course,
        serve(tmp_path, data, course.url, QUICK),
    ):
        # The planning call gives up after some tries at each site.
        told = until(
            lambda: (
                one
                if (one := found(data).get("schedule_did_not_run"))
                and one["cause"] == "no source gave a programme"
                else None
            ),
            "the planning call to fail",
        )

    assert told is not None
    assert any("SourceDown" in line for line in told["evidence"])
    assert told["actions"] == ["schedule"]


# 2. Mass failure. 7. Parsing fails. Both of a day whose morning was right.


def test_sites_that_go_away_are_a_mass_failure(tmp_path: Path):
    data = tmp_path / "data"
    gone = faults(tmp_path, everywhere('since = "09:55"\nuntil = "30:00"'))
    with (
        racecourse(tmp_path, speed=240, races=12, seed=3, date=DAY, faults=gone) as course,
        serve(tmp_path, data, course.url, QUICK),
    ):
        told = until(lambda: found(data).get("mass_failure"), "half of the analyses to fail")

    assert told is not None
    assert told["cause"] == "the sites do not answer"
    assert told["confidence"] > 0.9


def test_a_page_of_a_new_design_is_named_with_what_it_lacks(tmp_path: Path):
    data = tmp_path / "data"
    changed = faults(
        tmp_path, '[[changed]]\nsite = "zeturf"\nsince = "09:55"\nuntil = "30:00"\npart = "odds"'
    )
    with (
        racecourse(tmp_path, speed=240, races=4, seed=3, date=DAY, faults=changed) as course,
        serve(tmp_path, data, course.url, QUICK),
    ):
        told = until(lambda: found(data).get("parsing_fails"), "a page to be read")

    assert told is not None
    assert told["cause"].startswith("pages of zeturf changed:")
    assert "DISABLED_SOURCES=zeturf" in told["fix"]
    kept = told["evidence"][0].split(": ")[0]
    assert (data / "archive" / kept).is_file()  # where the page was kept


# 3. The queue is saturated. 6. Tasks are not executed.


def test_a_paused_queue_is_named_and_resumed_when_allowed(tmp_path: Path):
    data = tmp_path / "data"
    with (
        racecourse(tmp_path, speed=60, races=3, seed=1, date=DAY) as course,
        serve(tmp_path, data, course.url) as service,
    ):
        service.schedule()
        command(data, "queue", "pause")
        told = found(data)["tasks_not_executed"]
        assert (told["cause"], told["confidence"]) == ("the queue is paused", 0.95)
        assert command(data, "queue", "stats")["paused"] is True  # nothing changes unasked

        mended = doctor(data, "tasks-not-executed", "--yes")

        assert (mended.code, mended.document["done"]) == (0, ["resume the queue: done"])
        assert command(data, "queue", "stats")["paused"] is False


def test_a_purged_day_is_named_and_queued_again_when_allowed(tmp_path: Path):
    data = tmp_path / "data"
    with (
        racecourse(tmp_path, speed=60, races=3, seed=1, date=DAY) as course,
        serve(tmp_path, data, course.url) as service,
    ):
        service.schedule()
        until(lambda: hour_of(service) > f"{DAY}T07:02", "two minutes past nine")
        command(data, "queue", "purge", "--yes")
        told = found(data)["schedule_did_not_run"]
        assert "purged" in told["cause"]

        assert doctor(data, "--yes").code == 0

        assert command(data, "check", "morning")["ok"] is True


@pytest.mark.parametrize(("overdue", "saturated"), [(100, False), (230, True)])
def test_more_tasks_than_anyone_runs_saturate_the_queue(
    overdue: int, tmp_path: Path, *, saturated: bool
):
    data = live_folder(tmp_path / "data", WallClock().now())
    folder = open_folder(data, DrivenClock(WallClock().now() - dt.timedelta(hours=1)))
    for number in range(overdue):
        due = folder.clock.now() + dt.timedelta(minutes=30)
        folder.queue.create(NewTask(name=f"run-20260607-r1c{number}-h30-0", due=due, payload=b"{}"))
    folder.close()

    told = found(data)

    assert ("queue_saturated" in told) is saturated
    assert told["tasks_not_executed"]["evidence"][0].startswith(f"{overdue} tasks overdue")
    if saturated:
        assert "an incident" in told["queue_saturated"]["evidence"][0]
        assert told["queue_saturated"]["fix"].index("purge") > told["queue_saturated"]["fix"].index(
            "resources"
        )


def live_folder(data: Path, now: dt.datetime) -> Path:
    """A folder of real days, marked so, that was never served."""
    folder = open_folder(data, DrivenClock(now))
    mark_folder(folder, LIVE)
    folder.close()
    return data


# 4. The service is down.


def test_a_killed_service_is_named_until_it_runs_again(tmp_path: Path):
    data = tmp_path / "data"
    with racecourse(tmp_path, speed=10, races=2, seed=1, date=DAY) as course:
        with serve(tmp_path, data, course.url) as service:
            service.schedule()
            service.kill()
        told = found(data)["service_down"]
        assert told["cause"] == "nobody answers at the service's address"
        assert service.url in told["evidence"][0]
        with serve(tmp_path, data, course.url):
            assert found(data) == {}


def test_a_bad_setting_is_a_service_that_does_not_start(tmp_path: Path):
    data = live_folder(tmp_path / "data", WallClock().now())

    told = found(data, POLICY="lucky")["service_down"]

    assert "POLICY" in told["evidence"][0]


# 5. Permission denied, as any user and also as root, whom rights do not hold back otherwise.


def without_override() -> None:
    """Take from a child the power to pass over rights (capabilities 1 and 2, by prctl 24)."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):
        libc.prctl(24, capability, 0, 0, 0)


def test_a_folder_that_may_not_be_written_is_named_with_whose_it_is(tmp_path: Path):
    data = live_folder(tmp_path / "data", WallClock().now())
    (data / "archive").chmod(0o500)
    (data / "queue.sqlite").chmod(0o400)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "hippique.cli", "doctor", "--json", "--data", data],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
            preexec_fn=without_override,
        )  # fmt: skip
    finally:
        (data / "archive").chmod(0o700)

    told = {one["runbook"]: one for one in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert "does not belong to this user" in told["permission_denied"]["cause"]
    assert any("archive" in line for line in told["permission_denied"]["evidence"])


# 8. A module is missing.


@pytest.mark.parametrize("part", ["forecast/gpi51.py", "policies/gpi-5.1.toml", "report/roi.py"])
def test_a_program_that_was_not_copied_whole_names_what_it_lacks(part: str, tmp_path: Path):
    source = tmp_path / "image"
    shutil.copytree(PACKAGE, source / "hippique", ignore=shutil.ignore_patterns("__pycache__"))
    (source / "hippique" / part).unlink()
    data = live_folder(tmp_path / "data", WallClock().now())

    done = subprocess.run(
        [sys.executable, "-m", "hippique.cli", "doctor", "module-missing", "--json",
         "--data", data],
        cwd=tmp_path, env=environment(PYTHONPATH=str(source)), capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    (told,) = json.loads(done.stdout)["findings"]
    name = part.rpartition(".")[0].replace("/", ".").removeprefix("policies.")
    assert (done.returncode, told["runbook"]) == (1, "module_missing")
    assert name in told["cause"]


def test_every_policy_file_is_looked_for():
    assert {f"{name}.toml" for name in POLICIES} | {"terms.toml"} == set(POLICY_FILES)


def test_another_command_of_a_program_that_is_not_whole_says_so_in_one_line(tmp_path: Path):
    source = tmp_path / "image"
    shutil.copytree(PACKAGE, source / "hippique", ignore=shutil.ignore_patterns("__pycache__"))
    (source / "hippique" / "forecast" / "gpi51.py").unlink()

    done = subprocess.run(
        [sys.executable, "-m", "hippique.cli", "day"],
        cwd=tmp_path, env=environment(PYTHONPATH=str(source)), capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "hippique.forecast.gpi51" in done.stderr


# Beyond the guides: a wrong clock, robots.txt, a full disk.


def later(text: str, day: str) -> str:
    """A text of the bench's day as one of another day, stamps in names of folders too."""
    return text.replace("2025-10-16", day).replace("20251016", day.replace("-", ""))


def test_a_clock_that_was_set_back_is_named(tmp_path: Path):
    data = live_folder(tmp_path / "data", WallClock().now())
    folder = open_folder(data, WallClock())
    ahead = (WallClock().now() + dt.timedelta(days=2)).date().isoformat()
    made = run_day()
    for address in made.archive.addresses():  # the same day, two days from now
        if address.endswith(".json"):
            content = later(made.archive.read(address).decode(), ahead)
            folder.archive.create(later(address, ahead), content.encode())
    folder.close()

    told = found(data)["wrong_clock"]

    assert "set back" in told["cause"]
    assert ahead in told["evidence"][0]


class Refusing(BaseHTTPRequestHandler):
    """A site that asks robots to stay away from everything."""

    def do_GET(self) -> None:
        body = b"User-agent: *\nDisallow: /\n"
        self.send_response(200 if self.path == "/robots.txt" else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing_site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Refusing)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_site_whose_robots_file_forbids_us_is_named_and_not_read(tmp_path: Path):
    data = tmp_path / "data"
    with refusing_site() as url:
        sites = {f"{site}_BASE_URL": url for site in ("ZETURF", "GENY", "PMU")}
        assert invoke("schedule", "--data", data, cwd=tmp_path, **sites).code == 1

    told = found(data)["robots_refusal"]

    assert "geny" in told["cause"]
    assert "DISABLED_SOURCES=" in told["fix"]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of eight mebibytes; left out where the system lets nobody mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder],  # noqa: S607  the system's own
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this machine mounts no small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)  # noqa: S607  the system's own


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_named_first(tmp_path: Path):
    with small_disk(tmp_path / "data"):
        data = live_folder(tmp_path / "data", WallClock().now())
        told = doctor(data)

    assert told.document["findings"][0]["runbook"] == "disk_full"
    assert "MiB free" in told.document["findings"][0]["evidence"][0]


# The command itself.


def test_an_unknown_runbook_is_wrong_usage(tmp_path: Path):
    assert invoke("doctor", "headache", cwd=tmp_path).code == 2


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    ended = hippique("doctor", "--data", "nowhere", cwd=tmp_path)

    assert ended.code == 1
    assert "no such folder" in ended.err


def test_people_read_the_cause_the_evidence_and_the_fix(tmp_path: Path):
    data = live_folder(tmp_path / "data", paris_at(dt.date(2026, 6, 7), 9))

    told = invoke("doctor", "service-down", "--data", data, cwd=tmp_path, POLICY="lucky")

    assert told.code == 1
    assert "service_down  a setting is bad" in told.out
    assert "fix: mend it (`hippique serve`)" in told.out
