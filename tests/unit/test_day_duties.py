"""The calendar of a day: hours on Paris clocks, both clock changes, order without end."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import DAY, OFF, race_day_bench
from hippique.day.duties import Duty, days_meant, duties_after, duties_of
from hippique.racing.times import PARIS, paris_at, paris_time

SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
DAYS = [DAY, SPRING, SPRING - dt.timedelta(days=1), AUTUMN, AUTUMN - dt.timedelta(days=1)]


def hours(day, duty):
    return [paris_time(due.at) for due in duties_of(day) if due.duty is duty]


@pytest.mark.parametrize("day", DAYS)
def test_preparation_at_0845_and_the_plan_at_0900_on_paris_clocks(day):
    assert hours(day, Duty.PREPARE) == [paris_at(day, 8, 45)]
    assert hours(day, Duty.PLAN) == [paris_at(day, 9)]


@pytest.mark.parametrize("day", DAYS)
def test_the_day_is_looked_at_every_five_minutes_until_one_in_the_morning(day):
    ticks = hours(day, Duty.TICK)

    assert ticks[0] == paris_at(day, 9, 5)
    assert ticks[-1] == paris_at(day + dt.timedelta(days=1), 1)
    assert {two - one for one, two in pairwise(ticks)} == {dt.timedelta(minutes=5)}


@pytest.mark.parametrize("day", DAYS)
def test_closing_is_tried_each_hour_from_twenty_and_after_each_mornings_poll(day):
    closes = hours(day, Duty.CLOSE)

    assert closes[0] == paris_at(day, 20)
    assert closes[-3:] == [paris_at(day + dt.timedelta(days=n), 9, 30) for n in (1, 2, 3)]


@pytest.mark.parametrize("day", DAYS)
def test_duties_come_in_order_and_none_twice(day):
    dues = duties_of(day)

    assert len(set(dues)) == len(dues)
    assert all(one.at <= two.at for one, two in pairwise(dues))
    assert {due.day for due in dues} == {day}


def test_the_plan_comes_before_the_first_look():
    first = [due.duty for due in duties_of(DAY)[:3]]

    assert first == [Duty.PREPARE, Duty.PLAN, Duty.TICK]


FROM = dt.datetime(2026, 3, 25, tzinfo=dt.UTC)
INSTANTS = st.integers(0, 222 * 24 * 60).map(lambda minute: FROM + dt.timedelta(minutes=minute))


@given(INSTANTS)
def test_duties_after_any_instant_come_in_order_and_none_twice(instant):
    dues = list(islice(duties_after(instant), 250))

    assert dues[0].at > instant
    keys = [(due.at, due.day, list(Duty).index(due.duty)) for due in dues]
    assert all(one[0] <= two[0] and one != two for one, two in pairwise(keys))
    assert len(set(dues)) == len(dues)


@given(INSTANTS)
@settings(max_examples=15)  # each compares two weeks of duties
def test_no_duty_is_missed_whenever_the_process_starts(instant):
    dues = list(islice(duties_after(instant), 230))
    until = dues[-1].at
    day = instant.astimezone(PARIS).date()

    expected = {
        due
        for shift in range(-4, 4)
        for due in duties_of(day + dt.timedelta(days=shift))
        if instant < due.at < until
    }
    assert expected == {due for due in dues if due.at < until}


# --- what the service does at them -----------------------------------------------------------


def test_the_plan_duty_plans_once():
    made = race_day_bench()
    service = made.service
    (plan,) = [due for due in duties_of(DAY) if due.duty is Duty.PLAN]

    service.do(plan)
    service.do(plan)

    assert made.journal.messages().count("Plan written") == 1


def test_a_tick_plans_where_nine_oclock_could_not():
    made = race_day_bench()

    made.service.tick(DAY)

    assert len(made.queue.live()) == 3


def test_ticks_ask_the_sites_no_more_when_no_race_is_ahead():
    made = race_day_bench()
    service = made.service
    service.schedule(DAY)
    asked = len(made.site("zeturf").calls)

    made.at(OFF + dt.timedelta(minutes=1))
    service.tick(DAY)

    assert len(made.site("zeturf").calls) == asked


def test_preparation_says_what_the_day_is_run_with():
    made = race_day_bench()

    made.service.prepare(DAY)

    (fields,) = made.journal.fields_of("Day prepared")
    assert fields["sources"] == ["zeturf", "geny"]
    assert (fields["policy"], fields["estimator"]) == ("control", "market")


@given(
    day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    late_s=st.integers(0, 290),
)
def test_a_call_of_its_hour_means_the_days_whose_duty_that_is(day, late_s):
    for due in duties_of(day):
        assert day in days_meant(due.duty, due.at + dt.timedelta(seconds=late_s))


@pytest.mark.parametrize(
    ("duty", "hour", "meant"),
    [
        pytest.param(Duty.TICK, (0, 30), [-1], id="after midnight the day before"),
        pytest.param(Duty.CLOSE, (23, 0), [0], id="in the evening"),
        pytest.param(Duty.CLOSE, (7, 0), [-1], id="the last hour of the night"),
        pytest.param(Duty.CLOSE, (9, 30), [-3, -2, -1], id="three mornings"),
        pytest.param(Duty.CLOSE, (9, 50), [-3, -2, -1], id="tried again twenty minutes later"),
        pytest.param(Duty.CLOSE, (15, 0), [0], id="by hand at another hour"),
        pytest.param(Duty.TICK, (4, 0), [-1], id="by hand in the night"),
    ],
)
def test_today_of_a_duty_depends_on_its_hour(duty, hour, meant):
    found = days_meant(duty, paris_at(DAY, *hour))

    assert [(day - DAY).days for day in found] == meant
