"""What is Cloud Tasks' own: roles, lost answers, purges that leak, rates, deadlines, the bearer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions as google
from google.cloud import tasks_v2
from google.cloud.storage import Client

from buckets import QUICK, client_of, fake_gcs, new_bucket
from hippique.errors import StoreBusy, StoreRefused
from hippique.ports import NewTask, TaskState
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.cloud_tasks import CloudTasksQueue, QueueAddress
from hippique.runtime.cloud_tasks_wire import Target, connect
from hippique.runtime.gcs_generation import GcsGenerations
from hippique.runtime.google_calls import Caller
from tasks_server import SERVICE_ACCOUNT, Answer, Call, CloudTasks, claims_of, cloud_tasks

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
PATH = "projects/test-project/locations/europe-west1/queues/hippique-tasks"
ACCOUNT = "runner@test-project.iam.gserviceaccount.com"
OK, TIMED_OUT = Answer(200), Answer(None)


@dataclass
class Site:
    """A queue, its stand-in, and a worker that answers what the test wrote, then 200."""

    clock: DrivenClock
    answers: list[Answer] = field(default_factory=list)
    sent: list[tuple[str, float]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def post(self, call: Call) -> Answer:
        at = (self.clock.now() - NINE).total_seconds()
        self.sent.append((call.headers["X-CloudTasks-TaskName"], at))
        return self.answers.pop(0) if self.answers else OK

    def open(self, standing: CloudTasks, generations: GcsGenerations) -> None:
        self.standing = standing
        self.queue = CloudTasksQueue(
            connect(standing.address),
            QueueAddress(
                path=PATH, target=Target(root="https://service.example/", account=ACCOUNT)
            ),
            generations,
            self.clock,
            Caller(place=PATH, patience=QUICK, told=self.tell),
        )

    def tell(self, error: Exception) -> None:
        self.told.append(type(error).__name__)

    def run(self, minutes: float) -> None:
        until = NINE + timedelta(minutes=minutes)
        while (due := self.standing.next_instant()) is not None and due <= until:
            self.clock.advance_to(max(due, self.clock.now()))
            self.standing.send_due()
        self.clock.advance_to(until)


@pytest.fixture(scope="module")
def store() -> Iterator[Client]:
    with fake_gcs() as address:
        yield client_of(address)


@pytest.fixture
def site(store: Client) -> Iterator[Site]:
    made = Site(DrivenClock(NINE))
    with cloud_tasks(made.clock.now, made.post) as standing:
        standing.rules.make_queue(PATH)
        made.open(standing, GcsGenerations(new_bucket(store), "hippique-tasks"))
        yield made


def task(name: str, after_s: float = 0.0, deadline_s: float = 300.0) -> NewTask:
    due = NINE + timedelta(seconds=after_s)
    return NewTask(name=name, due=due, payload=b'{"phase": "H5"}', deadline_s=deadline_s)


# --- what is sent ----------------------------------------------------------------------------


def test_a_task_posts_its_payload_to_run_as_the_service_account_for_the_services_root(site):
    site.queue.create(task("a"))
    site.run(1)
    call = site.standing.sent[0]

    assert (call.url, call.body) == ("https://service.example/run", b'{"phase": "H5"}')
    assert call.headers["Content-Type"] == "application/json"
    claims = claims_of(call.headers["Authorization"])
    assert (claims["aud"], claims["email"]) == ("https://service.example", ACCOUNT)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 429, 500, 503])
def test_whatever_is_not_2xx_is_tried_again(site, status):
    site.answers = [Answer(status)]
    site.queue.create(task("a"))
    site.run(5)

    assert site.sent == [("a", 0), ("a", 10)]


def test_an_answer_after_the_deadline_counts_as_none(site):
    site.answers = [TIMED_OUT]
    site.queue.create(task("a", deadline_s=45.0))
    site.run(5)

    assert {call.within_s for call in site.standing.sent} == {45.0}
    assert site.sent == [("a", 0), ("a", 10)]


def test_a_task_is_leased_while_it_is_sent_and_pending_again_after_its_deadline(site):
    site.queue.create(task("a", deadline_s=45.0))
    queue = site.standing.rules.queue(PATH)
    site.standing.rules.begin(queue.lying[f"{PATH}/tasks/a"])

    states = [site.queue.describe("a").state]
    site.clock.advance_to(NINE + timedelta(seconds=45))
    states.append(site.queue.describe("a").state)

    assert states == [TaskState.LEASED, TaskState.PENDING]


def test_a_queue_sends_no_more_than_its_rate(site):
    site.standing.rules.queue(PATH).per_second = 2
    for name in "abcde":
        site.queue.create(task(name))
    site.run(1)

    assert [at for _, at in site.sent] == [0, 0, 1, 1, 2]


def test_a_task_run_by_hand_goes_out_while_the_queue_is_paused(site):
    for name in "ab":
        site.queue.create(task(name, after_s=3600))
    site.queue.set_paused(paused=True)
    site.queue.run_now("a")
    site.run(120)

    assert site.sent == [("a", 0)]


# --- lost answers ----------------------------------------------------------------------------


def test_a_busy_service_is_asked_again_and_each_failed_try_told(site):
    site.standing.weather = [google.ServiceUnavailable("busy"), google.DeadlineExceeded("slow")]

    assert site.queue.create(task("a"))
    assert site.told == ["ServiceUnavailable", "DeadlineExceeded"]


def test_a_creation_whose_answer_was_lost_is_new_all_the_same(site):
    site.standing.lost = 1

    assert site.queue.create(task("a", after_s=60))
    assert [one.name for one in site.queue.live()] == ["a"]


def test_a_taken_name_stays_taken_also_after_a_failed_try(site):
    site.queue.create(task("a", after_s=60))
    site.queue.cancel("a")
    site.standing.weather = [google.ServiceUnavailable("busy")]

    assert not site.queue.create(task("a", after_s=60))


def test_a_cancellation_whose_answer_was_lost_was_one(site):
    site.queue.create(task("a", after_s=60))
    site.standing.lost = 1

    assert site.queue.cancel("a")


def test_a_service_that_stays_away_is_busy(site):
    site.standing.weather = [google.ServiceUnavailable("gone")] * 10_000

    with pytest.raises(StoreBusy, match="hippique-tasks"):
        site.queue.create(task("a"))


# --- roles -----------------------------------------------------------------------------------


def test_the_services_own_roles_are_enough_for_the_day(site):
    site.standing.roles = SERVICE_ACCOUNT

    site.queue.create(task("a", after_s=60))
    assert [one.payload for one in site.queue.live("a")] == [b'{"phase": "H5"}']
    assert site.queue.stats().pending == 1
    assert site.queue.generation() == 1
    assert site.queue.cancel("a")


@pytest.mark.parametrize(
    ("operation", "missing"),
    [
        (lambda queue: queue.set_paused(paused=True), "queues.pause"),
        (lambda queue: queue.set_paused(paused=False), "queues.resume"),
        (lambda queue: queue.purge(), "queues.purge"),
        (lambda queue: queue.run_now("a"), "tasks.run"),
    ],
    ids=["pause", "resume", "purge", "run"],
)
def test_what_belongs_to_an_operator_is_refused_to_the_service(site, operation, missing):
    site.queue.create(task("a", after_s=60))
    site.standing.roles = SERVICE_ACCOUNT

    with pytest.raises(StoreRefused, match=missing):
        operation(site.queue)


@pytest.mark.parametrize(
    ("without", "operation", "missing"),
    [
        ("iam.serviceAccountUser", lambda q: q.create(task("b")), "serviceAccounts.actAs"),
        ("cloudtasks.enqueuer", lambda q: q.create(task("b")), "tasks.create"),
        ("cloudtasks.viewer", lambda q: q.live(), "queues.get"),
        ("cloudtasks.taskDeleter", lambda q: q.cancel("a"), "tasks.delete"),
    ],
    ids=["to act as itself", "to create", "to list", "to cancel"],
)
def test_a_role_that_the_service_lacks_is_named_at_once(site, without, operation, missing):
    site.queue.create(task("a", after_s=60))
    site.standing.roles = SERVICE_ACCOUNT - {without}

    with pytest.raises(StoreRefused, match=missing):
        operation(site.queue)
    assert site.told == []


def test_a_queue_that_is_not_there_is_named_with_its_settings(site):
    site.standing.rules.queues.clear()

    for call in (site.queue.live, site.queue.generation, lambda: site.queue.create(task("a"))):
        with pytest.raises(StoreRefused, match="QUEUE_ID"):
            call()


# --- purges ----------------------------------------------------------------------------------


def test_a_task_that_slips_through_a_purge_is_sent_yet_shown_nowhere(site):
    site.standing.rules.slips = {"leaks"}
    for name in ("leaks", "goes"):
        site.queue.create(task(name, after_s=20))
    dropped = site.queue.purge()

    assert (dropped, site.queue.live(), site.queue.stats().pending) == (2, (), 0)
    site.run(5)
    assert site.sent == [("leaks", 20)]


def test_a_purge_from_elsewhere_starts_a_new_generation_too(site):
    before = site.queue.generation()
    site.queue.create(task("a", after_s=60))
    site.standing.rules.purge(PATH)  # as `gcloud tasks queues purge` does

    assert site.queue.generation() == before + 1
    assert not site.queue.create(task("a", after_s=60)), "a purge frees no name"


def test_two_who_see_a_purge_count_it_once(store):
    bucket = new_bucket(store)
    ours, theirs = (GcsGenerations(bucket, "q") for _ in range(2))
    first, second = NINE, NINE + timedelta(hours=1)

    counted = [who.at(at) for at in (None, first, first, second) for who in (ours, theirs)]

    assert counted == [1, 1, 2, 2, 2, 2, 3, 3]
    assert ours.at(first) == 3, "an older word of the service changes nothing"


def test_more_than_a_page_of_tasks_is_listed_whole(site):
    for number in range(1001):
        lying = tasks_v2.Task(name=f"{PATH}/tasks/t{number:04}", schedule_time=NINE)
        site.standing.rules.create(PATH, lying)

    assert len(site.queue.live()) == 1001
    assert [one.name for one in site.queue.tasks(after="t0998", limit=5)] == ["t0999", "t1000"]


def test_a_task_says_which_answer_its_last_attempt_got(site):
    site.answers = [Answer(404)]
    site.queue.create(replace(task("a"), name="told"))
    site.run(0)

    assert "404" in (site.queue.describe("told").last_error or "")
