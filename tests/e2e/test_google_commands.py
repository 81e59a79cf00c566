"""`hippique queue …` on Cloud Tasks: the same commands, the same documents, no invented number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from buckets import client_of, fake_gcs, new_name
from hippique.bootstrap.google import cloud_queue, connect_bucket
from hippique.ports import NewTask
from hippique.runtime.clocks import WallClock
from hippique.settings import Settings
from running import Ended, invoke
from tasks_server import SERVICE_ACCOUNT, Answer, CloudTasks, cloud_tasks

PATH = "projects/test-project/locations/europe-west1/queues/hippique-tasks"
NAMES = ("run-20260607-r1c1-h30-a", "run-20260607-r1c1-h5-b")


@dataclass(frozen=True, slots=True)
class Console:
    """An operator's terminal, set to Google's stand-ins."""

    folder: Path
    settings: dict[str, str]
    tasks: CloudTasks

    def queue(self, *words: str) -> Ended:
        return invoke("queue", *words, "--json", cwd=self.folder, **self.settings)

    def pending(self) -> list[str]:
        return sorted(one.name.rpartition("/")[2] for one in self.tasks.rules.listed(PATH))


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with fake_gcs() as address:
        yield address


@pytest.fixture
def console(store: str, tmp_path: Path) -> Iterator[Console]:
    now = WallClock().now
    with cloud_tasks(now, lambda _: Answer(200)) as tasks:
        tasks.rules.make_queue(PATH)
        settings = {
            "PROJECT_ID": "test-project",
            "GCS_BUCKET": new_name(client_of(store)),
            "QUEUE_BACKEND": "cloud_tasks",
            "CLOUD_TASKS_ENDPOINT": tasks.address,
            "SERVICE_URL": "https://service.example",
            "SERVICE_SA_EMAIL": "runner@test-project.iam.gserviceaccount.com",
            "STORAGE_EMULATOR_HOST": store,
        }
        _fill(settings, store)
        yield Console(tmp_path, settings, tasks)


def _fill(settings: dict[str, str], store: str) -> None:
    read: dict[str, Any] = {name.lower(): value for name, value in settings.items()}
    ours = Settings(_env_file=None, **read)
    bucket = connect_bucket(ours, {"STORAGE_EMULATOR_HOST": store})
    queue = cloud_queue(ours, bucket, WallClock())
    for name in NAMES:
        due = datetime.now(UTC) + timedelta(hours=2)
        queue.create(NewTask(name=name, due=due, payload=b'{"phase": "H5"}'))


def test_statistics_count_what_waits_and_say_nothing_of_what_ended(console: Console):
    counts = console.queue("stats").document
    for_people = invoke("queue", "stats", cwd=console.folder, **console.settings).out

    assert (counts["pending"], counts["overdue"], counts["paused"]) == (2, 0, False)
    unknown = ("done", "cancelled", "failed", "attempts", "executed_last_minute")
    assert {counts[name] for name in unknown} == {None}
    assert for_people.count("unknown") == len(unknown)


def test_tasks_are_listed_described_cancelled_and_purged(console: Console):
    listed = console.queue("list", "--limit", "1").document["tasks"]
    described = console.queue("describe", f"{PATH}/tasks/{NAMES[1]}").document
    cancelled = console.queue("cancel", NAMES[0]).document
    purged = console.queue("purge", "--yes").document

    assert [task["name"] for task in listed] == [NAMES[0]]
    assert described["payload"] == {"phase": "H5"}
    assert cancelled == {"ok": True, "cancelled": NAMES[0]}
    assert purged == {"ok": True, "dropped": 1, "generation": 2}
    assert console.pending() == []


def test_a_task_is_run_by_hand_and_the_queue_paused_and_resumed(console: Console):
    paused = console.queue("pause").document
    is_paused = console.tasks.rules.queue(PATH).paused
    ran = console.queue("run", NAMES[1])
    resumed = console.queue("resume").document

    assert (paused["paused"], is_paused, resumed["paused"]) == (True, True, False)
    assert ran.code == 0
    assert console.tasks.send_due() == 1
    assert console.pending() == [NAMES[0]]


def test_a_name_that_nobody_waits_under_is_not_found(console: Console):
    for command in ("describe", "run", "cancel"):
        ended = console.queue(command, "run-20260607-r9c9-h5-x")
        assert (ended.code, ended.document["error"]["code"]) == (1, "NotFound")


def test_the_services_own_account_may_not_purge_and_is_told_which_permission_it_lacks(
    console: Console,
):
    console.tasks.roles = SERVICE_ACCOUNT

    ended = console.queue("purge", "--yes")

    assert (ended.code, ended.document["error"]["code"]) == (1, "StoreRefused")
    assert "queues.purge" in ended.document["error"]["message"]
    assert console.pending() == sorted(NAMES)
