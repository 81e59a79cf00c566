"""The commands as users and scripts meet them: help, exit codes, one JSON document, one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from hippique.cli import main
from house import subcommands
from material import ROOT
from running import COMMAND, Ended, Service, environment, hippique, invoke, racecourse, serve, until

DAY = "2031-06-07"
GOLDEN = ROOT / "tests" / "golden" / "racecourse"
PAGES = {
    "zeturf-programme": "zeturf-programme.html",
    "zeturf-race": "zeturf-race-official.html",
    "geny-programme": "geny-programme.html",
    "geny-race": "geny-race.html",
    "geny-result": "geny-result.html",
    "pmu-programme": "pmu-programme.json",
    "pmu-runners": "pmu-runners.json",
    "pmu-dividends": "pmu-dividends.json",
}
LOOKS = [
    ("show",), ("show", DAY, "R1C1"), ("explain", DAY, "R1C1"), ("verify",), ("replay", DAY),
    ("analyse", DAY, "R1C1"), ("workbook", "update"), ("workbook", "rebuild"), ("ledger", "show"),
    ("ledger", "check"), ("queue", "stats"), ("queue", "list"), ("check", "config"),
]  # fmt: skip
FAILURES = [
    ("show", "junk"), ("show", "2020-01-01"), ("show", DAY, "R9C9"), ("show", DAY, "junk"),
    ("explain", DAY, "R9C9"), ("explain", "junk", "R1C1"), ("verify", "junk"),
    ("verify", "2020-01-01"), ("replay", "2020-01-01"), ("analyse", DAY, "R9C9"),
    ("workbook", "update", "2020-01-01"), ("workbook", "update", "junk"),
    ("queue", "describe", "nobody"), ("queue", "run", "nobody"), ("queue", "cancel", "nobody"),
    ("plan", "junk"), ("schedule", "junk"), ("run", "https://example.org/", "--phase", "H5"),
    ("run", f"https://www.zeturf.fr/fr/course/{DAY}/R1C1-x", "--phase", "H9"),
]  # fmt: skip
WRONG_USAGE = [
    ("nope",), ("show", "--nope"), ("parse", "nope", "x"), ("parse", "zeturf-race", "no-such-file"),
    ("day", "--speed", "0"), ("day", "--policy", "nope"), ("racecourse", "--speed", "601"),
    ("serve", "--port", "0"), ("queue", "list", "--limit", "0"), ("run", "https://x.fr/"),
]  # fmt: skip


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a finished simulated day."""
    top = tmp_path_factory.mktemp("day")
    ended = invoke("day", "--date", DAY, "--races", 2, "--json", "--data", "data", cwd=top)
    assert ended.code == 0
    return top / "data"


@pytest.fixture
def copy(day: Path, tmp_path: Path) -> Path:
    """The same day's folder, to be spoiled."""
    return Path(shutil.copytree(day, tmp_path / "copy"))


def commands(group: click.Group = main, *above: str) -> Iterator[tuple[str, ...]]:
    yield above
    for name, command in subcommands(group).items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


def told_as_failure(ended: Ended) -> bool:
    """Exit 1 with the one shape of a failure, and nothing beside it."""
    document = ended.document
    told = document["error"]
    return (
        (ended.code, document["ok"], ended.err) == (1, False, "")
        and bool(told["code"])
        and bool(told["message"])
    )


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help_ends_well_and_shows_an_example(command, tmp_path: Path):
    ended = invoke(*command, "--help", cwd=tmp_path)

    assert ended.code == 0
    assert "Example: " in ended.out


@pytest.mark.parametrize("command", LOOKS, ids=" ".join)
def test_looks_end_well_for_people_and_for_machines(command, day: Path, tmp_path: Path):
    for_people = invoke(*command, "--data", day, cwd=tmp_path)
    for_machines = invoke(*command, "--json", "--data", day, cwd=tmp_path)

    assert (for_people.code, for_machines.code) == (0, 0)
    assert for_people.out.strip()
    assert isinstance(for_machines.document, dict)


@pytest.mark.parametrize("command", FAILURES, ids=" ".join)
def test_failures_end_with_one_in_one_line_or_one_document(command, day: Path, tmp_path: Path):
    for_people = invoke(*command, "--data", day, cwd=tmp_path)
    for_machines = invoke(*command, "--json", "--data", day, cwd=tmp_path)

    assert for_people.code == 1
    assert (for_people.out, for_people.err.count("\n")) == ("", 1)
    assert for_people.err.startswith("hippique: ")
    assert told_as_failure(for_machines)


@pytest.mark.parametrize("command", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_two(command, tmp_path: Path):
    assert invoke(*command, cwd=tmp_path).code == 2


@pytest.mark.parametrize("command", [c for c in LOOKS if c[0] != "check"], ids=" ".join)
@pytest.mark.parametrize("make", [None, Path.mkdir], ids=["missing", "empty"])
def test_a_folder_without_a_day_is_named_and_left_alone(command, make, tmp_path: Path):
    folder = tmp_path / "folder"
    if make is not None:
        make(folder)

    ended = invoke(*command, "--json", "--data", folder, cwd=tmp_path)

    assert told_as_failure(ended)
    assert str(folder) in ended.document["error"]["message"]
    assert not folder.exists() or list(folder.iterdir()) == []  # a look makes nothing


@pytest.mark.parametrize(
    "command",
    [("day", "--races", "1"), ("plan",), ("show",), ("queue", "stats")],
    ids=" ".join,
)
def test_a_path_that_no_folder_can_have_is_told_in_one_document(command, tmp_path: Path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    ended = invoke(*command, "--json", "--data", tmp_path / "file" / "data", cwd=tmp_path)

    assert told_as_failure(ended)


def test_serve_on_such_a_path_is_refused_in_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    ended = invoke("serve", "--data", tmp_path / "file" / "x", cwd=tmp_path, REQUIRE_AUTH="false")

    assert ended.code == 1
    assert ended.err.splitlines()[-1].startswith("hippique: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where rights forbid it")
def test_a_folder_without_rights_is_refused_in_one_document(tmp_path: Path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)

    assert told_as_failure(invoke("day", "--json", "--data", folder / "x", cwd=tmp_path))


@pytest.mark.parametrize(
    "command", [("queue", "stats"), ("queue", "purge", "--yes"), ("plan", DAY)], ids=" ".join
)
def test_a_damaged_queue_file_is_told_and_left_as_it_is(command, copy: Path, tmp_path: Path):
    (copy / "queue.sqlite").write_bytes(b"garbage" * 1000)

    ended = invoke(*command, "--json", "--data", copy, cwd=tmp_path)

    assert told_as_failure(ended)
    assert "queue.sqlite" in ended.document["error"]["message"]
    assert (copy / "queue.sqlite").read_bytes() == b"garbage" * 1000


def test_a_damaged_notice_of_a_service_is_named(copy: Path, tmp_path: Path):
    (copy / "service.json").write_bytes(b"garbage")

    ended = invoke("queue", "stats", "--json", "--data", copy, cwd=tmp_path)

    assert told_as_failure(ended)
    assert "service.json" in ended.document["error"]["message"]


@pytest.mark.parametrize("command", LOOKS[:8], ids=" ".join)
@pytest.mark.parametrize("name", ["R1C1/H5/slip.json", "R1C1/H5/manifest.json", "plan/*/plan.json"])
def test_a_damaged_artefact_never_ends_in_a_traceback(command, name, copy: Path, tmp_path: Path):
    min((copy / "archive" / DAY).glob(name)).write_bytes(b"\xff{")

    ended = invoke(*command, "--json", "--data", copy, cwd=tmp_path)

    assert ended.code in {0, 1}
    assert isinstance(ended.document, dict)


@pytest.mark.parametrize(("page", "name"), PAGES.items())
def test_parse_reads_every_kind_of_page(page: str, name: str, tmp_path: Path):
    ended = invoke("parse", page, GOLDEN / name, cwd=tmp_path)

    source, _, kind = page.partition("-")
    assert ended.code == 0
    assert (ended.document["source"], ended.document["page"]) == (source, kind)
    assert ended.document["meetings"][0]["races"]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (page, name)
        for page, own in PAGES.items()
        for name in PAGES.values()
        # Before the arrival Geny's result page is its card: read, with a warning.
        if name != own and (page, name) != ("geny-result", "geny-race.html")
    ],
)
def test_parse_refuses_a_page_of_another_kind(page: str, name: str, tmp_path: Path):
    assert told_as_failure(invoke("parse", page, GOLDEN / name, "--json", cwd=tmp_path))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("suffix", "body"),
    [(".html", b""), (".html", b"\xff\x00" * 99), (".html.zst", b"junk"), (".html.gz", b"junk")],
    ids=["empty", "binary", "no zstd", "no gzip"],
)
def test_parse_refuses_what_is_no_page(page: str, suffix: str, body: bytes, tmp_path: Path):
    path = tmp_path / f"page{suffix}"
    path.write_bytes(body)

    assert told_as_failure(invoke("parse", page, path, "--json", cwd=tmp_path))


def test_parse_reads_a_page_as_the_archive_keeps_it(day: Path, tmp_path: Path):
    kept = day / "archive" / DAY / "R1C1" / "H5" / "page-zeturf-race-1.html.zst"

    ended = invoke("parse", "zeturf-race", kept, cwd=tmp_path)

    assert ended.document["meetings"][0]["races"][0]["key"] == "R1C1"


@pytest.mark.parametrize(
    "command", [("show",), ("show", "--json"), ("queue", "list")], ids=" ".join
)
def test_a_reader_that_had_enough_is_no_error(command, day: Path, tmp_path: Path):
    with subprocess.Popen(
        [COMMAND, *command, "--data", str(day)],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # before a line is written, as an impatient `head` does
        told = process.stderr.read()

    assert (process.returncode, told) == (0, "")


def test_the_installed_command_is_the_same_program(day: Path, tmp_path: Path):
    good = hippique("show", DAY, "--json", "--data", day, cwd=tmp_path)
    bad = hippique("show", "junk", "--json", "--data", day, cwd=tmp_path)

    assert (good.code, good.err) == (0, "")
    assert good.document["date"] == DAY
    assert told_as_failure(bad)


@pytest.fixture(scope="module")
def beside(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Service, Callable[..., Any]]]:
    """A running service early in its day, and the commands on its folder."""
    top = tmp_path_factory.mktemp("beside")

    def command(*arguments: object) -> Any:
        ended = invoke(*arguments, "--json", "--data", top / "data", cwd=top)
        assert ended.code == 0, ended.out
        return ended.document

    with racecourse(top, speed=20, races=2) as course, serve(top, top / "data", course.url) as one:
        one.schedule()
        yield one, command


def test_queue_commands_work_beside_a_running_service(beside):
    service, command = beside
    listed = command("queue", "list", "--limit", 2)["tasks"]
    every = command("queue", "list")["tasks"]
    name = next(task["name"] for task in every if "-r1c1-h30-" in task["name"])

    assert [task["name"] for task in listed] == [task["name"] for task in every[:2]]
    assert (
        command("queue", "list", "--limit", 2, "--after", listed[-1]["name"])["tasks"] == every[2:4]
    )
    assert command("queue", "describe", name)["payload"]["phase"] == "H30"
    assert command("queue", "describe", f"projects/x/tasks/{name}")["name"] == name
    assert command("queue", "stats")["pending"] == len(every) == 6

    assert command("queue", "pause")["paused"] is True
    assert "paused" in service.get("/readyz").json()["checks"]["queue"]["detail"]
    assert command("queue", "resume")["paused"] is False

    assert command("queue", "cancel", name)["ok"] is True
    assert command("queue", "describe", name)["state"] == "cancelled"
    assert command("queue", "stats")["pending"] == 5


def test_a_task_that_is_run_by_hand_is_run_by_the_service(beside):
    service, command = beside
    tasks = command("queue", "list", "--state", "pending")["tasks"]
    name = next(task["name"] for task in tasks if "-r1c2-h30-" in task["name"])

    command("queue", "run", name)

    until(lambda: command("queue", "describe", name)["state"] == "done", "the task to be done")
    day = command("show")["date"]
    race = service.get(f"/api/days/{day}/races/R1C2").json()
    assert race["phases"]["H30"] == "done"


def test_plan_schedule_and_run_work_beside_the_service(beside):
    service, command = beside
    day = command("plan", "today")["date"]
    url = service.get(f"/api/days/{day}/races/R1C1").json()["url"]

    assert command("schedule", day)["tasks_scheduled"] == 2
    looked = command("run", url, "--phase", "h5", "--date", day)
    assert (looked["status"], looked["decision"]) == ("look", None)
    assert all("/manual/" in path for path in looked["artifacts"])


def test_purge_starts_a_generation_that_schedule_fills_again(beside):
    _, command = beside
    before = command("queue", "stats")

    purged = command("queue", "purge", "--yes")
    emptied = command("queue", "stats")
    filled = command("schedule", "today")

    assert purged["dropped"] == before["pending"] > 0
    assert (emptied["pending"], emptied["generation"]) == (0, before["generation"] + 1)
    assert filled["tasks_created"] > 0


def test_purge_asks_before_it_drops(day: Path, tmp_path: Path):
    ended = invoke("queue", "purge", "--data", day, cwd=tmp_path)

    assert ended.code == 1
    assert "Drop 0 pending tasks?" in ended.err
