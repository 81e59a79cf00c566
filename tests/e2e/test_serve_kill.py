"""How `serve` starts, stops, and comes back after kill -9 in the middle of a phase."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from hippique.racing.codec import from_json
from running import (
    COMMAND,
    STOP_WITHIN_S,
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


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A racecourse early in its day, for services that come and go."""
    with racecourse(tmp_path_factory.mktemp("course"), speed=10, races=2, date=DAY) as one:
        yield one


def command(data: Path, *arguments: object) -> Any:
    """A command beside a service or alone; it must end well."""
    ended = invoke(*arguments, "--json", "--data", data, cwd=data.parent)
    assert ended.code == 0, ended
    return ended.document


def claims(data: Path) -> list[str]:
    """The races that a worker is at."""
    with closing(sqlite3.connect(f"file:{data}/queue.sqlite?mode=ro", uri=True)) as file:
        return [key for (key,) in file.execute("SELECT key FROM claim")]


def begin_and_hang(data: Path, course: Service, mark: str) -> str:
    """Have the service begin the task whose name holds `mark`, on pages that never come."""
    tasks = command(data, "queue", "list", "--state", "pending")["tasks"]
    name: str = next(task["name"] for task in tasks if mark in task["name"])
    command(data, "queue", "pause")
    command(data, "queue", "run", name)
    course.process.send_signal(signal.SIGSTOP)
    command(data, "queue", "resume")
    return name


def phase_folder(data: Path, phase: str) -> Path:
    return data / "archive" / DAY / "R1C1" / phase


# Starting.


def last_line(told: str) -> str:
    assert "Traceback" not in told
    return told.splitlines()[-1]


def test_a_start_without_a_word_about_identity_is_refused(tmp_path: Path):
    ended = invoke("serve", "--data", "data", cwd=tmp_path)

    assert ended.code == 1
    assert "REQUIRE_AUTH" in last_line(ended.err)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"RATE_LIMIT_DELAY": "-1", "TIMEOUT_SECONDS": "soon", "OPERATORS": "nobody"},
        {"BANKROLL_EUR": "0", "REQUIRE_AUTH": "perhaps"},
        {"WEEKLY_LOSS_LIMIT_EUR": "-1", "DISABLED_SOURCES": "zeturf,geny,pmu"},
    ],
    ids=" ".join,
)
def test_a_refused_start_names_every_bad_setting_at_once(tmp_path: Path, bad: dict[str, str]):
    ended = invoke("serve", "--data", "data", cwd=tmp_path, **({"REQUIRE_AUTH": "false"} | bad))

    assert ended.code == 1
    assert [name for name in bad if name not in last_line(ended.err)] == []


@pytest.mark.parametrize("bad", [{}, {"RATE_LIMIT_DELAY": "-1"}], ids=["alone", "with another"])
def test_an_open_service_on_cloud_run_is_refused_by_name(tmp_path: Path, bad: dict[str, str]):
    open_there = {"K_SERVICE": "hippique", "REQUIRE_AUTH": "false"}

    ended = invoke("serve", "--data", "data", cwd=tmp_path, **open_there, **bad)

    assert ended.code == 1
    assert [n for n in ("REQUIRE_AUTH", *bad) if n not in last_line(ended.err)] == []


def test_a_second_service_on_one_folder_is_refused(course: Service, tmp_path: Path):
    data = tmp_path / "data"
    with serve(tmp_path, data, course.url) as first:
        ended = hippique(
            "serve", "--port", free_port(), "--data", data, "--racecourse", course.url,
            cwd=tmp_path,
        )  # fmt: skip

        assert ended.code == 1
        assert str(data) in last_line(ended.err)
        assert first.get("/healthz").status_code == 200
        notice = from_json(dict, (data / "service.json").read_bytes())
        assert notice["url"] == first.url  # commands still find the one that runs


def test_a_port_that_is_taken_is_told_in_one_line(course: Service, tmp_path: Path):
    port = httpx.URL(course.url).port

    ended = hippique(
        "serve", "--port", port, "--data", "data", "--racecourse", course.url, cwd=tmp_path
    )

    assert ended.code == 1
    assert str(port) in last_line(ended.err)


def test_a_service_waits_for_a_racecourse_that_is_still_starting(tmp_path: Path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    waiting = subprocess.Popen(
        [COMMAND, "serve", "--port", str(free_port()), "--racecourse", url],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    with waiting, racecourse(tmp_path, speed=10, races=1, port=port):
        assert waiting.stdout is not None
        line = waiting.stdout.readline()
        waiting.terminate()
        waiting.communicate(timeout=STOP_WITHIN_S)

    assert "listens at" in line
    assert waiting.returncode == 0


@pytest.mark.soak
def test_a_racecourse_that_never_comes_ends_the_start_with_one_line(tmp_path: Path):
    nowhere = f"http://127.0.0.1:{free_port()}"

    ended = hippique("serve", "--data", "data", "--racecourse", nowhere, cwd=tmp_path)

    assert ended.code == 1
    assert nowhere in last_line(ended.err)
    assert "hippique racecourse" in last_line(ended.err)


# Stopping.


def test_sigterm_ends_an_idle_service_well(course: Service, tmp_path: Path):
    with serve(tmp_path, tmp_path / "data", course.url) as service:
        code, took_s = service.terminate()

    assert code == 0
    assert took_s < STOP_WITHIN_S
    assert "Traceback" not in service.log.read_text("utf-8")


def test_ctrl_c_ends_it_as_well(course: Service, tmp_path: Path):
    with serve(tmp_path, tmp_path / "data", course.url) as service:
        service.process.send_signal(signal.SIGINT)

        assert service.process.wait(STOP_WITHIN_S) == 0


def test_sigterm_in_the_middle_of_work_gives_it_back_in_time(tmp_path: Path):
    data = tmp_path / "data"
    with racecourse(tmp_path, speed=10, races=2, date=DAY) as course:
        with serve(tmp_path, data, course.url) as service:
            service.schedule()
            url = service.get(f"/api/days/{DAY}/races/R1C1").json()["url"]
            name = begin_and_hang(data, course, "-r1c1-h30-")
            until(lambda: claims(data), "the analysis to begin")
            with asked(service, {"course_url": url, "phase": "H5"}):
                code, took_s = service.terminate()
        course.process.send_signal(signal.SIGCONT)

        assert code == 0
        assert took_s < STOP_WITHIN_S
        assert "Traceback" not in service.log.read_text("utf-8")
        assert not (phase_folder(data, "H30") / "manifest.json").exists()
        with serve(tmp_path, data, course.url):
            until(lambda: is_done(data, name), "the given back task to be done")
        assert command(data, "verify", DAY)["ok"] is True


@contextmanager
def asked(service: Service, body: dict[str, str]) -> Iterator[None]:
    """A call to /run that is sent and not yet answered; the stop may cut it off."""
    address = httpx.URL(service.url)
    with closing(HTTPConnection(address.host, address.port)) as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/run", json.dumps(body), headers)
        yield


def is_done(data: Path, name: str) -> bool:
    return command(data, "queue", "describe", name)["state"] == "done"


def test_a_task_is_not_run_by_hand_on_another_clock_than_the_services(tmp_path: Path):
    data = tmp_path / "data"
    with (
        racecourse(tmp_path, speed=10, races=1, date=DAY) as course,
        serve(tmp_path, data, course.url) as service,
    ):
        service.schedule()
    task = command(data, "queue", "list")["tasks"][0]

    ended = invoke("queue", "run", task["name"], "--json", "--data", data, cwd=tmp_path)

    assert (ended.code, ended.document["error"]["code"]) == (1, "SourceDown")
    assert command(data, "queue", "describe", task["name"]) == task


# kill -9.


def test_a_phase_killed_between_claim_and_outcome_is_done_after_the_restart(tmp_path: Path):
    data = tmp_path / "data"
    with racecourse(tmp_path, speed=10, races=2, date=DAY) as course:
        with serve(tmp_path, data, course.url) as service:
            service.schedule()
            name = begin_and_hang(data, course, "-r1c1-h30-")
            until(lambda: claims(data), "the phase to begin")
            service.kill()
        course.process.send_signal(signal.SIGCONT)

        assert claims(data) == [f"race/{DAY}/R1C1"]
        assert not (phase_folder(data, "H30") / "outcome.json").exists()
        with serve(tmp_path, data, course.url) as service:
            until(lambda: is_done(data, name), "the interrupted task to be done")
            race = service.get(f"/api/days/{DAY}/races/R1C1").json()

        assert race["phases"]["H30"] == "done"
        assert claims(data) == []
        assert command(data, "verify", DAY)["ok"] is True


@pytest.mark.parametrize(
    ("kills", "races", "speed"),
    [
        pytest.param(1, 2, 400, id="1 kill"),
        pytest.param(20, 12, 120, marks=pytest.mark.soak, id="20 kills"),
    ],
)
def test_a_day_goes_on_after_kills_and_no_race_is_lost_or_doubled(
    tmp_path: Path, kills: int, races: int, speed: float
):
    data = tmp_path / "data"
    interrupted: list[str] = []
    with racecourse(tmp_path, speed=speed, races=races, date=DAY) as course:
        while len(interrupted) < kills:
            with serve(tmp_path, data, course.url) as service:
                until(lambda: claims(data), "a worker to begin", within_s=600.0)
                service.kill()
            interrupted += claims(data)  # empty where it was quicker than the kill
        with serve(tmp_path, data, course.url) as service:
            until(lambda: is_over(service), "the day to end", within_s=600.0)
            day = service.get(f"/api/days/{DAY}").json()

        inside = [race for race in day["races"] if race["phases"]]
        assert len(inside) == races
        assert [race["phases"] for race in inside if not is_decided_or_late(race)] == []
        assert_nothing_doubled(data, inside)


def is_over(service: Service) -> bool:
    races = service.get(f"/api/days/{DAY}").json().get("races", [])
    inside = [race["phases"] for race in races if race["phases"]]
    return bool(inside) and all(phases["RESULT"] != "planned" for phases in inside)


def is_decided_or_late(race: dict[str, Any]) -> bool:
    phases = race["phases"]
    decided = race["decision"] is not None
    return (
        phases["H30"] in {"done", "late"}
        and phases["H5"] in {"done", "late"}
        and phases["RESULT"] == "done"
        and decided == (phases["H5"] == "done")
    )


def assert_nothing_doubled(data: Path, races: list[dict[str, Any]]) -> None:
    decided = [f"{DAY}/{race['key']}" for race in races if race["decision"]]
    entries = [entry["race"] for entry in command(data, "ledger", "show")["entries"]]
    tasks = command(data, "queue", "list", "--limit", 1000)["tasks"]
    done = Counter(
        (task["payload"]["race"], task["payload"]["phase"])
        for task in tasks
        if task["state"] == "done" and task["payload"]["phase"] in {"H30", "H5"}
    )

    assert sorted(entries) == sorted(decided)
    assert [key for key, times in done.items() if times > 1] == []
    assert command(data, "verify", DAY)["touched"] == []
    assert command(data, "ledger", "check")["ok"] is True
