"""The files of a deployment agree with the code: settings, hours, the queue's patience."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hippique.day.duties import Duty, duties_of
from hippique.racing.times import PARIS
from hippique.runtime.queue_rules import RetryPolicy
from hippique.settings import Settings
from house import ROOT

SCRIPTS = sorted((ROOT / "scripts").rglob("*.sh"))
SETTINGS = {name.upper() for name in Settings.model_fields}
COMING = {"SERVICE_SA_EMAIL", "QUEUE_BACKEND"}  # read by the backends on Google, the next step


# --- shell -----------------------------------------------------------------------------------


def test_scripts_are_clean_by_shellcheck():
    tool = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [tool, "--external-sources", *SCRIPTS],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize(
    "script",
    [path for path in SCRIPTS if path.parent.name == "scripts"],
    ids=lambda path: path.name,
)
def test_script_stops_at_its_first_fault_and_may_be_started(script):
    assert "\nset -euo pipefail\n" in script.read_text("utf-8")
    assert script.stat().st_mode & 0o100


@pytest.mark.parametrize(
    "script", ["deploy_cloud_run.sh", "create_scheduler_0900.sh", "rollback.sh"]
)
def test_unknown_option_ends_with_2_and_tells_the_known_ones(script):
    done = subprocess.run(
        [ROOT / "scripts" / script, "--dri-run"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "--dry-run" in done.stderr


# --- settings --------------------------------------------------------------------------------


def named_in_shell() -> set[str]:
    """Every variable that the scripts read from .env or hand to the service."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "scripts" / "lib").glob("*.sh"))
    arrays = re.findall(r"^(?:PASSED_ON|SECRET_NAMES)=\(([^)]*)\)", text, re.MULTILINE)
    listed = {name for array in arrays for name in array.split()}
    return listed | set(re.findall(r"CONF\[([A-Z0-9_]+)\]", text)) | set(
        re.findall(r"\[([A-Z_]+)\]=", text)
    )  # fmt: skip


def test_every_variable_that_the_scripts_set_is_a_setting():
    assert named_in_shell() - SETTINGS == COMING - SETTINGS
    assert {"AUTH_PLATFORM", "IAP_AUDIENCE", "QUEUE_BACKEND", "SLIP_URLS"} <= named_in_shell()


def test_example_of_env_names_settings_only_and_every_one_that_a_deployment_needs():
    text = (ROOT / ".env.example").read_text("utf-8")
    named = set(re.findall(r"^#? ?([A-Z0-9_]+)=", text, re.MULTILINE))

    assert named - SETTINGS <= COMING
    assert named >= named_in_shell() - SET_BY_THE_SCRIPT


SET_BY_THE_SCRIPT = {
    *("AUTH_PLATFORM", "IAP_AUDIENCE", "QUEUE_BACKEND", "SERVICE_URL", "OIDC_AUDIENCE"),
    "REQUIRE_AUTH",
}


# --- hours -----------------------------------------------------------------------------------


def jobs() -> list[tuple[str, str, str, dict[str, str]]]:
    lines = (ROOT / "deploy" / "scheduler.txt").read_text("utf-8").splitlines()
    rows = [[part.strip() for part in line.split("|")] for line in lines if line[:1] != "#"]
    return [(name, cron, path, json.loads(body)) for name, cron, path, body in rows]


def values(field: str, most: int) -> set[int]:
    """The minutes or hours that a cron field names: lists, ranges, steps."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0", "", str(most)) if span == "*" else span.partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


def calls_between(first: dt.datetime, last: dt.datetime) -> set[tuple[dt.datetime, str]]:
    """(Paris minute, what is called) of every job, from first up to and without last."""
    found = set()
    for _, cron, path, _ in jobs():
        minutes, hours, *days = cron.split()
        assert days == ["*", "*", "*"]
        at = first
        while at < last:
            if at.minute in values(minutes, 59) and at.hour in values(hours, 23):
                found.add((at, path))
            at += dt.timedelta(minutes=1)
    return found


PATHS = {Duty.PREPARE: "/duties/prepare", Duty.PLAN: "/schedule", Duty.TICK: "/duties/tick",
         Duty.CLOSE: "/duties/close"}  # fmt: skip


def test_jobs_call_at_the_very_minutes_of_the_calendar():
    """Over a day of the clock, with what earlier race days still have due in it."""
    first = dt.datetime(2026, 6, 10, 5, tzinfo=PARIS)
    last = first + dt.timedelta(days=1)
    days = [dt.date(2026, 6, 6) + dt.timedelta(days=n) for n in range(6)]
    dues = {(due.at.astimezone(PARIS), PATHS[due.duty]) for day in days for due in duties_of(day)}

    assert calls_between(first, last) == {(at, path) for at, path in dues if first <= at < last}


def test_jobs_say_what_the_doors_expect():
    bodies = {path: body for _, _, path, body in jobs()}

    assert bodies.pop("/schedule") == {"date": "today", "mode": "tasks"}
    assert set(map(str, bodies.values())) == {"{'date': 'today'}"}


def test_names_of_jobs_are_the_founding_one_and_its_kin():
    names = [name for name, *_ in jobs()]

    assert "hippique-daily-planning" in names
    assert all(name.startswith("hippique-") for name in names)
    assert len(set(names)) == len(names)


# --- the queue -------------------------------------------------------------------------------


def test_queue_in_the_cloud_has_the_patience_of_the_one_on_a_machine():
    text = (ROOT / "scripts" / "lib" / "stores.sh").read_text("utf-8")
    flags = dict(re.findall(r"--([a-z-]+)=(\w+)", re.search(r"QUEUE_FLAGS=\(([^)]*)\)", text)[1]))
    embedded = RetryPolicy()

    assert embedded.max_retry_s is None
    assert "max-retry-duration" not in flags
    assert (flags["max-attempts"], flags["max-doublings"]) == (
        str(embedded.max_attempts), str(embedded.max_doublings),
    )  # fmt: skip
    assert (flags["min-backoff"], flags["max-backoff"]) == (
        f"{embedded.min_backoff_s:.0f}s", f"{embedded.max_backoff_s:.0f}s",
    )  # fmt: skip


# --- reading JSON in shell -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ({"a": {"b": [1, "x"]}}, ["a.b.0=1", "a.b.1=x"]),
        ({"rate": 20.0, "on": True, "off": None}, ["off=null", "on=true", "rate=20"]),
        ({"env": [{"name": "A", "value": "1"}]}, ["env.A.name=A", "env.A.value=1"]),
        (
            {"bindings": [{"role": "r", "members": ["m"], "condition": {"title": "t"}}]},
            ["bindings.r+condition.condition.title=t", "bindings.r+condition.members.0=m",
             "bindings.r+condition.role=r"],
        ),
        ({"text": "two\nlines"}, ["text=two\\nlines"]),
    ],
    ids=["nested", "numbers", "environment by name", "conditional grant", "one line each"],
)  # fmt: skip
def test_flat_lines_hold_every_leaf(document, lines):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "lib" / "flat.py"],
        input=json.dumps(document), capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines() == lines
