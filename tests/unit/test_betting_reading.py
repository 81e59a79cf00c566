"""The reading of a race: limits, the close beside what is shown, the best operator, the costs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions import RACE, no_bet
from desks import DAY, OFF, minutes
from hippique.betting.policy_file import packaged_policy
from hippique.betting.reading import (
    OperatorOdds,
    PricedBet,
    costs_of,
    least_ev_by_bet,
    limit_dividend,
    operator_odds,
    race_reading,
)
from hippique.betting.slip import (
    ExpectedDividend,
    read_decision,
    write_decision,
)
from hippique.forecast.closing_price import ClosingPrice
from hippique.forecast.forecaster import Chance, Forecast, NoForecast
from hippique.racing.market import Quote, Snapshot


def forecast(*chances: tuple[int, float, float | None]) -> Forecast:
    return Forecast(
        race=RACE,
        estimator="market",
        model="m",
        pool="zeturf",
        book_sum=1.15,
        chances=tuple(Chance(number=n, p_win=w, p_place=p) for n, w, p in chances),
    )


def shows(operator: str, number: int, win: float, paid_mean: float) -> OperatorOdds:
    price = ClosingPrice(median=win, low=win - 1, high=win + 1, paid_mean=paid_mean, flags=())
    quote = Quote(number=number, win=win, place_low=2.0, place_high=2.6)
    return OperatorOdds(operator=operator, quotes={number: quote}, closing={number: price})


def bet(
    ev: float, share: float | None, combination: tuple[int, ...] = (1,), **facts: object
) -> PricedBet:
    said: dict[str, object] = {"operator": "zeturf", "bet": "place", **facts}
    return PricedBet(combination=combination, ev=ev, share=share, **said)  # type: ignore[arg-type]  # a test's own columns


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_paid", "least_ev", "limit"),
    [
        (0.41, 0.40, 3.5),  # 1.40/.41 = 3.415: at 3.4 it would not pass
        (0.50, 0.00, 2.0),  # exactly a decime
        (0.30, 0.50, 5.0),  # 1.5/.3 is 5.000000000000001 in binary
        (1.00, 0.00, 1.0),
        (0.0, 0.4, None),
    ],
)
def test_a_limit_is_the_first_decime_at_which_the_bet_passes(p_paid, least_ev, limit):
    assert limit_dividend(p_paid, least_ev) == limit


@given(p_paid=st.floats(0.001, 1.0), least_ev=st.floats(0.0, 1.0))
def test_at_its_limit_a_bet_passes_and_a_decime_below_it_does_not(p_paid, least_ev):
    limit = limit_dividend(p_paid, least_ev)

    assert limit is not None
    assert p_paid * limit - 1.0 >= least_ev - 1e-9
    assert p_paid * (limit - 0.1) - 1.0 < least_ev + 1e-9


def test_the_profit_asked_of_a_bet_is_the_policys_own():
    asked = least_ev_by_bet(packaged_policy("gpi-5.1"))

    assert asked["place"] == 0.40  # the basket's
    assert asked["trio"] == 0.40  # the combination's; 0.50 binds under a high overround only
    assert least_ev_by_bet(packaged_policy("kelly-pure"))["win"] == 0.0


def test_limits_are_of_the_bets_that_the_policy_plays():
    reading = race_reading(forecast((1, 0.2, 0.5), (2, 0.8, None)), (), (), {"place": 0.4})

    assert [runner.limit for runner in reading.runners] == [{"place": 2.8}, {}]


# --- chances, what is shown, the close --------------------------------------------------------


def test_fair_odds_are_one_over_the_chance_to_win_and_to_be_placed():
    reading = race_reading(forecast((1, 0.2, 0.5), (2, 0.8, None)), (), (), {})

    assert [(r.fair, r.fair_place) for r in reading.runners] == [(5.0, 2.0), (1.25, None)]


def test_each_operators_close_stands_beside_what_it_shows():
    views = (shows("zeturf", 1, 6.9, 5.0), shows("pmu_fr", 1, 6.0, 5.5))

    (runner,) = race_reading(forecast((1, 1.0, 0.5)), views, (), {}).runners

    assert runner.shown == 6.9
    assert runner.shown_by == {"zeturf": 6.9, "pmu_fr": 6.0}
    assert runner.closing["pmu_fr"] == {"mean": 6.0, "low": 5.0, "high": 7.0, "flags": []}
    assert runner.place["zeturf"]["shown_low"] == 2.0


def test_the_best_operator_is_the_one_forecast_to_pay_most_not_the_one_that_shows_most():
    views = (shows("zeturf", 1, 6.9, 5.0), shows("pmu_fr", 1, 6.0, 5.5))
    paid = ExpectedDividend(combination=(1,), mean=2.2, low=1.9, high=2.6)

    (runner,) = race_reading(
        forecast((1, 1.0, 0.5)), views, (bet(0.1, 1.0, dividend=paid),), {}
    ).runners

    assert runner.best == {"win": "pmu_fr", "place": "zeturf"}
    assert runner.place["zeturf"]["mean"] == 2.2


def test_of_two_that_pay_the_same_the_bettors_first_is_named():
    views = (shows("pmu_fr", 1, 6.0, 5.0), shows("zeturf", 1, 6.9, 5.0))

    (runner,) = race_reading(forecast((1, 1.0, None)), views, (), {}).runners

    assert runner.best == {"win": "pmu_fr"}


def test_an_operator_is_read_in_its_own_pool_and_without_an_off_no_close_is_forecast():
    quotes = (Quote(number=1, win=3.0), Quote(number=2, non_runner=True))
    seen = [
        Snapshot(race=RACE, source="s", pool=pool, taken_at=OFF - minutes(5), quotes=quotes)
        for pool in ("zeturf", "E_SIMPLE_GAGNANT", "geny")
    ]

    without = operator_odds(seen, ("pmu_fr", "zeturf", "pmu"), DAY)
    timed = operator_odds(seen, ("zeturf",), DAY, OFF)

    assert [view.operator for view in without] == ["pmu_fr", "zeturf"]
    assert [set(view.quotes) for view in without] == [{1}, {1}]
    assert without[0].closing == {}
    assert set(timed[0].closing) == {1}


def test_without_chances_the_costs_are_still_told():
    missing = NoForecast(race=RACE, estimator="market", reason="aucune cote n'a été lue")

    reading = race_reading(missing, (), (bet(-0.2, 1.0),), {"place": 0.4})

    assert reading.runners == ()
    assert len(reading.costs) == 1


# --- playing anyway ---------------------------------------------------------------------------


def test_the_cost_is_the_loss_of_a_euro_spread_as_the_crowd_spreads_it():
    rows = (bet(-0.10, 0.75, (1,)), bet(-0.50, 0.25, (2,)))

    (cost,) = costs_of(rows)

    assert cost.loss_per_eur == 0.2  # .75 × .10 + .25 × .50
    assert (cost.least_loss_per_eur, cost.cheapest) == (0.1, (1,))


def test_each_bet_of_each_operator_has_its_own_cost():
    rows = (bet(-0.1, 1.0), bet(-0.2, 1.0, bet="win"), bet(-0.3, 1.0, operator="pmu"))

    assert [(c.operator, c.bet, c.loss_per_eur) for c in costs_of(rows)] == [
        ("pmu", "place", 0.3),
        ("zeturf", "place", 0.1),
        ("zeturf", "win", 0.2),
    ]


def test_an_edge_is_a_loss_below_zero():
    (cost,) = costs_of((bet(0.3, 1.0),))

    assert cost.loss_per_eur == -0.3


def test_a_pool_whose_shares_are_not_known_has_no_average():
    assert costs_of((bet(-0.1, None), bet(-0.2, 0.5, (2,)))) == ()


@given(
    st.lists(st.tuples(st.floats(-1, 3), st.floats(0.01, 1.0)), min_size=1, max_size=12),
)
def test_the_cost_lies_between_the_cheapest_and_the_dearest_combination(rows):
    bets = tuple(bet(ev, share, (at,)) for at, (ev, share) in enumerate(rows))

    (cost,) = costs_of(bets)

    dearest = max(-ev for ev, _ in rows)
    assert cost.least_loss_per_eur is not None
    assert cost.least_loss_per_eur - 1e-4 <= cost.loss_per_eur <= dearest + 1e-4


# --- the published form -----------------------------------------------------------------------


def test_a_reading_is_written_and_read_back_unchanged():
    views = (shows("zeturf", 1, 6.9, 5.0),)
    reading = race_reading(forecast((1, 1.0, 0.5)), views, (bet(-0.1, 1.0),), {"place": 0.4})

    assert read_decision(write_decision(no_bet(reading))).reading == reading


def test_unknown_is_none_and_never_zero():
    (runner,) = race_reading(forecast((1, 1.0, None)), (), (), {"place": 0.4}).runners

    assert (runner.shown, runner.fair_place, runner.p_place) == (None, None, None)
    assert not any((runner.closing, runner.place, runner.best, runner.limit))
    assert math.isclose(runner.fair, 1.0)
