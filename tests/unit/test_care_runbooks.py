"""Each incident from its evidence alone: what is named, how sure, and what keeps silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from care_days import EVENING, run_day
from desks import DAY, OFF, R1C1, minutes, order, race_day_bench
from hippique.day.care.evidence import Evidence, Frame, QueueView, gather
from hippique.day.care.finding import LIKELY, SURE, Action, Runbook
from hippique.day.care.machine import Machine, ServiceCheck, ServiceState
from hippique.day.care.runbooks import RUNBOOKS, diagnose
from hippique.day.care.troubles import Kind, Trouble
from hippique.day.manifest import Seal
from hippique.day.phases import Phase
from hippique.day.run import run_order
from hippique.errors import HippiqueError, SourceDown, StoreDamaged
from hippique.ports import Task, TaskState
from hippique.racing.times import paris_at

NOON = paris_at(DAY, 12)
WELL = ServiceState(
    url="http://127.0.0.1:8080", status=200, checks={"store": ServiceCheck(ok=True, detail="fine")}
)
GONE = ServiceState(url="http://127.0.0.1:8080", error="ConnectError: refused")
ROOM = Machine(free_bytes=10 << 30, free_files=10_000, code="2.0+b")


def healthy(**facts: object) -> Evidence:
    """A real day at noon that goes well: planned, its tasks waiting, the service ready."""
    made = race_day_bench()
    made.service.schedule(DAY)
    frame = Frame(now=made.at(NOON).clock.now(), day=DAY, is_live=True, machine=ROOM, service=WELL)
    return replace(gather(made.archive, made.queue, frame), **facts)  # type: ignore[arg-type]  # the row's own facts


def trouble(error: str, reason: str = "why", at: dt.datetime = NOON, **facts: object) -> Trouble:
    said: dict[str, object] = {"kind": Kind.ATTEMPT, "where": f"{DAY}/R1C1/H30"}
    return Trouble(at=at, error=error, reason=reason, **{**said, **facts})  # type: ignore[arg-type]  # the row's own facts


def page(error: str, source: str, reason: str = "the page lacks the odds") -> Trouble:
    return trouble(error, reason, kind=Kind.PAGE, source=source, has_page=error == "PageChanged")


def task(number: int, due: dt.datetime, **facts: object) -> Task:
    said: dict[str, object] = {"created_at": due, "payload": b"{}"}
    return Task(name=f"run-20251016-r1c{number}-h30-0", due=due, **{**said, **facts})  # type: ignore[arg-type]  # the row's own facts


def late_queue(count: int, **facts: object) -> QueueView:
    """So many tasks that were due ten minutes ago, beside those of the day."""
    live = healthy().queue
    assert live is not None
    overdue = tuple(task(n, NOON - minutes(10)) for n in range(count))
    return replace(live, live=(*live.live, *overdue), **facts)  # type: ignore[arg-type]  # the row's own facts


def seal(code: str) -> Seal:
    return Seal(
        date=DAY, sealed_at=EVENING, previous=None, heads={}, manifests={}, versions={"code": code}
    )


def lines(e: Evidence) -> list[tuple[Runbook, str]]:
    return [(finding.runbook, finding.cause) for finding in diagnose(e)]


def only(e: Evidence) -> tuple[Runbook, str, float]:
    (finding,) = diagnose(e)
    assert finding.evidence
    assert finding.fix
    return finding.runbook, finding.cause, finding.confidence


# Healthy days.


def test_a_day_that_goes_well_shows_nothing():
    assert diagnose(healthy()) == ()


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"now": paris_at(DAY, 8, 30), "plan": None, "newest": None}, id="before nine"),
        pytest.param({"troubles": (trouble("SourceDown"),), "done": 9}, id="one failed attempt"),
        pytest.param(
            {"troubles": (page("PageChanged", "geny"),), "read_well": {"geny": NOON + minutes(1)}},
            id="a page that was read again since",
        ),
        pytest.param(
            {"troubles": (replace(page("PageChanged", "geny"), at=NOON - minutes(200)),)},
            id="a page of hours ago",
        ),
        pytest.param({"service": replace(WELL, status=401)}, id="a service that asks who we are"),
        pytest.param({"queue": late_queue(0)}, id="nothing overdue"),
        pytest.param({"newest": NOON + minutes(1), "ahead_s": 40.0}, id="a minute of drift"),
        pytest.param({"machine": replace(ROOM, free_bytes=None, free_files=None)}, id="a bucket"),
        pytest.param({"last_seal": seal("1.0+a")}, id="an upgrade"),
        pytest.param(
            {"now": OFF - minutes(6), "queue": QueueView()}, id="a task a minute before its hour"
        ),
        pytest.param(
            {"troubles": (trouble("SourceDown", at=NOON - minutes(61)),) * 9},
            id="failures of more than an hour ago",
        ),
    ],
)
def test_what_is_no_incident_keeps_silent(facts):
    assert diagnose(healthy(**facts)) == ()


def test_a_closed_day_shows_nothing_though_its_service_is_gone():
    made = run_day()
    frame = Frame(now=EVENING, day=DAY, is_live=False, machine=ROOM, service=GONE)

    assert diagnose(gather(made.archive, made.queue, frame)) == ()


# The eight incidents of the guides, and three more: cause and confidence.

CASES = [
    pytest.param(
        {"plan": None, "service": GONE, "queue": None},
        [
            (Runbook.DOWN, "nobody answers at the service's address"),
            (Runbook.SCHEDULE, "no service was running at 09:00"),
        ],
        id="no service at nine",
    ),
    pytest.param(
        {"plan": None, "troubles": (
            trouble("SourceDown", kind=Kind.PAGE, where=f"{DAY}/programme/x", source="zeturf"),
        )},
        [(Runbook.SCHEDULE, "no source gave a programme")],
        id="no source at nine",
    ),
    pytest.param(
        {"plan": None, "troubles": (
            trouble("SourceRefused", "zeturf: the site's terms are not acknowledged",
                    kind=Kind.PAGE, where=f"{DAY}/programme/x", source="zeturf"),
        )},
        [(Runbook.SCHEDULE, "the sites' terms are not acknowledged")],
        id="terms",
    ),
    pytest.param(
        {"plan": None, "service": replace(
            WELL, checks={"calendar": ServiceCheck(ok=False, detail="down")}
        )},
        [(Runbook.SCHEDULE, "the service's calendar has stopped")],
        id="calendar",
    ),
    pytest.param(
        {"plan": None, "service": None},
        [(Runbook.SCHEDULE, "no service has run on this folder")],
        id="never served",
    ),
    pytest.param(
        {"queue": QueueView(cancelled=3)},
        [(Runbook.SCHEDULE, "the queue was purged and the day was not scheduled again")],
        id="purged",
    ),
    pytest.param(
        {"queue": QueueView()},
        [(Runbook.SCHEDULE, "the plan's tasks were not queued, or purged elsewhere")],
        id="only planned",
    ),
    pytest.param(
        {"troubles": (trouble("SourceDown"),) * 4, "done": 3},
        [(Runbook.MASS_FAILURE, "the sites do not answer")],
        id="sites down",
    ),
    pytest.param(
        {"troubles": (trouble("TypeError"),) * 4},
        [(Runbook.MASS_FAILURE, "a bug: TypeError")],
        id="a bug",
    ),
    pytest.param(
        {"queue": late_queue(150)},
        [
            (Runbook.NOT_EXECUTED, "the dispatcher does not lease"),
            (Runbook.SATURATED, "the dispatcher does not lease"),
        ],
        id="saturated",
    ),
    pytest.param(
        {"queue": late_queue(3, paused=True)},
        [(Runbook.NOT_EXECUTED, "the queue is paused")],
        id="paused",
    ),
    pytest.param(
        {"queue": late_queue(3), "service": GONE},
        [
            (Runbook.DOWN, "nobody answers at the service's address"),
            (Runbook.NOT_EXECUTED, "nobody dispatches: no service runs"),
        ],
        id="nobody dispatches",
    ),
    pytest.param(
        {"queue": late_queue(
            3, failing=(task(1, NOON, last_error="HTTP 404 from http://elsewhere"),)
        )},
        [(Runbook.NOT_EXECUTED, "tasks go to an address where the service is not")],
        id="wrong address",
    ),
    pytest.param(
        {"service": replace(WELL, status=503, checks={
            "store": ServiceCheck(ok=False, detail="3 MiB free"),
            "queue": ServiceCheck(ok=True, detail="")})},
        [(Runbook.DOWN, "the service runs and is not ready: store")],
        id="not ready",
    ),
    pytest.param(
        {"machine": replace(ROOM, settings_fault="POLICY='x'"), "service": None},
        [(Runbook.DOWN, "a setting is bad, so that the service does not start")],
        id="bad setting",
    ),
    pytest.param(
        {"machine": replace(ROOM, forbidden=("/data: root's, mode 500",))},
        [(Runbook.DENIED, "the data folder does not belong to this user")],
        id="folder of another",
    ),
    pytest.param(
        {"troubles": (trouble("SourceDown", "HTTP 403 from the service"),)},
        [(Runbook.DENIED, "calls are refused")],
        id="403",
    ),
    pytest.param(
        {"troubles": (page("PageChanged", "zeturf"),) * 2},
        [(Runbook.PARSING, "pages of zeturf changed: the page lacks the odds")],
        id="page changed",
    ),
    pytest.param(
        {"troubles": (page("SourceRefused", "geny", "geny: 429"),)},
        [(Runbook.PARSING, "geny answers 429: we ask too often")],
        id="throttled",
    ),
    pytest.param(
        {"machine": replace(ROOM, missing=("module hippique.forecast.gpi51",))},
        [(Runbook.MODULE, "the program is not whole: module hippique.forecast.gpi51")],
        id="module",
    ),
    pytest.param(
        {"troubles": (trouble("ModuleNotFoundError", "No module named 'x'"),)},
        [(Runbook.MODULE, "a task could not load a part of the program")],
        id="module of a task",
    ),
    pytest.param(
        {"newest": NOON + minutes(600)},
        [(Runbook.CLOCK, "the clock of this machine is slow, or was set back")],
        id="clock set back",
    ),
    pytest.param(
        {"ahead_s": 300.0},
        [(Runbook.CLOCK, "the clock of this machine is slow, or was set back")],
        id="slow clock",
    ),
    pytest.param(
        {"troubles": (page("SourceRefused", "geny", "geny: robots.txt disallows it"),)},
        [(Runbook.ROBOTS, "robots.txt of geny forbids what we read")],
        id="robots",
    ),
    pytest.param(
        {"machine": replace(ROOM, free_bytes=1 << 20)},
        [(Runbook.DISK, "the disk of the data folder is full")],
        id="disk",
    ),
    pytest.param(
        {"machine": replace(ROOM, free_files=3)},
        [(Runbook.DISK, "the disk of the data folder is full")],
        id="no more files",
    ),
    pytest.param(
        {"troubles": (trouble("StoreFull", "no room left"),)},
        [(Runbook.DISK, "the disk of the data folder is full")],
        id="write refused",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "told"), CASES)
def test_an_incident_is_named_with_its_cause_and_no_other_is(facts, told):
    found = diagnose(healthy(**facts))

    assert [(finding.runbook, finding.cause) for finding in found] == told
    assert all(finding.evidence and finding.fix for finding in found)
    assert all(0.0 < finding.confidence <= 1.0 for finding in found)


def test_every_runbook_is_provoked_above():
    named = {runbook for case in CASES for runbook, _ in case.values[1]}  # type: ignore[union-attr,misc]  # a row's second column

    assert named == set(Runbook) == set(RUNBOOKS)


@pytest.mark.parametrize(
    ("failed", "done", "named"),
    [(3, 0, False), (4, 4, False), (4, 3, True), (5, 4, True)],
    ids=["three are too few", "half is not more than half", "four of seven", "five of nine"],
)
def test_mass_failure_is_more_than_half_of_four_at_least(failed, done, named):
    e = healthy(troubles=(trouble("SourceDown"),) * failed, done=done)

    assert [found.runbook for found in diagnose(e)] == [Runbook.MASS_FAILURE] * named


@pytest.mark.parametrize(("count", "named"), [(100, False), (101, True)])
def test_more_than_a_hundred_overdue_tasks_saturate(count, named):
    found = diagnose(healthy(queue=late_queue(count)), Runbook.SATURATED)

    assert bool(found) == named


def test_a_cause_that_explains_half_of_the_failures_is_half_as_sure():
    mixed = (trouble("SourceDown"),) * 3 + (trouble("StoreFull"),) * 3

    (found,) = diagnose(healthy(troubles=mixed), Runbook.MASS_FAILURE)

    assert found.confidence == round(SURE / 2, 2)


def test_an_upgrade_before_the_fault_offers_the_way_back():
    e = healthy(service=GONE, last_seal=seal("1.0+a"))

    (found,) = diagnose(e, Runbook.DOWN)

    assert "roll back to 1.0+a" in found.fix
    assert "2.0+b" in found.fix


def test_the_same_code_offers_no_way_back():
    (found,) = diagnose(healthy(service=GONE, last_seal=seal(ROOM.code)), Runbook.DOWN)

    assert "roll back" not in found.fix


def test_the_safe_fixes_are_named_and_a_purge_is_never_one():
    wanted = {
        Runbook.SCHEDULE: diagnose(healthy(plan=None), Runbook.SCHEDULE),
        Runbook.NOT_EXECUTED: diagnose(healthy(queue=late_queue(1, paused=True))),
        Runbook.MASS_FAILURE: diagnose(healthy(troubles=(trouble("SourceDown"),) * 4)),
    }

    assert [found[0].actions for found in wanted.values()] == [
        (Action.SCHEDULE,), (Action.RESUME,), (Action.RETRY,),
    ]  # fmt: skip
    assert set(Action) == {Action.SCHEDULE, Action.RESUME, Action.RETRY}


def test_a_store_that_cannot_be_read_is_evidence_and_no_error():
    class Unreadable:
        def addresses(self, prefix: str = "") -> tuple[str, ...]:
            raise StoreDamaged(f"{prefix}: may not be opened")

        def folders(self, prefix: str = "") -> tuple[str, ...]:
            raise StoreDamaged(f"{prefix}: may not be opened")

        def create(self, address: str, content: bytes) -> None:
            raise StoreDamaged(f"{address}, {len(content)} bytes: may not be written")

        def read(self, address: str) -> bytes:
            raise StoreDamaged(f"{address}: may not be opened")

    frame = Frame(now=NOON, day=DAY, is_live=True, machine=ROOM, service=WELL)

    e = gather(Unreadable(), None, frame)

    assert only(e)[:2] == (Runbook.DENIED, "the data folder does not belong to this user")


def test_tasks_that_only_the_queue_knows_to_have_failed_count_once():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.site("zeturf").show_card(R1C1, SourceDown("zeturf: 503", site="zeturf"))
    made.at(OFF - minutes(30))
    with pytest.raises(HippiqueError):
        run_order(made.desk, order(Phase.H30))
    (leased,) = made.queue.lease_due(made.clock.now(), 1)
    made.queue.retry(leased.name, "SourceDown: zeturf: 503")
    frame = Frame(now=made.clock.now(), day=DAY, is_live=True, machine=ROOM, service=WELL)

    e = gather(made.archive, made.queue, frame)

    assert [(t.kind, t.error) for t in e.troubles] == [(Kind.ATTEMPT, "SourceDown")]
    assert e.queue is not None
    assert [t.state for t in e.queue.failing] == [TaskState.PENDING]


def test_a_look_that_waits_for_its_hour_is_no_failure():
    made = race_day_bench()
    made.service.schedule(DAY)
    name = made.queue.live()[0].name
    made.queue.run_now(name)
    made.queue.lease_due(made.clock.now(), 1)
    made.queue.retry(name, "run before its hour: a look; it comes back at its hour")
    frame = Frame(now=made.clock.now(), day=DAY, is_live=True, machine=ROOM, service=WELL)

    assert gather(made.archive, made.queue, frame).troubles == ()


def test_one_runbook_can_be_asked_alone():
    e = healthy(machine=replace(ROOM, free_bytes=0), service=GONE)

    assert [found.runbook for found in diagnose(e, Runbook.DISK)] == [Runbook.DISK]
    assert len(lines(e)) == 2


def test_confidence_grows_with_the_evidence():
    once = diagnose(healthy(troubles=(page("PageChanged", "geny"),)))[0]
    twice = diagnose(healthy(troubles=(page("PageChanged", "geny"),) * 2))[0]

    assert (once.confidence, twice.confidence) == (LIKELY, SURE)
