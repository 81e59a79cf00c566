"""Google Cloud Tasks behind the ports of day and operator. Cloud Tasks itself dispatches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from google.api_core.exceptions import AlreadyExists
from google.api_core.exceptions import NotFound as Gone
from google.cloud import tasks_v2

from hippique.errors import NotFound, StoreRefused
from hippique.ports import Clock, NewTask, QueueStats, Task, TaskState
from hippique.runtime.cloud_tasks_wire import Target, is_purged, plain, read_task, write_task
from hippique.runtime.google_calls import Caller
from hippique.runtime.queue_rules import check_new_task

PAGE = 1000
FULL = tasks_v2.Task.View.FULL
ENDED = frozenset({TaskState.DONE, TaskState.CANCELLED, TaskState.FAILED})


class Generations(Protocol):
    """Counts the purges of a queue."""

    def at(self, purged_at: datetime | None) -> int:
        """The generation of a queue last purged at this instant (None: never)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAddress:
    """A queue of Cloud Tasks, and whom its tasks call.

    path: `projects/P/locations/L/queues/Q`.
    """

    path: str
    target: Target

    def task(self, name: str) -> str:
        """A task's full name."""
        return f"{self.path}/tasks/{name}"


@dataclass(frozen=True, slots=True)
class _Queue:
    purged_at: datetime | None
    is_paused: bool


class CloudTasksQueue:
    """See ports. call: how calls are made, and with what patience.

    Ended tasks are forgotten by the service, except that their names stay taken.

    A purge takes up to a minute to reach every task: what was created before it is not shown,
    and where it is delivered all the same its generation is an old one.
    """

    def __init__(
        self,
        client: tasks_v2.CloudTasksClient,
        address: QueueAddress,
        generations: Generations,
        clock: Clock,
        call: Caller | None = None,
    ) -> None:
        self._client = client
        self._address = address
        self._generations = generations
        self._clock = clock
        self._call = call or Caller(place=address.path)
        self._options: dict[str, Any] = {"retry": None, "timeout": self._call.patience.one_try_s}

    # --- the day's side

    def create(self, task: NewTask) -> bool:
        """See TaskQueue. A name that an earlier try of this very call took counts as new."""
        check_new_task(task, self._clock.now())
        full_name = self._address.task(task.name)
        made = write_task(task, full_name, self._address.target)

        def create_once(tries: int) -> bool:
            try:
                self._client.create_task(parent=self._address.path, task=made, **self._options)
            except AlreadyExists:
                return tries > 1 and self._lies_there(full_name)
            return True

        with self._existing():
            return self._call.counted(create_once)

    def cancel(self, name: str) -> bool:
        """See TaskQueue. One that is being delivered is cancelled too: it is not tried again."""

        def delete_once(tries: int) -> bool:
            try:
                self._client.delete_task(name=self._address.task(name), **self._options)
            except Gone:
                return tries > 1
            return True

        return self._call.counted(delete_once)

    def generation(self) -> int:
        """See TaskQueue. A purge from elsewhere, with gcloud or in the console, counts too."""
        return self._generations.at(self._queue().purged_at)

    def live(self, prefix: str = "") -> tuple[Task, ...]:
        """See TaskQueue."""
        held = (task for task in self._listed() if task.name.startswith(prefix))
        return tuple(sorted(held, key=lambda task: (task.due, task.name)))

    # --- the operator's side

    def tasks(
        self, *, state: TaskState | None = None, after: str = "", limit: int = 100
    ) -> tuple[Task, ...]:
        """See QueueOperator. No ended tasks: Cloud Tasks forgets them."""
        if state in ENDED:
            return ()
        held = [t for t in self._listed() if t.name > after and state in {None, t.state}]
        return tuple(sorted(held, key=lambda task: task.name)[:limit])

    def describe(self, name: str) -> Task:
        """See QueueOperator. Raises NotFound for an ended task too."""
        request = tasks_v2.GetTaskRequest(name=self._address.task(name), response_view=FULL)
        return self._named(name, lambda: self._client.get_task(request, **self._options))

    def run_now(self, name: str) -> Task:
        """See QueueOperator. Cloud Tasks sends it out at once, also while the queue is paused."""
        request = tasks_v2.RunTaskRequest(name=self._address.task(name), response_view=FULL)
        return self._named(name, lambda: self._client.run_task(request, **self._options))

    def set_paused(self, *, paused: bool) -> None:
        """See QueueOperator."""
        change = self._client.pause_queue if paused else self._client.resume_queue
        with self._existing():
            self._call(lambda: change(name=self._address.path, **self._options))

    def purge(self) -> int:
        """See QueueOperator."""
        dropped = sum(task.state is TaskState.PENDING for task in self._listed())
        with self._existing():
            self._call(lambda: self._client.purge_queue(name=self._address.path, **self._options))
        self.generation()
        return dropped

    def stats(self) -> QueueStats:
        """See QueueOperator. What has ended, nobody counts here: None."""
        now = self._clock.now()
        queue = self._queue()
        held = self._listed(queue)
        dues = [task.due for task in held if task.state is TaskState.PENDING]
        return QueueStats(
            pending=len(dues),
            overdue=sum(due < now for due in dues),
            leased=len(held) - len(dues),
            done=None,
            cancelled=None,
            failed=None,
            attempts=None,
            executed_last_minute=None,
            oldest_due=min(dues, default=None),
            paused=queue.is_paused,
            generation=self._generations.at(queue.purged_at),
        )

    # --- calls

    def _queue(self) -> _Queue:
        with self._existing():
            told = self._call(
                lambda: self._client.get_queue(name=self._address.path, **self._options)
            )
        return _Queue(
            purged_at=plain(told.purge_time) if told.purge_time else None,
            is_paused=told.state == tasks_v2.Queue.State.PAUSED,
        )

    def _listed(self, queue: _Queue | None = None) -> list[Task]:
        purged_at = (queue or self._queue()).purged_at
        request = tasks_v2.ListTasksRequest(
            parent=self._address.path, page_size=PAGE, response_view=FULL
        )
        with self._existing():
            found = self._call(lambda: list(self._client.list_tasks(request, **self._options)))
        now = self._clock.now()
        return [read_task(task, now) for task in found if not is_purged(task, purged_at)]

    def _lies_there(self, full_name: str) -> bool:
        try:
            self._client.get_task(name=full_name, **self._options)
        except Gone:
            return False
        return True

    @contextmanager
    def _existing(self) -> Iterator[None]:
        try:
            yield
        except Gone as error:
            raise StoreRefused(
                f"{self._address.path}: there is no such queue; create it, or mend PROJECT_ID, "
                "REGION and QUEUE_ID"
            ) from error

    def _named(self, name: str, call: Callable[[], tasks_v2.Task]) -> Task:
        try:
            return read_task(self._call(call), self._clock.now())
        except Gone as error:
            raise NotFound(
                f"{self._address.path}: no task named {name!r} waits there; Cloud Tasks forgets "
                "those that ended"
            ) from error
