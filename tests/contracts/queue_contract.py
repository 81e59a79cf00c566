"""What every queue does, whichever backend holds it: the day's side, the operator's, dispatching.

A backend joins by three fixtures: `clock` (driven), `make_queue` and `drive`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import InputError, NotFound, SourceRefused
from hippique.ports import NewTask, QueueOperator, Task, TaskQueue, TaskState
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.delivery import Delivery
from hippique.runtime.queue_rules import RetryPolicy

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
"""09:00 in Paris on a summer day."""

OK = Delivery(ok=True)
REFUSED = Delivery(ok=False, error="HTTP 503")


PLANS = st.dictionaries(
    st.text("abc-_01", min_size=1, max_size=4),
    st.tuples(st.integers(-600, 600), st.integers(0, 4)),
    max_size=12,
)
"""Names to (due in seconds after nine, failures before success)."""


class Queue(TaskQueue, QueueOperator, Protocol):
    """Both sides of one queue."""


MakeQueue = Callable[..., Queue]
"""make_queue(clock, retry=RetryPolicy())"""

Drive = Callable[[Any, Callable[[Task], Delivery], DrivenClock, datetime], object]
"""drive(queue, deliver, clock, until): run all that falls due up to `until`.

The queue is one of the backend's own making, whose dispatching side no port describes.
"""


@dataclass
class Target:
    """The service behind the queue: notes each call, answers what the test wrote, then OK."""

    clock: DrivenClock
    answers: Mapping[str, Sequence[Delivery | Exception]] = field(default_factory=dict)
    calls: list[tuple[str, float]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def __call__(self, task: Task) -> Delivery:
        turn = sum(name == task.name for name, _ in self.calls)
        self.calls.append((task.name, (self.clock.now() - NINE).total_seconds()))
        self.tasks.append(task)
        script = self.answers.get(task.name, ())
        answer = script[turn] if turn < len(script) else OK
        if isinstance(answer, Exception):
            raise answer
        return answer

    def times(self, name: str) -> list[float]:
        """Seconds after nine o'clock at which the task was delivered."""
        return [at for called, at in self.calls if called == name]


def new_task(name: str, *, after_s: float = 0.0, payload: bytes = b"{}") -> NewTask:
    return NewTask(name=name, due=NINE + timedelta(seconds=after_s), payload=payload)


class QueueSuite:
    """The fixtures that a backend overrides. remembers: whether it tells of tasks that ended."""

    remembers = True

    def assert_ended(self, queue: Queue, name: str, state: TaskState) -> None:
        """The task has ended; where the backend remembers such tasks, in this state."""
        assert name not in [task.name for task in queue.live()]
        if self.remembers:
            assert queue.describe(name).state is state
            return
        assert not queue.create(new_task(name, after_s=86_400)), "its name is free again"
        with pytest.raises(NotFound, match=name):
            queue.describe(name)

    @pytest.fixture
    def clock(self) -> DrivenClock:
        return DrivenClock(NINE)

    @pytest.fixture
    def make_queue(self) -> MakeQueue:
        raise NotImplementedError

    @pytest.fixture
    def drive(self) -> Drive:
        raise NotImplementedError

    @pytest.fixture
    def queue(self, make_queue: MakeQueue, clock: DrivenClock) -> Queue:
        return make_queue(clock)


class TaskQueueContract(QueueSuite):
    def test_a_new_name_is_created_and_a_known_one_answers_false(self, queue: Queue) -> None:
        first = queue.create(new_task("a", after_s=60, payload=b"first"))
        second = queue.create(new_task("a", after_s=90, payload=b"second"))

        assert (first, second) == (True, False)
        assert [task.payload for task in queue.live()] == [b"first"]

    def test_what_was_created_is_what_lies_there(self, queue: Queue, clock: DrivenClock) -> None:
        asked = new_task("a", after_s=60.000001, payload=b'{"phase": "H5"}')
        queue.create(replace(asked, deadline_s=45.0))

        assert queue.live() == (
            Task(
                name="a",
                due=asked.due,
                payload=asked.payload,
                state=TaskState.PENDING,
                attempts=0,
                created_at=clock.now(),
                deadline_s=45.0,
                last_error=None,
            ),
        )

    def test_due_in_another_zone_is_the_same_instant(self, queue: Queue) -> None:
        paris_summer = datetime.fromisoformat("2026-06-07T09:01:00+02:00")
        queue.create(NewTask(name="a", due=paris_summer, payload=b"{}"))

        assert queue.live()[0].due == NINE + timedelta(seconds=60)

    def test_live_is_ordered_by_due_time_then_name(self, queue: Queue) -> None:
        for name, after_s in (("c", 20), ("b", 10), ("a", 20), ("d", 5)):
            queue.create(new_task(name, after_s=after_s))

        assert [task.name for task in queue.live()] == ["d", "b", "a", "c"]

    def test_live_takes_the_prefix_to_the_letter(self, queue: Queue) -> None:
        for name in ("run-1", "run_1", "run-10", "Run-1", "arun-1"):
            queue.create(new_task(name, after_s=60))

        assert [task.name for task in queue.live("run-1")] == ["run-1", "run-10"]
        assert [task.name for task in queue.live("run_")] == ["run_1"]

    def test_cancel_takes_a_pending_task_once(self, queue: Queue) -> None:
        queue.create(new_task("a", after_s=60))

        assert [queue.cancel("a"), queue.cancel("a"), queue.cancel("unknown")] == [
            True,
            False,
            False,
        ]
        assert queue.live() == ()

    def test_a_cancelled_name_stays_taken_for_24_hours(
        self, queue: Queue, clock: DrivenClock
    ) -> None:
        queue.create(new_task("a", after_s=60))
        queue.cancel("a")

        clock.advance_to(NINE + timedelta(hours=24) - timedelta(microseconds=1))
        before = queue.create(new_task("a", after_s=90_000))
        clock.advance_to(NINE + timedelta(hours=24))
        after = queue.create(new_task("a", after_s=90_000))

        assert (before, after) == (False, True)

    def test_a_pending_name_stays_taken_beyond_24_hours(
        self, queue: Queue, clock: DrivenClock
    ) -> None:
        queue.create(new_task("a", after_s=3 * 86_400))
        clock.advance_to(NINE + timedelta(hours=48))

        assert not queue.create(new_task("a", after_s=3 * 86_400))

    @pytest.mark.parametrize(
        ("task", "field_name"),
        [
            pytest.param(new_task("a", payload=b"x" * 100_001), "payload", id="over 100 KB"),
            pytest.param(new_task("a", after_s=30 * 86_400 + 1), "due", id="beyond 30 days"),
            pytest.param(
                NewTask(name="a", due=datetime(2026, 6, 7, 9), payload=b""),  # noqa: DTZ001  meant
                "due",
                id="due without a zone",
            ),
            pytest.param(new_task("a/b"), "name", id="sign not allowed in a name"),
            pytest.param(new_task(""), "name", id="empty name"),
            pytest.param(replace(new_task("a"), deadline_s=14), "deadline_s", id="under 15 s"),
            pytest.param(replace(new_task("a"), deadline_s=1801), "deadline_s", id="over 30 min"),
        ],
    )
    def test_a_task_no_backend_would_take_is_refused(
        self, queue: Queue, task: NewTask, field_name: str
    ) -> None:
        with pytest.raises(InputError) as refusal:
            queue.create(task)

        assert refusal.value.field == field_name
        assert queue.live() == ()

    def test_the_largest_payload_and_the_farthest_due_are_taken(self, queue: Queue) -> None:
        assert queue.create(new_task("a", after_s=30 * 86_400, payload=b"x" * 99_000))

    def test_generation_moves_only_with_a_purge(self, queue: Queue) -> None:
        first = queue.generation()
        queue.create(new_task("a", after_s=60))
        queue.cancel("a")

        assert queue.generation() == first
        queue.purge()
        assert queue.generation() == first + 1


class OperatorContract(QueueSuite):
    def test_tasks_are_paged_by_name(self, queue: Queue) -> None:
        for number in (3, 1, 5, 2, 4):
            queue.create(new_task(f"t{number}", after_s=60))

        pages, after = [], ""
        while page := queue.tasks(after=after, limit=2):
            pages.append([task.name for task in page])
            after = page[-1].name

        assert pages == [["t1", "t2"], ["t3", "t4"], ["t5"]]

    def test_tasks_of_one_state(self, queue: Queue) -> None:
        for name in ("a", "b", "c"):
            queue.create(new_task(name, after_s=60))
        queue.cancel("b")

        assert [task.name for task in queue.tasks(state=TaskState.PENDING)] == ["a", "c"]
        cancelled = [task.name for task in queue.tasks(state=TaskState.CANCELLED)]
        assert cancelled == (["b"] if self.remembers else [])

    def test_describe_tells_of_ended_tasks_too(self, queue: Queue) -> None:
        queue.create(new_task("a", after_s=60))
        queue.cancel("a")

        self.assert_ended(queue, "a", TaskState.CANCELLED)
        with pytest.raises(NotFound, match="unknown"):
            queue.describe("unknown")

    def test_run_now_brings_the_due_time_forward(self, queue: Queue, clock: DrivenClock) -> None:
        queue.create(new_task("a", after_s=3600))

        assert queue.run_now("a").due == clock.now()
        assert queue.describe("a").due == clock.now()

    def test_run_now_of_an_overdue_task_leaves_it_due(self, queue: Queue) -> None:
        queue.create(new_task("a", after_s=-60))

        assert queue.run_now("a").due <= NINE

    def test_run_now_needs_a_pending_task(self, queue: Queue) -> None:
        queue.create(new_task("a", after_s=3600))
        queue.cancel("a")

        for name in ("a", "unknown"):
            with pytest.raises(NotFound, match=name):
                queue.run_now(name)

    def test_purge_drops_the_pending_and_frees_no_name(self, queue: Queue) -> None:
        for name in ("a", "b", "c"):
            queue.create(new_task(name, after_s=60))
        queue.cancel("c")

        assert queue.purge() == 2
        assert queue.live() == ()
        assert not queue.create(new_task("a", after_s=60))
        self.assert_ended(queue, "a", TaskState.CANCELLED)

    def test_statistics_count_what_lies_there(self, queue: Queue, clock: DrivenClock) -> None:
        for name, after_s in (("a", 10), ("b", 20), ("c", 30), ("d", 30)):
            queue.create(new_task(name, after_s=after_s))
        queue.cancel("d")
        queue.set_paused(paused=True)
        clock.advance_to(NINE + timedelta(seconds=20))
        stats = queue.stats()

        # b is due at this very instant: not yet past due
        assert (stats.pending, stats.overdue, stats.leased) == (3, 1, 0)
        ended = (stats.done, stats.cancelled, stats.failed, stats.attempts)
        assert ended == ((0, 1, 0, 0) if self.remembers else (None,) * 4)
        assert stats.executed_last_minute == (0 if self.remembers else None)
        assert stats.oldest_due == NINE + timedelta(seconds=10)
        assert stats.paused
        assert stats.generation == queue.generation()

    def test_an_empty_queue_has_no_oldest_task(self, queue: Queue) -> None:
        stats = queue.stats()

        assert (stats.pending, stats.oldest_due, stats.paused) == (0, None, False)


class DispatchContract(QueueSuite):
    @pytest.fixture
    def target(self, clock: DrivenClock) -> Target:
        return Target(clock)

    def test_each_task_is_delivered_once_at_its_due_time(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        for name, after_s in (("c", 20), ("b", 10), ("a", 20)):
            queue.create(new_task(name, after_s=after_s))
        drive(queue, target, clock, NINE + timedelta(minutes=10))

        assert target.calls == [("b", 10), ("a", 20), ("c", 20)]
        self.assert_ended(queue, "a", TaskState.DONE)

    def test_a_task_not_yet_due_is_left_alone(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue.create(new_task("a", after_s=60.000001))
        drive(queue, target, clock, NINE + timedelta(seconds=60))

        assert target.calls == []

    def test_a_past_due_time_starts_at_once(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue.create(new_task("a", after_s=-3600))
        drive(queue, target, clock, NINE)

        assert target.calls == [("a", 0)]

    def test_the_handler_gets_the_payload_and_the_number_of_the_attempt(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"a": [REFUSED]}
        queue.create(new_task("a", payload=b"bytes"))
        drive(queue, target, clock, NINE + timedelta(minutes=1))

        assert [(task.payload, task.attempts) for task in target.tasks] == [
            (b"bytes", 1),
            (b"bytes", 2),
        ]

    def test_failures_come_back_after_the_published_back_off(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"a": [REFUSED] * 8}
        queue.create(new_task("a"))
        drive(queue, target, clock, NINE + timedelta(hours=1))

        waits = [later - earlier for earlier, later in pairwise(target.times("a"))]
        assert waits == [10, 20, 40, 80, 160, 240, 300, 300]
        self.assert_ended(queue, "a", TaskState.DONE)

    def test_a_failed_attempt_is_told_with_its_error(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"a": [REFUSED]}
        queue.create(new_task("a"))
        drive(queue, target, clock, NINE + timedelta(seconds=9))
        task = queue.describe("a")

        assert (task.state, task.attempts) == (TaskState.PENDING, 1)
        assert task.due == NINE + timedelta(seconds=10)
        assert "503" in (task.last_error or "")

    def test_retry_after_lengthens_the_back_off_and_never_shortens_it(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {
            "long": [replace(REFUSED, retry_after_s=25.0)],
            "short": [replace(REFUSED, retry_after_s=1.0)],
        }
        queue.create(new_task("long"))
        queue.create(new_task("short"))
        drive(queue, target, clock, NINE + timedelta(minutes=5))

        assert target.times("long") == [0, 25]
        assert target.times("short") == [0, 10]

    def test_both_limits_must_be_used_up_before_a_task_fails_for_good(
        self, make_queue: MakeQueue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        # 2 attempts are over after 10 s, but 100 s only after the attempt at 150 s
        queue = make_queue(clock, retry=RetryPolicy(max_attempts=2, max_retry_s=100.0))
        target.answers = {"a": [REFUSED] * 99}
        queue.create(new_task("a"))
        drive(queue, target, clock, NINE + timedelta(hours=2))

        assert target.times("a") == [0, 10, 30, 70, 150]
        self.assert_ended(queue, "a", TaskState.FAILED)

    def test_attempts_go_on_after_the_duration_until_they_are_used_up(
        self, make_queue: MakeQueue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue = make_queue(clock, retry=RetryPolicy(max_attempts=4, max_retry_s=5.0))
        target.answers = {"a": [REFUSED] * 99}
        queue.create(new_task("a"))
        drive(queue, target, clock, NINE + timedelta(hours=2))

        assert target.times("a") == [0, 10, 30, 70]

    def test_a_done_or_failed_name_stays_taken_for_24_hours_after_its_end(
        self, make_queue: MakeQueue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue = make_queue(clock, retry=RetryPolicy(max_attempts=1))
        target.answers = {"failed": [REFUSED]}
        for name in ("done", "failed"):
            queue.create(new_task(name, after_s=3600))
        drive(queue, target, clock, NINE + timedelta(hours=24))
        within = [queue.create(new_task(name)) for name in ("done", "failed")]
        clock.advance_to(NINE + timedelta(hours=25))
        after = [queue.create(new_task(name)) for name in ("done", "failed")]

        assert (within, after) == ([False, False], [True, True])

    def test_a_cancelled_task_is_never_delivered(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"retried": [REFUSED]}
        queue.create(new_task("fresh", after_s=60))
        queue.create(new_task("retried"))
        drive(queue, target, clock, NINE + timedelta(seconds=1))
        cancelled = [queue.cancel("fresh"), queue.cancel("retried")]
        drive(queue, target, clock, NINE + timedelta(hours=1))

        assert cancelled == [True, True]
        assert target.calls == [("retried", 0)]

    def test_a_purged_task_is_never_delivered(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue.create(new_task("old", after_s=60))
        queue.purge()
        queue.create(new_task("new", after_s=60))
        drive(queue, target, clock, NINE + timedelta(hours=1))

        assert target.calls == [("new", 60)]

    def test_a_paused_queue_takes_tasks_and_delivers_none_until_resumed(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue.set_paused(paused=True)
        created = queue.create(new_task("a", after_s=10))
        drive(queue, target, clock, NINE + timedelta(seconds=30))
        while_paused = list(target.calls)
        queue.set_paused(paused=False)
        drive(queue, target, clock, NINE + timedelta(seconds=40))

        assert created
        assert while_paused == []
        assert target.calls == [("a", 30)]

    def test_run_now_delivers_before_the_due_time(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        queue.create(new_task("a", after_s=3600))
        queue.run_now("a")
        drive(queue, target, clock, NINE + timedelta(hours=2))

        assert target.calls == [("a", 0)]

    def test_a_delivery_may_create_and_cancel_tasks(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        def replan(task: Task) -> Delivery:
            if task.name == "plan":
                queue.create(new_task("at-once", after_s=10))
                queue.create(new_task("moved", after_s=90))
                queue.cancel("stale")
            return target(task)

        queue.create(new_task("plan", after_s=10))
        queue.create(new_task("stale", after_s=60))
        drive(queue, replan, clock, NINE + timedelta(minutes=5))

        assert target.calls == [("plan", 10), ("at-once", 10), ("moved", 90)]

    def test_a_foreseen_error_is_a_failed_attempt_and_its_wait_is_obeyed(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"a": [SourceRefused("too many", site="geny", retry_after_s=45.0)]}
        queue.create(new_task("a"))
        drive(queue, target, clock, NINE + timedelta(minutes=5))

        assert target.times("a") == [0, 45]

    def test_statistics_count_attempts_and_the_last_minute(
        self, queue: Queue, drive: Drive, clock: DrivenClock, target: Target
    ) -> None:
        target.answers = {"b": [REFUSED, REFUSED]}
        queue.create(new_task("a"))
        queue.create(new_task("b", after_s=30))
        drive(queue, target, clock, NINE + timedelta(seconds=61))
        stats = queue.stats()

        # answered: a at 0 s (over a minute ago), b at 30, 40 and 60 s
        counted = (stats.attempts, stats.executed_last_minute, stats.done)
        assert counted == ((4, 3, 2) if self.remembers else (None, None, None))

    def test_whatever_the_plan_each_task_ends_done_after_its_failures_and_never_early(
        self, make_queue: MakeQueue, drive: Drive
    ) -> None:
        # inside the test: a suite's method belongs to several backends, a property to one
        @settings(max_examples=25)
        @given(plan=PLANS)
        def holds(plan: dict[str, tuple[int, int]]) -> None:
            clock = DrivenClock(NINE)
            queue = make_queue(clock)
            target = Target(clock, {name: [REFUSED] * fails for name, (_, fails) in plan.items()})
            for name, (after_s, _) in plan.items():
                queue.create(new_task(name, after_s=after_s))
            drive(queue, target, clock, NINE + timedelta(hours=2))

            for name, (after_s, fails) in plan.items():
                assert len(target.times(name)) == fails + 1
                assert target.times(name)[0] == max(0, after_s)
            assert queue.live() == ()

        holds()
