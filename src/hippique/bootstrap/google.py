"""Google's side plugged together: the bucket's stores and, where it is chosen, Cloud Tasks.

Imported only where GCS_BUCKET is set, so that one machine needs none of Google's libraries.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from hippique.bootstrap.folders import Folder, Queue, Told, open_folder
from hippique.ports import Claims, Clock, Views
from hippique.runtime.clocks import WallClock
from hippique.runtime.cloud_tasks import CloudTasksQueue, QueueAddress
from hippique.runtime.cloud_tasks_wire import Target
from hippique.runtime.cloud_tasks_wire import connect as connect_tasks
from hippique.runtime.gcs import GcsArchive, GcsViews
from hippique.runtime.gcs_bucket import Bucket, connect
from hippique.runtime.gcs_claims import GcsClaims
from hippique.runtime.gcs_generation import GcsGenerations
from hippique.runtime.google_calls import Caller, say_nothing
from hippique.runtime.owner import Owner, lone_process, this_process
from hippique.runtime.read_through import KeptArchive, ReadThrough
from hippique.settings import Settings, data_folder

CHECK_S = 60.0
CLOUD_TASKS = "cloud_tasks"


def connect_bucket(
    settings: Settings, environment: Mapping[str, str], told: Told | None = None
) -> Bucket:
    """The bucket that the settings name; nothing is asked of it yet."""
    client = connect(settings.project_id, environment.get("STORAGE_EMULATOR_HOST"))
    name = settings.gcs_bucket or ""
    return Bucket(client, name, writer=uuid.uuid4().hex, told=told or say_nothing)


def stores_of(bucket: Bucket) -> tuple[KeptArchive, Views]:
    """Archive and views of a bucket. What was read is kept in memory: artefacts never change."""
    return ReadThrough(GcsArchive(bucket)), GcsViews(bucket)


def open_bucket(
    settings: Settings,
    environment: Mapping[str, str],
    clock: Clock,
    told: Told | None,
    queue_backend: str,
) -> Folder:
    """A bucket with its queue: the embedded one of the data folder, or Cloud Tasks."""
    bucket = connect_bucket(settings, environment, told)
    archive, views = stores_of(bucket)
    owner = _owner(environment)

    def claims(ttl_s: float) -> Claims:
        return GcsClaims(bucket, owner=owner, wall=WallClock().now, ttl_s=ttl_s)

    def over(beside: Folder | None, queue: Queue) -> Folder:
        return Folder(
            place=bucket.place,
            archive=archive,
            views=views,
            queue=queue,
            claims=claims,
            clock=clock,
            check=lambda: _check(bucket, claims(CHECK_S)),
            close=beside.close if beside else _nothing,
            embedded=beside.embedded if beside else None,
            file=beside.file if beside else None,
        )

    if queue_backend == CLOUD_TASKS:
        return over(None, cloud_queue(settings, bucket, clock, told))
    beside = open_folder(data_folder(settings, environment), clock)
    return over(beside, beside.queue)


def cloud_queue(
    settings: Settings, bucket: Bucket, clock: Clock, told: Told | None = None
) -> CloudTasksQueue:
    """The queue that the settings name, its generation counted in the bucket."""
    target = Target(root=settings.service_url or "", account=settings.tasks_call_as or "")
    path = settings.queue_path.removesuffix("/tasks")
    return CloudTasksQueue(
        connect_tasks(settings.cloud_tasks_endpoint),
        QueueAddress(path=path, target=target),
        GcsGenerations(bucket, settings.queue_id),
        clock,
        Caller(place=path, told=told or say_nothing),
    )


def _nothing() -> None:
    """A bucket and a queue of Google's hold nothing of this process."""


def _owner(environment: Mapping[str, str]) -> Owner:
    instance = uuid.uuid4().hex
    return lone_process(instance) if "K_SERVICE" in environment else this_process(instance)


def _check(bucket: Bucket, claims: Claims) -> tuple[bool, str]:
    """Written and read on the way that every task goes; of two checks at once one only reads."""
    if claims.acquire("readyz"):
        claims.release("readyz")
    return True, f"{bucket.place} can be written"
