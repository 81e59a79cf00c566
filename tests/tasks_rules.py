"""The rules of Google Cloud Tasks as its documents state them, held in memory on a given clock.

Names stay taken for 24 h after a task's end; a purge takes what was created before it, yet some
of that may still slip through for a minute; anything but 2xx is tried again until both limits are
used up; a queue that is paused still sends what is run by hand.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from google.api_core import exceptions as google
from google.cloud import tasks_v2
from google.rpc import code_pb2, status_pb2

TAKEN_FOR = timedelta(hours=24)
SLIPS_FOR = timedelta(seconds=60)
HORIZON = timedelta(days=30)
LARGEST_BODY = 100 * 1024
DEADLINES = (timedelta(seconds=15), timedelta(minutes=30))
NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")
FOREVER = -1

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Of a queue. attempts: FOREVER without limit. for_s: 0 without limit."""

    attempts: int = 100
    for_s: float = 0.0
    first_s: float = 10.0
    longest_s: float = 300.0
    doublings: int = 3

    def wait_s(self, failed: int) -> float:
        """After so many failed attempts: doubled a few times, then longer by the last step."""
        wait_s = self.first_s
        for _ in range(min(failed - 1, self.doublings)):
            wait_s *= 2
        wait_s += max(0, failed - 1 - self.doublings) * self.first_s * 2**self.doublings
        return min(wait_s, self.longest_s)

    def is_over(self, failed: int, since_first_s: float) -> bool:
        attempts_over = self.attempts != FOREVER and failed >= self.attempts
        time_over = self.for_s > 0 and since_first_s >= self.for_s
        if self.attempts == FOREVER:
            return time_over
        return attempts_over if self.for_s == 0 else attempts_over and time_over


@dataclass(slots=True)
class Lying:
    """A task that waits or is being sent. forced: run by hand. slipping: purged, not yet gone."""

    task: tasks_v2.Task
    forced: bool = False
    slipping: bool = False
    sent: bool = False


@dataclass(slots=True)
class Queue:
    """One queue."""

    path: str
    retry: Retry = field(default_factory=Retry)
    per_second: float = 500.0
    concurrent: int = 1000
    paused: bool = False
    purged_at: datetime | None = None
    lying: dict[str, Lying] = field(default_factory=dict)
    taken_until: dict[str, datetime] = field(default_factory=dict)


class TasksRules:
    """All queues. slips: names of tasks that a purge lets through."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self.queues: dict[str, Queue] = {}
        self.slips: set[str] = set()
        self.lock = threading.RLock()
        self._last: datetime | None = None

    def make_queue(self, path: str, **options: object) -> Queue:
        self.queues[path] = Queue(path, **options)  # type: ignore[arg-type]  # names are Queue's own
        return self.queues[path]

    def queue(self, path: str) -> Queue:
        if path not in self.queues:
            raise google.NotFound(f"Queue does not exist: {path}")
        return self.queues[path]

    def create(self, parent: str, task: tasks_v2.Task) -> tasks_v2.Task:
        with self.lock:
            queue, now = self.queue(parent), self.now()
            self._check(task, now)
            if task.name in queue.lying or queue.taken_until.get(task.name, now) > now:
                raise google.AlreadyExists("a task with this name existed too recently")
            made = tasks_v2.Task(task)
            made.create_time = self._stamp()
            made.schedule_time = max(task.schedule_time or now, now)
            made.dispatch_deadline = task.dispatch_deadline or timedelta(minutes=10)
            queue.lying[task.name] = Lying(made)
            return made

    def find(self, name: str) -> Lying:
        with self.lock:
            queue = self.queue(name.partition("/tasks/")[0])
            found = queue.lying.get(name)
            if found is None or found.slipping:
                raise google.NotFound("Requested entity was not found.")
            return found

    def delete(self, name: str) -> None:
        with self.lock:
            self.find(name)
            self._end(self.queue(name.partition("/tasks/")[0]), name)

    def listed(self, parent: str) -> list[tasks_v2.Task]:
        """In no order of ours: by when each was created."""
        with self.lock:
            return [lying.task for lying in self.queue(parent).lying.values()]

    def force(self, name: str) -> tasks_v2.Task:
        with self.lock:
            found = self.find(name)
            found.forced = True
            found.task.schedule_time = self.now()
            return found.task

    def purge(self, name: str) -> Queue:
        with self.lock:
            queue = self.queue(name)
            queue.purged_at = self._stamp()
            for full in list(queue.lying):
                if full.rpartition("/")[2] in self.slips:
                    queue.lying[full].slipping = True
                else:
                    self._end(queue, full)
            return queue

    def sendable(self, queue: Queue) -> list[Lying]:
        """What may be sent now or later, the earliest first; run by hand also when paused."""
        with self.lock:
            ready = [
                lying
                for lying in queue.lying.values()
                if not lying.sent and (lying.forced or not queue.paused)
            ]
        return sorted(ready, key=lambda lying: (lying.task.schedule_time, lying.task.name))

    def begin(self, lying: Lying) -> tasks_v2.Task:
        with self.lock:
            now, task = self.now(), lying.task
            lying.sent, lying.forced = True, False
            task.dispatch_count += 1
            task.last_attempt = tasks_v2.Attempt(
                schedule_time=task.schedule_time, dispatch_time=now
            )
            if task.dispatch_count == 1:
                task.first_attempt = tasks_v2.Attempt(dispatch_time=now)
            return tasks_v2.Task(task)

    def answered(
        self, queue: Queue, lying: Lying, status: int | None, retry_after_s: float = 0.0
    ) -> None:
        """The worker's answer; None where none came before the deadline."""
        with self.lock:
            lying.sent = False
            if queue.lying.get(lying.task.name) is not lying:
                return  # deleted meanwhile
            if status is not None and 200 <= status < 300:
                self._end(queue, lying.task.name)
                return
            self._fail(queue, lying, status, retry_after_s)

    def _fail(self, queue: Queue, lying: Lying, status: int | None, retry_after_s: float) -> None:
        task, now = lying.task, self.now()
        if status is not None:
            task.response_count += 1
            task.last_attempt.response_time = now
            task.last_attempt.response_status = status_pb2.Status(
                code=code_pb2.UNKNOWN, message=f"HTTP status code {status}"
            )
        since_first_s = (now - task.first_attempt.dispatch_time).total_seconds()
        too_old = (
            lying.slipping and queue.purged_at is not None and now > queue.purged_at + SLIPS_FOR
        )
        if too_old or queue.retry.is_over(task.dispatch_count, since_first_s):
            self._end(queue, task.name)
            return
        wait_s = max(queue.retry.wait_s(task.dispatch_count), retry_after_s)
        task.schedule_time = now + timedelta(seconds=wait_s)

    def _end(self, queue: Queue, name: str) -> None:
        del queue.lying[name]
        queue.taken_until[name] = self.now() + TAKEN_FOR

    def _stamp(self) -> datetime:
        """Now, yet never twice the same: time goes on between two calls of the real service."""
        now = self.now()
        if self._last is not None and now <= self._last:
            now = self._last + timedelta(microseconds=1)
        self._last = now
        return now

    def _check(self, task: tasks_v2.Task, now: datetime) -> None:
        if not NAME.fullmatch(task.name.rpartition("/tasks/")[2]):
            raise google.InvalidArgument(f"Malformed task name: {task.name}")
        if task.schedule_time and task.schedule_time > now + HORIZON:
            raise google.InvalidArgument("The schedule_time is too far in the future")
        if len(task.http_request.body) > LARGEST_BODY:
            raise google.InvalidArgument("Task size too large")
        if task.dispatch_deadline and not DEADLINES[0] <= task.dispatch_deadline <= DEADLINES[1]:
            raise google.InvalidArgument("The dispatch_deadline is out of range")
