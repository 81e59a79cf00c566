"""Structured logs with the fields of the guides' queries, and the counters beside them."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from prometheus_client import CollectorRegistry

from desks import DAY, OFF, R1C1, Bench, minutes, order, race_day_bench
from hippique.errors import SourceDown
from hippique.telemetry import CountingJournal, StructuredJournal

WALL = dt.datetime(2025, 10, 16, 7, 0, tzinfo=dt.UTC)
RACE_TIME = dt.datetime(2026, 6, 7, 12, 0, tzinfo=dt.UTC)


def journal(least="INFO", *, simulated=False):
    stream = io.StringIO()
    made = StructuredJournal(
        wall=lambda: WALL,
        race_now=lambda: RACE_TIME,
        stream=stream,
        least=least,
        simulated=simulated,
    )
    return made, stream


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().split("\n") if line.startswith("{")]


def test_an_event_is_one_json_line_with_both_clocks():
    made, stream = journal(simulated=True)

    made.event("INFO", "Analysis complete", race="2025-10-16/R1C1", returncode=0)

    assert stream.getvalue().count("\n") == 1
    assert lines(stream) == [
        {
            "message": "Analysis complete",
            "severity": "INFO",
            "timestamp": WALL.isoformat(),
            "race_time": RACE_TIME.isoformat(),
            "simulated": True,
            "race": "2025-10-16/R1C1",
            "returncode": 0,
        }
    ]


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "L'ÉTÉ", 'a "quoted" name', "two\nlines", "\u2028", "\x00"]
)
def test_hostile_text_stays_inside_its_line(text):
    made, stream = journal()

    made.event("WARNING", "Slip withdrawn", reason=text)

    assert stream.getvalue().count("\n") == 1
    assert lines(stream)[0]["reason"] == text


@pytest.mark.parametrize(
    ("least", "written"),
    [
        ("DEBUG", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("INFO", ["INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("WARNING", ["WARNING", "ERROR", "CRITICAL"]),
        ("ERROR", ["ERROR", "CRITICAL"]),
    ],
)
def test_nothing_below_the_least_severity_is_written(least, written):
    made, stream = journal(least)

    for severity in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        made.event(severity, "x")

    assert [line["severity"] for line in lines(stream)] == written


def test_a_page_that_cannot_be_read_is_also_one_plain_line():
    made, stream = journal()

    made.event(
        "WARNING",
        "Error parsing",
        source="geny",
        url="https://www.geny.com/x",
        missing="no <table>\nat all",
        page="2025-10-16/programme/x.html.zst",
    )

    as_json, plain = stream.getvalue().splitlines()
    assert json.loads(as_json)["message"] == "Error parsing"
    assert plain == (
        "Error parsing source=geny url=https://www.geny.com/x missing=no <table> at all "
        "page=2025-10-16/programme/x.html.zst"
    )


def test_other_events_have_no_plain_line_and_a_quiet_one_has_none_either():
    made, stream = journal()

    made.event("WARNING", "Error fetching", source="geny")
    made.event("DEBUG", "Error parsing", source="geny")

    assert len(stream.getvalue().splitlines()) == 1


def test_values_that_json_does_not_know_are_written_as_text():
    made, stream = journal()

    made.event("INFO", "x", day=DAY, race=R1C1)

    assert lines(stream)[0]["day"] == "2025-10-16"


# --- what the day says --------------------------------------------------------------------------


def told(made: Bench, message: str) -> dict[str, object]:
    (fields,) = made.journal.fields_of(message)
    return fields


def test_a_run_says_analysis_complete_with_the_fields_of_the_guides():
    made = race_day_bench()
    made.service.schedule(DAY)

    made.at(OFF - minutes(5)).service.run(order("H5"))

    fields = told(made, "Analysis complete")
    assert fields["correlation_id"] == "run-1"
    assert (fields["phase"], fields["race"]) == ("H5", str(R1C1))
    assert (fields["returncode"], fields["decision"]) == (0, "slip")
    assert fields["artifacts_count"] > 0
    assert fields["duration_s"] == 0.0


def test_a_failed_run_says_analysis_failed_with_its_error():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.site("zeturf").show_card(R1C1, SourceDown("no answer", site="zeturf"))

    with pytest.raises(SourceDown):
        made.at(OFF - minutes(5)).service.run(order("H5"))

    fields = told(made, "Analysis failed")
    assert fields["returncode"] == 1
    assert "no answer" in fields["error"]
    assert fields["stderr_tail"]
    assert "duration_s" in fields


def test_a_task_that_must_not_act_is_no_analysis():
    made = race_day_bench()
    made.service.schedule(DAY)

    made.at(OFF).service.run(order("H5"))

    assert "Analysis complete" not in made.journal.messages()
    assert told(made, "Task answered")["status"] == "late"


def test_a_plan_says_how_many_races_it_holds():
    made = race_day_bench()

    made.service.schedule(DAY)

    fields = told(made, "Plan written")
    assert (fields["total_races"], fields["queued"], fields["degraded"]) == (1, 1, [])
    assert str(fields["correlation_id"]).startswith("schedule-")


@pytest.mark.parametrize(
    ("severity", "fields", "error"),
    [
        ("ERROR", {}, "x"),
        ("CRITICAL", {"cause": "disque plein"}, "disque plein"),
        ("ERROR", {"error": "SourceDown: no answer"}, "SourceDown: no answer"),
        ("WARNING", {}, None),
    ],
)
def test_every_error_says_which_for_the_list_of_top_errors(severity, fields, error):
    made, stream = journal()

    made.event(severity, "x", **fields)

    assert lines(stream)[0].get("error") == error


# --- counters -----------------------------------------------------------------------------------


class Deaf:
    def event(self, severity, message, **fields: object) -> None:
        del severity, message, fields


def counted(*events: tuple[str, dict[str, object]]) -> CollectorRegistry:
    registry = CollectorRegistry()
    counting = CountingJournal(Deaf(), registry)
    for message, fields in events:
        counting.event("INFO", message, **fields)
    return registry


def test_analyses_are_counted_by_phase_and_result():
    registry = counted(
        ("Analysis complete", {"phase": "H5", "status": "done"}),
        ("Analysis failed", {"phase": "H5", "error": "x"}),
        ("Task answered", {"phase": "H5", "status": "late"}),
        ("Analysis complete", {"phase": "H5", "status": "done"}),
    )

    def count(result) -> float | None:
        return registry.get_sample_value(
            "hippique_analyses_total", {"phase": "H5", "result": result}
        )

    assert [count(result) for result in ("done", "failed", "late")] == [2, 1, 1]


def test_plans_and_source_failures_are_counted():
    registry = counted(
        ("Plan written", {}),
        ("Schedule failed", {}),
        ("Error parsing", {"source": "geny", "error": "PageChanged"}),
        ("Error fetching", {"source": "geny", "error": "SourceDown"}),
    )

    plans = [
        registry.get_sample_value("hippique_plans_total", {"result": result})
        for result in ("written", "failed")
    ]
    failures = [
        registry.get_sample_value(
            "hippique_source_failures_total", {"source": "geny", "error": error}
        )
        for error in ("PageChanged", "SourceDown")
    ]
    assert (plans, failures) == ([1, 1], [1, 1])
