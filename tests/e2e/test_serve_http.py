"""The HTTP doors of a real `serve` beside a real racecourse: a morning, and a day that ran."""

from __future__ import annotations

import datetime as dt
import json
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hippique.racing.codec import from_json
from running import Service, environment, invoke, racecourse, serve, until

DAY = "2026-06-07"
TASK_FIELDS = {
    "race", "meeting", "time_local", "h30_task", "h30_time_utc", "h5_task", "h5_time_utc",
}  # fmt: skip
SCHEDULE_FIELDS = {
    "ok", "correlation_id", "plan_path", "races_count", "tasks_scheduled", "tasks",
    "tasks_created", "skipped", "degraded", "sources",
}  # fmt: skip
RUN_FIELDS = {
    "ok", "phase", "race", "correlation_id", "returncode", "artifacts", "decision", "reasons",
    "stdout_tail", "stderr_tail", "duration_s",
}  # fmt: skip
RACE_FIELDS = {"key", "meeting", "name", "off_time", "url", "status", "labels", "phases"}
WHOLE_RACE_FIELDS = {
    "runners",
    "snapshots",
    "forecast",
    "decision",
    "reading",
    "result",
    "settlement",
}
DECISION_FIELDS = {
    "decision", "race", "mode", "simulated", "policy", "policy_hash", "estimator", "decided_at",
    "play_before", "tickets", "stake_eur", "ev", "gates", "counterfactual", "reading", "inputs",
    "versions",
}  # fmt: skip
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
RACE_1 = f"https://www.zeturf.fr/fr/course/{DAY}/R1C1-x"


@dataclass(frozen=True, slots=True)
class Site:
    """A service, its racecourse and its folder."""

    service: Service
    course: Service
    data: Path

    def day(self) -> dict[str, Any]:
        """GET /api/days/{date}."""
        document: dict[str, Any] = self.service.get(f"/api/days/{DAY}").json()
        return document

    def race(self, key: str) -> dict[str, Any]:
        """GET /api/days/{date}/races/{key}."""
        document: dict[str, Any] = self.service.get(f"/api/days/{DAY}/races/{key}").json()
        return document

    def run(self, key: str, phase: str, **more: Any) -> Any:
        """POST /run on a race's own address."""
        return self.service.post("/run", course_url=self.race(key)["url"], phase=phase, **more)

    def command(self, *arguments: object) -> Any:
        """A command beside the service."""
        ended = invoke(*arguments, "--json", "--data", self.data, cwd=self.data.parent)
        assert ended.code == 0, ended
        return ended.document


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service at 08:50 that nothing hurries: the first phase is six minutes away."""
    top = tmp_path_factory.mktemp("morning")
    with (
        racecourse(top, speed=10, races=3, seed=1, date=DAY) as course,
        serve(top, top / "data", course.url) as service,
    ):
        yield Site(service, course, top / "data")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that came after the first race was off, and ran the others to their end."""
    top = tmp_path_factory.mktemp("evening")
    # Seed 3: the hostile names run in the last two races, decided however slow the start was.
    with racecourse(top, speed=600, races=6, seed=3, date=DAY) as course:
        until(lambda: hour_of(course) > "10:27", "the first race to be off")
        # The shortest analysis that is allowed: a silent site is given up after a quarter of it.
        with serve(
            top, top / "data", course.url, environment(TIMEOUT_SECONDS="15", POLICY="control")
        ) as service:
            site = Site(service, course, top / "data")
            until(lambda: is_over(site), "every race to be settled")
            yield site


def hour_of(course: Service) -> str:
    """The racecourse's hour."""
    instant = dt.datetime.fromisoformat(course.get("/clock").json()["now"])
    return f"{instant:%H:%M}"


def is_over(site: Site) -> bool:
    """Whether every race in scope has its result."""
    phases = [race["phases"] for race in site.day().get("races", []) if race["phases"]]
    return bool(phases) and all(one["RESULT"] != "planned" for one in phases)


def is_error(reply: Any, status: int, field: str | None = None) -> bool:
    """The one shape of an error, with this status, about this field."""
    document = reply.json()
    told = document["error"]
    return (
        (reply.status_code, document["ok"], told.get("field")) == (status, False, field)
        and set(document) == {"ok", "error", "correlation_id"}
        and bool(told["code"])
        and bool(told["message"])
    )


# Of two calls that overlap, one creates the day's tasks.


def test_two_overlapping_schedule_calls_make_one_plan(morning: Site):
    def call(_: int) -> dict[str, Any]:
        return morning.service.schedule(date="today", mode="tasks")

    planned = morning.service.schedule(date="today", mode="plan")
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(call, range(2)))

    assert (planned["tasks_created"], planned["tasks"]) == (0, [])
    assert sorted(reply["tasks_created"] for reply in replies) == [0, 9]
    assert [reply["tasks_scheduled"] for reply in replies] == [3, 3]
    assert replies[0]["tasks"] == replies[1]["tasks"]


# The seed's three calls, and the shapes of their answers.


def test_seeds_schedule_call_answers_in_the_seeds_shape(morning: Site):
    reply = morning.service.schedule(date="today", mode="tasks")

    assert set(reply) >= SCHEDULE_FIELDS
    assert reply["ok"] is True
    assert re.fullmatch(f"schedule-{UUID}", reply["correlation_id"])
    assert reply["plan_path"] == str(morning.data / "plan.json")
    assert Path(reply["plan_path"]).is_file()
    assert reply["tasks_scheduled"] == len(reply["tasks"]) == 3
    assert reply["races_count"] == 3 + len(reply["skipped"])
    assert {one["reason"] for one in reply["skipped"]} == {"out of scope"}
    assert set(reply["sources"]) == {"zeturf", "geny", "pmu"}
    assert reply["degraded"] == []


def test_tasks_of_the_schedule_reply_are_thirty_and_five_minutes_before_the_off(morning: Site):
    offs = {race["key"]: race["off_time"] for race in morning.day()["races"]}

    for task in morning.service.schedule()["tasks"]:
        off = dt.datetime.fromisoformat(offs[task["race"]])
        mark = f"run-20260607-{task['race'].lower()}"
        assert set(task) >= TASK_FIELDS
        assert task["time_local"] == f"{off:%H:%M}"
        assert re.fullmatch(rf"projects/.+/tasks/{mark}-h30-[0-9a-f]+", task["h30_task"])
        assert re.fullmatch(rf"projects/.+/tasks/{mark}-h5-[0-9a-f]+", task["h5_task"])
        assert task["h30_time_utc"] == utc(off - dt.timedelta(minutes=30))
        assert task["h5_time_utc"] == utc(off - dt.timedelta(minutes=5))


def utc(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def test_a_second_schedule_call_creates_nothing(morning: Site):
    once, twice = morning.service.schedule(), morning.service.schedule()

    assert twice["tasks_created"] == 0
    assert twice["tasks"] == once["tasks"]
    assert twice["correlation_id"] != once["correlation_id"]


def test_seeds_run_call_before_the_due_time_is_a_look(morning: Site):
    body = {"course_url": RACE_1, "phase": "H30", "date": DAY}

    reply = morning.service.post("/run", **body)
    again = morning.service.post("/run", **body)

    told = reply.json()
    assert (reply.status_code, set(told) >= RUN_FIELDS) == (200, True)
    assert (told["ok"], told["phase"], told["race"]) == (True, "H30", f"{DAY}/R1C1")
    assert (told["returncode"], told["decision"]) == (0, None)
    assert re.fullmatch(f"run-{UUID}", told["correlation_id"])
    assert all(f"{DAY}/R1C1/manual/H30/" in path for path in told["artifacts"])
    assert again.json()["artifacts"] == told["artifacts"]
    assert again.json()["correlation_id"] == told["correlation_id"]
    assert morning.race("R1C1")["phases"]["H30"] == "planned"  # the timed run still comes


def test_a_look_at_h5_writes_no_ticket(morning: Site):
    told = morning.run("R1C2", "h-5").json()

    assert (told["ok"], told["status"], told["decision"]) == (True, "look", None)
    assert not list((morning.data / "archive").rglob("slip.json"))


@pytest.mark.parametrize("path", ["/healthz", "/health"])
def test_seeds_health_call_holds_ok_and_the_version_only(morning: Site, path: str):
    reply = morning.service.get(path)

    assert reply.status_code == 200
    assert set(reply.json()) == {"ok", "version"}
    assert reply.json()["ok"] is True


# Bad calls: 422 naming the field.


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date": "tomorrow"}, "date"),
        ({"date": "2026-6-7"}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"date": 7}, "date"),
        ({"date": None}, "date"),
        ({"date": "today", "mode": "dry"}, "mode"),
        ({"date": "today", "modes": "tasks"}, "modes"),
    ],
)
def test_schedule_refuses_and_names_the_field(morning: Site, body, field):
    assert is_error(morning.service.post("/schedule", **body), 422, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phase": "H7"}, "phase"),
        ({"phase": "ODDS"}, "phase"),
        ({"phase": None}, "phase"),
        ({"date": "2026-06-08"}, "date"),
        ({"date": "someday"}, "date"),
        ({"course_url": f"https://example.org/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"https://zeturf.fr.example.org/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"https://www.zeturf.fr@example.org/fr/course/{DAY}/R1C1"}, "course_url"),
        ({"course_url": f"http://www.zeturf.fr/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"ftp://www.zeturf.fr/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"https://a:b@www.zeturf.fr/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"https://www.zeturf.fr:8443/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"https://169.254.169.254/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": f"http://127.0.0.1:1/fr/course/{DAY}/R1C1-x"}, "course_url"),
        ({"course_url": "https://www.zeturf.fr/fr/"}, "course_url"),
        ({"course_url": f"https://www.zeturf.fr/fr/course/{DAY}/R9C9-x"}, "course_url"),
        ({"course_url": "x" * 50_000}, "course_url"),
        ({"course_url": ""}, "course_url"),
        ({"due": "2026-06-07T10:00:00"}, "due"),  # of which zone?
        ({"due": "soon"}, "due"),
        ({"off": "2026-06-07T10:24:00"}, "off"),
        ({"generation": "x"}, "generation"),
        ({"correlation_id": "a b\n"}, "correlation_id"),
        ({"race": f"{DAY}/R1C2"}, "race"),
        ({"stake": 1000}, "stake"),
    ],
)
def test_run_refuses_and_names_the_field(morning: Site, body, field):
    whole = {"course_url": RACE_1, "phase": "H30", **body}

    assert is_error(morning.service.post("/run", **whole), 422, field)


@pytest.mark.parametrize("missing", ["course_url", "phase"])
def test_run_asks_for_what_is_missing(morning: Site, missing: str):
    whole = {"course_url": RACE_1, "phase": "H30"}
    del whole[missing]

    assert is_error(morning.service.post("/run", **whole), 422, missing)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b'{"date": "today"}', "text/plain"),
        (b"date=today&mode=tasks", "application/x-www-form-urlencoded"),
        (b'{"date": "today", "note": "' + b"x" * 2_000_000 + b'"}', "application/json"),
    ],
    ids=["nothing", "cut", "list", "null", "no UTF-8", "deep", "text", "form", "huge"],
)
@pytest.mark.parametrize("path", ["/schedule", "/run"])
def test_what_is_no_json_body_is_refused(morning: Site, path: str, content, content_type):
    headers = {"Content-Type": content_type}

    reply = morning.service.http.post(path, content=content, headers=headers)

    assert is_error(reply, 422, "body")


def test_a_huge_body_without_a_length_is_refused(morning: Site):
    parts = (b"x" * 10_000 for _ in range(300))

    reply = morning.service.http.post("/schedule", content=parts)

    assert is_error(reply, 422, "body")


@pytest.mark.parametrize("path", ["/schedule", "/run"])
def test_the_posts_answer_to_nothing_else(morning: Site, path: str):
    assert is_error(morning.service.get(path), 405)


# Purge and generations.


def test_after_a_purge_schedule_creates_again_and_old_tasks_are_superseded(morning: Site):
    morning.service.schedule()
    old = morning.command("queue", "list", "--state", "pending")["tasks"]

    purged = morning.command("queue", "purge", "--yes")
    again = morning.service.schedule()

    assert purged["dropped"] == again["tasks_created"] == len(old) == 9
    live = morning.command("queue", "list", "--state", "pending")["tasks"]
    assert {task["name"] for task in live}.isdisjoint(task["name"] for task in old)
    for task in old:
        reply = morning.service.post("/run", **task["payload"])
        assert (reply.status_code, reply.json()["skipped"]) == (200, "superseded")
    phases = [race["phases"] for race in morning.day()["races"] if race["phases"]]
    assert all(set(one.values()) == {"planned"} for one in phases)


# What the other doors say.


def test_readiness_names_each_check(morning: Site):
    reply = morning.service.get("/readyz")

    assert (reply.status_code, reply.json()["ok"]) == (200, True)
    assert set(reply.json()["checks"]) >= {"store", "queue", "sources"}
    assert reply.json()["simulated"] is True


def test_metrics_are_named_after_the_product(morning: Site):
    morning.service.schedule()

    text = morning.service.get("/metrics").text
    names = [line.split("{")[0].split()[0] for line in text.splitlines() if line[:1] != "#"]

    assert "hippique_plans_total" in names
    assert [name for name in names if not name.startswith("hippique_")] == []


def test_openapi_describes_the_doors(morning: Site):
    document = morning.service.get("/openapi.json").json()

    assert {"/schedule", "/run", "/healthz", "/health"} <= set(document["paths"])
    assert "/api/days/{date}/races/{key}" in document["paths"]
    assert morning.service.get("/docs").status_code == 200


@pytest.mark.parametrize("path", ["/api/nothing", "/nothing", f"/api/days/{DAY}/races/R9C9"])
def test_what_is_not_there_is_404(morning: Site, path: str):
    assert is_error(morning.service.get(path), 404)


def test_a_day_without_a_plan_is_404(morning: Site):
    assert is_error(morning.service.get("/api/days/2026-06-09"), 404)


def test_a_word_that_is_no_day_is_422(morning: Site):
    assert is_error(morning.service.get("/api/days/yesterday"), 422, "date")


# A day that ran.


def test_the_day_of_the_api_is_the_published_shape(evening: Site):
    day = evening.day()

    assert (day["date"], day["mode"], day["simulated"]) == (DAY, "simulated", True)
    for race in day["races"]:
        assert set(race) >= RACE_FIELDS
        assert race["url"].startswith(f"{evening.course.url}/")
        assert set(race["phases"]) in ({"H30", "H5", "RESULT"}, set())
    inside = [race for race in day["races"] if race["phases"]]
    assert len(inside) == 6
    assert {race["status"] for race in inside} == {"official"}
    assert {race["phases"]["RESULT"] for race in inside} == {"done"}


def test_a_late_h5_is_skipped_and_writes_no_ticket(evening: Site):
    reply = evening.run("R1C1", "H5")
    again = evening.run("R1C1", "H5", due="2026-06-07T08:19:00Z")

    assert (reply.status_code, reply.json()["skipped"]) == (200, "late")
    assert (again.status_code, again.json()["skipped"]) == (200, "late")
    race = evening.race("R1C1")
    assert (race["phases"]["H5"], race["decision"]) == ("late", None)
    assert race["phases"]["RESULT"] == "done"
    assert not list((evening.data / "archive" / DAY / "R1C1").rglob("slip.json"))


@pytest.mark.parametrize("phase", ["H30", "H5", "RESULT"])
def test_a_phase_that_is_done_answers_with_its_stored_outcome(evening: Site, phase: str):
    files = list((evening.data / "archive" / DAY / "R1C6").rglob("*"))

    one, two = evening.run("R1C6", phase).json(), evening.run("R1C6", phase).json()

    assert (one["ok"], one["status"]) == (True, "done")
    assert "skipped" not in one
    assert {k: v for k, v in one.items() if k != "duration_s"} == {
        k: v for k, v in two.items() if k != "duration_s"
    }
    assert one["artifacts"]
    assert all((evening.data / "archive" / path).is_file() for path in one["artifacts"])
    assert list((evening.data / "archive" / DAY / "R1C6").rglob("*")) == files


def test_the_race_of_the_api_holds_all_that_is_known(evening: Site):
    race = evening.race("r1c6")

    assert set(race) >= RACE_FIELDS | WHOLE_RACE_FIELDS
    assert set(race["snapshots"]) == {"H30", "H5"}
    assert race["result"]["result"]["status"] == "official"
    assert race["settlement"]["staked_eur"] == race["decision"]["stake_eur"]
    assert len({runner["number"] for runner in race["runners"]}) == len(race["runners"]) > 0


def test_the_decision_is_the_published_shape_and_frozen_before_the_off(evening: Site):
    race = evening.race("R1C6")
    decision = race["decision"]

    assert set(decision) >= DECISION_FIELDS
    assert (decision["race"], decision["simulated"]) == (f"{DAY}/R1C6", True)
    legs = [leg for ticket in decision["tickets"] for leg in ticket["legs"]]
    assert sum(leg["stake_eur"] for leg in legs) == decision["stake_eur"] > 0
    off = dt.datetime.fromisoformat(race["off_time"])
    decided, before = (
        dt.datetime.fromisoformat(decision[name]) for name in ("decided_at", "play_before")
    )
    assert decided < before < off
    slip = evening.data / "archive" / DAY / "R1C6" / "H5" / "slip.json"
    assert from_json(dict, slip.read_bytes()) == decision


def test_the_archive_of_the_running_day_verifies_and_replays(evening: Site):
    verified = evening.command("verify", DAY)
    replayed = invoke("replay", DAY, "--json", "--data", evening.data, cwd=evening.data).document

    assert (verified["ok"], verified["touched"]) == (True, [])
    assert replayed["compared"] >= 9
    # The service runs the code that it started with; whoever edits meanwhile replays another.
    assert replayed["differing"] == [] or not replayed["same_code"]


def test_files_of_the_day_are_published_while_it_runs(evening: Site):
    def rows() -> int:
        path = evening.data / "tracking.csv"
        return path.read_text("utf-8-sig").count("R1") if path.exists() else 0

    assert until(lambda: rows() >= 6, "the tracking sheet to hold every race")
    assert evening.command("ledger", "check")["ok"] is True


PAGES = ["/", f"/day/{DAY}", f"/race/{DAY}/R1C1", f"/race/{DAY}/R1C6"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_say_that_they_are_simulated_and_trust_no_name(evening: Site, path: str):
    reply = evening.service.get(path)

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "SIMULÉ" in reply.text
    assert "<b>GRAS" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_hostile_name_is_shown_as_it_is_written(evening: Site):
    keys = [race["key"] for race in evening.day()["races"] if race["phases"]]
    hostile = [
        key
        for key in keys
        if any("<" in (one["name"] or "") for one in evening.race(key)["runners"])
    ]

    assert len(hostile) == 1
    assert "&lt;b&gt;GRAS" in evening.service.get(f"/race/{DAY}/{hostile[0]}").text


@pytest.mark.parametrize("path", ["/day/yesterday", f"/race/{DAY}/R9C9", "/day/2026-06-09"])
def test_pages_of_what_is_not_there_are_404_and_still_pages(evening: Site, path: str):
    reply = evening.service.get(path)

    assert (reply.status_code, "SIMULÉ" in reply.text) == (404, True)


def test_log_holds_the_events_that_the_guides_look_for(evening: Site):
    lines = [
        line for line in evening.service.log.read_text("utf-8").splitlines() if line[:1] == "{"
    ]
    events = [json.loads(line) for line in lines]
    done = [event for event in events if event["message"] == "Analysis complete"]

    assert {event["race"] for event in done} >= {f"{DAY}/R1C1", f"{DAY}/R1C6"}
    for event in done:
        assert set(event) >= {
            "severity",
            "correlation_id",
            "phase",
            "returncode",
            "artifacts_count",
        }
        assert event["simulated"] is True
    assert "Traceback" not in evening.service.log.read_text("utf-8")


# Every source dead. The racecourse of the day that ran is stopped, so this comes last.


def test_schedule_answers_502_soon_with_every_source_silent(evening: Site):
    evening.course.process.send_signal(signal.SIGSTOP)  # connects, and says nothing
    begun = time.monotonic()
    reply = evening.service.post("/schedule", date="today")
    took_s = time.monotonic() - begun
    evening.course.process.send_signal(signal.SIGCONT)

    assert is_error(reply, 502)
    assert "no source" in reply.json()["error"]["message"]
    assert reply.headers["retry-after"]
    assert took_s < 60


def test_schedule_answers_502_at_once_with_every_source_gone(evening: Site):
    evening.course.kill()

    reply = evening.service.post("/schedule", date="today")

    assert is_error(reply, 502)
    assert evening.service.get("/healthz").status_code == 200
    assert evening.service.get(f"/api/days/{DAY}").status_code == 200


def test_a_failed_schedule_call_names_its_correlation_id(evening: Site):
    evening.course.kill()

    told = evening.service.post("/schedule", date="today").json()

    assert re.fullmatch(f"schedule-{UUID}", told["correlation_id"] or "")
