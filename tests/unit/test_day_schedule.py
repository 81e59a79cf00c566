"""Queueing a plan: once, moved with its race, again after a purge; and why a race has no task."""

from __future__ import annotations

import datetime as dt

import pytest

from desks import DAY, OFF, R1C1, a_race, bench, minutes, order, programme, race_day_bench
from hippique.day.outcome import Status
from hippique.day.phases import Phase, due_at
from hippique.day.run import run_order
from hippique.day.tasks import order_of, read_payload
from hippique.ports import TaskState
from hippique.racing.card import Race, RaceStatus
from hippique.racing.times import paris_at


def schedule(made):
    return made.service.schedule(DAY).scheduled


def show(made, *races: Race, **facts: object):
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, *races, **facts))
    return made


def live(made):
    return {(read_payload(t).phase, t.due) for t in made.queue.live()}


def due_times(off):
    return {(phase.value, due_at(phase, off)) for phase in Phase}


def take(made, phase=None):
    """Lease the next due task, as a dispatcher does."""
    (task,) = made.queue.lease_due(made.clock.now(), 1)
    if phase is not None:
        assert read_payload(task).phase == phase
    return task


def test_a_race_gets_its_three_tasks_at_their_hours():
    made = race_day_bench()

    scheduled = schedule(made)

    assert scheduled.created == 3
    assert live(made) == due_times(OFF)
    (queued,) = scheduled.queued
    assert all(queued.tasks[phase].due == due_at(phase, OFF) for phase in Phase)


def test_payloads_carry_due_and_not_after():
    made = race_day_bench()
    schedule(made)

    said = {p.phase: p for p in (read_payload(t) for t in made.queue.live())}
    assert said["H5"].due == OFF - minutes(5)
    assert said["H5"].not_after == OFF
    assert said["H30"].not_after == OFF - minutes(5)
    assert said["RESULT"].course_url == "https://zeturf.test/2025-10-16/R1C1/card"


def test_a_second_call_creates_nothing_and_lists_the_same_tasks():
    made = race_day_bench()
    first = schedule(made)

    second = schedule(made)

    assert (second.created, second.cancelled) == (0, 0)
    assert [t.name for q in second.queued for t in q.tasks.values()] == [
        t.name for q in first.queued for t in q.tasks.values()
    ]


def test_a_moved_race_moves_its_tasks():
    made = race_day_bench()
    schedule(made)
    show(made, a_race(off=OFF + minutes(10)))

    scheduled = schedule(made.at(paris_at(DAY, 9, 5)))

    assert (scheduled.created, scheduled.cancelled) == (3, 3)
    assert live(made) == due_times(OFF + minutes(10))


def test_a_race_that_moves_back_gets_tasks_of_new_names():
    made = race_day_bench()
    first = {t.name for q in schedule(made).queued for t in q.tasks.values()}
    schedule(show(made, a_race(off=OFF + minutes(10))))

    scheduled = schedule(show(made, a_race(off=OFF)))

    names = {t.name for q in scheduled.queued for t in q.tasks.values()}
    assert scheduled.created == 3
    assert names.isdisjoint(first)
    assert live(made) == due_times(OFF)


def test_a_race_that_dithers_all_day_always_has_its_tasks():
    made = race_day_bench()
    for turn in range(20):
        off = OFF + minutes(10 * (turn % 2))
        schedule(show(made, a_race(off=off)))
        assert live(made) == due_times(off)


def test_a_race_cancelled_before_its_visits_loses_them():
    made = race_day_bench()
    schedule(made)

    scheduled = schedule(show(made, a_race(status=RaceStatus.CANCELLED)))

    assert [(s.race, s.reason) for s in scheduled.skipped] == [("R1C1", "cancelled")]
    assert {phase for phase, _ in live(made)} <= {"RESULT"}


def test_a_race_cancelled_after_its_slip_keeps_its_result_which_returns_the_stake():
    made = race_day_bench()
    schedule(made)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    scheduled = schedule(show(made, a_race(status=RaceStatus.CANCELLED)))

    assert {phase for phase, _ in live(made)} == {"RESULT"}
    assert [q.race.key for q in scheduled.queued] == ["R1C1"]


def test_after_a_purge_the_day_is_queued_again_at_once():
    made = race_day_bench()
    schedule(made)
    assert made.queue.purge() == 3

    scheduled = schedule(made)

    assert scheduled.created == 3
    assert live(made) == due_times(OFF)


def test_a_task_of_the_purged_generation_that_still_arrives_is_superseded():
    made = race_day_bench()
    schedule(made)
    old = take(made.at(OFF - minutes(30)), "H30")  # already leased when the operator purges
    made.queue.purge()

    assert schedule(made).created == 3  # the leased one of old does not stand for a new one

    outcome = made.service.deliver(old)

    assert outcome.status is Status.SUPERSEDED
    assert made.archive.addresses(f"{R1C1}") == ()


def test_a_task_of_the_old_hour_that_still_arrives_is_superseded():
    made = race_day_bench()
    schedule(made)
    old = take(made.at(OFF - minutes(5)))
    schedule(show(made, a_race(off=OFF + minutes(10))))

    assert made.service.deliver(old).status is Status.SUPERSEDED


@pytest.mark.parametrize(
    ("race", "facts", "reason"),
    [
        (a_race(), {"country": "GB"}, "out of scope"),
        (a_race(status=RaceStatus.CANCELLED), {}, "cancelled"),
        (a_race(off=None), {}, "no time"),
    ],
)
def test_a_race_without_tasks_says_why(race, facts, reason):
    made = show(bench(), race, **facts)

    scheduled = schedule(made)

    assert [(s.race, s.reason) for s in scheduled.skipped] == [("R1C1", reason)]
    assert (scheduled.queued, scheduled.created) == ((), 0)
    assert made.queue.live() == ()


@pytest.mark.parametrize(
    ("before_off", "phases"),
    [
        (31, {"H30", "H5", "RESULT"}),
        (30, {"H30", "H5", "RESULT"}),
        (29, {"H5", "RESULT"}),
        (5, {"H5", "RESULT"}),
        (4, {"H5", "RESULT"}),
    ],
)
def test_a_phase_already_past_is_null(before_off, phases):
    made = show(bench(start=OFF - minutes(before_off)), a_race())

    scheduled = schedule(made)

    (queued,) = scheduled.queued
    assert {phase.value for phase, task in queued.tasks.items() if task} == phases
    assert scheduled.created == len(phases)


def test_at_the_very_off_a_race_that_nobody_visited_is_already_off():
    made = show(bench(start=OFF), a_race())

    assert [s.reason for s in schedule(made).skipped] == ["already off"]


def test_a_race_whose_tasks_are_still_waiting_after_its_off_is_listed():
    made = race_day_bench()
    schedule(made)

    scheduled = schedule(made.at(OFF + minutes(1)))

    assert [q.race.key for q in scheduled.queued] == ["R1C1"]
    assert scheduled.skipped == ()
    assert scheduled.created == 0


def test_a_race_that_was_visited_keeps_its_result_after_a_purge():
    made = race_day_bench()
    schedule(made)
    run_order(made.at(OFF - minutes(30)).desk, order("H30"))
    made.queue.purge()

    scheduled = schedule(made.at(OFF + minutes(1)))

    assert {phase for phase, _ in live(made)} == {"RESULT"}
    assert scheduled.created == 1


def test_a_phase_that_is_done_is_not_queued_again():
    made = race_day_bench()
    schedule(made)
    task = take(made.at(OFF - minutes(30)), "H30")
    run_order(made.desk, order_of(read_payload(task)))
    made.queue.finish(task.name)

    scheduled = schedule(made)

    assert scheduled.created == 0
    assert scheduled.queued[0].tasks[Phase.H30] is None


def test_only_the_plan_queues_nothing():
    made = race_day_bench()

    planned = made.service.schedule(DAY, with_tasks=False)

    assert planned.scheduled is None
    assert made.queue.live() == ()


def test_a_failed_schedule_is_critical_and_cancels_nothing():
    made = race_day_bench()
    schedule(made)
    for source in made.sources.values():
        source.show_programme(DAY, b"")

    with pytest.raises(Exception, match="no source gave a programme"):
        schedule(made)

    assert "Schedule failed" in made.journal.messages("CRITICAL")
    assert live(made) == due_times(OFF)


def test_another_days_tasks_are_left_alone():
    made = race_day_bench()
    schedule(made)
    tomorrow = DAY + dt.timedelta(days=1)
    for name in made.sources:
        race = a_race(off=OFF + dt.timedelta(days=1))
        made.site(name).show_programme(tomorrow, programme(name, race, date=tomorrow))

    made.service.schedule(tomorrow)

    assert len(made.queue.live()) == 6
    assert schedule(made).cancelled == 0


def test_ended_tasks_stay_as_they_ended():
    made = race_day_bench()
    schedule(made)
    names = [t.name for t in made.queue.live()]

    schedule(show(made, a_race(off=OFF + minutes(10))))

    assert {made.queue.describe(name).state for name in names} == {TaskState.CANCELLED}


def test_a_race_cancelled_by_mistake_gets_its_tasks_back():
    made = race_day_bench()
    schedule(made)
    schedule(show(made, a_race(status=RaceStatus.CANCELLED)))

    schedule(show(made, a_race()))

    assert live(made) == due_times(OFF)


def test_a_task_that_the_operator_cancelled_stays_cancelled():
    made = race_day_bench()
    schedule(made)
    (h30,) = [t for t in made.queue.live() if read_payload(t).phase == "H30"]
    made.queue.cancel(h30.name)

    scheduled = schedule(made)

    assert scheduled.created == 0
    assert scheduled.queued[0].tasks[Phase.H30] is None


def test_a_race_that_the_programme_drops_keeps_its_tasks_and_is_listed():
    made = race_day_bench()
    show(made, a_race(), a_race(2, OFF + minutes(30)))
    schedule(made)

    planned = made.at(paris_at(DAY, 9, 5)) and show(made, a_race(2, OFF + minutes(30))).service
    plan = planned.schedule(DAY).plan

    assert [race.key for race in plan.races] == ["R1C1", "R1C2"]
    assert [(d.race, d.field) for d in plan.disagreements] == [("R1C1", "listed")]
    assert due_times(OFF) <= live(made)


def test_the_result_of_a_race_that_nobody_visited_is_asked_for_all_the_same():
    made = show(bench(start=OFF + minutes(1)), a_race())

    scheduled = schedule(made)

    assert [(s.race, s.reason) for s in scheduled.skipped] == [("R1C1", "already off")]
    assert {phase for phase, _ in live(made)} == {"RESULT"}


def test_a_purge_stays_until_somebody_schedules_again():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.queue.purge()

    for hours in (3, 2):  # each time a service that was started since
        made.at(OFF - dt.timedelta(hours=hours)).service.tick(DAY)
        assert made.queue.live() == ()

    made.service.schedule(DAY)
    assert len(made.queue.live()) == 3
    made.at(OFF - dt.timedelta(hours=1)).service.tick(DAY)
    assert len(made.queue.live()) == 3
