"""How far our forecast of the closing odds was off, beside the odds shown, by hand."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import (
    DAY,
    ODDS,
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
from hippique.betting.slip import RaceReading, RunnerReading
from hippique.betting.terms import terms_of
from hippique.day.closing_error import ClosingError, closing_error, errors_of_race
from hippique.day.race_day import decision_of, latest_plan
from hippique.day.run import run_order
from hippique.day.samples import run_sample
from hippique.day.snapshots import RaceSnapshots
from hippique.day.status import day_status
from hippique.errors import StoreDamaged
from hippique.racing.card import RaceId, RaceStatus, Reading
from hippique.racing.codec import to_pretty_json
from hippique.racing.market import Quote, Snapshot
from hippique.racing.result import Result, ResultStatus
from hippique.runtime.memory import MemoryArchive

H5 = OFF - minutes(5)


def decided():
    made = race_day_bench(sites=("zeturf",))
    made.service.schedule(DAY)
    run_order(made.at(H5).desk, order("H5"))
    return made


SLIP = decision_of(decided().archive, R1C1)


def runner(number, forecast, shown, operator="zeturf"):
    return RunnerReading(
        number=number,
        p_win=0.1,
        fair=10.0,
        closing={} if forecast is None else {operator: {"mean": forecast, "flags": []}},
        shown_by={} if shown is None else {operator: shown},
    )


def told(*seen: RunnerReading, race: RaceId = R1C1, **facts: object):
    return replace(SLIP, race=str(race), reading=RaceReading(runners=seen), **facts)


def final_page(odds, pool="zeturf", *, source="zeturf", official=True):
    found = Result(status=ResultStatus.OFFICIAL, order=((1,), (2,))) if official else None
    horses = runners(source, odds, pool=pool)
    return reading(source, meeting(a_race(runners=horses, result=found)), page="race")


def ended(
    *pages: Reading, race: RaceId = R1C1, archive: MemoryArchive | None = None
) -> MemoryArchive:
    kept = archive or MemoryArchive()
    kept.create(f"{race}/RESULT/reading.json", to_pretty_json({"readings": pages}))
    return kept


def sample(archive, at: dt.datetime, odds, pool="zeturf", gone=()):
    quotes = tuple(Quote(number=n, win=o, non_runner=n in gone) for n, o in odds.items())
    seen = Snapshot(race=str(R1C1), source="zeturf", pool=pool, taken_at=at, quotes=quotes)
    stamp = at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    archive.create(
        f"{R1C1}/odds/{stamp}/snapshot.json",
        to_pretty_json(RaceSnapshots(race=str(R1C1), snapshots=(seen,))),
    )


# --- by hand ------------------------------------------------------------------------------------


def test_two_runners_by_hand():
    # forecast 4 and 6 for 2 and 6 paid: ln 2 and 0. shown 2 and 3: 0 and -ln 2.
    decision = told(runner(1, 4.0, 2.0), runner(2, 6.0, 3.0))

    found = closing_error(ended(final_page({1: 2.0, 2: 6.0})), [decision])

    half = math.log(2) / math.sqrt(2)  # 0.490129
    assert found == ClosingError(
        races=1,
        not_judged=0,
        runners=2,
        forecast_rmse=pytest.approx(half),
        shown_rmse=pytest.approx(half),
    )
    assert half == pytest.approx(0.490129, abs=1e-6)


def test_forecast_and_shown_are_not_confused_and_squares_are_taken_over_all_runners():
    # Race 1, one runner, final 3: forecast 3e -> 1, shown 3e^2 -> 2.
    # Race 2, two runners, final 5 and 7: forecast 5e^-1 and 7 -> -1, 0; shown 5e^3, 7 -> 3, 0.
    e = math.e
    other = RaceId.parse("2025-10-16/R1C2")
    archive = ended(final_page({1: 3.0}))
    ended(final_page({1: 5.0, 2: 7.0}), race=other, archive=archive)
    decisions = [
        told(runner(1, 3 * e, 3 * e**2)),
        told(runner(1, 5 / e, 5 * e**3), runner(2, 7.0, 7.0), race=other),
    ]

    found = closing_error(archive, decisions)

    assert (found.races, found.not_judged, found.runners) == (2, 0, 3)
    assert found.forecast_rmse == pytest.approx(math.sqrt(2 / 3))
    assert found.shown_rmse == pytest.approx(math.sqrt(13 / 3))


def test_both_errors_are_over_the_same_runners():
    decision = told(
        runner(1, 4.0, 2.0),
        runner(2, None, 30.0),  # no forecast
        runner(3, 30.0, None),  # not shown
        runner(4, 30.0, 30.0),  # withdrawn: no final odds
    )

    found = closing_error(ended(final_page({1: 2.0, 2: 3.0, 3: 3.0})), [decision])

    assert (found.runners, found.forecast_rmse) == (1, pytest.approx(math.log(2)))
    assert found.shown_rmse == 0.0


def test_no_race_is_no_error():
    assert closing_error(MemoryArchive(), []) == ClosingError()


odds = st.floats(1.1, 500.0)


@given(st.dictionaries(st.integers(1, 8), st.tuples(odds, odds, odds), min_size=1))
def test_the_error_is_the_root_of_the_mean_square(seen):
    decision = told(*(runner(n, forecast, shown) for n, (forecast, shown, _) in seen.items()))

    found = closing_error(ended(final_page({n: c for n, (_, _, c) in seen.items()})), [decision])

    for error, at in ((found.forecast_rmse, 0), (found.shown_rmse, 1)):
        total = sum((math.log(one[at]) - math.log(one[2])) ** 2 for one in seen.values())
        assert error == pytest.approx(math.sqrt(total / len(seen)), abs=1e-9)


@given(st.dictionaries(st.integers(1, 8), odds, min_size=1))
def test_a_forecast_that_comes_true_has_no_error(seen):
    decision = told(*(runner(n, closed, closed) for n, closed in seen.items()))

    found = closing_error(ended(final_page(seen)), [decision])

    assert (found.forecast_rmse, found.shown_rmse) == (0.0, 0.0)


# --- what is not judged -------------------------------------------------------------------------

ONE = told(runner(1, 4.0, 2.0))


def test_a_race_without_final_odds_is_counted_as_not_judged():
    assert closing_error(MemoryArchive(), [ONE]) == ClosingError(not_judged=1)
    assert closing_error(ended(result("zeturf")), [ONE]) == ClosingError(not_judged=1)


def test_dividends_of_winners_are_no_final_odds():
    archive = ended(result("zeturf", per_euro=2.0))

    assert errors_of_race(archive, ONE) == ()


def test_one_judged_race_beside_one_that_is_not():
    other = told(runner(1, 4.0, 2.0), race=RaceId.parse("2025-10-16/R1C2"))

    found = closing_error(ended(final_page({1: 2.0})), [ONE, other])

    assert (found.races, found.not_judged, found.runners) == (1, 1, 1)


def test_the_odds_of_another_pool_are_no_close():
    assert errors_of_race(ended(final_page({1: 2.0}, pool="SIMPLE_GAGNANT")), ONE) == ()


def test_odds_on_a_page_without_a_result_are_no_close():
    assert errors_of_race(ended(final_page({1: 2.0}, official=False)), ONE) == ()


@pytest.mark.parametrize("final", [1.0, 0.0])
def test_odds_that_pay_nothing_are_not_known(final):
    assert errors_of_race(ended(final_page({1: final})), ONE) == ()


def test_a_decision_that_forecast_nothing_is_not_judged():
    nothing = told(runner(1, None, 2.0), tickets=())

    assert closing_error(ended(final_page({1: 2.0})), [nothing]) == ClosingError(not_judged=1)


def test_an_operator_that_has_gone_from_the_terms_is_not_judged():
    gone = told(runner(1, 4.0, 2.0, operator="of the past"), tickets=())

    assert errors_of_race(ended(final_page({1: 2.0})), gone) == ()


# --- which pool, which page ---------------------------------------------------------------------


def test_a_race_is_judged_in_its_slip_s_pool_where_two_are_known():
    both = replace(
        runner(1, 4.0, 2.0),
        closing={"pmu": {"mean": 100.0}, "zeturf": {"mean": 4.0}},
        shown_by={"pmu": 100.0, "zeturf": 2.0},
    )
    archive = ended(
        final_page({1: 50.0}, pool=terms_of("pmu", "win", DAY).pool, source="pmu"),
        final_page({1: 2.0}),
    )

    (pair,) = errors_of_race(archive, told(both))

    assert pair == (pytest.approx(math.log(2)), 0.0)


def test_without_a_slip_the_first_operator_with_final_odds_is_judged():
    both = replace(
        runner(1, 4.0, 2.0),
        closing={"pmu": {"mean": 100.0}, "zeturf": {"mean": 4.0}},
        shown_by={"pmu": 100.0, "zeturf": 2.0},
    )

    (pair,) = errors_of_race(ended(final_page({1: 2.0})), told(both, tickets=()))

    assert pair == (pytest.approx(math.log(2)), 0.0)


def test_the_newest_sample_after_the_decision_stands_in_for_a_page_without_odds():
    archive = ended(result("zeturf"))
    sample(archive, OFF - minutes(3), {1: 8.0})
    sample(archive, OFF - minutes(1), {1: 2.0})

    (pair,) = errors_of_race(archive, ONE)

    assert pair == (pytest.approx(math.log(2)), 0.0)


def test_the_result_s_own_page_comes_before_any_sample():
    archive = ended(final_page({1: 2.0}))
    sample(archive, OFF - minutes(1), {1: 8.0})

    (pair,) = errors_of_race(archive, ONE)

    assert pair == (pytest.approx(math.log(2)), 0.0)


@pytest.mark.parametrize("at", [H5, H5 - minutes(5)], ids=["the same instant", "before"])
def test_odds_from_before_the_decision_are_no_close(at):
    archive = MemoryArchive()
    sample(archive, at, {1: 2.0})

    assert errors_of_race(archive, ONE) == ()


def test_a_newer_sample_of_another_pool_is_passed_over():
    archive = MemoryArchive()
    sample(archive, OFF - minutes(2), {1: 2.0})
    sample(archive, OFF - minutes(1), {1: 9.0}, pool="SIMPLE_GAGNANT")

    assert len(errors_of_race(archive, ONE)) == 1


def test_a_newest_sample_without_any_odds_hides_no_older_one_after_the_decision():
    archive = MemoryArchive()
    sample(archive, OFF - minutes(2), {1: 2.0})
    sample(archive, OFF - minutes(1), {1: None})

    assert len(errors_of_race(archive, ONE)) == 1


def test_a_runner_withdrawn_since_is_not_judged():
    archive = MemoryArchive()
    sample(archive, OFF - minutes(1), {1: 2.0, 2: 3.0}, gone=(2,))
    decision = told(runner(1, 4.0, 2.0), runner(2, 4.0, 2.0))

    assert len(errors_of_race(archive, decision)) == 1


@pytest.mark.parametrize("address", ["RESULT/reading.json", "odds/20251016T121400Z/snapshot.json"])
def test_damage_is_told_by_its_name(address):
    archive = MemoryArchive()
    archive.create(f"{R1C1}/{address}", b"{")

    with pytest.raises(StoreDamaged, match=address):
        closing_error(archive, [ONE])


# --- the day ------------------------------------------------------------------------------------


def closing(made):
    return day_status(made.archive, latest_plan(made.archive, DAY), made.clock.now()).totals.closing


def after(made, page):
    made.site("zeturf").show_result(R1C1, page)
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    return made


def closed_at(final):
    page = result("zeturf")
    (told,) = page.meetings[0].races
    race = replace(told, runners=runners("zeturf", final), status=RaceStatus.OFFICIAL)
    return reading("zeturf", meeting(race), page="race")


def test_a_day_whose_odds_did_not_move_after_h5_has_no_error_of_what_was_shown():
    made = after(decided(), closed_at(ODDS))

    found = closing(made)

    assert (found.races, found.not_judged, found.shown_rmse) == (1, 0, 0.0)
    assert found.runners == len(ODDS)
    assert found.forecast_rmse > 0.0  # the forecast moves odds; here it was wrong to


def test_a_day_whose_odds_all_doubled_was_shown_wrong_by_ln_2():
    made = after(decided(), closed_at({n: 2 * o for n, o in ODDS.items()}))

    assert closing(made).shown_rmse == pytest.approx(math.log(2))


def test_a_race_that_is_not_run_or_not_settled_yet_is_neither_judged_nor_missed():
    made = decided()
    assert closing(made) == ClosingError()

    after(made, not_run("zeturf"))

    assert closing(made) == ClosingError()


def test_a_settled_race_without_final_odds_is_told():
    assert closing(after(decided(), result("zeturf"))) == ClosingError(not_judged=1)


def test_samples_before_the_off_close_a_day_whose_result_shows_no_odds():
    made = decided()
    made.site("zeturf").show_card(R1C1, card("zeturf", {n: 2 * o for n, o in ODDS.items()}))
    assert run_sample(made.at(OFF - minutes(2)).desk, R1C1, OFF)

    after(made, result("zeturf"))

    found = closing(made)
    assert (found.races, found.not_judged, found.runners) == (1, 0, len(ODDS))
    assert found.shown_rmse == pytest.approx(math.log(2))
