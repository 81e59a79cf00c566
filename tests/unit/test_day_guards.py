"""What must not become a ticket, and what one bad page or one late call must not cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from desks import (
    DAY,
    OFF,
    R1C1,
    a_race,
    card,
    meeting,
    minutes,
    not_run,
    order,
    race_day_bench,
    reading,
    result,
    runners,
)
from hippique.bootstrap.wiring import deliver_in_process
from hippique.day.close import close_day
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, latest_plan, outcome_of
from hippique.day.run import run_order
from hippique.day.verify import verify_day
from hippique.racing.card import RaceStatus
from hippique.racing.times import paris_at
from hippique.runtime.dispatcher import run_due


def planned():
    made = race_day_bench()
    made.service.schedule(DAY)
    return made


def closed_card():
    race = a_race(status=RaceStatus.CLOSED)
    return reading("zeturf", meeting(replace(race, runners=runners("zeturf"))), page="race")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(closed_card(), id="betting closed"),
        pytest.param(result("zeturf"), id="official"),
        pytest.param(not_run("zeturf"), id="cancelled"),
    ],
)
def test_a_page_that_says_betting_is_over_gives_no_ticket_before_the_planned_off(page):
    made = planned()
    made.site("zeturf").show_card(R1C1, page)

    outcome = run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    assert (outcome.status, outcome.decision) == (Status.LATE, None)
    assert "zeturf says that betting is over" in outcome.reasons[0]
    assert decision_of(made.archive, R1C1) is None


def test_an_h5_task_run_by_hand_hours_early_is_a_look_and_the_real_one_still_decides():
    made = planned()

    early = run_order(made.at(OFF - dt.timedelta(hours=3)).desk, order("H5"))

    assert (early.status, decision_of(made.archive, R1C1)) == (Status.LOOK, None)
    timely = run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    assert (timely.status, timely.decision) == (Status.DONE, "slip")


def h5_tasks(made):
    return [one for one in made.queue.live() if "-h5-" in one.name]


def test_the_h5_task_that_was_run_by_hand_is_queued_again_for_its_hour_and_decides():
    made = planned()
    (task,) = h5_tasks(made)
    deliver = deliver_in_process(made.service)
    for hours in (3, 2, 1):  # run by hand again and again
        (waiting,) = h5_tasks(made)
        made.at(OFF - dt.timedelta(hours=hours)).queue.run_now(waiting.name)
        run_due(made.queue, deliver, made.clock)

    (waiting,) = h5_tasks(made)
    assert (waiting.due, waiting.attempts) == (task.due, 0)
    assert decision_of(made.archive, R1C1) is None
    run_due(made.queue, deliver, made.at(task.due).clock)
    assert decision_of(made.archive, R1C1).decision == "slip"
    assert h5_tasks(made) == []


def test_an_early_h5_task_whose_answer_was_lost_is_queued_again_once():
    made = planned()
    (task,) = h5_tasks(made)
    made.at(OFF - dt.timedelta(hours=3))

    for _ in range(2):
        made.service.deliver(task)

    assert len(h5_tasks(made)) == 2  # itself, not yet answered for the queue, and the next one


def test_a_call_after_the_day_was_closed_writes_nothing():
    made = planned()
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    assert close_day(made.at(paris_at(DAY, 21)).desk, DAY) is not None
    before = made.archive.addresses()

    outcome = run_order(made.desk, order("H5", due=None))

    assert (outcome.status, outcome.reasons) == (Status.LATE, ("the day is closed",))
    assert made.archive.addresses() == before
    assert verify_day(made.archive, DAY).ok


def test_a_page_of_no_race_at_one_site_costs_the_visit_only_that_site():
    made = planned()
    made.site("geny").show_card(R1C1, reading("geny", page="race"))

    outcome = run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    assert (outcome.status, outcome.decision) == (Status.DONE, "slip")


def test_a_race_past_all_its_polls_without_a_page_has_failed_and_is_not_left_planned():
    made = planned()
    made.site("zeturf").show_result(R1C1, reading("zeturf", page="race"))

    run_order(made.at(paris_at(DAY + dt.timedelta(days=3), 9)).desk, order("RESULT"))

    assert outcome_of(made.archive, R1C1, Phase.RESULT).status is Status.FAILED


def test_a_change_of_operators_is_a_new_version_of_the_plan():
    made = planned()
    made.operators = ("pmu",)

    made.at(OFF - dt.timedelta(hours=2)).service.replan(DAY)

    assert latest_plan(made.archive, DAY).settings["operators"] == "pmu"


def test_a_minute_of_drift_withdraws_no_slip():
    made = planned()
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    for name in made.sources:
        race = a_race(off=OFF + minutes(1))
        made.site(name).show_programme(DAY, reading(name, meeting(race)))
    made.site("zeturf").show_card(R1C1, card("zeturf", off=OFF + minutes(1)))

    made.at(OFF - minutes(4)).service.replan(DAY)

    assert f"{R1C1}/WITHDRAWAL/withdrawn.json" not in made.archive.addresses()
