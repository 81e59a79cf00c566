"""A whole simulated day on Google's stand-ins, moved by Scheduler's and Tasks' calls alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest

from buckets import client_of, fake_gcs, new_name
from cloud_day import RACE_TIME, Told, container, google_settings, listening, port_of_its_own
from hippique.bootstrap.driven import Draw, Show, clock_before, drive_day, simulated_drive
from hippique.day.close import seal_of
from hippique.day.outcome import Status
from hippique.day.verify import verify_day
from hippique.ports import Archive
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from hippique.settings import Settings
from scheduler import JOBS, Job, firings
from tasks_server import Answer, Call, CloudTasks, cloud_tasks

DAY = dt.date(2026, 6, 7)
DRAW = Draw(day=DAY, seed=7, races=4)
QUEUE = "projects/test-project/locations/europe-west1/queues/hippique-tasks"


@dataclass
class Google:
    """The outside of a container: bucket, tasks, scheduler, on one driven clock."""

    clock: DrivenClock
    store: str
    bucket: str
    archive: Archive
    tasks: CloudTasks
    url: str = ""
    refused: list[str] = field(default_factory=list)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=60))

    def headers(self) -> dict[str, str]:
        return {RACE_TIME: self.clock.now().isoformat()}

    def post(self, call: Call) -> Answer:
        """Cloud Tasks' call."""
        try:
            reply = self.client.post(
                call.url, content=call.body, headers={**call.headers, **self.headers()}
            )
        except httpx.TransportError:
            return Answer(None)
        if not reply.is_success:
            self.refused.append(f"{call.headers['X-CloudTasks-TaskName']} {reply.text}")
        return Answer(reply.status_code, float(reply.headers.get("retry-after", 0)))

    def fire(self, job: Job) -> None:
        """Cloud Scheduler's call."""
        reply = self.client.post(self.url + job.path, json=job.body, headers=self.headers())
        if not reply.is_success:
            self.refused.append(f"{job.path} {reply.text}")

    def play(self, until: Callable[[], bool], days: int = 2) -> None:
        """All calls of Scheduler and Tasks in the order of their instants."""
        ahead = firings(DAY, days)
        while ahead and not until():
            due = self.tasks.next_instant()
            instant = ahead[0][0] if due is None else min(due, ahead[0][0])
            self.clock.advance_to(max(instant, self.clock.now()))
            while ahead and ahead[0][0] <= self.clock.now():
                self.fire(ahead.pop(0)[1])
            self.tasks.send_due()


@contextmanager
def google(draw: Draw) -> Iterator[Google]:
    with ExitStack() as stack:
        store = stack.enter_context(fake_gcs())
        client = client_of(store)
        name = new_name(client)
        clock = clock_before(draw.day)
        made = Google(clock, store, name, GcsArchive(Bucket(client, name, writer="test")), None)
        made.tasks = stack.enter_context(cloud_tasks(clock.now, made.post))
        made.tasks.rules.make_queue(QUEUE)
        stack.enter_context(made.client)
        yield made


@contextmanager
def running(outside: Google, draw: Draw, told: Told) -> Iterator[None]:
    """One container in this process."""
    listener, outside.url = port_of_its_own()
    settings = google_settings(outside.bucket, outside.tasks.address, outside.url)
    environment = {"STORAGE_EMULATOR_HOST": outside.store}
    app = container(settings, environment, draw, outside.clock, told)
    with listening(app, listener):
        yield


def decided(archive: Archive) -> dict[str, bytes]:
    """What a day decided and what became of it, by address."""
    names = ("slip.json", "settlement.json", "forecast.json", "snapshot.json", "entries.json")
    return {a: archive.read(a) for a in archive.addresses(DAY.isoformat()) if a.endswith(names)}


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The same day on the embedded queue and a disk."""
    top = tmp_path_factory.mktemp("disk")
    show = Show(data=top, journal=lambda _: Told(), pause=lambda _: None)
    drive_day(simulated_drive(Settings(_env_file=None), DRAW, show))
    return DiskArchive(top / "archive")


def test_the_day_on_google_decides_and_settles_as_the_day_on_disk(on_disk: Archive):
    told = Told()
    with google(DRAW) as outside, running(outside, DRAW, told):
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        in_bucket = decided(outside.archive)

        assert outside.refused == []
        assert told.of("ERROR", "CRITICAL") == []
        assert verify_day(outside.archive, DAY).ok
        assert outside.tasks.next_instant() is None
    expected = decided(on_disk)
    assert sorted(in_bucket) == sorted(expected)
    assert {a for a in expected if in_bucket[a] != expected[a]} == set()
    assert sum(a.endswith("/slip.json") for a in expected) == DRAW.races


def h5_names(outside: Google) -> list[str]:
    waiting = outside.tasks.rules.listed(QUEUE)
    return sorted(one.name.rpartition("/")[2] for one in waiting if "-h5-" in one.name)


def test_an_h5_task_run_by_hand_in_the_morning_over_http_keeps_its_decision():
    draw = replace(DRAW, races=1)
    told = Told()
    with google(draw) as outside, running(outside, draw, told):
        outside.play(lambda: bool(h5_names(outside)))
        (first,) = h5_names(outside)
        outside.tasks.rules.force(f"{QUEUE}/tasks/{first}")
        outside.tasks.send_due()
        (second,) = h5_names(outside)
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        slips = [a for a in outside.archive.addresses() if a.endswith("/H5/slip.json")]
        looks = [a for a in outside.archive.addresses() if "/manual/H5/outcome.json" in a]

    assert first != second
    assert (len(slips), len(looks)) == (1, 1)
    assert outside.refused == []


def test_after_a_purge_the_day_is_queued_again_and_what_slipped_through_is_superseded():
    draw = replace(DRAW, races=1)
    told = Told()
    with google(draw) as outside, running(outside, draw, told):
        outside.play(lambda: bool(h5_names(outside)))
        before = set(h5_names(outside))
        outside.tasks.rules.slips = before
        outside.tasks.rules.purge(QUEUE)  # as `gcloud tasks queues purge` does
        outside.tasks.rules.queue(QUEUE).paused = False
        leaked = outside.tasks.rules.queue(QUEUE).lying[f"{QUEUE}/tasks/{min(before)}"]
        leaked.task.schedule_time = outside.clock.now()
        outside.tasks.send_due()
        answered = [fields["status"] for _, text, fields in told.events if text == "Task answered"]
        outside.fire(JOBS[1])  # POST /schedule
        again = set(h5_names(outside))
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        slips = [a for a in outside.archive.addresses() if a.endswith("/H5/slip.json")]

    assert answered == [Status.SUPERSEDED]
    assert before.isdisjoint(again)
    assert len(slips) == 1
