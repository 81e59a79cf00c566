"""Our tasks in the words of Cloud Tasks, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from hippique.ports import NewTask, Task, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a task calls. root: of the service. account: e-mail whose identity it carries."""

    root: str
    account: str


def connect(endpoint: str | None) -> tasks_v2.CloudTasksClient:
    """A client of the real service, or of a stand-in, which is spoken to in clear."""
    if endpoint is None:
        return tasks_v2.CloudTasksClient()
    channel = grpc.insecure_channel(endpoint)
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


def write_task(task: NewTask, full_name: str, target: Target) -> tasks_v2.Task:
    """A task that posts its payload to /run."""
    root = target.root.rstrip("/")
    request = tasks_v2.HttpRequest(
        url=f"{root}/run",
        http_method=tasks_v2.HttpMethod.POST,
        headers={"Content-Type": "application/json"},
        body=task.payload,
        # Without an audience it would be the whole URL, which no other caller of ours uses.
        oidc_token=tasks_v2.OidcToken(service_account_email=target.account, audience=root),
    )
    return tasks_v2.Task(
        name=full_name,
        http_request=request,
        schedule_time=task.due,
        dispatch_deadline=timedelta(seconds=task.deadline_s),
    )


def read_task(task: tasks_v2.Task, now: datetime) -> Task:
    """A task as it waits, or is being delivered at `now`."""
    return Task(
        name=task.name.rpartition("/")[2],
        due=plain(task.schedule_time),
        payload=bytes(task.http_request.body),
        created_at=plain(task.create_time),
        state=TaskState.LEASED if _is_under_way(task, now) else TaskState.PENDING,
        attempts=task.dispatch_count,
        deadline_s=task.dispatch_deadline.total_seconds(),
        last_error=_last_error(task),
    )


def is_purged(task: tasks_v2.Task, purged_at: datetime | None) -> bool:
    """Whether the task was there when the queue was purged: it goes within the minute."""
    return purged_at is not None and plain(task.create_time) < purged_at


def plain(instant: datetime) -> datetime:
    """The library's kind of datetime as the standard one."""
    return datetime.combine(instant.date(), instant.timetz())


def _is_under_way(task: tasks_v2.Task, now: datetime) -> bool:
    """Sent, not answered, and not yet given up: after its deadline it comes again."""
    last = task.last_attempt
    if not last or not last.dispatch_time or last.response_time:
        return False
    given_up_at: datetime = plain(last.dispatch_time) + task.dispatch_deadline
    return now < given_up_at


def _last_error(task: tasks_v2.Task) -> str | None:
    last = task.last_attempt
    if not last or not last.response_time or last.response_status.code == 0:
        return None
    return str(last.response_status.message) or f"status {last.response_status.code}"
