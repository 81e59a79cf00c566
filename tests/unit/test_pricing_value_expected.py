"""The expected value of tickets: its interval, its parts, its outcome, and the draws behind it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

import oracles
from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.dividend import PayRules
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.normal_times import henery
from hippique.pricing.value import (
    BetPool,
    Draws,
    Ticket,
    drawn_chances,
    draws_of,
    expected_value,
    henery_rows,
    in_front,
    pair_among,
    top,
)

DECIME = PayRules(step=0.1, minimum=1.1)
WIN = np.array([0.28, 0.22, 0.17, 0.13, 0.1, 0.06, 0.04])
PLACE_STAKES = np.array([900.0, 610.0, 520.0, 270.0, 210.0, 330.0, 160.0])
PAIR_STAKES = np.linspace(20.0, 220.0, 21)
PLACE = BetPool("SP", top(3), PLACE_STAKES, 0.15, DECIME)
PAIRS = BetPool("CG", in_front(2), PAIR_STAKES, 0.25, DECIME)


def harville_rows(rows):
    return [harville(row) for row in rows]


def some_draws(pools, *, sd=0.2, count=50, seed=3, model=harville_rows):
    rng = np.random.default_rng(seed)
    rows = drawn_chances(WIN, sd**2 * np.eye(WIN.size), rng, count)
    return draws_of(rows, pools, rng, model)


def unsure_place(**spread: float):
    return BetPool("SP", top(3), PLACE_STAKES, 0.15, DECIME, **spread)


# --- the mean and its interval ---------------------------------------------------------------


@pytest.mark.parametrize("model", [harville_rows, henery_rows], ids=["harville", "henery"])
def test_without_any_spread_every_statistic_is_the_centre(model):
    tickets = [Ticket(PLACE, (4,), 2.0), Ticket(PAIRS, (1, 3), 1.0)]
    value = expected_value(
        tickets, model(WIN[None])[0], some_draws([PLACE, PAIRS], sd=0.0, model=model)
    )
    doubt = value.doubt
    found = [value.mean, doubt.low, doubt.q05, doubt.q50, doubt.high]
    np.testing.assert_allclose(found, value.centre, atol=1e-12)
    assert max(doubt.sd, doubt.sd_chances, doubt.sd_dividends) < 1e-12
    assert doubt.p_positive == float(value.centre > 0.0)


def test_without_any_spread_it_is_the_oracles_single_value():
    (case,) = [
        one.values[0]
        for one in oracles.cases("kelly.json")
        if one.values[0]["id"] == "pool_single_ev"
    ]
    given = case["inputs"]
    pool = BetPool("SP", top(3), given["place_pool"], given["place_takeout"], DECIME)
    rng = np.random.default_rng(0)
    rows = drawn_chances(given["win"], np.zeros((8, 8)), rng, 200)
    draws = draws_of(rows, [pool], rng, harville_rows)
    values = [
        expected_value([Ticket(pool, (runner,), 1.0)], harville(given["win"]), draws).mean
        for runner in range(8)
    ]
    np.testing.assert_allclose(values, case["expected"]["place_ev_one_euro"], atol=1e-10)


def test_without_draws_there_is_a_mean_and_no_interval():
    value = expected_value([Ticket(PLACE, (4,), 2.0)], harville(WIN))
    assert value.doubt is None
    assert value.mean == value.centre
    assert value.payout == value.mean + 2.0
    assert value.per_euro == value.mean / 2.0


def test_values_of_tickets_in_different_pools_add_up_draw_by_draw():
    draws = some_draws([PLACE, PAIRS])
    ordering = harville(WIN)
    place, pair = Ticket(PLACE, (4,), 2.0), Ticket(PAIRS, (1, 3), 1.0)
    both = expected_value([place, pair], ordering, draws)
    alone = [expected_value([one], ordering, draws) for one in (place, pair)]
    assert both.mean == pytest.approx(sum(one.mean for one in alone), abs=1e-12)
    assert both.centre == pytest.approx(sum(one.centre for one in alone), abs=1e-12)


def test_two_tickets_in_one_pool_lower_each_other():
    pool = BetPool("SG", top(1), PLACE_STAKES, 0.15, None)
    tickets = [Ticket(pool, (0,), 300.0), Ticket(pool, (1,), 200.0)]
    # By hand: r = 0.85 × (3000 + 500) / (900 + 300) and / (610 + 200).
    expected = 0.28 * 300 * 2975 / 1200 + 0.22 * 200 * 2975 / 810 - 500
    assert expected_value(tickets, harville(WIN)).mean == pytest.approx(expected, abs=1e-10)


def test_two_tickets_in_one_drawn_pool_lower_each_other_too():
    pool = BetPool("SG", top(1), PLACE_STAKES, 0.15, None)
    tickets = [Ticket(pool, (0,), 300.0), Ticket(pool, (1,), 200.0)]
    as_they_are = Draws(2, {(1,): np.stack([WIN, WIN])}, {"SG": np.stack([pool.stakes] * 2)}, {})
    value = expected_value(tickets, harville(WIN), as_they_are)
    assert value.mean == pytest.approx(value.centre, abs=1e-10)


def test_late_money_and_result_go_together_when_drawn_together():
    # The oracle's scenarios: 30 % backed late, p .4, pays 4; 70 % not, p .1, pays 10; 1 € of ours.
    (case,) = [
        one.values[0]
        for one in oracles.cases("dividends.json")
        if one.values[0]["id"] == "expected_return_is_joint"
    ]
    scenarios = case["inputs"]["scenarios"]
    rows = [one for one in scenarios for _ in range(round(10 * one["weight"]))]
    # (S + 1) / (s + 1) is the dividend when S = 999.
    stakes = [[1000 / one["dividend"] - 1, 1000 - 1000 / one["dividend"]] for one in rows]
    draws = Draws(
        count=10,
        chances={(1,): np.array([[one["p_win"], 1 - one["p_win"]] for one in rows])},
        stakes={"SG": np.array(stakes)},
        takeouts={},
    )
    pool = BetPool("SG", top(1), [199.0, 800.0], 0.0, None)
    value = expected_value([Ticket(pool, (0,), 1.0)], harville([0.19, 0.81]), draws)
    assert value.mean == pytest.approx(case["expected"]["EV_right"], abs=1e-9)


def test_quantiles_are_those_of_the_mean_over_the_draws():
    draws = some_draws([PLACE], count=400)
    value = expected_value([Ticket(PLACE, (4,), 2.0)], harville(WIN), draws)
    means = [
        expected_value(
            [Ticket(PLACE, (4,), 2.0)],
            harville(WIN),
            Draws(1, {(3,): row[None]}, {}, {}),
        ).mean
        for row in draws.chances[(3,)]
    ]
    expected = np.quantile(means, [0.025, 0.05, 0.5, 0.975])
    found = [value.doubt.low, value.doubt.q05, value.doubt.q50, value.doubt.high]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert value.mean == pytest.approx(np.mean(means), abs=1e-12)
    assert value.doubt.p_positive == np.mean(np.array(means) > 0.0)


# --- its parts ---------------------------------------------------------------------------------


def test_the_spread_of_known_pools_comes_from_the_chances_alone():
    doubt = expected_value([Ticket(PLACE, (4,), 2.0)], harville(WIN), some_draws([PLACE])).doubt
    assert doubt.sd == pytest.approx(doubt.sd_chances)
    assert doubt.sd > 0.01
    assert doubt.sd_dividends < 1e-12


@pytest.mark.parametrize(
    "spread", [{"stakes_sd": 0.3}, {"takeout_sd": 0.02}, {"stakes_sd": np.full(7, 0.3)}], ids=str
)
def test_the_spread_of_known_chances_comes_from_the_dividends_alone(spread):
    pool = unsure_place(**spread)
    draws = some_draws([pool], sd=0.0)
    doubt = expected_value([Ticket(pool, (4,), 2.0)], harville(WIN), draws).doubt
    assert doubt.sd == pytest.approx(doubt.sd_dividends)
    assert doubt.sd > 0.01
    assert doubt.sd_chances < 1e-12


def test_rounding_and_own_stake_take_what_a_hand_sum_says():
    pool = BetPool("SG", top(1), [300.0, 500.0, 200.0], 0.15, DECIME)
    value = expected_value([Ticket(pool, (0,), 10.0)], harville([0.4, 0.4, 0.2]))
    # Without us 850/300 = 2.8333; with us 858.5/310 = 2.76935; paid 2.7.
    assert value.lost_to_own_stake == pytest.approx(0.4 * 10 * (850 / 300 - 858.5 / 310))
    assert value.lost_to_rounding == pytest.approx(0.4 * 10 * (858.5 / 310 - 2.7))
    assert value.mean == pytest.approx(0.4 * 10 * 2.7 - 10)


def test_there_is_no_dividend_without_us_where_nobody_else_bets():
    pool = BetPool("SG", top(1), [0.0, 500.0, 200.0], 0.15, DECIME)
    value = expected_value([Ticket(pool, (0,), 10.0)], harville([0.4, 0.4, 0.2]))
    assert value.lost_to_own_stake is None


# --- what may come back ------------------------------------------------------------------------


def test_the_outcome_of_a_portfolio_is_that_of_all_orders():
    tickets = [Ticket(PLACE, (4,), 2.0), Ticket(PAIRS, (1, 3), 1.0)]
    ordering = harville(WIN)
    outcome = expected_value(tickets, ordering).outcome
    missed = sum(
        ordering.ordered(order)
        for order in permutations(range(7), 3)
        if 4 not in order and set(order[:2]) != {1, 3}
    )
    assert outcome.p_loss_all == pytest.approx(missed, abs=1e-12)
    assert outcome.q05 == -3.0
    assert outcome.payout_if_paid == pytest.approx(
        expected_value(tickets, ordering).payout / (1.0 - missed)
    )


def test_quantiles_of_the_profit_are_reached_with_that_chance():
    pool = BetPool("SG", top(1), [100.0] * 4, 0.0, None)
    outcome = expected_value(
        [Ticket(pool, (runner,), 1.0) for runner in range(3)], harville([0.25] * 4)
    ).outcome
    # Three of four equal runners held: 403/101 back in three states of four.
    assert outcome.p_loss == pytest.approx(0.25)
    assert outcome.q05 == -3.0
    assert outcome.q50 == outcome.q95 == pytest.approx(403 / 101 - 3)


def test_a_payout_below_the_stake_is_a_loss_but_not_of_all():
    pool = BetPool("SG", top(1), [100.0] * 4, 0.0, None)
    tickets = [Ticket(pool, (0,), 1.0), Ticket(pool, (1,), 9.0)]
    outcome = expected_value(tickets, harville([0.25] * 4)).outcome
    assert outcome.p_loss_all == pytest.approx(0.5)
    assert outcome.p_loss == pytest.approx(0.75)


# --- draws --------------------------------------------------------------------------------------


def test_drawn_chances_spread_as_the_covariance_says():
    root = np.random.default_rng(1).normal(size=(7, 2)) * 0.1  # two coefficients: rank two
    rows = drawn_chances(WIN, root @ root.T, np.random.default_rng(2), 40_000)
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-12)
    logs = np.log(rows / WIN)
    found = np.cov((logs - logs[:, :1])[:, 1:].T)
    contrast = root - root[0]
    np.testing.assert_allclose(found, (contrast @ contrast.T)[1:, 1:], atol=2e-3)


def test_drawn_pools_keep_their_total_and_takeouts_stay_between_0_and_1():
    pool = unsure_place(stakes_sd=0.5, takeout_sd=0.1)
    draws = some_draws([pool], count=4000)
    np.testing.assert_allclose(draws.stakes["SP"].sum(axis=1), PLACE_STAKES.sum())
    assert draws.takeouts["SP"].min() > 0.0
    assert np.std(draws.takeouts["SP"]) == pytest.approx(0.1, rel=0.1)


def test_equal_seeds_give_equal_draws_and_the_same_ones_serve_all_bets():
    pools = [unsure_place(stakes_sd=0.2), BetPool("CP", pair_among(3), PAIR_STAKES, 0.26, DECIME)]
    first, again = some_draws(pools), some_draws(pools)
    assert (first.chances[(3,)] == again.chances[(3,)]).all()
    assert (first.stakes["SP"] == again.stakes["SP"]).all()
    assert list(first.chances) == [(3,)]


def test_batch_draws_of_henery_are_those_of_each_row():
    rows = drawn_chances(WIN, 0.04 * np.eye(7), np.random.default_rng(4), 5)
    for row, ordering in zip(rows, henery_rows(rows), strict=True):
        np.testing.assert_allclose(ordering.all_sets(3), henery(row).all_sets(3), atol=1e-12)


@pytest.mark.parametrize(
    ("covariance", "words"),
    [
        (np.zeros((6, 6)), "shape"),
        (np.full((7, 7), np.nan), "finite"),
        (np.triu(np.ones((7, 7))), "symmetric"),
        (-np.eye(7), "negative"),
    ],
)
def test_a_covariance_that_is_none_is_refused(covariance, words):
    with pytest.raises(ArgumentOutOfRange, match=words):
        drawn_chances(WIN, covariance, np.random.default_rng(0))


def test_a_runner_without_a_chance_has_no_log_strength():
    with pytest.raises(ProbabilityOutOfRange, match="runner 3"):
        drawn_chances([0.5, 0.5, 0.0], np.eye(3), np.random.default_rng(0))


# --- refused by name ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tickets", "words"),
    [
        ([], "none is given"),
        ([Ticket(PLACE, (7,), 1.0)], "runner 8"),
        ([Ticket(PLACE, (1, 2), 1.0)], "SP: 2 runners for 1 legs"),
        ([Ticket(PAIRS, (1, 1), 1.0)], "named twice"),
        ([Ticket(PLACE, (1,), 0.0)], "ticket 1"),
        ([Ticket(PAIRS, (1, 2), 1.0), Ticket(PAIRS, (2, 1), 1.0)], "ticket 2"),
        ([Ticket(PLACE, (1,), 1.0), Ticket(unsure_place(), (2,), 1.0)], "two pools are named SP"),
    ],
)
def test_tickets_that_cannot_be_are_refused_by_name(tickets, words):
    with pytest.raises(ArgumentOutOfRange, match=words):
        expected_value(tickets, harville(WIN))


def test_draws_without_the_fronts_of_a_pool_are_refused_by_its_name():
    with pytest.raises(ArgumentOutOfRange, match="CG"):
        expected_value([Ticket(PAIRS, (1, 2), 1.0)], harville(WIN), some_draws([PLACE]))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"count": 3}, ArgumentOutOfRange),
        (
            {"stakes": {"SG": np.full((2, 2), np.nan)}, "takeouts": {"SG": np.full(2, 0.2)}},
            ArgumentOutOfRange,
        ),
        ({"chances": {(1,): np.array([[0.5, 0.6]] * 2)}}, ProbabilityOutOfRange),
    ],
    ids=str,
)
def test_draws_that_do_not_fit_together_are_refused(wrong, kind):
    right = {"count": 2, "chances": {(1,): np.full((2, 2), 0.5)}, "stakes": {}, "takeouts": {}}
    with pytest.raises(kind, match="draws"):
        Draws(**{**right, **wrong})
