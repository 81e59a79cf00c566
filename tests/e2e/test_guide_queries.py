"""Every query of the founding documents, as written, over the log of real runs."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cloud_logging import Entry, column, entries_of, read
from desks import DAY, OFF, minutes, order, race_day_bench
from hippique.bootstrap.driven import default_date
from hippique.day.desk import Desk
from hippique.day.service import DayService
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults.instants import by_off
from hippique.racing.times import paris_time
from hippique.telemetry import StructuredJournal
from material import material
from running import invoke

SEED, RACES = 5, 3
OFFS = [race.off_time for race in by_off(draw_day(default_date(SEED), SEED, RACES))]
# What Google's own services write beside ours.
GOOGLE = [
    {"resource": {"type": "cloud_scheduler_job", "labels": {"job_id": "hippique-daily-planning"}},
     "severity": "INFO", "timestamp": "t", "jsonPayload": {"status": "OK"}},
    {"resource": {"type": "cloud_scheduler_job", "labels": {"job_id": "another"}},
     "severity": "ERROR", "timestamp": "t", "jsonPayload": {"status": "UNAVAILABLE"}},
    {"resource": {"type": "cloud_tasks_queue", "labels": {"queue_id": "hippique-tasks"}},
     "severity": "INFO", "timestamp": "t", "jsonPayload": {"attemptResponseLog": {}}},
]  # fmt: skip


def hour(instant: Any) -> str:
    return f"{paris_time(instant):%H:%M:%S}"


def a_day(folder: Path) -> str:
    """The log of a day: all sites down at one H-30, one design changed at an H-5."""
    down = {"since": hour(OFFS[1] - minutes(30.1)), "until": hour(OFFS[1] - minutes(28))}
    changed = {"since": hour(OFFS[0] - minutes(6)), "until": hour(OFFS[0])}
    faults = {
        "outages": [{"site": s, "status": 503, **down} for s in ("zeturf", "geny", "pmu")],
        "changed": [{"site": "zeturf", "part": "odds", **changed}],
    }
    (folder / "faults.json").write_text(json.dumps(faults), "utf-8")
    ended = invoke(
        *("day", "--seed", SEED, "--races", RACES, "--faults", "faults.json"),
        *("--data", folder / "data", "--json"), cwd=folder,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return (folder / "data" / "service.log").read_text("utf-8")


class PartMissing:
    """A forecaster whose module is not installed."""

    name = model = "missing"

    def forecast(self, *_: object) -> object:
        raise ModuleNotFoundError("No module named 'gpi51_extra'", name="gpi51_extra")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.forecast


def a_missing_part() -> str:
    """The log of an H-5 for which a part of the program is missing."""
    made = race_day_bench()
    made.service.schedule(DAY)
    stream = io.StringIO()
    journal = StructuredJournal(wall=made.clock.now, race_now=made.clock.now, stream=stream)
    desk: Desk = replace(made.desk, journal=journal, forecaster=PartMissing())
    made.at(OFF - minutes(5))
    with pytest.raises(ModuleNotFoundError):
        DayService(desk, lambda: 0.0).run(order("H5"))
    return stream.getvalue()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    text = a_day(tmp_path_factory.mktemp("queries")) + a_missing_part()
    return [*entries_of(text), *GOOGLE]


def messages(found: list[Entry]) -> Counter[str]:
    return Counter(column(found, "jsonPayload.message"))


def planned(found: list[Entry]) -> None:
    """The 09:15 check: the schedule ran, and how many races it saw."""
    assert messages(found) == {"Plan written": 1}
    assert column(found, "jsonPayload.total_races")[0] >= RACES


def races_a_day(found: list[Entry]) -> None:
    totals = set(column(found, "jsonPayload.total_races"))
    assert len(totals) == 1
    assert totals.pop() >= RACES


def success_rate(found: list[Entry]) -> None:
    counts = messages(found)
    assert counts["Analysis complete"] == 3 * RACES
    assert counts["Analysis failed"] >= 2
    assert set(counts) == {"Analysis complete", "Analysis failed"}


def run_times(found: list[Entry]) -> None:
    """Phase and instant of every analysis that was done."""
    assert Counter(column(found, "jsonPayload.phase")) == dict.fromkeys(("H30", "H5", "RESULT"), 3)
    assert all(column(found, "timestamp"))


def our_errors(found: list[Entry]) -> None:
    assert {entry["resource"]["type"] for entry in found} == {"cloud_run_revision"}
    assert messages(found)["Analysis failed"] >= 2
    assert all(column(found, "jsonPayload.error"))


def top_errors(found: list[Entry]) -> None:
    ours = [entry for entry in found if entry["resource"]["type"] == "cloud_run_revision"]
    assert all(column(ours, "jsonPayload.error"))
    assert any("could be read" in str(error) for error in column(ours, "jsonPayload.error"))


def one_job(found: list[Entry]) -> None:
    assert [entry["resource"]["labels"]["job_id"] for entry in found] == ["hippique-daily-planning"]


def failed_analyses(found: list[Entry]) -> None:
    assert messages(found)["Analysis failed"] == len(found) >= 2
    assert all(column(found, "jsonPayload.correlation_id"))
    assert all(column(found, "jsonPayload.stderr"))


def ours(found: list[Entry]) -> None:
    assert len(found) > 3 * RACES
    assert {entry["resource"]["type"] for entry in found} == {"cloud_run_revision"}


def one_race(found: list[Entry]) -> None:
    """All that one task said."""
    assert len(found) >= 2
    assert len(set(column(found, "jsonPayload.race"))) == 1


def both_jobs(found: list[Entry]) -> None:
    assert len(found) == 2


def the_queue(found: list[Entry]) -> None:
    assert len(found) == 1


def unread_pages(found: list[Entry]) -> None:
    assert all(str(text).startswith("Error parsing source=zeturf ") for text in
               column(found, "textPayload"))  # fmt: skip
    assert found


def missing_modules(found: list[Entry]) -> None:
    (tail,) = column(found, "jsonPayload.stderr_tail")
    assert str(tail).startswith("Script not found: gpi51_extra")


RUN = "resource.type=cloud_run_revision AND"
JOB = "resource.type=cloud_scheduler_job"
SAID = "jsonPayload.message"
QUERIES: dict[str, Callable[[list[Entry]], None]] = {
    f'{RUN} jsonPayload.correlation_id=~"schedule-"': planned,
    "jsonPayload.total_races>0": races_a_day,
    f'{SAID}:"Analysis complete" OR {SAID}:"Analysis failed"': success_rate,
    "jsonPayload.phase AND jsonPayload.artifacts_count": run_times,
    "severity>=ERROR AND resource.type=cloud_run_revision": our_errors,
    "severity>=ERROR": top_errors,
    f'{JOB} AND resource.labels.job_id="hippique-daily-planning"': one_job,
    "jsonPayload.returncode!=0": failed_analyses,
    "resource.type=cloud_run_revision": ours,
    f'{RUN} jsonPayload.correlation_id="xxx"': one_race,
    f"{RUN} severity>=ERROR": our_errors,
    JOB: both_jobs,
    "resource.type=cloud_tasks_queue": the_queue,
    f'{RUN} textPayload=~"Error parsing"': unread_pages,
    f'{RUN} jsonPayload.stderr_tail=~"Script not found"': missing_modules,
}  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_query_finds_what_the_guide_says(query: str, log: list[Entry]) -> None:
    # xxx stands for the id of the task that one looks for.
    failed = read(log, 'jsonPayload.message="Analysis failed" AND jsonPayload.race:"C"')
    wanted = str(column(failed, "jsonPayload.correlation_id")[0])

    QUERIES[query](read(log, query.replace("xxx", wanted)))


def test_no_query_of_the_founding_documents_is_left_out() -> None:
    names = ("guide_operationnel", "orchestrateur_readme")
    seeds = [material(f"seeds/{name}.md") for name in names]
    blocks = re.findall(
        r"gcloud logging read\s+(?:\\\s+)?(?:'([^']*)'|\"((?:[^\"\\]|\\.)*)\")",
        "\n".join(seed.read_text("utf-8") for seed in seeds),
    )
    written = {" ".join((one or two).replace('\\"', '"').split()) for one, two in blocks}

    assert written == set(QUERIES)
