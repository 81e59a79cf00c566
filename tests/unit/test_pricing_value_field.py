"""One call from odds to the best portfolio: the same as its steps, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, OddsOutOfRange
from hippique.pricing.dividend import PayRules
from hippique.pricing.kelly import best_portfolio
from hippique.pricing.ordering.normal_times import henery
from hippique.pricing.value import (
    BetPool,
    StakePlan,
    Unsure,
    expected_value,
    fronts,
    in_front,
    pair_among,
    parts_for,
    payoffs,
    price_field,
    top,
    within,
)
from hippique.pricing.win import win_chances

ODDS = np.array([3.1, 4.0, 5.5, 7.2, 9.0, 14.0, 21.0, 30.0])
DECIME = PayRules(step=0.1, minimum=1.1)
# The third and the fifth are forgotten by the place crowd.
PLACE = BetPool(
    "SP",
    top(3),
    [900.0, 700.0, 250.0, 420.0, 110.0, 260.0, 200.0, 160.0],
    0.15,
    DECIME,
    stakes_sd=0.1,
)
PAIRS = BetPool("CG", in_front(2), np.linspace(150.0, 20.0, 28), 0.25, DECIME)
PLAN = StakePlan(levels=(1.0, 2.0, 3.0), bankroll=200.0, budget=5.0, per_runner_cap=3.0)


def unsure(seed=1):
    rng = np.random.default_rng(seed)
    return Unsure(covariance=0.02 * np.eye(ODDS.size), rng=rng, draws=40)


def test_the_one_call_is_the_sum_of_its_steps():
    priced = price_field(ODDS, [PLACE, PAIRS], PLAN)
    ordering = henery(win_chances(ODDS).probabilities)
    on = fronts(ordering, (2, 1))
    tables = [*payoffs(PLACE, on, PLAN.levels), *payoffs(PAIRS, on, PLAN.levels)]
    best = best_portfolio(on.chances, tables, bankroll=200.0, budget=5.0, per_runner_cap=3.0)
    assert priced.portfolio.stakes == best.stakes
    assert best.stakes  # else this test says nothing
    assert priced.ev == expected_value(priced.tickets, ordering)
    assert priced.ev.stake == sum(best.stakes.values())


@pytest.mark.parametrize("cap", [3.0, None])
@pytest.mark.parametrize("seed", range(4))
def test_every_bet_on_its_own_fronts_is_bought_as_on_those_fine_enough_for_all(seed, cap):
    rng = np.random.default_rng(seed)
    ordering = henery(win_chances(ODDS).probabilities)
    bets = {
        "SG": (top(1), ordering.win),
        "SP": (top(3), ordering.top_k(3) / 3),
        "CG": (in_front(2), ordering.all_sets(2)),
        "CO": (in_front(2, in_order=True), ordering.all_ordered(2)),
        "CP": (pair_among(3), ordering.all_joint(2, 3) / 3),
        "TR": (in_front(3), ordering.all_sets(3)),
        "DS": (pair_among(4, "alike"), ordering.all_joint(2, 4) / 6),
        "M5": (within(5, 4), ordering.all_within(5, 4) / 4),
    }
    pools = []
    for name, (bet, shares) in bets.items():
        stakes = 4000.0 * shares * np.exp(0.4 * rng.standard_normal(shares.size))
        pools.append(BetPool(name, bet, stakes, 0.15, DECIME))
    plan = replace(PLAN, per_runner_cap=cap)

    found = price_field(ODDS, pools, plan).portfolio

    on = fronts(ordering, parts_for(pool.bet for pool in pools))
    assert on.parts == (1, 1, 1, 1)
    tables = [table for pool in pools for table in payoffs(pool, on, PLAN.levels)]
    best = best_portfolio(on.chances, tables, bankroll=200.0, budget=5.0, per_runner_cap=cap)
    assert len(best.stakes) == 2  # else there is nothing to lay over each other
    assert dict(found.stakes) == dict(best.stakes)
    assert dict(found.runner_up.stakes) == dict(best.runner_up.stakes)
    assert found.candidates == best.candidates
    for name in ("growth", "gap", "expected_profit", "p_loss"):
        assert getattr(found, name) == pytest.approx(getattr(best, name), abs=1e-9)
    assert found.cap_costs.budget == pytest.approx(best.cap_costs.budget, abs=1e-9)


def test_sets_orders_and_fair_dividends_are_those_of_the_ordering():
    priced = price_field(ODDS, [PLACE, PAIRS], PLAN)
    assert {size: len(each) for size, each in priced.sets.items()} == {2: 28, 3: 56}
    assert {size: len(each) for size, each in priced.orders.items()} == {2: 56, 3: 336}
    np.testing.assert_allclose(priced.pools["SP"].fair, 1.0 / priced.ordering.top_k(3), rtol=1e-9)
    assert priced.pools["CG"].mean_profits.shape == (28, 3)


def test_a_bet_on_the_first_four_brings_the_sets_of_four():
    pool = BetPool("DS", pair_among(4, "alike"), np.full(28, 50.0), 0.26, DECIME)
    priced = price_field(ODDS, [pool], PLAN)
    assert sorted(priced.sets) == [2, 3, 4]
    np.testing.assert_allclose(
        priced.pools["DS"].chances, priced.ordering.all_joint(2, 4), atol=1e-10
    )


def test_draws_give_an_interval_and_the_same_seed_the_same_one():
    first, again = (price_field(ODDS, [PLACE, PAIRS], PLAN, unsure=unsure()) for _ in range(2))
    assert first.ev == again.ev
    doubt = first.ev.doubt
    assert doubt.low < doubt.q50 < doubt.high
    assert doubt.draws == 40


def test_draws_do_not_depend_on_what_is_played():
    rich = price_field(ODDS, [PLACE, PAIRS], PLAN, unsure=unsure())
    poor = StakePlan(levels=(1.0,), bankroll=200.0, budget=0.5)
    none = price_field(ODDS, [PLACE, PAIRS], poor, unsure=unsure())
    assert none.tickets == ()
    assert none.ev is None
    assert none.portfolio.reason is not None
    assert (none.draws.chances[(3,)] == rich.draws.chances[(3,)]).all()


def test_ones_own_chances_replace_those_of_the_odds():
    own = np.full(8, 0.125)
    priced = price_field(ODDS, [PLACE], PLAN, chances=own)
    np.testing.assert_allclose(priced.pools["SP"].chances, 0.375, atol=1e-10)


def test_two_runners_have_no_orders_of_three():
    pool = BetPool("SG", top(1), [60.0, 40.0], 0.15, DECIME)
    priced = price_field([1.7, 2.4], [pool], PLAN)
    assert sorted(priced.orders) == [2]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"odds": [1.0, *ODDS[1:]]}, OddsOutOfRange, "runner 1"),
        ({"odds": ODDS[:-1]}, ArgumentOutOfRange, "SP: 8 stakes for 7 combinations"),
        ({"pools": []}, ArgumentOutOfRange, "pools"),
        ({"pools": [PLACE, PLACE]}, ArgumentOutOfRange, "pools"),
        ({"chances": [0.5, 0.5]}, ArgumentOutOfRange, "chances"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, kind, words):
    given = {"odds": ODDS, "pools": [PLACE], "plan": PLAN, **change}
    with pytest.raises(kind, match=words):
        price_field(**given)
