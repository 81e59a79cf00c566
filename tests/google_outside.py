"""Bucket, tasks and scheduler around a container: a day moved by their calls alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx

from buckets import client_of, fake_gcs, new_name
from cloud_day import RACE_TIME
from hippique.bootstrap.driven import Draw, clock_before
from hippique.ports import Archive
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from scheduler import Job, firings
from tasks_server import Answer, Call, CloudTasks, cloud_tasks

QUEUE = "projects/test-project/locations/europe-west1/queues/hippique-tasks"


@dataclass
class Google:
    """The outside of a container: bucket, tasks, scheduler, on one driven clock."""

    day: dt.date
    clock: DrivenClock
    store: str
    bucket: str
    archive: Archive
    tasks: CloudTasks = field(init=False)
    url: str = ""
    refused: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=60))

    def headers(self) -> dict[str, str]:
        return {RACE_TIME: self.clock.now().isoformat()}

    def post(self, call: Call) -> Answer:
        """Cloud Tasks' call. before: told the task's name, as a kill may need it."""
        self.before(call.headers["X-CloudTasks-TaskName"])
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
        self.before(job.path)
        reply = self.client.post(self.url + job.path, json=job.body, headers=self.headers())
        if not reply.is_success:
            self.refused.append(f"{job.path} {reply.text}")

    def play(self, until: Callable[[], bool], days: int = 2) -> None:
        """All calls of Scheduler and Tasks in the order of their instants."""
        ahead = firings(self.day, days)
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
        made = Google(
            draw.day, clock, store, name, GcsArchive(Bucket(client, name, writer="test")), None
        )
        made.tasks = stack.enter_context(cloud_tasks(clock.now, made.post))
        made.tasks.rules.make_queue(QUEUE)
        stack.enter_context(made.client)
        yield made
