"""One delivery, however often and however late it arrives, acts once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desks import (
    DAY,
    OFF,
    R1C1,
    HeldClaims,
    ReachedClaims,
    a_race,
    bench,
    card,
    minutes,
    not_run,
    order,
    programme,
    race_day_bench,
    result,
)
from hippique.day import addresses
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, latest_plan, outcome_of
from hippique.day.run import run_order
from hippique.day.status import PhaseState, day_status
from hippique.errors import NotFound, SourceDown, StoreBusy, UnknownRace
from hippique.racing.card import RaceId, RaceStatus

DOWN = SourceDown("no answer", site="zeturf")


def planned(off=OFF):
    made = race_day_bench(off)
    made.service.schedule(DAY)
    return made


def run(made, phase, **facts: object):
    return run_order(made.desk, order(phase, **facts))


def contents(made, prefix=""):
    return {a: made.archive.read(a) for a in made.archive.addresses(prefix)}


def show_plan(made, race):
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, race))
    return made.service.schedule(DAY).plan


def state(made, phase):
    plan = latest_plan(made.archive, DAY)
    (race,) = day_status(made.archive, plan, made.clock.now()).races
    return race.phases[phase]


def test_h30_takes_a_snapshot_and_writes_no_slip():
    made = planned().at(OFF - minutes(30))

    outcome = run(made, "H30")

    assert (outcome.status, outcome.decision) == (Status.DONE, None)
    names = {a.rpartition("/")[2] for a in made.archive.addresses(f"{R1C1}/H30")}
    assert {"snapshot.json", "forecast.json", "reading.json", "manifest.json"} <= names
    assert "slip.json" not in names


def test_h5_decides_and_the_control_plays_the_favourite():
    made = planned().at(OFF - minutes(5))

    outcome = run(made, "H5")

    decision = decision_of(made.archive, R1C1)
    assert (outcome.status, outcome.decision) == (Status.DONE, "slip")
    assert decision.tickets[0].legs[0].combination == (1,)
    assert decision.play_before == OFF - timedelta(seconds=30)
    assert decision.decided_at == OFF - minutes(5)


@pytest.mark.parametrize("phase", Phase)
def test_a_second_delivery_returns_the_stored_outcome_and_does_nothing(phase):
    made = planned().at(OFF + minutes(20) if phase is Phase.RESULT else OFF - minutes(5))
    if phase is Phase.H30:
        made = planned().at(OFF - minutes(30))
    first = run(made, phase)
    before, calls = contents(made), len(made.site("zeturf").calls)

    again = run(made.at(OFF + minutes(21)), phase, correlation_id="run-2")

    assert again == first
    assert contents(made) == before
    assert len(made.site("zeturf").calls) == calls


@pytest.mark.parametrize("late", [0, 1, 60, 24 * 60])
def test_an_h5_at_or_after_the_off_is_late_and_never_a_ticket(late):
    made = planned().at(OFF + minutes(late))

    outcome = run(made, "H5")

    assert (outcome.status, outcome.reasons) == (Status.LATE, ("past the off",))
    assert decision_of(made.archive, R1C1) is None
    assert run(made, "H5") == outcome


def test_an_h30_at_h5_is_late():
    assert run(planned().at(OFF - minutes(5)), "H30").status is Status.LATE


@pytest.mark.parametrize("taken", [minutes(5), minutes(6)])
def test_pages_that_take_until_the_off_write_no_ticket(taken):
    made = planned().at(OFF - minutes(5))
    made.site("zeturf").before_answer = lambda _: made.clock.advance_to(OFF - minutes(5) + taken)

    outcome = run(made, "H5")

    assert (outcome.status, outcome.reasons) == (Status.LATE, ("the pages came after the off",))
    assert run(made, "H5") == outcome
    assert decision_of(made.archive, R1C1) is None
    assert state(made, "H5") is PhaseState.LATE


def test_pages_that_take_until_just_before_the_off_still_decide():
    made = planned().at(OFF - minutes(5))
    made.site("zeturf").before_answer = lambda _: made.clock.advance_to(OFF - timedelta(seconds=1))

    assert run(made, "H5").decision == "slip"


def test_attempts_that_failed_are_told_apart_from_a_late_start():
    made = planned().at(OFF - minutes(5))
    made.site("zeturf").show_card(R1C1, DOWN)
    for _ in range(2):
        with pytest.raises(SourceDown):
            run(made, "H5")

    outcome = run(made.at(OFF), "H5")

    assert outcome.status is Status.FAILED
    failures = [a for a in made.archive.addresses(f"{R1C1}/H5") if "failure-" in a]
    assert len(failures) == 2


def test_a_failed_fetch_is_tried_again_and_the_decision_is_made():
    made = planned().at(OFF - minutes(5))
    made.site("zeturf").show_card(R1C1, DOWN, card("zeturf"))
    with pytest.raises(SourceDown):
        run(made, "H5")

    assert run(made, "H5").decision == "slip"


# --- an operator's look ----------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["H30", "H5"])
def test_a_call_before_the_due_time_is_a_look_that_repeats_itself(phase):
    made = planned()

    first = run(made, phase, due=None)
    made.site("zeturf").show_card(R1C1, card("zeturf", {1: 9.0, 2: 1.2}))
    again = run(made, phase, due=None, correlation_id="run-2")

    assert first.status is Status.LOOK
    assert again == first
    assert decision_of(made.archive, R1C1) is None
    assert outcome_of(made.archive, R1C1, Phase(phase)) is None
    assert made.archive.addresses(f"{R1C1}/manual/{phase}")


def test_after_a_look_the_timed_run_still_happens_with_its_own_odds():
    made = planned()
    run(made, "H5", due=None)
    made.site("zeturf").show_card(R1C1, card("zeturf", {1: 9.0, 2: 1.2}))

    outcome = run(made.at(OFF - minutes(5)), "H5")

    assert outcome.decision == "slip"
    assert decision_of(made.archive, R1C1).tickets[0].legs[0].combination == (2,)


def test_from_the_due_time_on_an_operators_call_is_the_timed_run():
    made = planned().at(OFF - minutes(5))

    outcome = run(made, "H5", due=None)

    assert outcome.status is Status.DONE
    assert run(made, "H5") == outcome


def test_two_looks_at_once_give_one_answer():
    made = planned()
    seen = []

    def look_too(_) -> None:
        made.site("zeturf").before_answer = lambda _: None
        seen.append(run(made, "H5", due=None, correlation_id="other"))

    made.site("zeturf").before_answer = look_too

    assert run(made, "H5", due=None) == seen[0]


# --- stale deliveries ------------------------------------------------------------------------


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("stale", [{"generation": 0}, {"off": OFF + minutes(1)}])
def test_a_delivery_of_another_generation_or_hour_is_superseded_and_stores_nothing(phase, stale):
    made = planned().at(OFF - minutes(5))
    before = contents(made)

    assert run(made, phase, **stale).status is Status.SUPERSEDED
    assert contents(made) == before


@pytest.mark.parametrize("phase", ["H30", "H5"])
def test_a_cancelled_race_is_not_visited(phase):
    made = planned().at(OFF - minutes(10))
    show_plan(made, a_race(status=RaceStatus.CANCELLED))

    assert run(made, phase).status is Status.CANCELLED
    assert made.archive.addresses(str(R1C1)) == ()
    assert state(made, phase) is PhaseState.CANCELLED


def test_a_race_that_no_plan_and_no_source_knows_is_refused_with_the_mend():
    with pytest.raises(UnknownRace, match="POST /schedule") as caught:
        run(bench(), "H5", race=RaceId.parse("2025-10-16/R7C7"))

    assert caught.value.field == "course_url"


def test_a_race_without_an_off_time_cannot_be_run():
    made = bench()
    show_plan(made, a_race(off=None))

    with pytest.raises(UnknownRace, match="no known off time"):
        run(made, "H5")


def test_a_race_that_no_plan_holds_is_read_from_its_own_page():
    made = race_day_bench()

    outcome = run(made.at(OFF - minutes(5)), "H5", course_url="https://zeturf.test/x")

    assert outcome.decision == "slip"


# --- claims ----------------------------------------------------------------------------------


def test_while_another_worker_holds_the_race_the_queue_is_asked_to_come_back():
    made = planned().at(OFF - minutes(5))
    made.claims = HeldClaims()

    with pytest.raises(StoreBusy):
        run(made, "H5")

    assert made.archive.addresses(str(R1C1)) == ()


def test_when_the_other_worker_has_finished_its_outcome_is_the_answer():
    made = planned().at(OFF - minutes(5))
    other = made.desk
    made.claims = HeldClaims(meanwhile=lambda: run_order(other, order("H5")))

    outcome = run(made, "H5", correlation_id="late")

    assert outcome.correlation_id == "run-1"


def test_a_race_finished_just_before_the_claim_is_not_visited_again():
    made = planned().at(OFF - minutes(5))
    other = made.desk

    made.claims = ReachedClaims(meanwhile=lambda: run_order(other, order("H5")))

    outcome = run(made, "H5", correlation_id="late")

    assert outcome.correlation_id == "run-1"
    assert outcome == outcome_of(made.archive, R1C1, Phase.H5)


def test_a_claim_is_given_back_after_success_and_after_failure():
    made = planned().at(OFF - minutes(5))
    desk = made.desk
    made.site("zeturf").show_card(R1C1, DOWN, card("zeturf"))
    with pytest.raises(SourceDown):
        run_order(desk, order("H5"))

    assert run_order(desk, order("H5")).status is Status.DONE
    assert desk.claims.acquire(f"race/{R1C1}")


# --- cancelled -------------------------------------------------------------------------------


def test_a_race_cancelled_after_its_slip_returns_the_stake():
    made = planned().at(OFF - minutes(5))
    run(made, "H5")
    show_plan(made, a_race(status=RaceStatus.CANCELLED))

    outcome = run(made.at(OFF + minutes(15)), "RESULT")

    assert outcome.status is Status.CANCELLED
    totals = day_status(made.archive, latest_plan(made.archive, DAY), made.clock.now()).totals
    assert (totals.staked_cents, totals.returned_cents, totals.cancelled) == (100, 100, 1)


def test_a_race_whose_page_says_cancelled_returns_the_stake_too():
    made = planned().at(OFF - minutes(5))
    run(made, "H5")
    made.site("zeturf").show_result(R1C1, not_run("zeturf"))

    assert run(made.at(OFF + minutes(15)), "RESULT").status is Status.CANCELLED


def test_an_official_order_of_another_site_wins_over_a_cancelled_page():
    made = planned().at(OFF - minutes(5))
    run(made, "H5")
    made.site("geny").show_result(R1C1, not_run("geny"))
    made.site("zeturf").show_result(R1C1, result("zeturf"))

    assert run(made.at(OFF + minutes(15)), "RESULT").status is Status.DONE


def test_no_slip_lies_where_no_page_was_read():
    made = planned().at(OFF - minutes(5))
    made.site("zeturf").show_card(R1C1, b"another layout")
    with pytest.raises(SourceDown, match="could be read"):
        run(made, "H5")

    with pytest.raises(NotFound):
        made.archive.read(f"{R1C1}/H5/{addresses.SLIP}")
    (event,) = made.journal.fields_of("Error parsing")
    assert made.archive.read(event["page"])
