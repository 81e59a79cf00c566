"""Phases, their hours, and the names of tasks: golden times, clock changes, after midnight."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import DAY, OFF
from hippique.day.phases import Phase, due_at, not_after, read_phase
from hippique.day.race_day import race_day
from hippique.day.tasks import (
    Payload,
    day_prefix,
    local_text,
    order_of,
    read_payload,
    task_name,
    utc_text,
)
from hippique.errors import BadPhase, InputError
from hippique.ports import Task
from hippique.racing.codec import to_json
from hippique.racing.times import paris_at
from strategies import instants, race_ids


def payload(off=OFF, phase=Phase.H30, race=f"{DAY}/R1C1", generation=1) -> Payload:
    return Payload(
        course_url="https://www.zeturf.fr/x",
        phase=phase,
        date=DAY,
        race=race,
        off=off,
        due=due_at(phase, off),
        not_after=not_after(phase, off),
        generation=generation,
        correlation_id="run-1",
    )


def test_a_race_at_1415_of_16_october_2025_is_visited_at_1145_and_1210_utc():
    assert local_text(OFF) == "14:15"
    assert utc_text(due_at(Phase.H30, OFF)) == "2025-10-16 11:45:00 UTC"
    assert utc_text(due_at(Phase.H5, OFF)) == "2025-10-16 12:10:00 UTC"


@pytest.mark.parametrize(
    ("day", "hour", "minute", "h30", "h5"),
    [
        # The night of 28 to 29 March 2026 skips 02:00 to 03:00; summer time after it.
        (dt.date(2026, 3, 28), 14, 15, "2026-03-28 12:45:00 UTC", "2026-03-28 13:10:00 UTC"),
        (dt.date(2026, 3, 29), 14, 15, "2026-03-29 11:45:00 UTC", "2026-03-29 12:10:00 UTC"),
        (dt.date(2026, 3, 29), 3, 10, "2026-03-29 00:40:00 UTC", "2026-03-29 01:05:00 UTC"),
        # The night of 24 to 25 October 2026 repeats 02:00 to 03:00.
        (dt.date(2026, 10, 25), 0, 20, "2026-10-24 21:50:00 UTC", "2026-10-24 22:15:00 UTC"),
        (dt.date(2026, 10, 25), 14, 15, "2026-10-25 12:45:00 UTC", "2026-10-25 13:10:00 UTC"),
        (dt.date(2026, 10, 24), 14, 15, "2026-10-24 11:45:00 UTC", "2026-10-24 12:10:00 UTC"),
    ],
)
def test_clock_changes_move_no_visit(day, hour, minute, h30, h5):
    off = paris_at(day, hour, minute)

    assert utc_text(due_at(Phase.H30, off)) == h30
    assert utc_text(due_at(Phase.H5, off)) == h5


def test_task_names_begin_with_the_seeds_words_and_tell_phases_apart():
    names = [task_name(payload(phase=phase)) for phase in Phase]

    marks = ["h30", "h5", "res"]
    assert [name.rpartition("-")[0] for name in names] == [
        f"run-20251016-r1c1-{mark}" for mark in marks
    ]


def test_a_race_after_midnight_is_named_by_its_meetings_date():
    late = payload(off=paris_at(DAY + dt.timedelta(days=1), 0, 20))

    assert task_name(late).startswith("run-20251016-r1c1-h30-")
    assert task_name(late).startswith(day_prefix(DAY))


@given(one=st.tuples(instants, st.integers(1, 5)), two=st.tuples(instants, st.integers(1, 5)))
def test_names_differ_exactly_where_due_time_or_generation_differ(one, two):
    first, second = (task_name(payload(off=off, generation=gen)) for off, gen in (one, two))

    assert (first == second) == (one == two)


@given(race=race_ids, off=instants, phase=st.sampled_from(Phase))
def test_a_payload_comes_back_from_its_task_as_the_same_delivery(race, off, phase):
    made = payload(off=off, phase=phase, race=str(race))
    task = Task(name=task_name(made), due=made.due, payload=to_json(made), created_at=off)

    order = order_of(read_payload(task))

    assert (order.race, order.phase, order.off, order.due) == (race, phase, off, made.due)
    assert read_payload(task).not_after == not_after(phase, off)


def test_a_payload_that_is_not_ours_is_refused():
    with pytest.raises(InputError, match="Payload"):
        read_payload(Task(name="run-x", due=OFF, payload=b"{}", created_at=OFF))


@pytest.mark.parametrize("text", ["H30", "H-30", "h30", " h-30 "])
def test_h30_may_be_written_many_ways(text):
    assert read_phase(text) is Phase.H30


@pytest.mark.parametrize(
    ("text", "phase"),
    [("H5", Phase.H5), ("H-5", Phase.H5), ("h5", Phase.H5), ("result", Phase.RESULT)],
)
def test_the_other_phases_too(text, phase):
    assert read_phase(text) is phase


@pytest.mark.parametrize("text", ["", "H", "H50", "H3O", "ODDS", "H5;", "H30\x00"])
def test_another_phase_is_refused_with_its_field(text):
    with pytest.raises(BadPhase) as caught:
        read_phase(text)

    assert caught.value.field == "phase"


def test_h30_is_late_at_h5_and_h5_at_the_off():
    assert not_after(Phase.H30, OFF) == due_at(Phase.H5, OFF)
    assert not_after(Phase.H5, OFF) == OFF


@pytest.mark.parametrize(
    ("local", "day"),
    [
        (paris_at(DAY, 14), DAY),
        (paris_at(DAY + dt.timedelta(days=1), 0, 30), DAY),
        (paris_at(DAY + dt.timedelta(days=1), 4, 59), DAY),
        (paris_at(DAY + dt.timedelta(days=1), 5), DAY + dt.timedelta(days=1)),
        (paris_at(dt.date(2026, 3, 29), 4, 59), dt.date(2026, 3, 28)),
        (paris_at(dt.date(2026, 3, 29), 5), dt.date(2026, 3, 29)),
        (paris_at(dt.date(2026, 3, 29), 5, 30), dt.date(2026, 3, 29)),
        (paris_at(dt.date(2026, 10, 25), 4, 30), dt.date(2026, 10, 24)),
        (paris_at(dt.date(2026, 10, 25), 5), dt.date(2026, 10, 25)),
    ],
)
def test_the_race_day_changes_at_five_on_paris_clocks(local, day):
    assert race_day(local) == day
