from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest
from google.cloud.storage import Client

from buckets import QUICK, client_of, fake_gcs, new_bucket
from contracts.queue_contract import (
    DispatchContract,
    Drive,
    MakeQueue,
    OperatorContract,
    TaskQueueContract,
)
from hippique.ports import Clock, Task
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.cloud_tasks import CloudTasksQueue, QueueAddress
from hippique.runtime.cloud_tasks_wire import Target, connect
from hippique.runtime.delivery import Deliver, attempt
from hippique.runtime.gcs_generation import GcsGenerations
from hippique.runtime.google_calls import Caller
from hippique.runtime.queue_rules import RetryPolicy
from tasks_rules import FOREVER, Retry
from tasks_server import CloudTasks, cloud_tasks

ACCOUNT = "runner@test-project.iam.gserviceaccount.com"


class Worker:
    """The service behind the queue, over real HTTP. deliver: what a call comes to."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.root = f"http://127.0.0.1:{server.server_port}"
        self.deliver: Deliver | None = None


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert worker.deliver is not None
            answer = attempt(worker.deliver, _task(self.headers, body), raised.append)
            self.send_response(200 if answer.ok else 503)
            if answer.retry_after_s is not None:
                self.send_header("Retry-After", f"{answer.retry_after_s:g}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Nothing on stderr."""

    raised: list[Exception] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        worker = Worker(server)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield worker
        server.shutdown()
        thread.join()
    assert raised == []


def _task(headers: Message, body: bytes) -> Task:
    """What the worker knows of a task: Google's own headers and the payload."""
    due = datetime.fromtimestamp(float(headers["X-CloudTasks-TaskETA"])).astimezone()
    return Task(
        name=headers["X-CloudTasks-TaskName"],
        due=due,
        payload=body,
        created_at=due,
        attempts=int(headers["X-CloudTasks-TaskRetryCount"]) + 1,
    )


@pytest.fixture(scope="module")
def store() -> Iterator[Client]:
    with fake_gcs() as address:
        yield client_of(address)


def retry_of(policy: RetryPolicy) -> Retry:
    """Our policy in the words of a queue of Cloud Tasks."""
    attempts = FOREVER if policy.max_attempts is None else policy.max_attempts
    return Retry(attempts=attempts, for_s=policy.max_retry_s or 0.0)


class TestCloudTasksQueue(TaskQueueContract, OperatorContract, DispatchContract):
    remembers = False

    @pytest.fixture
    def make_queue(self, worker: Worker, store: Client) -> Iterator[MakeQueue]:
        numbers = count()
        bucket = new_bucket(store)
        with ExitStack() as stack:
            made: dict[int, CloudTasks] = {}

            def make(clock: Clock, retry: RetryPolicy | None = None) -> CloudTasksQueue:
                known = made.get(id(clock))
                if known is None:
                    known = stack.enter_context(cloud_tasks(clock.now))
                    made[id(clock)] = known
                name = f"q{next(numbers)}"
                path = f"projects/test-project/locations/europe-west1/queues/{name}"
                known.rules.make_queue(path, retry=retry_of(retry or RetryPolicy()))
                return CloudTasksQueue(
                    connect(known.address),
                    QueueAddress(path=path, target=Target(root=worker.root, account=ACCOUNT)),
                    GcsGenerations(bucket, name),
                    clock,
                    Caller(place=path, patience=QUICK),
                )

            self.made = made
            yield make

    @pytest.fixture
    def drive(self, worker: Worker) -> Drive:
        def run(_: object, deliver: Deliver, clock: DrivenClock, until: datetime) -> None:
            worker.deliver = deliver
            standing = self.made[id(clock)]
            while (due := standing.next_instant()) is not None and due <= until:
                clock.advance_to(max(due, clock.now()))
                standing.send_due()
            clock.advance_to(until)

        return run
