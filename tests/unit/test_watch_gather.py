"""The facts that rules judge, read from a day's archive and queue."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from decisions import no_bet, place_ticket, slip
from desks import (
    DAY,
    ODDS,
    OFF,
    R1C1,
    Bench,
    a_race,
    bench,
    card,
    minutes,
    programme,
    race_day_bench,
)
from hippique.betting.slip import Gate
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.watch.facts import DayFacts, FrozenMeeting
from hippique.day.watch.gather import Gatherer, is_blind
from hippique.day.watch.thresholds import Thresholds
from hippique.errors import SourceDown
from hippique.ports import NewTask
from hippique.racing.card import Discipline, RaceId, RaceKey, Reading
from hippique.racing.codec import to_pretty_json
from hippique.racing.times import paris_at

LIMITS = Thresholds()
MOVED = {**ODDS, 1: 2.8}


def facts(made: Bench, day: dt.date = DAY, **limits: float) -> DayFacts:
    gatherer = Gatherer(made.archive, made.queue, replace(LIMITS, **limits))
    return gatherer.facts(day, made.clock.now())


def to(made: Bench, instant: dt.datetime) -> Bench:
    """Move the clock and deliver what is due; a failed delivery stays in the queue."""
    made.clock.advance_to(instant)
    service = made.service
    for task in made.queue.live():
        if task.due <= instant:
            try:
                service.deliver(task)
            except SourceDown:
                continue
            made.queue.cancel(task.name)
    return made


def planned() -> Bench:
    made = race_day_bench()
    made.service.schedule(DAY)
    return made


# --- phases, results, queue -------------------------------------------------------------------


def test_a_day_without_a_plan_has_no_facts_but_its_date():
    assert facts(bench()) == DayFacts(date=DAY, now=bench().clock.now())


def test_a_visit_that_nobody_made_is_missed_two_minutes_after_its_deadline():
    made = planned()
    made.clock.advance_to(OFF - minutes(3.1))
    assert facts(made).missed == ()
    made.clock.advance_to(OFF - minutes(3))

    (missed,) = facts(made).missed
    assert (missed.race, missed.phase, missed.is_tried) == ("R1C1", Phase.H30, False)
    assert missed.deadline == OFF - minutes(5)


def test_a_visit_that_was_tried_and_failed_says_so():
    made = planned()
    for site in made.sources.values():
        site.show_card(R1C1, SourceDown("no answer", site=site.name))
    to(made, OFF - minutes(30))
    made.clock.advance_to(OFF - minutes(3))

    assert [one.is_tried for one in facts(made).missed] == [True]
    assert facts(made).failures == {("R1C1", Phase.H30): 1}


def test_what_was_made_in_time_is_not_missed():
    made = to(to(planned(), OFF - minutes(30)), OFF - minutes(5))
    made.clock.advance_to(OFF + minutes(5))

    assert facts(made).missed == ()


def test_nothing_was_owed_before_the_first_plan():
    made = race_day_bench()
    made.clock.advance_to(OFF - minutes(20))
    made.service.schedule(DAY)
    made.clock.advance_to(OFF - minutes(2))

    assert facts(made).missed == ()


def test_a_race_without_a_result_is_told_with_its_off_until_it_has_one():
    made = to(to(planned(), OFF - minutes(30)), OFF - minutes(5))
    made.clock.advance_to(OFF + minutes(1))
    assert facts(made).unofficial == (("R1C1", OFF),)

    assert facts(to(made, OFF + minutes(15))).unofficial == ()


def test_a_result_that_was_given_up_is_still_missing():
    made = planned()
    made.clock.advance_to(OFF + dt.timedelta(days=1))
    given_up = Outcome(
        race=str(R1C1), phase=Phase.RESULT, status=Status.FAILED, correlation_id="x",
        at=made.clock.now(),
    )  # fmt: skip
    folder = Folder(made.archive, addresses.phase_folder(R1C1, Phase.RESULT))
    folder.write_value(addresses.OUTCOME, given_up)
    folder.close(Stamp(now=made.clock.now(), versions={}, race=R1C1))

    assert facts(made).unofficial == (("R1C1", OFF),)


def test_phases_ahead_without_a_task_are_uncovered():
    made = planned()
    assert facts(made).uncovered == ()

    made.queue.purge()

    assert facts(made).uncovered == (("R1C1", Phase.H30), ("R1C1", Phase.H5))


def test_a_phase_that_is_past_is_no_longer_uncovered():
    made = planned()
    made.queue.purge()
    made.clock.advance_to(OFF - minutes(10))

    assert facts(made).uncovered == (("R1C1", Phase.H5),)


def test_overdue_tasks_are_counted_pending_ones_that_are_not_due_are_not():
    made = planned()
    now = made.clock.now()
    for number in range(7):
        made.queue.create(NewTask(name=f"other-{number}", due=now + minutes(1), payload=b"{}"))
    made.clock.advance_to(now + minutes(2))

    assert facts(made).overdue == 7


def test_the_day_before_is_not_asked_of_the_queue():
    made = planned()
    made.queue.purge()
    made.clock.advance_to(OFF + dt.timedelta(days=1))

    assert (facts(made).is_today, facts(made).uncovered, facts(made).overdue) == (False, (), 0)


# --- decisions --------------------------------------------------------------------------------


@pytest.mark.parametrize(("pool", "is_blind"), [("zeturf", False), ("another", True)])
def test_a_no_bet_for_want_of_odds_is_a_refusal_for_lack_of_data(pool, is_blind):
    made = planned()
    to(made, OFF - minutes(30))
    made.site("zeturf").show_card(R1C1, card("zeturf", pool=pool))

    to(made, OFF - minutes(5))

    assert [one.is_blind for one in facts(made).decisions] == [is_blind]


def gates(**values: float | None) -> tuple[Gate, ...]:
    """Failed gates with these values."""
    return tuple(
        Gate(gate=name, statistic="value", value=value, threshold=1.0, passed=False)
        for name, value in values.items()
    )


@pytest.mark.parametrize(("failed", "expected"), [
    (gates(win_odds=0.0), True),
    (gates(h5_coverage=0.2, quality=30.0), True),
    (gates(h5_coverage=0.0, ev=None, runners=None, closing_model=None), True),
    (gates(people_coverage=0.0, ev=-0.2), False),
    (gates(people_coverage=0.0, closing_model=0.0), False),
    (gates(ev=-0.2), False),
    (gates(ev=None), False),
    ((), False),
], ids=["no odds", "thin data", "no data: nothing else could be judged",
        "a bad bet of which little is known", "a pool without a model", "a bad bet",
        "no value, for another reason", "no gate"])  # fmt: skip
def test_a_refusal_is_blind_where_nothing_but_a_lack_of_data_stood_against_the_bet(
    failed, expected
):
    assert is_blind(no_bet(gates=failed)) is expected


def test_a_slip_is_no_refusal():
    assert not is_blind(slip(place_ticket(100), gates=gates(win_odds=0.0)))


# --- odds that stand still --------------------------------------------------------------------


def two_races() -> Bench:
    """R1C1 and, half an hour later, R1C2; both with odds at ZEturf."""
    made = race_day_bench()
    offs = {1: OFF, 2: OFF + minutes(30)}
    for name, site in made.sources.items():
        site.show_programme(DAY, programme(name, *(a_race(n, off) for n, off in offs.items())))
    for number, off in offs.items():
        made.site("zeturf").show_card(RaceId(DAY, RaceKey(1, number)), card("zeturf", off=off))
    made.service.schedule(DAY)
    return made


def run_both(made: Bench, moving: tuple[int, ...] = ()) -> DayFacts:
    for number, off in ((1, OFF), (2, OFF + minutes(30))):
        race = RaceId(DAY, RaceKey(1, number))
        to(made, off - minutes(30))
        if number in moving:
            made.site("zeturf").show_card(race, card("zeturf", MOVED, off=off))
        to(made, off - minutes(5))
    return facts(made)


def test_a_meeting_whose_odds_are_the_same_at_both_visits_stands_still():
    found = run_both(two_races()).frozen

    assert found == (FrozenMeeting(meeting="R1", source="zeturf", races=("R1C1", "R1C2")),)


@pytest.mark.parametrize("moving", [(1,), (2,), (1, 2)])
def test_one_race_that_moved_is_enough_for_the_meeting(moving):
    assert run_both(two_races(), moving).frozen == ()


def test_one_race_of_two_is_not_yet_the_meeting():
    made = two_races()
    to(to(made, OFF - minutes(30)), OFF - minutes(5))

    assert facts(made).frozen == ()


# --- fields that vanish -----------------------------------------------------------------------

YESTERDAY = DAY - dt.timedelta(days=1)


def store(made: Bench, day: dt.date, *readings: Reading) -> None:
    """Store these readings of the visit to each of three races."""
    for number in (1, 2, 3):
        address = f"{day}/R1C{number}/H5/{addresses.READING}"
        made.archive.create(address, to_pretty_json({"readings": readings}))


def two_days(
    discipline: Discipline = Discipline.FLAT, before: Discipline = Discipline.FLAT
) -> Bench:
    """Plans of three races on DAY and the day before."""
    made = bench()
    for day, kind in ((YESTERDAY, before), (DAY, discipline)):
        for name, site in made.sources.items():
            races = [a_race(n, OFF, discipline=kind) for n in (1, 2, 3)]
            site.show_programme(day, programme(name, *races, date=day))
        made.service.schedule(day)
    return made


def page(source: str = "geny", **runner: object) -> Reading:
    shown = card(source)
    (meeting,) = shown.meetings
    (race,) = meeting.races
    runners = tuple(replace(one, **runner) for one in race.runners)  # type: ignore[arg-type]  # a test's own columns
    return replace(shown, meetings=(replace(meeting, races=(replace(race, runners=runners),)),))


def lost(made: Bench) -> list[tuple[str, str]]:
    return sorted({(one.source, one.field) for one in facts(made).lost})


def test_a_field_that_yesterday_s_pages_filled_is_lost():
    made = two_days()
    store(made, YESTERDAY, page(jockey="A. B."))
    store(made, DAY, page())

    assert lost(made) == [("geny", "runner.jockey")]


def test_a_field_that_one_race_still_fills_is_not_lost():
    made = two_days()
    store(made, YESTERDAY, page(jockey="A. B."))
    for number, reading in ((1, page()), (2, page()), (3, page(jockey="C. D."))):
        address = f"{DAY}/R1C{number}/H5/{addresses.READING}"
        made.archive.create(address, to_pretty_json({"readings": [reading]}))

    assert lost(made) == []


def test_a_field_that_was_not_there_yesterday_either_is_not_lost():
    made = two_days()
    store(made, YESTERDAY, page())
    store(made, DAY, page())

    assert lost(made) == []


def test_a_trot_has_no_draws_to_lose():
    made = two_days(Discipline.TROT_HARNESS, before=Discipline.FLAT)
    store(made, YESTERDAY, page(draw=4))
    store(made, DAY, page())

    assert lost(made) == []


def test_two_races_are_too_few_to_tell():
    made = two_days()
    store(made, YESTERDAY, page(jockey="A. B."))
    for number in (1, 2):
        address = f"{DAY}/R1C{number}/H5/{addresses.READING}"
        made.archive.create(address, to_pretty_json({"readings": [page()]}))

    assert lost(made) == []


def test_odds_that_vanish_are_lost():
    made = two_days()
    store(made, YESTERDAY, page())
    store(made, DAY, page(odds=None))

    assert ("geny", "odds.win") in lost(made)


def test_a_source_of_which_no_page_can_be_read_has_lost_them_all():
    made = two_days()
    store(made, YESTERDAY, page("geny"), page("zeturf"))
    store(made, DAY, page("zeturf"))

    assert lost(made) == [("geny", "*")]


def test_a_source_that_is_down_is_the_plan_s_to_tell():
    made = two_days()
    store(made, YESTERDAY, page("geny"), page("zeturf"))
    store(made, DAY, page("zeturf"))
    made.site("geny").show_programme(DAY, SourceDown("no answer", site="geny"))
    made.clock.advance_to(made.clock.now() + minutes(5))
    made.service.replan(DAY)

    assert lost(made) == []


def test_yesterday_is_the_last_day_of_racing_within_a_week():
    made = two_days()
    store(made, DAY - dt.timedelta(days=6), page(jockey="A. B."))
    store(made, DAY, page())
    # That day has no plan here: nothing says which discipline its races were.
    assert lost(made) == []


# --- the evening ------------------------------------------------------------------------------


def test_the_report_waits_for_the_evening_and_for_the_last_result():
    made = planned()
    made.clock.advance_to(paris_at(DAY, 19, 59))
    assert facts(made).report is None
    made.clock.advance_to(paris_at(DAY, 20))

    report = facts(made).report
    assert report is not None
    assert (report.figures.done, report.figures.lost) == (0, 2)  # nobody visited the race


def test_a_late_race_has_ninety_minutes_for_its_result_before_the_report():
    off = paris_at(DAY, 21)
    made = race_day_bench(off)
    made.service.schedule(DAY)
    made.clock.advance_to(off + minutes(89))
    assert facts(made).report is None
    made.clock.advance_to(off + minutes(90))

    assert facts(made).report is not None
