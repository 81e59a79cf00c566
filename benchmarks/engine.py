"""The engine's promises, measured: lateness over real HTTP, enqueue and drain, memory, idle CPU.

Run: python benchmarks/engine.py. One table; the named peer of writing is a bare sqlite3 loop with
the same pragmas. The targets are those of the engine's contract.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import httpx

from hippique.ports import NewTask, Task
from hippique.runtime.clocks import DrivenClock, WallClock
from hippique.runtime.delivery import Delivery
from hippique.runtime.dispatcher import Dispatcher, drive
from hippique.runtime.http_delivery import HttpDelivery
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue

HTTP_TASKS = 400
HTTP_SPREAD_S = 8.0
LEAD_S = 4.0
LATENESS = (
    ("p50", 0.5, ""),
    ("p99", 0.99, "target <= 50 ms, "),
    ("max", 1.0, "target <= 250 ms, "),
)
BULK_TASKS = 10_000
TURN = 500
DAY_TASKS = 800
IDLE_S = 3.0
PAYLOAD = b'{"date": "2026-06-07", "race": "R1C3", "phase": "H5"}' * 6  # as long as a real one

Row = tuple[str, str, str]
"""What, measured, against which target or peer."""


def main() -> list[Row]:
    """All rows; each part runs in a process of its own, so that its memory is its own."""
    return [row for name in PARTS for row in run_part(name)]


def run_part(name: str) -> list[Row]:
    """One part's rows, from a fresh process."""
    command = [sys.executable, __file__, name]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    lines = (line.split("\t") for line in answer.stdout.splitlines())
    return [(what, measured, target) for what, measured, target in lines]


def print_part(name: str, *words: str) -> None:
    """What `run_part` reads; parts started by parts speak for themselves."""
    if name in INNER:
        INNER[name](*words)
        return
    for row in PARTS[name]():
        print("\t".join(row))


def print_table(rows: list[Row]) -> None:
    """As Markdown, so that the decision page can quote it."""
    head = ("engine", "measured", "against")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, tuple("-" * width for width in widths), *rows):
        print("| " + " | ".join(map(str.ljust, row, widths)) + " |")


# --- lateness over HTTP ----------------------------------------------------------------------


def http_lateness() -> list[Row]:
    """400 tasks over 8 s through real HTTP to another process, and a bare timer beside them.

    The peer sleeps until each of its due times and posts: what it is late by is the machine's
    share, on a busy one most of it.
    """
    first = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    with target_process() as (root, arrivals), queue_in(WallClock()) as queue:
        create_spread(queue, first)
        if datetime.now(UTC) >= first:
            # or the time it took to create them would count as lateness of the dispatcher
            return [("lateness over HTTP", "not measured", "creating took longer than the lead")]
        with (
            started("bare-timer", root, first.isoformat()),
            closing(HttpDelivery(root)) as deliver,
            dispatching(queue, deliver),
        ):
            seen = [arrivals() for _ in range(2 * HTTP_TASKS)]
    ours, peer = lateness_ms(seen, "task", first), lateness_ms(seen, "bare", first)
    return [
        (
            f"{len(ours)} tasks over HTTP: started early",
            str(sum(ms < 0 for ms in ours)),
            "target 0",
        ),
        *(late_row(name, ours, peer, share, goal) for name, share, goal in LATENESS),
    ]


def late_row(name: str, ours: list[float], peer: list[float], share: float, goal: str) -> Row:
    """One quantile of both, milliseconds."""
    mine, theirs = (late[min(len(late) - 1, int(len(late) * share))] for late in (ours, peer))
    return (f"  late, {name}", f"{mine:.1f} ms", f"{goal}bare timer {theirs:.1f} ms")


def lateness_ms(seen: list[tuple[str, float]], kind: str, first: datetime) -> list[float]:
    """Sorted; `task-17` was due 17 steps after the first."""
    return sorted(
        (at - due_of(int(name.removeprefix(f"{kind}-")), first).timestamp()) * 1000
        for name, at in seen
        if name.startswith(kind)
    )


def due_of(number: int, first: datetime) -> datetime:
    """When the task of this number is due."""
    return first + timedelta(seconds=HTTP_SPREAD_S * number / HTTP_TASKS)


def create_spread(queue: SqliteQueue, first: datetime) -> None:
    """The tasks; the payload is the name."""
    for number in range(HTTP_TASKS):
        name = f"task-{number}"
        queue.create(NewTask(name=name, due=due_of(number, first), payload=name.encode()))


def bare_timer(root: str, first: str) -> None:
    """The peer: no queue, no disk, one thread; sleep until the due time, post as we post.

    One client for all: making one for each call takes longer than the step between two tasks.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(trust_env=False, limits=limits, timeout=10) as client:
        for number in range(HTTP_TASKS):
            due = due_of(number, datetime.fromisoformat(first))
            time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
            client.post(root, content=f"bare-{number}")


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """This script in another process, ended at the end."""
    command = [sys.executable, __file__, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def target_process() -> Iterator[tuple[str, Callable[[], tuple[str, float]]]]:
    """A service in another process: its root, and a function that waits for the next arrival."""
    with started("target") as child:
        stream = child.stdout
        if stream is None:
            raise RuntimeError("the target has no standard output")

        def arrival() -> tuple[str, float]:
            name, at = stream.readline().split()
            return name, float(at)

        yield stream.readline().strip(), arrival


def serve_target() -> None:
    """Print the root, then one line for each call: the payload and the instant of its arrival."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

        def do_POST(self) -> None:
            at = time.time()
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            sys.stdout.write(f"{body.decode()} {at:.6f}\n")
            sys.stdout.flush()

        def log_message(self, *_words: object) -> None:
            """The table is the only output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


# --- ten thousand tasks ----------------------------------------------------------------------


def bulk() -> list[Row]:
    """Enqueue and drain 10,000 tasks that wait for the disk; the peer in the same process."""
    with queue_in(WallClock()) as queue, peer_table() as peer:
        enqueue, bare = enqueue_rates(queue, peer)
        drain = drain_rate(queue)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        (f"enqueue {BULK_TASKS:,} tasks", f"{enqueue:,.0f}/s", "target >= 1,000/s"),
        ("  bare sqlite3 loop, same pragmas", f"{bare:,.0f}/s", f"ours {enqueue / bare:.2f} of it"),
        (f"drain {BULK_TASKS:,} tasks", f"{drain:,.0f}/s", "target >= 500/s"),
        ("  peak memory of the process", f"{peak_mb:.0f} MB", "target <= 60 MB"),
    ]


@contextmanager
def peer_table() -> Iterator[sqlite3.Connection]:
    """The plainest store of tasks: one table, one commit each, WAL, synchronous FULL."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder, "peer.sqlite"), isolation_level=None)) as peer,
    ):
        peer.execute("PRAGMA journal_mode = WAL")
        peer.execute("PRAGMA synchronous = FULL")
        peer.execute("CREATE TABLE task (name TEXT PRIMARY KEY, due INTEGER, payload BLOB)")
        yield peer


def enqueue_rates(queue: SqliteQueue, peer: sqlite3.Connection) -> tuple[float, float]:
    """Rows a second, one commit each: ours, the peer's; by turns, to meet the same disk."""
    due = datetime.now(UTC) - timedelta(seconds=1)
    ours_s = peer_s = 0.0
    for first in range(0, BULK_TASKS, TURN):
        began = time.perf_counter()
        for number in range(first, first + TURN):
            queue.create(NewTask(name=f"t{number}", due=due, payload=PAYLOAD))
        between = time.perf_counter()
        for number in range(first, first + TURN):
            row = (f"t{number}", number, PAYLOAD)
            peer.execute("INSERT INTO task VALUES (?, ?, ?)", row)
        ours_s += between - began
        peer_s += time.perf_counter() - between
    return BULK_TASKS / ours_s, BULK_TASKS / peer_s


def drain_rate(queue: SqliteQueue) -> float:
    """Tasks a second from lease to kept outcome, 8 at a time, delivered in process."""
    arrived: SimpleQueue[str] = SimpleQueue()

    def deliver(task: Task) -> Delivery:
        arrived.put(task.name)
        return Delivery(ok=True)

    began = time.perf_counter()
    with dispatching(queue, deliver):
        for _ in range(BULK_TASKS):
            arrived.get(timeout=60)
    return BULK_TASKS / (time.perf_counter() - began)


# --- a simulated day, and doing nothing ------------------------------------------------------


def driven_day() -> list[Row]:
    """The cost of one task on the driven clock, created, leased and finished."""
    start = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
    clock = DrivenClock(start)
    with queue_in(clock, durable=False) as queue:
        began = time.perf_counter()
        for number in range(DAY_TASKS):
            due = start + timedelta(seconds=60 * number)
            queue.create(NewTask(name=f"t{number}", due=due, payload=PAYLOAD))
        drive(queue, lambda _task: Delivery(ok=True), clock)
        each_ms = (time.perf_counter() - began) / DAY_TASKS * 1000
    return [(f"driven day of {DAY_TASKS} tasks, each", f"{each_ms:.2f} ms", "target < 3 ms")]


def restart() -> list[Row]:
    """From the start of a fresh process with a left lease to the first delivery."""
    began = time.perf_counter()
    run_part("first-dispatch")
    elapsed_s = time.perf_counter() - began
    return [
        ("restart to first dispatch, interpreter included", f"{elapsed_s:.2f} s", "target <= 2 s")
    ]


def first_dispatch() -> None:
    """A queue with a lease that nobody holds any more, opened and dispatched once."""
    arrived: SimpleQueue[str] = SimpleQueue()

    def deliver(task: Task) -> Delivery:
        arrived.put(task.name)
        return Delivery(ok=True)

    with queue_in(WallClock()) as queue:
        queue.create(NewTask(name="left", due=datetime.now(UTC), payload=PAYLOAD))
        queue.lease_due(datetime.now(UTC), 1)
        with dispatching(queue, deliver):
            arrived.get(timeout=60)


def idle() -> list[Row]:
    """A dispatcher with a day's tasks ahead and nothing due."""
    with queue_in(WallClock()) as queue:
        for number in range(DAY_TASKS):
            due = datetime.now(UTC) + timedelta(hours=1, seconds=number)
            queue.create(NewTask(name=f"t{number}", due=due, payload=PAYLOAD))
        with dispatching(queue, lambda _task: Delivery(ok=True)):
            before = time.process_time()
            time.sleep(IDLE_S)
            used = (time.process_time() - before) / IDLE_S
    return [(f"idle CPU over {IDLE_S:g} s", f"{used:.2%}", "target <= 0.5 %")]


@contextmanager
def queue_in(clock: WallClock | DrivenClock, *, durable: bool = True) -> Iterator[SqliteQueue]:
    """A queue in a folder that is thrown away."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteFile(Path(folder, "queue.sqlite"), durable=durable)) as file,
    ):
        yield SqliteQueue(file, clock)


@contextmanager
def dispatching(queue: SqliteQueue, deliver: Callable[[Task], Delivery]) -> Iterator[None]:
    """A running dispatcher, stopped at the end."""
    dispatcher = Dispatcher(queue, deliver, WallClock())
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop(10)


PARTS = {
    "http": http_lateness,
    "bulk": bulk,
    "day": driven_day,
    "restart": restart,
    "idle": idle,
}
"""Each measures in a process of its own."""

INNER: dict[str, Callable[..., None]] = {
    "target": serve_target,
    "bare-timer": bare_timer,
    "first-dispatch": first_dispatch,
}
"""What the parts start as further processes."""

if __name__ == "__main__":
    if sys.argv[1:]:
        print_part(*sys.argv[1:])
    else:
        print_table(main())
