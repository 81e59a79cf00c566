"""The figures of the last days, counted by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from care_days import EVENING, run_day
from desks import DAY, OFF, R1C1, minutes, order, race_day_bench
from hippique.day.care.figures import figures_of, run_times
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.run import run_order
from hippique.errors import SourceDown
from hippique.runtime.memory import MemoryArchive
from report_days import DAY as REPORT_DAY
from report_days import EVENING as REPORT_EVENING
from report_days import write_day


def outcome(seconds: float | None) -> Outcome:
    begun = None if seconds is None else OFF - dt.timedelta(seconds=seconds)
    return Outcome(
        race=str(R1C1), phase=Phase.H5, status=Status.DONE, correlation_id="run-1", at=OFF,
        begun_at=begun,
    )  # fmt: skip


def test_run_times_are_mean_nearest_rank_and_longest():
    times = run_times([outcome(s) for s in range(1, 21)])

    assert times is not None
    # Σ 1…20 = 210; the nearest rank of 95 % of 20 is the 19th.
    assert (times.runs, times.mean_s, times.p95_s, times.most_s) == (20, 10.5, 19.0, 20.0)


@pytest.mark.parametrize("seconds", [0, None], ids=["a driven clock", "an older outcome"])
def test_nothing_measured_is_not_zero_seconds(seconds):
    assert run_times([outcome(seconds)]) is None


def test_a_visit_tells_when_it_began_and_ended():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.site("zeturf").before_answer = lambda _: made.clock.advance_to(
        OFF - minutes(30) + dt.timedelta(seconds=7)
    )

    run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))

    found = figures_of(made.archive, [DAY], made.clock.now())
    assert found.run_times_by_phase["H30"].mean_s == 7.0


def test_a_day_that_ran_well_counts_whole():
    found = figures_of(run_day().archive, [DAY - dt.timedelta(days=1), DAY], EVENING)

    assert (found.first, found.last, found.days, found.simulated) == (DAY, DAY, 1, True)
    assert (found.races_a_day, found.in_scope_a_day) == (1.0, 1.0)
    assert (found.done, found.failed_attempts, found.lost, found.success_rate) == (3, 0, 0, 1.0)


def test_an_attempt_that_failed_lowers_the_success_rate():
    made = race_day_bench()
    made.service.schedule(DAY)
    card = SourceDown("zeturf: 503", site="zeturf")
    made.site("zeturf").show_card(R1C1, card)
    with pytest.raises(SourceDown):
        run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))

    found = figures_of(made.archive, [DAY], OFF - minutes(29))

    assert (found.done, found.failed_attempts, found.success_rate) == (0, 1, 0.0)


def test_money_and_no_bets_are_those_of_the_settlements():
    archive = MemoryArchive()
    write_day(archive)

    found = figures_of(archive, [REPORT_DAY], REPORT_EVENING)

    # Two slips of 1 € were written: one returned 2.50 €, the other was refunded.
    assert (found.staked_cents, found.returned_cents) == (200, 350)
    assert found.no_bets == 1
    # R1C3 has a late H-5 and no H-30; R1C4 is cancelled and not waited for; the H-30 of R1C1 and
    # R1C2 are there, so lost are: R1C3 H-5 and H-30.
    assert found.lost == 2


def test_days_without_a_plan_give_no_figures():
    found = figures_of(MemoryArchive(), [DAY], EVENING)

    assert (found.days, found.success_rate, found.roi, found.run_times) == (0, None, None, None)
