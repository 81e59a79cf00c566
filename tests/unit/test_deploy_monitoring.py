"""What watches from outside reads what the service really writes, at the right hours of Paris."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from functools import cache

import pytest

from desks import DAY, OFF, bench, minutes, race_day_bench
from hippique.day.duties import Duty
from hippique.errors import SourceDown
from hippique.racing.times import PARIS
from hippique.telemetry import StructuredJournal
from house import ROOT
from log_filters import as_entry, matches

API = "hippique-orchestrator"
FOLDER = ROOT / "deploy" / "monitoring"
NAMES = {
    "SERVICE_NAME": API,
    "REGION": "europe-west1",
    "SERVICE_HOST": "h.run.app",
}


@cache  # a process each
def filled(name: str, *channels: str) -> dict[str, object]:
    """A template as the deployment fills it."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "lib" / "fill.py", FOLDER / f"{name}.json", *channels],
        env=os.environ | NAMES, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


METRICS = sorted(path.stem for path in FOLDER.glob("metric-*.json"))
POLICIES = sorted(path.stem for path in FOLDER.glob("policy-*.json"))


# --- metrics of the log ----------------------------------------------------------------------


def written(made) -> list[dict[str, object]]:
    """What a bench's events are in Cloud Logging, through the journal that the service has."""
    stream = io.StringIO()
    clock = made.clock.now
    journal = StructuredJournal(wall=clock, race_now=clock, stream=stream)
    for severity, message, fields in made.journal.events:
        journal.event(severity, message, **fields)
    lines = [json.loads(line) for line in stream.getvalue().splitlines() if line[:1] == "{"]
    return [as_entry(line, API) for line in lines]


def counted(metric: str, made) -> list[str]:
    text = str(filled(metric)["filter"])
    return [one["jsonPayload"]["message"] for one in written(made) if matches(text, one)]


def test_plan_of_a_schedule_is_counted_and_a_replanning_is_not():
    made = race_day_bench()
    service = made.service
    service.schedule(DAY)
    made.at(OFF - minutes(120))
    service.replan(DAY)

    assert counted("metric-plan-written", made) == ["Plan written"]


def test_schedule_that_fails_is_counted_as_critical():
    made = bench()
    with pytest.raises(SourceDown):
        made.service.schedule(DAY)

    assert counted("metric-critical", made) == ["Schedule failed"]
    assert counted("metric-plan-written", made) == []


def test_other_services_of_the_project_are_not_counted():
    entry = as_entry({"severity": "CRITICAL", "message": "x"}, "another")

    assert not matches(str(filled("metric-critical")["filter"]), entry)


@pytest.mark.parametrize(
    ("path", "status", "is_counted"),
    [
        (f"/duties/{Duty.TICK}", 200, True),
        (f"/duties/{Duty.TICK}", 503, False),
        (f"/duties/{Duty.CLOSE}", 200, False),
    ],
    ids=["answered", "failed", "another duty"],
)
def test_tick_is_counted_where_it_was_answered_well(path, status, is_counted):
    entry = {
        "resource": {
            "type": "cloud_run_revision",
            "labels": {"service_name": API},
        },
        "httpRequest": {"requestUrl": f"https://h.run.app{path}", "status": status},
    }

    assert matches(str(filled("metric-tick-answered")["filter"]), entry) is is_counted


@pytest.mark.parametrize(("severity", "is_counted"), [("ERROR", True), ("INFO", False)])
def test_failed_attempt_of_one_of_our_jobs_is_counted(severity, is_counted):
    labels = {"job_id": "hippique-daily-planning"}
    entry = {"resource": {"type": "cloud_scheduler_job", "labels": labels}, "severity": severity}

    assert matches(str(filled("metric-scheduler-failed")["filter"]), entry) is is_counted


# --- policies --------------------------------------------------------------------------------


def conditions(policy: str) -> list[dict[str, dict[str, object]]]:
    return filled(policy, "channel")["conditions"]


def test_every_policy_reads_a_metric_that_the_deployment_makes_or_google_s_own():
    text = json.dumps([conditions(policy) for policy in POLICIES])
    used = set(re.findall(r"(?:logging\.googleapis\.com/user/|user_)(hippique_\w+)", text))

    assert used == {str(filled(metric)["name"]) for metric in METRICS}


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_tells_the_operator_in_both_languages_and_is_sent_to_him(policy):
    told = filled(policy, "channels/1", "channels/2")

    french, english = str(told["documentation"]["content"]).split("\n\n")
    assert french != english
    assert "${" not in json.dumps(told)
    assert told["notificationChannels"] == ["channels/1", "channels/2"]


def test_policy_s_label_changes_with_its_content_only():
    one, same, other = (
        filled("policy-health", channel)["userLabels"]["hippique-spec"] for channel in "aab"
    )

    assert one == same != other


def test_a_fifth_of_failed_answers_is_the_limit():
    (condition,) = conditions("policy-errors-5xx")

    assert condition["conditionThreshold"]["thresholdValue"] == 0.2
    assert 'response_code_class="5xx"' in condition["conditionThreshold"]["filter"]
    assert "response_code_class" not in condition["conditionThreshold"]["denominatorFilter"]


# --- hours of Paris in PromQL, which knows UTC alone -------------------------------------------


def fires(policy: str, instant: dt.datetime, *, increase: float) -> bool:
    """Evaluate a policy's query at an instant, where its metric grew by this much."""
    (condition,) = conditions(policy)
    query = str(condition["conditionPrometheusQueryLanguage"]["query"])
    series = r"\(sum\(increase\([^)]*\)\) or vector\(0\)\)"
    text, replaced = re.subn(series, f"({increase})", query)
    utc = instant.astimezone(dt.UTC)
    clock = {
        "hour": utc.hour, "minute": utc.minute, "month": utc.month, "day_of_month": utc.day,
        "day_of_week": utc.isoweekday() % 7,
    }  # fmt: skip
    for name, value in clock.items():
        text = re.sub(rf"\b{name}\(\)", str(value), text)
    text = text.replace(" bool ", " ")
    assert replaced == 1
    assert re.fullmatch(r"[\d\s().+*%<>=-]+", text), text
    return bool(eval(text, {"__builtins__": {}}))  # noqa: S307  arithmetic alone, by the line before


def every_day_of(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]


def at(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize("year", range(2026, 2032))
def test_missing_plan_is_told_from_five_past_nine_of_paris_on_every_day(year):
    early = [d for d in every_day_of(year) if fires("policy-plan-missing", at(d, 9, 4), increase=0)]
    late = [
        d for d in every_day_of(year) if not fires("policy-plan-missing", at(d, 9, 5), increase=0)
    ]

    assert (early, late) == ([], [])


def test_written_plan_is_not_told_as_missing():
    assert not fires("policy-plan-missing", at(DAY, 9, 5), increase=1)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(9, 20, False), (9, 25, True), (14, 0, True), (23, 59, True), (0, 59, True), (1, 0, False),
     (8, 0, False)],
)  # fmt: skip
@pytest.mark.parametrize("day", [dt.date(2026, 1, 15), dt.date(2026, 7, 15), dt.date(2026, 10, 25)])
def test_silence_of_the_tick_is_told_in_racing_hours_alone(day, hour, minute, expected):
    assert fires("policy-tick-missing", at(day, hour, minute), increase=0) is expected


def test_tick_that_was_answered_is_no_silence():
    assert not fires("policy-tick-missing", at(DAY, 14, 0), increase=3)
