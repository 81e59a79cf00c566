"""Google's backends, measured against the stand-ins of tests/: a fake bucket, our own Cloud Tasks.

Run: python benchmarks/cloud.py. The stand-ins run on this machine: what is measured is our side,
its requests above all; the real services add their own tens of milliseconds to each of them. The
peers are the embedded queue and the disk.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

TASKS = 400
SPREAD_S = 8.0
BULK = 1000
ARTEFACTS = 300
ARTEFACT = b'{"number": 7, "win": 12.5}' * 80  # two kilobytes, as most artefacts are
RACES = 40
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """All rows; one that says why where Google's libraries or the fakes are absent."""
    try:
        import buckets  # noqa: F401, PLC0415  from tests/, with the extra and the fakes
        import tasks_server  # noqa: F401, PLC0415  as above
    except ModuleNotFoundError as error:
        return [("Google's backends", "not measured", f"{error.name} is not installed here")]
    return [*lateness(), *queue_rates(), *store_rates(), *a_ticks_requests()]


def lateness() -> list[Row]:
    """400 tasks over 8 s from the stand-in over real HTTP: how late each arrives."""
    from hippique.runtime.clocks import WallClock  # noqa: PLC0415  only where it is measured

    with arrivals() as (root, seen), a_queue(WallClock(), root) as (queue, standing):
        first = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4)
        dues = {
            f"t{n:03}": first + dt.timedelta(seconds=SPREAD_S * n / TASKS) for n in range(TASKS)
        }
        begun = time.perf_counter()
        for name, due in dues.items():
            queue.create(new_task(name, due))
        created_s = time.perf_counter() - begun
        until_sent(standing, len(dues))
    late = sorted((at - dues[name]).total_seconds() * 1000 for name, at in seen)
    words = "the stand-in's; Google's own is not known here"
    return [
        (
            f"{len(late)} tasks from the stand-in: early",
            str(sum(ms < 0 for ms in late)),
            "target 0",
        ),
        *(
            (f"late, {name}", f"{late[min(len(late) - 1, int(share * len(late)))]:.1f} ms", words)
            for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        ),
        ("enqueued before, one after the other", f"{TASKS / created_s:.0f}/s", "gRPC on loopback"),
    ]


def until_sent(standing, count: int) -> None:  # noqa: ANN001  a test's stand-in
    """Send in time until all were sent, as the service would: each when it is due."""
    while len(standing.sent) < count:
        due = standing.next_instant()
        wait_s = (due - dt.datetime.now(dt.UTC)).total_seconds() if due else 0.0
        time.sleep(max(0.0, wait_s))
        standing.send_due()


def queue_rates() -> list[Row]:
    """Creating and listing, beside the embedded queue."""
    from hippique.runtime.clocks import WallClock  # noqa: PLC0415  only where it is measured
    from hippique.runtime.sqlite_file import SqliteFile  # noqa: PLC0415  the peer
    from hippique.runtime.sqlite_queue import SqliteQueue  # noqa: PLC0415  the peer

    due = dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)
    clock = WallClock()
    with a_queue(clock, "http://127.0.0.1:9") as (queue, _), tempfile.TemporaryDirectory() as top:
        file = SqliteFile(Path(top) / "queue.sqlite")
        peer = SqliteQueue(file, clock)
        made = {who: rate(who.create, due) for who in (queue, peer)}
        listed = {who: took_ms(who.live) for who in (queue, peer)}
        file.close()
    return [
        (f"create {BULK} tasks", f"{made[queue]:.0f}/s", f"embedded, durable: {made[peer]:.0f}/s"),
        (f"list {BULK} tasks", f"{listed[queue]:.0f} ms", f"embedded: {listed[peer]:.0f} ms"),
    ]


def rate(create: Callable[[object], bool], due: dt.datetime) -> float:
    begun = time.perf_counter()
    for number in range(BULK):
        create(new_task(f"b{number:04}", due))
    return BULK / (time.perf_counter() - begun)


def store_rates() -> list[Row]:
    """Artefacts written, read, read again and listed; claims taken and given back."""
    from buckets import client_of, fake_gcs, new_bucket  # noqa: PLC0415  see rows
    from hippique.runtime.clocks import WallClock  # noqa: PLC0415  only where it is measured
    from hippique.runtime.disk_archive import DiskArchive  # noqa: PLC0415  the peer
    from hippique.runtime.gcs import GcsArchive  # noqa: PLC0415  see rows
    from hippique.runtime.gcs_claims import GcsClaims  # noqa: PLC0415  see rows
    from hippique.runtime.owner import this_process  # noqa: PLC0415  only where it is measured
    from hippique.runtime.read_through import ReadThrough  # noqa: PLC0415  only where it is measured

    names = [f"2026-06-07/R1C{n % 40}/H5/artefact-{n}.json" for n in range(ARTEFACTS)]
    with fake_gcs() as store, tempfile.TemporaryDirectory() as top:
        bucket = new_bucket(client_of(store))
        far, disk = GcsArchive(bucket), DiskArchive(Path(top))
        near = ReadThrough(far)
        wrote = [took_ms(lambda a=a: [a.create(n, ARTEFACT) for n in names]) for a in (far, disk)]
        read = [took_ms(lambda a=a: [a.read(n) for n in names]) for a in (far, disk, near, near)]
        listing = [took_ms(a.addresses) for a in (far, disk)]
        claims = GcsClaims(bucket, owner=this_process("b"), wall=WallClock().now, ttl_s=60)
        taken = took_ms(lambda: [(claims.acquire(n), claims.release(n)) for n in names[:100]])
    each = 1 / ARTEFACTS
    return [
        (
            "write an artefact",
            f"{wrote[0] * each:.2f} ms",
            f"durable disk {wrote[1] * each:.2f} ms",
        ),
        ("read an artefact", f"{read[0] * each:.2f} ms", f"disk {read[1] * each:.2f} ms"),
        ("read it again", f"{read[3] * each * 1000:.1f} µs", "from memory, at most 64 MiB"),
        (f"list {ARTEFACTS}", f"{listing[0]:.1f} ms", f"disk {listing[1]:.1f} ms"),
        ("claim and give back", f"{taken / 100:.1f} ms", "two reads, two conditional writes"),
    ]


def a_ticks_requests() -> list[Row]:
    """What planning a day of 40 races and one tick ask of bucket and queue."""
    from buckets import Weather, through  # noqa: PLC0415  see rows
    from cloud_day import Told, container, google_settings, listening, port_of_its_own  # noqa: PLC0415  see rows
    from google_outside import google  # noqa: PLC0415  see rows
    from hippique.bootstrap.driven import Draw  # noqa: PLC0415  only where it is measured
    from hippique.racing.times import paris_at  # noqa: PLC0415  only where it is measured
    from scheduler import JOBS  # noqa: PLC0415  see rows

    draw, weather, found = Draw(day=dt.date(2026, 6, 7), seed=7, races=RACES), Weather(), []
    with google(draw) as outside, through(weather, outside.store) as line:
        listener, outside.url = port_of_its_own()
        settings = google_settings(outside.bucket, outside.tasks.address, outside.url)
        app = container(settings, {"STORAGE_EMULATOR_HOST": line}, draw, outside.clock, Told())
        with listening(app, listener):
            for hour, minute, job in ((9, 0, JOBS[1]), (9, 5, JOBS[2]), (9, 10, JOBS[2])):
                outside.clock.advance_to(paris_at(draw.day, hour, minute))
                weather.requests.clear()
                outside.tasks.calls.clear()
                took = took_ms(lambda job=job: outside.fire(job))
                found.append((job.path, len(weather.requests), len(outside.tasks.calls), took))
            weather.requests.clear()
            took = took_ms(lambda: outside.client.get(f"{outside.url}/day/{draw.day}"))
            found.append(("the day's page", len(weather.requests), 0, took))
    return [
        (
            f"{RACES} races: {what}",
            f"{stored} requests to the bucket",
            f"{asked} to the queue, {ms:.0f} ms",
        )
        for what, stored, asked, ms in found
    ]


# --- tools -----------------------------------------------------------------------------------


def new_task(name: str, due: dt.datetime):  # noqa: ANN201  NewTask, imported where it is needed
    from hippique.ports import NewTask  # noqa: PLC0415  as above

    return NewTask(name=name, due=due, payload=b'{"date": "2026-06-07", "race": "R1C3"}' * 8)


def took_ms(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


@contextmanager
def a_queue(clock, root: str) -> Iterator[tuple]:  # noqa: ANN001  a Clock
    """A queue on the stand-in, its generation in a fake bucket."""
    from buckets import client_of, fake_gcs, new_bucket  # noqa: PLC0415  see rows
    from hippique.runtime.cloud_tasks import CloudTasksQueue, QueueAddress  # noqa: PLC0415  see rows
    from hippique.runtime.cloud_tasks_wire import Target, connect  # noqa: PLC0415  see rows
    from hippique.runtime.gcs_generation import GcsGenerations  # noqa: PLC0415  see rows
    from tasks_server import cloud_tasks  # noqa: PLC0415  see rows

    path = "projects/bench/locations/europe-west1/queues/bench"
    with fake_gcs() as store, cloud_tasks(clock.now) as standing:
        standing.rules.make_queue(path)
        address = QueueAddress(path=path, target=Target(root=root, account="a@b.c"))
        bucket = new_bucket(client_of(store))
        yield (
            CloudTasksQueue(connect(standing.address), address, GcsGenerations(bucket, "b"), clock),
            standing,
        )


@contextmanager
def arrivals() -> Iterator[tuple[str, list[tuple[str, dt.datetime]]]]:
    """A worker that notes when each task arrives."""
    seen: list[tuple[str, dt.datetime]] = []

    class Note(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append((self.headers["X-CloudTasks-TaskName"], dt.datetime.now(dt.UTC)))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


if __name__ == "__main__":
    for row in rows():
        print("| " + " | ".join(row) + " |")
