"""A stand-in of Google Cloud Tasks: real `tasks_v2` messages over gRPC, real HTTP to the worker.

Its clock is given. Nothing is sent by itself: a test drives it, as it drives the day.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import grpc
import httpx
from google.api_core import exceptions as google
from google.cloud import tasks_v2
from google.protobuf import empty_pb2

from hippique.runtime.cloud_tasks_wire import plain
from tasks_rules import Lying, Queue, TasksRules

SERVICE = "google.cloud.tasks.v2.CloudTasks"
ROLES = {
    "cloudtasks.enqueuer": {"tasks.create", "tasks.fullView"},
    "cloudtasks.viewer": {"queues.get", "queues.list", "tasks.get", "tasks.list"},
    "cloudtasks.taskDeleter": {"tasks.delete"},
    "cloudtasks.taskRunner": {"tasks.run", "tasks.fullView"},
    "cloudtasks.queueAdmin": {
        "queues.get", "queues.list", "queues.pause", "queues.resume", "queues.purge",
        "queues.update",
    },
    "iam.serviceAccountUser": {"serviceAccounts.actAs"},
}  # fmt: skip
"""What each role of Google's table grants, of the permissions that these calls need."""

OPERATOR = frozenset(ROLES)
SERVICE_ACCOUNT = frozenset(
    {
        "cloudtasks.enqueuer",
        "cloudtasks.viewer",
        "cloudtasks.taskDeleter",
        "iam.serviceAccountUser",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer. status: None where none came before the deadline."""

    status: int | None
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is sent to the worker. within_s: the task's dispatch deadline."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    within_s: float


Post = Callable[[Call], Answer]


@dataclass(slots=True)
class CloudTasks:
    """The stand-in as a test holds it. roles: of whoever calls. weather: errors to answer next.

    lost: how many of the next calls are done and then answered as if they had not been.
    """

    rules: TasksRules
    post: Post
    roles: frozenset[str] = OPERATOR
    weather: list[Exception] = field(default_factory=list)
    lost: int = 0
    calls: list[str] = field(default_factory=list)
    sent: list[Call] = field(default_factory=list)
    address: str = ""

    def next_instant(self) -> datetime | None:
        """When the next task may be sent, None where nothing waits."""
        heads = [ready[0] for queue in self._queues() if (ready := self.rules.sendable(queue))]
        return min((plain(head.task.schedule_time) for head in heads), default=None)

    def send_due(self) -> int:
        """Send what is due now, within each queue's rate; returns how many were sent."""
        return sum(self._send_from(queue) for queue in self._queues())

    def _queues(self) -> list[Queue]:
        return list(self.rules.queues.values())

    def _send_from(self, queue: Queue) -> int:
        now, sent = self.rules.now(), 0
        for lying in self.rules.sendable(queue):
            if lying.task.schedule_time > now:
                break
            if sent >= queue.per_second:
                lying.task.schedule_time = now + timedelta(seconds=1)
                continue
            self._send(queue, lying)
            sent += 1
        return sent

    def _send(self, queue: Queue, lying: Lying) -> None:
        if queue.lying.get(lying.task.name) is not lying:
            return  # deleted by a worker since
        call = _call(queue, self.rules.begin(lying))
        self.sent.append(call)
        answer = self.post(call)
        self.rules.answered(queue, lying, answer.status, answer.retry_after_s)

    # --- gRPC

    def allow(self, *permissions: str) -> None:
        granted = set().union(*(ROLES[role] for role in self.roles))
        missing = [one for one in permissions if one not in granted]
        if missing:
            raise google.PermissionDenied(f"The principal lacks {', '.join(missing)}")

    def create_task(self, request: tasks_v2.CreateTaskRequest) -> tasks_v2.Task:
        acts = request.task.http_request.oidc_token.service_account_email
        self.allow("tasks.create", *(["serviceAccounts.actAs"] if acts else []))
        return self.rules.create(request.parent, request.task)

    def get_task(self, request: tasks_v2.GetTaskRequest) -> tasks_v2.Task:
        self.allow("tasks.get", *_view(request.response_view))
        return _seen(self.rules.find(request.name).task, request.response_view)

    def list_tasks(self, request: tasks_v2.ListTasksRequest) -> tasks_v2.ListTasksResponse:
        self.allow("tasks.list", *_view(request.response_view))
        found = self.rules.listed(request.parent)
        first, size = int(request.page_token or 0), request.page_size or 1000
        token = str(first + size) if first + size < len(found) else ""
        page = [_seen(task, request.response_view) for task in found[first : first + size]]
        return tasks_v2.ListTasksResponse(tasks=page, next_page_token=token)

    def delete_task(self, request: tasks_v2.DeleteTaskRequest) -> empty_pb2.Empty:
        self.allow("tasks.delete")
        self.rules.delete(request.name)
        return empty_pb2.Empty()

    def run_task(self, request: tasks_v2.RunTaskRequest) -> tasks_v2.Task:
        self.allow("tasks.run", *_view(request.response_view))
        return _seen(self.rules.force(request.name), request.response_view)

    def get_queue(self, request: tasks_v2.GetQueueRequest) -> tasks_v2.Queue:
        self.allow("queues.get")
        return _queue(self.rules.queue(request.name))

    def pause_queue(self, request: tasks_v2.PauseQueueRequest) -> tasks_v2.Queue:
        self.allow("queues.pause")
        queue = self.rules.queue(request.name)
        queue.paused = True
        return _queue(queue)

    def resume_queue(self, request: tasks_v2.ResumeQueueRequest) -> tasks_v2.Queue:
        self.allow("queues.resume")
        queue = self.rules.queue(request.name)
        queue.paused = False
        return _queue(queue)

    def purge_queue(self, request: tasks_v2.PurgeQueueRequest) -> tasks_v2.Queue:
        self.allow("queues.purge")
        return _queue(self.rules.purge(request.name))


METHODS: Mapping[str, tuple[type[Any], type[Any]]] = {
    "CreateTask": (tasks_v2.CreateTaskRequest, tasks_v2.Task),
    "GetTask": (tasks_v2.GetTaskRequest, tasks_v2.Task),
    "ListTasks": (tasks_v2.ListTasksRequest, tasks_v2.ListTasksResponse),
    "DeleteTask": (tasks_v2.DeleteTaskRequest, empty_pb2.Empty),
    "RunTask": (tasks_v2.RunTaskRequest, tasks_v2.Task),
    "GetQueue": (tasks_v2.GetQueueRequest, tasks_v2.Queue),
    "PauseQueue": (tasks_v2.PauseQueueRequest, tasks_v2.Queue),
    "ResumeQueue": (tasks_v2.ResumeQueueRequest, tasks_v2.Queue),
    "PurgeQueue": (tasks_v2.PurgeQueueRequest, tasks_v2.Queue),
}


@contextmanager
def cloud_tasks(now: Callable[[], datetime], post: Post | None = None) -> Iterator[CloudTasks]:
    """A stand-in on loopback; `address` is where it listens. post: in place of real HTTP."""
    with httpx.Client(trust_env=False) as client:
        standing = CloudTasks(TasksRules(now), post or over_http(client))
        handlers = {name: _handler(standing, name, *kinds) for name, kinds in METHODS.items()}
        server = grpc.server(ThreadPoolExecutor(4))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        standing.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        try:
            yield standing
        finally:
            server.stop(0).wait()


def over_http(client: httpx.Client) -> Post:
    """Real posts, each within its task's deadline."""

    def post(call: Call) -> Answer:
        try:
            reply = client.post(
                call.url, content=call.body, headers=dict(call.headers), timeout=call.within_s
            )
        except httpx.TransportError:
            return Answer(None)
        return Answer(reply.status_code, float(reply.headers.get("retry-after", 0)))

    return post


def _handler(standing: CloudTasks, name: str, asked: type[Any], answered: type[Any]) -> Any:
    method = getattr(standing, "".join(f"_{c.lower()}" if c.isupper() else c for c in name)[1:])

    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        standing.calls.append(name)
        try:
            if standing.weather:
                raise standing.weather.pop(0)
            told = method(request)
            if standing.lost > 0:
                standing.lost -= 1
                raise google.ServiceUnavailable("connection reset")
        except google.GoogleAPICallError as error:
            context.abort(error.grpc_status_code, error.message)
        return told

    write = answered.serialize if hasattr(answered, "serialize") else answered.SerializeToString
    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=asked.deserialize, response_serializer=write
    )


def _view(view: tasks_v2.Task.View) -> list[str]:
    return ["tasks.fullView"] if view == tasks_v2.Task.View.FULL else []


def _seen(task: tasks_v2.Task, view: tasks_v2.Task.View) -> tasks_v2.Task:
    """The basic view hides the payload, as it may be large or secret."""
    seen = tasks_v2.Task(task)
    if view != tasks_v2.Task.View.FULL:
        seen.http_request.body = b""
    return seen


def _queue(queue: Queue) -> tasks_v2.Queue:
    state = tasks_v2.Queue.State.PAUSED if queue.paused else tasks_v2.Queue.State.RUNNING
    return tasks_v2.Queue(name=queue.path, state=state, purge_time=queue.purged_at)


def _call(queue: Queue, task: tasks_v2.Task) -> Call:
    request = task.http_request
    name = task.name.rpartition("/")[2]
    headers = {
        **request.headers,
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": queue.path.rpartition("/")[2],
        "X-CloudTasks-TaskName": name,
        "X-CloudTasks-TaskRetryCount": str(task.dispatch_count - 1),
        "X-CloudTasks-TaskExecutionCount": str(task.response_count),
        "X-CloudTasks-TaskETA": str(task.schedule_time.timestamp()),
        "Authorization": f"Bearer {token(request.oidc_token)}",
    }
    within_s = task.dispatch_deadline.total_seconds()
    return Call(url=request.url, headers=headers, body=request.body, within_s=within_s)


def token(asked: tasks_v2.OidcToken) -> str:
    """A token in the form of Google's, without a signature that anybody could check."""
    head = {"alg": "RS256", "kid": "stand-in", "typ": "JWT"}
    claims = {
        "iss": "https://accounts.google.com",
        "aud": asked.audience,
        "email": asked.service_account_email,
        "email_verified": True,
    }
    parts = [json.dumps(part).encode() for part in (head, claims)] + [b"no signature"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def claims_of(bearer: str) -> dict[str, Any]:
    """The claims of such a token."""
    part = bearer.removeprefix("Bearer ").split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
