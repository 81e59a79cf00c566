from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from hippique.errors import StoreBusy, StoreFull
from hippique.ports import NewTask, Task, TaskState
from hippique.runtime.clocks import DrivenClock, FollowedClock, PacedClock, WallClock
from hippique.runtime.delivery import Delivery
from hippique.runtime.dispatcher import Dispatcher, DispatchStore, drive, run_due
from hippique.runtime.memory import MemoryQueue
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
PATIENCE_S = 20.0
"""Longest wait for something that takes milliseconds: a busy machine is no failure."""

OK = Delivery(ok=True)
REFUSED = Delivery(ok=False, error="HTTP 503")


@dataclass
class JumpingClock:
    """The machine's clock, which somebody sets forward or back."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))

    def wall_seconds(self, race_seconds: float) -> float:
        return race_seconds


@dataclass
class Service:
    """Notes each delivery with its instant; holds those named in `held` until released."""

    clock: PacedClock
    held: dict[str, threading.Event] = field(default_factory=dict)
    answers: dict[str, Delivery] = field(default_factory=dict)
    heard: SimpleQueue[tuple[str, datetime]] = field(default_factory=SimpleQueue)

    def __call__(self, task: Task) -> Delivery:
        self.heard.put((task.name, self.clock.now()))
        if task.name in self.held:
            self.held[task.name].wait(PATIENCE_S)
        return self.answers.get(task.name, OK)

    def next(self) -> str:
        """The name of the next delivery, waiting for it."""
        return self.heard.get(timeout=PATIENCE_S)[0]


def due_in(clock: PacedClock, name: str, seconds: float) -> NewTask:
    return NewTask(name=name, due=clock.now() + timedelta(seconds=seconds), payload=b"{}")


@contextmanager
def dispatching(
    store: DispatchStore,
    deliver: Callable[[Task], Delivery],
    clock: PacedClock,
    *,
    max_concurrent: int = 8,
    report: Callable[[Exception], None] = pytest.fail,
) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(store, deliver, clock, max_concurrent=max_concurrent, report=report)
    dispatcher.start()
    try:
        yield dispatcher
    finally:
        dispatcher.stop(PATIENCE_S)


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture(params=["memory", "sqlite"])
def queue(
    request: pytest.FixtureRequest, tmp_path: Path, clock: WallClock
) -> Iterator[MemoryQueue | SqliteQueue]:
    if request.param == "memory":
        yield MemoryQueue(clock)
        return
    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        yield SqliteQueue(file, clock)


Queue = MemoryQueue | SqliteQueue


def test_each_task_is_delivered_once_in_order_and_never_early(queue: Queue, clock: WallClock):
    service = Service(clock)
    tasks = [due_in(clock, f"t{number:02}", 0.01 * number) for number in range(20)]
    with dispatching(queue, service, clock):
        for task in tasks:
            queue.create(task)
        heard = [service.heard.get(timeout=PATIENCE_S) for _ in tasks]

    early = [name for (name, at), task in zip(sorted(heard), tasks, strict=True) if at < task.due]
    assert sorted(name for name, _ in heard) == [task.name for task in tasks]
    assert early == []
    assert queue.stats().done == 20


def test_a_task_created_while_it_waits_for_a_later_one_wakes_it(queue: Queue, clock: WallClock):
    service = Service(clock)
    queue.create(due_in(clock, "later", 3600))
    with dispatching(queue, service, clock):
        queue.create(due_in(clock, "now", 0))

        assert service.next() == "now"


def test_resume_and_run_now_wake_it(queue: Queue, clock: WallClock):
    service = Service(clock)
    queue.set_paused(paused=True)
    queue.create(due_in(clock, "a", 0))
    queue.create(due_in(clock, "b", 3600))
    with dispatching(queue, service, clock):
        queue.set_paused(paused=False)
        first = service.next()
        queue.run_now("b")

        assert (first, service.next()) == ("a", "b")


def test_no_more_than_the_settable_number_run_at_once(queue: Queue, clock: WallClock):
    release = threading.Event()
    names = [f"t{number}" for number in range(6)]
    service = Service(clock, held=dict.fromkeys(names, release))
    for name in names:
        queue.create(due_in(clock, name, 0))
    with dispatching(queue, service, clock, max_concurrent=3):
        first = {service.next() for _ in range(3)}
        leased, none_more = queue.stats().leased, service.heard.empty()
        release.set()
        rest = {service.next() for _ in range(3)}

    assert (leased, none_more) == (3, True)
    assert first | rest == set(names)


def test_a_failed_delivery_waits_for_its_back_off(queue: Queue, clock: WallClock):
    service = Service(clock, answers={"a": REFUSED})
    queue.create(due_in(clock, "a", 0))
    with dispatching(queue, service, clock):
        service.next()
    task = queue.describe("a")

    assert (task.state, task.attempts) == (TaskState.PENDING, 1)
    assert task.last_error == "HTTP 503"
    assert timedelta(seconds=9) < task.due - clock.now() <= timedelta(seconds=10)


def test_the_back_off_passes_in_race_time(tmp_path: Path):
    # 10 s of race time are 0.1 s at a hundred times the speed
    clock = FollowedClock(NINE, wall_origin_s=time.monotonic(), speed=100)
    attempts: SimpleQueue[int] = SimpleQueue()

    def deliver(task: Task) -> Delivery:
        attempts.put(task.attempts)
        return REFUSED if task.attempts < 4 else OK

    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        queue = SqliteQueue(file, clock)
        queue.create(due_in(clock, "a", 5))
        with dispatching(queue, deliver, clock):
            heard = [attempts.get(timeout=PATIENCE_S) for _ in range(4)]
        waited = clock.now() - NINE

    assert heard == [1, 2, 3, 4]
    assert waited >= timedelta(seconds=5 + 10 + 20 + 40)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_set_an_hour_off_and_back_drops_and_doubles_nothing(tmp_path: Path, hours: int):
    clock = JumpingClock()
    service = Service(clock)
    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        queue = SqliteQueue(file, clock)
        for number in range(30):
            queue.create(due_in(clock, f"t{number:02}", 0.01 * number))
        with dispatching(queue, service, clock):
            heard = [service.next() for _ in range(5)]
            clock.offset += timedelta(hours=hours)
            queue.create(due_in(clock, "during", 0))
            while heard[-1] != "during":
                heard.append(service.next())
            clock.offset -= timedelta(hours=hours)
            while len(heard) < 31:
                heard.append(service.next())

        assert sorted(heard) == ["during", *(f"t{number:02}" for number in range(30))]
        assert queue.stats().done == 31


def test_a_bug_in_one_delivery_is_reported_and_stops_no_other(queue: Queue, clock: WallClock):
    reported: list[Exception] = []
    service = Service(clock)

    def deliver(task: Task) -> Delivery:
        if task.name == "bad":
            raise ZeroDivisionError("a bug")
        return service(task)

    queue.create(due_in(clock, "bad", -1))
    queue.create(due_in(clock, "good", 0))
    with dispatching(queue, deliver, clock, report=reported.append) as dispatcher:
        assert service.next() == "good"
        assert dispatcher.is_alive()

    assert [str(error) for error in reported] == ["a bug"]
    assert queue.describe("bad").last_error == "ZeroDivisionError: a bug"


def test_stop_waits_for_running_deliveries_and_keeps_their_outcome(queue: Queue, clock: WallClock):
    release = threading.Event()
    service = Service(clock, held={"slow": release})
    queue.create(due_in(clock, "slow", 0))
    with dispatching(queue, service, clock) as dispatcher:
        service.next()
        threading.Timer(0.05, release.set).start()
        given_back = dispatcher.stop(PATIENCE_S)

    assert given_back == ()
    assert queue.describe("slow").state is TaskState.DONE


def test_stop_leases_no_more(queue: Queue, clock: WallClock):
    release = threading.Event()
    service = Service(clock, held={"slow": release})
    queue.create(due_in(clock, "slow", 0))
    queue.create(due_in(clock, "waiting", 0))
    with dispatching(queue, service, clock, max_concurrent=1) as dispatcher:
        service.next()
        threading.Timer(0.05, release.set).start()
        dispatcher.stop(PATIENCE_S)

    assert queue.describe("waiting").state is TaskState.PENDING
    assert service.heard.empty()


def test_what_does_not_end_in_time_is_given_back_and_its_late_answer_not_heard(
    queue: Queue, clock: WallClock
):
    release = threading.Event()
    service = Service(clock, held={"stuck": release})
    queue.create(due_in(clock, "stuck", 0))
    with dispatching(queue, service, clock) as dispatcher:
        service.next()
        given_back = dispatcher.stop(0.01)
        release.set()

    assert given_back == ("stuck",)
    assert queue.describe("stuck").state is TaskState.PENDING
    with dispatching(queue, service, clock):
        assert service.next() == "stuck"


def test_stop_before_start_and_twice_do_nothing(queue: Queue, clock: WallClock):
    dispatcher = Dispatcher(queue, Service(clock), clock)

    assert dispatcher.stop(1) == ()
    dispatcher.start()
    assert dispatcher.stop(1) == ()
    assert dispatcher.stop(1) == ()
    assert not dispatcher.is_alive()


def test_a_second_dispatcher_is_refused_until_the_first_stops(queue: Queue, clock: WallClock):
    service = Service(clock)
    with dispatching(queue, service, clock), pytest.raises(StoreBusy, match="already dispatche"):
        Dispatcher(queue, service, clock).start()
    queue.create(due_in(clock, "a", 0))
    with dispatching(queue, service, clock):
        assert service.next() == "a"


def test_a_second_process_on_one_data_folder_is_refused_by_name(tmp_path: Path, clock: WallClock):
    script = f"""
from pathlib import Path
from hippique.errors import StoreBusy
from hippique.runtime.clocks import WallClock
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue
queue = SqliteQueue(SqliteFile(Path({str(tmp_path / "queue.sqlite")!r})), WallClock())
try:
    queue.open_dispatch()
except StoreBusy as error:
    print(error)
print(queue.stats().pending)
"""
    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        queue = SqliteQueue(file, clock)
        queue.create(due_in(clock, "a", 3600))
        with dispatching(queue, Service(clock), clock):
            command = [sys.executable, "-c", script]
            child = subprocess.run(command, capture_output=True, text=True, check=True)

    refusal, pending = child.stdout.splitlines()
    assert f"data folder {tmp_path}" in refusal
    assert "stop that one" in refusal
    assert pending == "1"  # operator's commands still work beside it


def test_a_command_of_another_process_is_seen(tmp_path: Path, clock: WallClock):
    service = Service(clock)
    with (
        closing(SqliteFile(tmp_path / "queue.sqlite")) as ours,
        closing(SqliteFile(tmp_path / "queue.sqlite")) as theirs,
    ):
        queue = SqliteQueue(ours, clock)
        queue.create(due_in(clock, "a", 3600))
        with dispatching(queue, service, clock):
            SqliteQueue(theirs, clock).run_now("a")

            assert service.next() == "a"


def test_leases_of_a_killed_dispatcher_are_cleared_on_start(tmp_path: Path, clock: WallClock):
    service = Service(clock)
    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        killed = SqliteQueue(file, clock)
        killed.create(due_in(clock, "a", 0))
        killed.lease_due(clock.now(), 1)  # and then nothing: killed
        queue = SqliteQueue(file, clock)
        with dispatching(queue, service, clock):
            assert service.next() == "a"

        assert queue.describe("a").attempts == 2


@dataclass
class FaultyStore:
    """A queue whose disk is full for some writes: the fault is told, then goes away."""

    queue: SqliteQueue
    faults: int = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.queue, name)

    @contextmanager
    def batch(self) -> Iterator[None]:
        with self.queue.batch():
            yield
            if self.faults:
                self.faults -= 1
                self.changed.set()  # look again at once
                raise StoreFull("queue.sqlite: no room left")


def test_a_full_disk_is_reported_once_and_nothing_is_lost_or_doubled(
    tmp_path: Path, clock: WallClock
):
    service = Service(clock)
    reported: SimpleQueue[Exception] = SimpleQueue()
    with closing(SqliteFile(tmp_path / "queue.sqlite")) as file:
        store = FaultyStore(SqliteQueue(file, clock), faults=3)
        store.create(due_in(clock, "a", 0))
        with dispatching(store, service, clock, report=reported.put):
            first = service.next()
            store.faults = 3
            store.create(due_in(clock, "b", 0.02))
            second = service.next()

        assert (first, second) == ("a", "b")
        assert service.heard.empty()
        assert store.stats().done == 2
    assert str(reported.get(timeout=PATIENCE_S)) == "queue.sqlite: no room left"
    assert reported.qsize() <= 1


# --- the driven clock ------------------------------------------------------------------------


def test_run_due_takes_what_is_due_one_after_the_other_and_leaves_the_rest():
    clock = DrivenClock(NINE)
    queue = MemoryQueue(clock)
    order: list[str] = []
    for name, after_s in (("c", 0), ("a", 0), ("b", -5), ("later", 1)):
        queue.create(NewTask(name=name, due=NINE + timedelta(seconds=after_s), payload=b""))

    def deliver(task: Task) -> Delivery:
        order.append(task.name)
        return OK

    assert run_due(queue, deliver, clock) == 3
    assert order == ["b", "a", "c"]
    assert clock.now() == NINE


def test_a_driven_run_ends_when_nothing_is_left_and_the_clock_stands_at_the_last_due_time():
    clock = DrivenClock(NINE)
    queue = MemoryQueue(clock)
    for hours in (3, 1, 2):
        queue.create(NewTask(name=f"t{hours}", due=NINE + timedelta(hours=hours), payload=b""))

    assert drive(queue, lambda _task: OK, clock) == 3
    assert clock.now() == NINE + timedelta(hours=3)


def test_two_driven_runs_of_one_plan_are_the_same(tmp_path: Path):
    def one_run(number: int) -> list[tuple[datetime, str, int]]:
        clock = DrivenClock(NINE)
        calls: list[tuple[datetime, str, int]] = []

        def deliver(task: Task) -> Delivery:
            calls.append((clock.now(), task.name, task.attempts))
            return REFUSED if len(calls) % 3 == 0 else OK

        with closing(SqliteFile(tmp_path / str(number) / "queue.sqlite", durable=False)) as file:
            queue = SqliteQueue(file, clock)
            for index in range(50):
                due = NINE + timedelta(seconds=index * 7 % 30)
                queue.create(NewTask(name=f"t{index}", due=due, payload=b""))
            drive(queue, deliver, clock)
        return calls

    assert one_run(1) == one_run(2)
