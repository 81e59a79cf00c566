"""Stakes on several runners of one pool: the conditions of an optimum, and limits by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import (
    ArgumentOutOfRange,
    FieldTooSmall,
    NoSolution,
    PoolOutOfRange,
    ProbabilityOutOfRange,
)
from hippique.pricing.kelly import best_single_stake, kelly, levin, levin_linear
from pricing_strategies import fields

SHARES = st.lists(st.floats(0.01, 1.0), min_size=24, max_size=24)
TAKEOUTS = st.sampled_from([0.05, 0.15, 0.3])
CARRIES = st.sampled_from([0.0, 0.02, 0.3])


def public_of(shares: list[float], runners: int, pool: float) -> np.ndarray:
    cut = np.array(shares[:runners])
    return pool * cut / cut.sum()


def wealths(stakes, public, *, takeout, wealth, carry):
    """What we own after each result, from the rules of the pool alone."""
    shared = (1.0 - takeout) * (public.sum() + stakes.sum()) + carry
    return wealth - stakes.sum() + stakes * shared / (public + stakes)


def slopes(objective, stakes, step):
    """Numerical derivatives of an objective by each stake: central, forward where it is 0."""
    found = []
    for place, stake in enumerate(stakes):
        up, down = stakes.copy(), stakes.copy()
        up[place] += step
        down[place] = max(stake - step, 0.0)
        found.append((objective(up) - objective(down)) / (up[place] - down[place]))
    return np.array(found)


@settings(max_examples=40)
@given(fields(), SHARES, TAKEOUTS, CARRIES, st.floats(1.0, 5.0), st.floats(0.0, 5.0))
def test_log_stakes_meet_the_conditions_of_an_optimum(chances, shares, takeout, carry, w, s):
    public = public_of(shares, chances.size, 10.0**s + 10.0)
    terms = {"takeout": takeout, "wealth": 10.0**w, "carry": carry * public.sum()}

    found = levin(public, chances, **terms)

    gradient = terms["wealth"] * found.gradient
    played = found.stakes > 0.0
    if found.total_stake < terms["wealth"] * (1.0 - 1e-9):
        assert np.abs(gradient[played]).max(initial=0.0) < 1e-9
    else:  # the wealth binds: the last unit is worth the same everywhere, and more than nothing
        assert np.ptp(gradient[played]) < 1e-6 * gradient[played].max()
        assert gradient[played].min() >= 0.0
    assert (gradient[~played] <= gradient[played].max(initial=0.0) + 1e-9).all()
    assert found.stakes.min() >= 0.0
    assert found.growth >= -1e-15


@settings(max_examples=40)
@given(fields(), SHARES, TAKEOUTS, CARRIES)
def test_linear_stakes_meet_the_conditions_of_an_optimum(chances, shares, takeout, carry):
    public = public_of(shares, chances.size, 1000.0)

    found = levin_linear(public, chances, takeout=takeout, carry=carry * 1000.0)

    played = found.stakes > 0.0
    assert np.abs(found.gradient[played]).max(initial=0.0) < 1e-10
    assert (found.gradient[~played] <= 1e-10).all()
    assert found.expected_profit >= -1e-12


def test_the_gradient_is_that_of_the_objective():
    public, chances = np.array([100.0, 80, 320, 350, 150]), np.array([0.2, 0.1, 0.3, 0.3, 0.1])
    terms = {"takeout": 0.1, "wealth": 300.0, "carry": 100.0}
    found = levin(public, chances, **terms)

    by_rule = slopes(
        lambda x: chances @ np.log(wealths(x, public, **terms)), found.stakes, step=1e-4
    )

    assert found.gradient == pytest.approx(by_rule, abs=1e-8)


@settings(max_examples=30)
@given(fields(2, 8), SHARES, TAKEOUTS, CARRIES, st.integers(0, 2**32 - 1))
def test_no_random_stakes_grow_more(chances, shares, takeout, carry, seed):
    public = public_of(shares, chances.size, 500.0)
    terms = {"takeout": takeout, "wealth": 200.0, "carry": carry * 500.0}
    found = levin(public, chances, **terms)
    random = np.random.default_rng(seed)

    for spread in (1e-3, 0.1, 1.0):
        moved = found.stakes * np.exp(spread * random.normal(size=chances.size))
        moved += spread * random.exponential(size=chances.size)
        if moved.sum() < 200.0:
            after = wealths(moved, public, **terms)
            assert chances @ np.log(after / 200.0) <= found.growth + 1e-13


@given(fields(), SHARES, TAKEOUTS, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_permuting_the_runners_permutes_the_stakes(chances, shares, takeout, random):
    public = public_of(shares, chances.size, 1000.0)
    order = list(range(chances.size))
    random.shuffle(order)

    straight = levin(public, chances, takeout=takeout, wealth=100.0)
    shuffled = levin(public[order], chances[order], takeout=takeout, wealth=100.0)

    assert shuffled.stakes == pytest.approx(straight.stakes[order], abs=1e-8)


def test_one_good_runner_gets_the_stake_of_the_single_formula():
    # Only the first has p(1 − t)S/s > 1, and too little is won to hedge: Isaacs's own case.
    public, chances = [100.0, 450.0, 450.0], [0.3, 0.35, 0.35]

    found = levin_linear(public, chances, takeout=0.3)

    single = best_single_stake(0.3, 1000.0, 100.0, 0.3)
    assert found.stakes == pytest.approx([single.stake, 0.0, 0.0], abs=1e-9)
    assert found.expected_profit == pytest.approx(single.expected_profit, abs=1e-9)


def test_in_an_endless_pool_the_stakes_are_those_at_fixed_odds():
    chances, share, takeout = [0.34, 0.36, 0.3], np.array([0.2, 0.4, 0.4]), 0.1

    found = levin(1e12 * share, chances, takeout=takeout, wealth=100.0)

    fixed = kelly(chances, (1.0 - takeout) / share, bankroll=100.0)
    assert found.stakes == pytest.approx(fixed.amounts, abs=1e-5)
    assert found.growth == pytest.approx(fixed.growth, abs=1e-9)


def test_nothing_is_staked_where_the_market_is_right():
    found = levin([200.0, 300.0, 500.0], [0.2, 0.3, 0.5], takeout=0.15, wealth=100.0)

    assert found.stakes.tolist() == [0.0, 0.0, 0.0]
    assert (found.growth, found.expected_profit, found.total_pool) == (0.0, 0.0, 1000.0)
    assert (found.gradient < 0.0).all()


def test_without_takeout_the_smallest_of_equally_good_totals_is_given():
    # Once all are backed, more stakes in proportion to the pool come back as they went.
    public, chances = np.array([300.0, 700.0]), np.array([0.4, 0.6])

    found = levin(public, chances, takeout=0.0, wealth=500.0)

    after = wealths(found.stakes, public, takeout=0.0, wealth=500.0, carry=0.0)
    more = wealths(
        found.stakes + 0.1 * (public + found.stakes), public, takeout=0.0, wealth=500.0, carry=0.0
    )
    assert after == pytest.approx(more, abs=1e-6)
    assert found.stakes[1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("public", "p", "terms", "kind", "why"),
    [
        pytest.param([100, 0], [0.5, 0.5], {}, PoolOutOfRange, "runner 2: no pub", id="unbacked"),
        pytest.param([100, -3], [0.5, 0.5], {}, PoolOutOfRange, "runner 2", id="negative"),
        pytest.param([math.nan, 1], [0.5, 0.5], {}, PoolOutOfRange, "runner 1", id="not a number"),
        pytest.param([1, 2, 3], [0.5, 0.5], {}, ArgumentOutOfRange, "3 public", id="lengths"),
        pytest.param([100], [1.0], {}, FieldTooSmall, "one runner", id="one runner"),
        pytest.param([1, 2], [0.5, 0.6], {}, ProbabilityOutOfRange, "sum to 1", id="sum"),
        pytest.param([1, 2], [0.5, 0.5], {"takeout": 1}, PoolOutOfRange, "takeout", id="takeout"),
        pytest.param([1, 2], [0.5, 0.5], {"carry": -1}, ArgumentOutOfRange, "carry", id="carry"),
        pytest.param([1, 2], [0.5, 0.5], {"wealth": 0}, ArgumentOutOfRange, "bankroll", id="poor"),
    ],
)
def test_levin_refuses_by_name(public, p, terms, kind, why):
    with pytest.raises(kind, match=why):
        levin(public, p, **{"takeout": 0.1, "wealth": 100.0, **terms})


def test_without_takeout_the_profit_has_no_best_stakes():
    with pytest.raises(NoSolution, match="takeout 0"):
        levin_linear([1.0, 2.0], [0.5, 0.5], takeout=0.0, carry=1.0)
