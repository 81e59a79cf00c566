"""The operations guide: every command in it is run, and what it names exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hippique.bootstrap.folders import open_folder
from hippique.bootstrap.wiring import LIVE, mark_folder
from hippique.day.care import runbooks, runbooks_machine, runbooks_sites, runbooks_work
from hippique.day.care.finding import Runbook
from hippique.day.care.maintenance import LINES
from hippique.day.watch.model import Level
from hippique.day.watch.rules import BY_NAME, RULES
from hippique.runtime.clocks import WallClock
from house import ROOT
from material import material
from receiver import Receiver, receiving_posts
from running import environment, invoke, racecourse, serve

# One of apprise's plugins asks for a module that Python 3.13 drops; ours is not it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

FRENCH = ROOT / "docs" / "guide-operationnel.md"
ENGLISH = ROOT / "docs" / "operations-guide.md"
GUIDES = pytest.mark.parametrize("guide", [FRENCH, ENGLISH], ids=lambda page: page.stem)
DAY = {"races": 4, "seed": 1, "date": "2026-06-07"}  # the guides' own examples
SITES = ("zeturf", "geny", "pmu")
SAMPLE_TASK = "r1c3"  # an example's race, far enough ahead to be pending still


def lines_of(guide: Path, language: str = "bash") -> list[str]:
    """The lines of every block of a language, in order."""
    text = guide.read_text("utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def words_of(line: str) -> tuple[str, ...]:
    return tuple(shlex.split(line, comments=True)[1:])


def needs_service(line: str) -> bool:
    """Whether a command plans, visits or queues: beside a running service, as people do."""
    words = words_of(line)
    return words[0] in {"schedule", "plan", "run", "queue"} or words[:2] in {
        ("check", "sources"),
        ("check", "morning"),
    }


COMMANDS = lines_of(FRENCH)
SERVED = [line for line in COMMANDS if needs_service(line)]
AFTERWARDS = [line for line in COMMANDS if not needs_service(line)]


# --- every command is run, in the guide's order ---------------------------------------------


@dataclass(frozen=True)
class Desk:
    """Where the guide's commands are run. receiver: takes the test message of alerts."""

    top: Path
    receiver: Receiver | None = None

    def run(self, line: str) -> tuple[int, str]:
        """The exit code and all that was said; what is not foreseen rises."""
        words = [self.filled(word) for word in words_of(line)]
        settings = {"ALERT_URLS": self.receiver.address} if self.receiver else {}
        ended = invoke(*words, cwd=self.top, **settings)
        return ended.code, ended.out + ended.err

    def filled(self, word: str) -> str:
        """A name of this folder where the guide has a word to replace."""
        if word == "TACHE":
            tasks = self._document("queue", "list", "--state", "pending")["tasks"]
            return next(task["name"] for task in tasks if SAMPLE_TASK in task["name"])
        if word == "ALERTE":
            return str(self._document("alerts", "list")["alerts"][0]["id"])
        return word

    def _document(self, *command: str) -> Any:
        return invoke(*command, "--json", cwd=self.top).document


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A simulated day that is over."""
    top = tmp_path_factory.mktemp("finished")
    told = [part for name, value in DAY.items() for part in (f"--{name}", value)]
    assert invoke("day", *told, "--data", "data", cwd=top).code == 0
    with receiving_posts() as receiver:
        yield Desk(top=top, receiver=receiver)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning with a running service, before the first off for eight minutes."""
    top = tmp_path_factory.mktemp("served")
    with (
        racecourse(top, speed=10, **DAY) as course,  # type: ignore[arg-type]  # a table of options
        serve(top, top / "data", course.url) as service,
    ):
        service.schedule()
        yield Desk(top=top)


@pytest.mark.parametrize("line", AFTERWARDS)
def test_a_command_of_the_guide_finds_nothing_wrong_with_a_good_day(line: str, finished: Desk):
    code, told = finished.run(line)

    assert code == 0, told
    assert "Traceback" not in told


@pytest.mark.parametrize("line", SERVED)
def test_a_command_of_the_guide_works_beside_a_service(line: str, served: Desk):
    code, told = served.run(line)

    assert code == 0, told
    assert "Traceback" not in told


def test_the_guides_start_of_the_service_starts_it(tmp_path: Path):
    assert "hippique serve" in lines_of(FRENCH, "console")
    with serve(tmp_path, tmp_path / "data") as service:
        assert service.get("/healthz").json()["ok"] is True
        code, seconds = service.terminate()

    assert code == 0
    assert seconds < 10


def test_a_clock_that_is_off_by_days_rings_and_errors_show_the_day_of_the_sites(tmp_path: Path):
    with racecourse(tmp_path, speed=20, **DAY) as course:  # type: ignore[arg-type]  # a table of options
        sites = {f"{site.upper()}_BASE_URL": f"{course.url}/{site}" for site in SITES}
        with serve(tmp_path, tmp_path / "data", env=environment(**sites)) as service:
            assert service.post("/schedule", date="today").status_code == 502
            rings = {alert["rule"] for alert in service.get("/api/alerts").json()["alerts"]}
        told = invoke("errors", "--hours", 2, cwd=tmp_path)
        whole = invoke("errors", "--hours", 2, "--json", cwd=tmp_path)

    assert "schedule_failed" in rings
    assert told.code == whole.code == 1
    assert "WrongPage" in told.out
    assert f"the page is of {DAY['date']}" in whole.out


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("hippique check morning", {}),
        ("hippique doctor", {"POLICY": "lucky"}),
        ("hippique doctor service_down", {"POLICY": "lucky"}),
        ("hippique check config", {"POLICY": "lucky"}),
        ("hippique alerts test", {}),
        ("hippique check quarterly", {}),
    ],
)
def test_a_command_that_may_end_with_1_does_where_something_is_wrong(
    line: str, settings: dict[str, str], tmp_path: Path
):
    folder = open_folder(tmp_path / "data", WallClock())
    mark_folder(folder, LIVE)
    folder.close()
    documented = {" ".join(("hippique", *words_of(one))) for one in COMMANDS if "# 1 " in one}

    ended = invoke(*words_of(line), cwd=tmp_path, **settings)

    assert ended.code == 1
    assert line in documented


# --- the two guides hold the same -----------------------------------------------------------


@GUIDES
def test_a_bash_block_holds_commands_of_ours_alone(guide: Path):
    assert [line for line in lines_of(guide) if not line.startswith("hippique ")] == []


def test_both_guides_hold_the_same_commands_in_the_same_order():
    assert [words_of(line) for line in lines_of(ENGLISH)] == [words_of(line) for line in COMMANDS]
    assert lines_of(ENGLISH, "console") == lines_of(FRENCH, "console")


def test_both_guides_say_in_the_same_places_that_a_command_may_end_with_1():
    french, english = lines_of(FRENCH), lines_of(ENGLISH)

    assert ["# 1 " in line for line in english] == ["# 1 " in line for line in french]


def test_the_sections_of_the_founding_guide_are_kept():
    seed = material("seeds/guide_operationnel.md").read_text("utf-8")
    titles = [title.strip() for title in re.findall(r"^## \W*(.+)$", seed, re.MULTILINE)]

    assert re.findall(r"^## (.+)$", FRENCH.read_text("utf-8"), re.MULTILINE) == titles


# --- what it names exists, and nothing is left out --------------------------------------------

RUNBOOK_SOURCES = "".join(
    Path(module.__file__ or "").read_text("utf-8")
    for module in (runbooks, runbooks_machine, runbooks_sites, runbooks_work)
)


def incidents(guide: Path) -> list[str]:
    """The text of each section of an incident."""
    text = guide.read_text("utf-8").partition("\n### Incident")[2].partition("\n## ")[0]
    return text.split("\n### Incident")


@GUIDES
def test_every_runbook_has_its_incident_in_the_guide(guide: Path):
    asked = [
        re.findall(r"^hippique doctor (\w+)   # 1 ", text, re.MULTILINE)
        for text in incidents(guide)
    ]

    assert sorted(names[0] for names in asked) == sorted(Runbook)


@GUIDES
def test_every_incident_names_an_alert_that_exists_and_never_purges(guide: Path):
    for text in incidents(guide):
        (alert,) = re.findall(r"^\*\*Alert[e]?\*\* ?:(.*?)\n\n", text, re.DOTALL | re.MULTILINE)
        named = re.findall(r"`([a-z]+_[a-z_]+)`", alert)
        assert named, text
        assert set(named) <= set(BY_NAME)
        assert "hippique queue purge" not in "".join(re.findall(r"```bash.*?```", text, re.DOTALL))


@GUIDES
def test_every_incident_ends_with_a_mend_that_was_run(guide: Path):
    for text in incidents(guide):
        mend = re.split(r"^\*\*(?:Remède sûr|Safe mend)\*\*", text, flags=re.MULTILINE)
        assert len(mend) == 2
        assert "```bash\nhippique " in mend[1]


@GUIDES
def test_every_cause_in_the_guide_is_one_that_the_doctor_prints(guide: Path):
    text = "".join(incidents(guide))
    rows = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)

    assert len(rows) > len(Runbook)
    assert [row for row in rows for part in row.split(" … ") if part not in RUNBOOK_SOURCES] == []


def alert_rows(guide: Path) -> dict[str, str]:
    """Rule → the mark behind its name, out of the tables of alerts."""
    row = r"^\| `(\w+)`( \*)? \|.*\|.*\|$"
    return dict(re.findall(row, guide.read_text("utf-8"), re.MULTILINE))


@GUIDES
def test_every_alert_rule_is_in_the_guide_with_its_level(guide: Path):
    rows = alert_rows(guide)
    raised = {name for name, mark in rows.items() if mark}
    text = guide.read_text("utf-8")
    critical = text[text.index("| `schedule_failed`") : text.index("| `latency_high`")]

    assert {*rows, "day_report"} >= set(BY_NAME)
    assert raised == {rule.name for rule in RULES if rule.becomes_critical}
    assert {rule.name for rule in RULES if rule.level is Level.CRITICAL} | {"analyses_failed"} == {
        *re.findall(r"^\| `(\w+)`", critical, re.MULTILINE)
    }


@GUIDES
def test_every_maintenance_check_is_in_the_guide(guide: Path):
    checks = {name for lines in LINES.values() for name, _, _ in lines}
    text = guide.read_text("utf-8")

    assert {name for name in checks if f"| `{name}` |" not in text} == set()
