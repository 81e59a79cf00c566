"""After the race: polled until official, settled once, never on a provisional order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import DAY, OFF, R1C1, meeting, minutes, not_run, order, race_day_bench, reading, result
from hippique.betting.ledger import LegState, read_settlement
from hippique.day.capture import Taken
from hippique.day.official import official_result
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan, outcome_of
from hippique.day.result_polls import last_poll, next_poll
from hippique.day.run import run_order
from hippique.day.status import day_status
from hippique.day.tasks import order_of, read_payload
from hippique.errors import NotFound, SourceDown
from hippique.racing.card import Reading
from hippique.racing.result import Refund, ResultStatus
from hippique.racing.times import paris_at

PROVISIONAL = ResultStatus.PROVISIONAL
PLAIN = ((1,), (2,), (3,), (4,))


def decided(*answers: Reading | SourceDown, sites=("zeturf", "geny")):
    """A race with its slip on the 1, whose result page answers so."""
    made = race_day_bench(sites=sites)
    made.site("zeturf").show_result(R1C1, *answers)
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    for task in made.queue.live():
        if read_payload(task).phase in {"H30", "H5", "ODDS"}:
            made.queue.cancel(task.name)
    return made


def poll_all(made, most=400):
    """Deliver every result task until none is left: (instant, outcome) of each."""
    polls = []
    while (due := made.queue.next_due()) is not None and len(polls) < most:
        made.at(due)
        (task,) = made.queue.lease_due(made.clock.now(), 1)
        polls.append((made.clock.now(), run_order(made.desk, order_of(read_payload(task)))))
        made.queue.finish(task.name)
    return polls


def settlement(made):
    return read_settlement(made.archive.read(f"{R1C1}/RESULT/settlement.json"))


def test_the_first_poll_is_a_quarter_of_an_hour_after_the_off():
    made = decided(result("zeturf"))

    ((at, outcome),) = poll_all(made)

    assert (at, outcome.status) == (OFF + minutes(15), Status.DONE)


def test_a_result_that_never_comes_is_polled_until_two_and_three_mornings_then_failed():
    made = decided(result("zeturf", status=PROVISIONAL))

    polls = poll_all(made)

    night = paris_at(DAY + dt.timedelta(days=1), 2)
    mornings = [paris_at(DAY + dt.timedelta(days=n), 9) for n in (1, 2, 3)]
    assert [at for at, _ in polls if at > night] == mornings
    assert night - minutes(15) < max(at for at, _ in polls if at <= night) <= night
    assert {o.status for _, o in polls[:-1]} == {Status.PENDING}
    assert polls[-1][1].status is Status.FAILED
    assert polls[-1][1].reasons[0] == "never official"


def test_stakes_of_a_race_that_was_never_official_are_open_not_lost():
    made = decided(result("zeturf", status=PROVISIONAL))
    poll_all(made)

    with pytest.raises(NotFound):
        settlement(made)
    totals = day_status(made.archive, latest_plan(made.archive, DAY), made.clock.now()).totals
    assert (totals.settled, totals.failed, totals.staked_cents) == (0, 1, 0)


def test_polls_come_often_for_an_hour_and_a_half_then_each_quarter_of_an_hour():
    polls = [at for at, _ in poll_all(decided(result("zeturf", status=PROVISIONAL)))]

    gaps = {(two - OFF, two - one) for one, two in pairwise(polls) if two < OFF + minutes(600)}
    assert {gap for since, gap in gaps if since <= minutes(90)} == {minutes(5)}
    assert {gap for since, gap in gaps if since > minutes(105)} == {minutes(15)}


@given(
    hour=st.integers(0, 28 * 60),
    after=st.integers(0, 5 * 24 * 60),
)
def test_polls_move_on_and_keep_out_of_the_night(hour, after):
    off = paris_at(DAY, 0) + minutes(hour)
    now = off + minutes(after)

    due = next_poll(DAY, off, now)

    if due is None:
        assert now >= last_poll(DAY)
        return
    assert now < due <= last_poll(DAY)
    night = paris_at(DAY + dt.timedelta(days=1), 2)
    assert due <= night or due in [paris_at(DAY + dt.timedelta(days=n), 9) for n in (1, 2, 3)]


def test_a_provisional_order_never_settles_and_the_official_one_does():
    provisional = result("zeturf", ((2,), (1,)), status=PROVISIONAL)
    made = decided(provisional, provisional, result("zeturf"))

    statuses = [o.status for _, o in poll_all(made)]

    assert statuses == [Status.PENDING, Status.PENDING, Status.DONE]
    assert settlement(made).returned_cents == 260


def test_an_official_order_without_our_dividend_waits_for_it():
    made = decided(result("zeturf", per_euro=None), result("zeturf", per_euro=3.1))

    polls = poll_all(made)

    assert [o.status for _, o in polls] == [Status.PENDING, Status.DONE]
    assert polls[0][1].reasons == ("a dividend is not published yet",)
    assert settlement(made).returned_cents == 310


def test_a_lost_bet_needs_no_dividend():
    made = decided(result("zeturf", ((2,), (1,)), per_euro=None))

    assert [o.status for _, o in poll_all(made)] == [Status.DONE]
    assert settlement(made).returned_cents == 0


def test_a_dead_heat_pays_its_own_dividend():
    made = decided(result("zeturf", ((2, 1), (3,)), per_euro=1.4))
    poll_all(made)

    assert settlement(made).returned_cents == 140


def test_a_non_runner_is_refunded():
    made = decided(result("zeturf", ((2,), (3,)), non_runners=(1,), per_euro=None))
    poll_all(made)

    (leg,) = settlement(made).legs
    assert (leg.state, leg.payout_cents) == (LegState.REFUNDED, 100)


def test_a_cancelled_race_refunds():
    made = decided(not_run("zeturf"))

    ((_, outcome),) = poll_all(made)

    assert outcome.status is Status.CANCELLED
    assert settlement(made).legs[0].state is LegState.REFUNDED


def test_sources_that_name_another_winner_are_named():
    made = decided(result("zeturf"))
    made.site("geny").show_result(R1C1, result("geny", ((2,), (1,))))

    ((_, outcome),) = poll_all(made)

    assert outcome.reasons == ("geny says [2] won, zeturf [1]",)
    assert settlement(made).returned_cents == 260


def test_a_site_whose_arrival_is_not_there_yet_does_not_hinder_the_other():
    made = decided(result("zeturf"))
    made.site("geny").show_result(R1C1, b"no arrival yet")

    assert [o.status for _, o in poll_all(made)] == [Status.DONE]


def test_with_no_result_page_it_is_asked_again_like_a_result_that_is_not_official():
    made = decided(SourceDown("no answer", site="zeturf"))

    outcome = run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))

    assert outcome.status is Status.PENDING
    assert outcome_of(made.archive, R1C1, Phase.RESULT) is None


def test_a_no_bet_race_is_settled_with_nothing_staked():
    made = race_day_bench()
    made.operators = ("pmu",)  # nobody shows PMU's odds here
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    outcome = run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))

    assert (outcome.status, outcome.decision) == (Status.DONE, "no_bet")
    assert settlement(made).staked_cents == 0


def test_a_race_whose_h5_was_late_still_gets_its_result():
    made = race_day_bench()
    made.service.schedule(DAY)
    assert run_order(made.at(OFF).desk, order("H5")).status is Status.LATE

    assert run_order(made.at(OFF + minutes(15)).desk, order("RESULT")).status is Status.DONE


@pytest.mark.parametrize("by", ["an operator", "a second delivery"])
def test_asking_twice_starts_no_second_chain_of_polls(by):
    made = decided(result("zeturf", status=PROVISIONAL))
    made.at(OFF + minutes(15))
    (task,) = made.queue.lease_due(made.clock.now(), 1)
    run_order(made.desk, order_of(read_payload(task)))
    made.queue.finish(task.name)

    made.at(OFF + minutes(16))
    again = order("RESULT", due=None) if by == "an operator" else order_of(read_payload(task))
    assert run_order(made.desk, again).status is Status.PENDING

    assert [t.due for t in made.queue.live()] == [OFF + minutes(20)]


# --- which source settles ----------------------------------------------------------------------


def taken(*readings: Reading):
    return [Taken(taken_at=OFF, reading=one) for one in readings]


def test_the_trusted_source_settles_with_the_dividends_of_all():
    found = official_result(
        str(R1C1), taken(result("geny", per_euro=2.4), result("zeturf", per_euro=2.6)), 8
    )

    assert found.source == "zeturf"
    assert {(d.operator, d.per_euro) for d in found.result.dividends} == {
        ("zeturf", 2.6),
        ("geny", 2.4),
    }


PMU_WIN = Refund(operator="pmu", bet="win")
PMU_TRIO = Refund(operator="pmu", bet="trio")


@pytest.mark.parametrize(
    ("pages", "refunded"),
    [
        ((("geny", "geny", (PMU_TRIO,)), ("zeturf", "zeturf", ())), (PMU_TRIO,)),
        ((("geny", "geny", (PMU_TRIO,)), ("pmu", "pmu", (PMU_TRIO,))), (PMU_TRIO,)),
        ((("geny", "geny", (PMU_WIN,)), ("pmu", "pmu", ())), ()),
        ((("pmu", "geny", (PMU_WIN,)), ("geny", "pmu", ())), (PMU_WIN,)),
    ],
    ids=["of one page", "of two", "against PMU's own dividend", "PMU's own, against a dividend"],
)
def test_a_refund_stands_unless_a_more_trusted_page_pays_the_bet(pages, refunded):
    found = official_result(
        str(R1C1), taken(*(paid_back(source, by, said) for source, by, said in pages)), 8
    )

    assert found.result.refunded == refunded


def paid_back(source: str, operator: str, refunded: tuple[Refund, ...]) -> Reading:
    """A page of this source with a win dividend of this operator, and refunds."""
    (page,) = result(source).meetings
    (race,) = page.races
    (win,) = race.result.dividends
    told = replace(race.result, dividends=(replace(win, operator=operator),), refunded=refunded)
    return reading(source, meeting(replace(race, result=told)), page="race")


def test_a_provisional_page_gives_neither_order_nor_dividends():
    found = official_result(
        str(R1C1), taken(result("zeturf", status=PROVISIONAL), result("geny", per_euro=2.4)), 8
    )

    assert (found.source, len(found.result.dividends)) == ("geny", 1)


@pytest.mark.parametrize("pages", [(), (result("zeturf", ()),), (not_run("zeturf"),)])
def test_without_an_official_order_there_is_no_result(pages):
    found = official_result(str(R1C1), taken(*pages), None)

    assert found.result is None
    assert found.cancelled is (pages == (not_run("zeturf"),))


def test_the_declared_field_comes_from_the_plan_before_any_result_page():
    assert official_result(str(R1C1), taken(result("zeturf")), 7).declared == 7
    assert official_result(str(R1C1), taken(result("zeturf")), None).declared == 8
