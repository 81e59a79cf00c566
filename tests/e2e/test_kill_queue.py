"""kill -9 at any instant: no task is lost, no effect happens twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from hippique.ports import TaskState
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue

CHILD = Path(__file__).with_name("kill_queue_child.py")
TASKS_PER_KILL = 25


@pytest.mark.parametrize(
    "kills", [pytest.param(12, id="12 kills"), pytest.param(100, marks=pytest.mark.soak, id="100")]
)
def test_killed_at_any_instant_it_loses_no_task_and_doubles_no_effect(tmp_path: Path, kills: int):
    tasks = kills * TASKS_PER_KILL
    chance = random.Random(kills)  # noqa: S311  instants to kill at, not secrets
    said: list[str] = []
    for number in range(1, kills + 1):
        after_lines = chance.randrange(1, 2 * TASKS_PER_KILL)
        said += run_and_kill(tmp_path, number * TASKS_PER_KILL, after_lines)
    said += run_to_the_end(tmp_path, tasks)

    names = {f"t{number:05}" for number in range(tasks)}
    archive = DiskArchive(tmp_path / "archive")
    journal = (tmp_path / "journal").read_text("ascii").splitlines()

    assert said[-1] == "drained"
    assert done_in(tmp_path) == names
    assert repeated(said, "created") == []  # a lost task would be created again
    assert repeated(journal, "effect") == []
    assert [line for line in said if line.startswith("again")] == []
    assert {address.removeprefix("effects/") for address in archive.addresses()} == names
    assert all(archive.read(f"effects/{name}") == name.encode() * 2000 for name in names)


def done_in(folder: Path) -> set[str]:
    with closing(SqliteFile(folder / "queue.sqlite")) as file:
        done = SqliteQueue(file, WallClock()).tasks(state=TaskState.DONE, limit=10_000)
    return {task.name for task in done}


def repeated(lines: Iterable[str], word: str) -> list[str]:
    return [line for line, times in Counter(lines).items() if times > 1 and line.startswith(word)]


def run_and_kill(folder: Path, tasks: int, after_lines: int) -> list[str]:
    """Start the child, kill it once it has said so many lines; returns all it said."""
    with start(folder, tasks) as child:
        assert child.stdout is not None
        said = list(islice(child.stdout, after_lines))
        child.kill()
        said += child.stdout
    assert child.returncode == -signal.SIGKILL
    return [line.strip() for line in said]


def run_to_the_end(folder: Path, tasks: int) -> list[str]:
    with start(folder, tasks) as child:
        said, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    return said.splitlines()


def start(folder: Path, tasks: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(CHILD), str(folder), str(tasks)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
