"""The control's decision, the terms of operators, the market's chances and the pool identity."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import DAY, ODDS, OFF
from hippique.betting.policy import ControlPolicy, Situation, read_race
from hippique.betting.terms import OPERATORS, terms_of
from hippique.errors import FieldTooSmall, OddsOutOfRange, UnknownBet
from hippique.forecast.forecaster import Evidence, Forecast, MarketForecaster, NoForecast
from hippique.pricing.win import book_sum, win_shares
from hippique.racing.market import Quote, Snapshot
from strategies import odds, snapshots

RACE = "2025-10-16/R1C1"
fields = st.lists(odds, min_size=2, max_size=20)


def snapshot(cells, pool="zeturf", non_runners=()) -> Snapshot:
    return Snapshot(
        race=RACE,
        source=pool,
        pool=pool,
        taken_at=OFF,
        quotes=tuple(
            Quote(number=n, win=None if n in non_runners else win, non_runner=n in non_runners)
            for n, win in cells.items()
        ),
    )


def situation(*seen: Snapshot, operators=("zeturf",)) -> Situation:
    return Situation(
        race=RACE,
        day=DAY,
        declared=8,
        forecast=forecast(*seen),
        snapshots=seen,
        operators=operators,
    )


# --- pool identity ------------------------------------------------------------------------------


@given(fields)
def test_shares_sum_to_one_and_keep_the_order_of_the_odds(cells):
    shares = win_shares(np.array(cells))

    assert math.isclose(shares.sum(), 1.0)
    assert (shares > 0).all()
    assert list(np.argsort(-shares, kind="stable")) == list(np.argsort(cells, kind="stable"))


@given(
    stakes=st.lists(st.integers(1, 10**6), min_size=2, max_size=20),
    takeout=st.floats(0.05, 0.3),
)
def test_shares_give_back_the_stakes_of_a_pool_whatever_the_takeout(stakes, takeout):
    shares = np.array(stakes) / sum(stakes)
    paid = (1 - takeout) / shares
    if (paid <= 1).any():
        return

    assert np.allclose(win_shares(paid), shares)
    assert math.isclose(book_sum(paid), 1 / (1 - takeout))


@pytest.mark.parametrize("bad", [1.0, 0.0, -2.0, math.nan, math.inf])
def test_odds_that_no_pool_pays_are_refused_with_their_runner(bad):
    with pytest.raises(OddsOutOfRange, match="runner 2"):
        win_shares(np.array([2.0, bad, 3.0]))


@pytest.mark.parametrize("cells", [[], [2.0]])
def test_a_field_of_one_has_no_market(cells):
    with pytest.raises(FieldTooSmall):
        book_sum(np.array(cells))


def test_the_odds_given_are_not_changed():
    given_odds = np.array([2.0, 3.0])
    win_shares(given_odds)

    assert list(given_odds) == [2.0, 3.0]


# --- the market's chances -----------------------------------------------------------------------


def forecast(*seen: Snapshot, declared: int | None = 8) -> Forecast | NoForecast:
    return MarketForecaster().forecast(Evidence(race=RACE, snapshots=seen, declared=declared))


@pytest.mark.parametrize(
    ("pools", "read"),
    [
        (("zeturf", "SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"), "E_SIMPLE_GAGNANT"),
        (("zeturf", "SIMPLE_GAGNANT"), "SIMPLE_GAGNANT"),
        (("zeturf", "geny"), "zeturf"),
    ],
)
def test_one_pool_alone_is_read(pools, read):
    made = forecast(*(snapshot(ODDS, pool) for pool in pools))

    assert isinstance(made, Forecast)
    assert made.pool == read


def test_a_pool_that_does_not_price_every_starter_is_passed_over():
    holed = snapshot({**ODDS, 3: None}, "E_SIMPLE_GAGNANT")

    made = forecast(holed, snapshot(ODDS, "zeturf"))

    assert made.pool == "zeturf"


def test_a_non_runner_needs_no_price():
    made = forecast(snapshot(ODDS, non_runners=(1,)))

    assert [c.number for c in made.chances] == [2, 3, 4, 5, 6, 7, 8]
    assert made.p_win(1) is None


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ((), "aucune cote n'a été lue"),
        ((snapshot({1: None, 2: None}),), "zeturf 0%"),
        ((snapshot({1: 2.0, 2: None}),), "zeturf 50%"),
        ((snapshot({1: 2.0}),), "zeturf 100%"),
        ((snapshot({1: 1.0, 2: 3.0}),), "zeturf"),
        ((snapshot(ODDS, "geny"),), "geny"),
    ],
)
def test_without_a_whole_pool_there_are_no_chances_and_it_says_why(seen, reason):
    made = forecast(*seen)

    assert isinstance(made, NoForecast)
    assert reason in made.reason


@given(st.lists(snapshots, max_size=3))
def test_chances_sum_to_one_over_the_starters_or_there_are_none(seen):
    made = forecast(*seen)

    if isinstance(made, Forecast):
        assert math.isclose(sum(c.p_win for c in made.chances), 1.0)
        read = [s for s in seen if s.pool == made.pool]
        assert {c.number for c in made.chances} in [{q.number for q in s.starters()} for s in read]


@pytest.mark.parametrize(
    ("declared", "paid"),
    [(3, None), (7, 2), (8, 3), (None, None)],
    ids=["under 4: no place", "4 to 7: two", "from 8: three", "not known: no chance is made up"],
)
def test_place_chances_sum_to_the_places_paid_by_the_declared_field(declared, paid):
    made = forecast(snapshot({1: 2.0, 2: 4.0, 3: 6.0, 4: 9.0}), declared=declared)

    placed = [chance.p_place for chance in made.chances]
    assert placed == [None] * 4 if paid is None else math.isclose(sum(placed), paid)


def test_with_fewer_starters_than_places_all_are_placed():
    made = forecast(snapshot({1: 2.0, 2: 2.0}), declared=8)

    assert [chance.p_place for chance in made.chances] == [1.0, 1.0]


def test_place_chances_are_not_win_chances_scaled():
    # Scaling 3 × p_win would give the favourite 3 × .545 > 1.
    made = forecast(snapshot({1: 1.5, 2: 6.0, 3: 8.0, 4: 9.0, 5: 12.0, 6: 15.0, 7: 20.0, 8: 30.0}))

    assert made.chances[0].p_win > 0.5
    assert all(chance.p_win < chance.p_place < 1.0 for chance in made.chances)


# --- the control -------------------------------------------------------------------------------


def test_the_control_plays_one_euro_on_the_favourite():
    verdict = ControlPolicy().decide(situation(snapshot(ODDS)))

    (ticket,) = verdict.tickets
    assert (ticket.operator, ticket.bet) == ("zeturf", "win")
    assert [(leg.combination, leg.stake_cents) for leg in ticket.legs] == [((1,), 100)]
    assert "favori de ZEturf" in verdict.reasons[0]


def test_of_two_favourites_the_lower_number_is_played():
    verdict = ControlPolicy().decide(situation(snapshot({4: 3.0, 2: 3.0, 7: 5.0})))

    assert verdict.tickets[0].legs[0].combination == (2,)


def test_a_withdrawn_favourite_is_not_played():
    verdict = ControlPolicy().decide(situation(snapshot(ODDS, non_runners=(1,))))

    assert verdict.tickets[0].legs[0].combination == (2,)


def test_an_operators_own_odds_decide_and_its_least_stake_is_placed():
    pmu = snapshot({1: 9.0, 2: 2.0}, "SIMPLE_GAGNANT")

    verdict = ControlPolicy().decide(situation(snapshot(ODDS), pmu, operators=("pmu",)))

    (ticket,) = verdict.tickets
    assert ticket.legs[0].combination == (2,)
    assert ticket.legs[0].stake_cents == 200
    assert ticket.expected_dividend[0].mean == 2.0


def test_the_first_operator_with_odds_is_played():
    verdict = ControlPolicy().decide(situation(snapshot(ODDS), operators=("pmu", "zeturf")))

    assert verdict.tickets[0].operator == "zeturf"


@pytest.mark.parametrize("seen", [(), (snapshot({1: None, 2: None}),), (snapshot(ODDS, "geny"),)])
def test_without_any_odds_of_his_operators_there_is_no_bet_and_a_reason(seen):
    verdict = ControlPolicy().decide(situation(*seen))

    assert verdict.tickets == ()
    assert "zeturf" in verdict.reasons[0]
    assert [gate.passed for gate in verdict.gates] == [False]


@given(seen=st.lists(snapshots, max_size=3), operators=st.permutations(OPERATORS))
def test_the_control_never_breaks_and_stakes_what_the_operator_takes(seen, operators):
    verdict = ControlPolicy().decide(situation(*seen, operators=tuple(operators)))

    assert len(verdict.reasons) == 1
    for ticket in verdict.tickets:
        for leg in ticket.legs:
            assert leg.stake_cents >= ticket.min_cents
            assert leg.stake_cents % ticket.step_cents == 0
        starters = {
            q.number
            for s in seen
            if s.pool == terms_of(ticket.operator, ticket.bet, DAY).pool
            for q in s.starters()
        }
        assert set(ticket.legs[0].combination) <= starters


def test_playing_anyway_costs_the_takeout():
    verdict = read_race(situation(snapshot({1: 1.7, 2: 1.7})))

    # Each is half of a pool that keeps .136, the quoted takeout: 1.728, of which 1.7 is paid.
    (cost,) = (cost for cost in verdict.costs if cost.bet == "win")
    assert (cost.operator, cost.loss_per_eur) == ("zeturf", 0.15)


def test_fair_odds_are_one_over_the_chance():
    shown = read_race(situation(snapshot(ODDS)))

    assert all(math.isclose(r.fair * r.p_win, 1.0) for r in shown.runners)
    assert [r.shown for r in shown.runners] == list(ODDS.values())


# --- terms -------------------------------------------------------------------------------------


def test_terms_of_an_operator_that_lacks_the_bet_are_unknown():
    with pytest.raises(UnknownBet, match="quinte"):
        terms_of("zeturf", "quinte", DAY)


def test_terms_are_dated():
    with pytest.raises(UnknownBet):
        terms_of("pmu_fr", "win", dt.date(2009, 1, 1))
    assert terms_of("pmu_fr", "win", DAY).pool == "E_SIMPLE_GAGNANT"


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_pool_a_stake_and_a_cut_off_before_the_off(operator):
    terms = terms_of(operator, "win", DAY)

    assert terms.min_cents >= terms.step_cents > 0
    assert terms.cut_off_s > 0
