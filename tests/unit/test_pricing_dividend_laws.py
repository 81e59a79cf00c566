"""Laws of dividends: no pool pays more than it holds, own money never raises its own price."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from hippique.pricing.dividend import (
    PayRules,
    expected_return,
    gross_return,
    net_profit,
    net_returns,
    paid,
    payment,
    place_dividends,
    place_parts,
    place_share,
    shared_dividends,
    win_dividend,
)
from pricing_strategies import fields

takeouts = st.floats(0.0, 0.5)
pools = st.floats(10.0, 1e7)
stakes_of_own = st.floats(0.0, 5_000.0)
pay_rules = st.builds(
    PayRules, st.sampled_from([0.01, 0.05, 0.1, 0.3, 1.0]), st.sampled_from([1.0, 1.05, 1.1, 1.15])
)
finishes = st.sampled_from([[1, 1, 1], [1, 1, 2], [1, 1, 3], [1, 2], [2, 1], [1, 3], [3], [1, 1]])


@st.composite
def net_pools(draw):
    """(pool, stakes on those paid, takeout): every stake above 0, their sum within the pool."""
    pool, chances = draw(pools), draw(fields(3, 12))
    count = draw(st.integers(1, min(4, chances.size)))
    return pool, pool * chances[:count], draw(takeouts)


@given(net_pools(), pay_rules)
def test_no_pool_pays_more_than_it_holds_after_takeout_minimum_apart(net_pool, rules):
    pool, stakes, takeout = net_pool
    found = shared_dividends(pool, stakes, takeout=takeout, rules=rules)

    if "minimum_paid" not in found.flags:
        assert (found.paid * stakes).sum() <= (1 - takeout) * pool * (1 + 1e-9)
    assert (found.paid >= rules.minimum).all()


@given(net_pools())
def test_without_rounding_a_pool_pays_all_it_holds(net_pool):
    pool, stakes, takeout = net_pool
    gross = net_returns(pool, stakes, np.zeros_like(stakes), takeout=takeout)

    assert np.isclose((gross * stakes).sum(), (1 - takeout) * pool, rtol=1e-9)


@given(net_pools(), stakes_of_own)
def test_one_winner_of_a_net_pool_is_a_win_pool(net_pool, own):
    pool, stakes, takeout = net_pool
    net = net_returns(pool, stakes[:1], [own], takeout=takeout)

    assert np.allclose(net, gross_return(pool, stakes[0], takeout=takeout, own=own), rtol=1e-9)


@given(pools, fields(), takeouts, stakes_of_own, stakes_of_own)
def test_more_own_money_never_raises_a_win_dividend(pool, chances, takeout, own, more):
    on = pool * chances[0]
    before, after = gross_return(pool, on, takeout=takeout, own=[own, own + more])

    assert after <= before * (1 + 1e-12)


@given(net_pools(), stakes_of_own, stakes_of_own, pay_rules)
def test_more_own_money_never_raises_a_place_dividend(net_pool, own, more, rules):
    pool, stakes, takeout = net_pool
    mine = np.zeros((2, stakes.size))
    mine[:, 0] = own, own + more
    gross = net_returns(pool, stakes, mine, takeout=takeout)

    # In a minus pool the loss is spread over more euros, so gross rises towards 1, never past it.
    assert (gross[1] <= np.maximum(gross[0], 1.0) * (1 + 1e-9)).all()
    before, after = paid(gross, rules)
    assert (after <= before + 1e-9).all()


@given(net_pools(), st.randoms(use_true_random=False))
def test_dividends_follow_their_runners(net_pool, random):
    pool, stakes, takeout = net_pool
    order = list(range(stakes.size))
    random.shuffle(order)
    own = np.arange(stakes.size) * 3.0
    found = net_returns(pool, stakes, own, takeout=takeout)

    moved = net_returns(pool, stakes[order], own[order], takeout=takeout)
    assert np.allclose(moved, found[order], rtol=1e-12)


@given(net_pools(), pay_rules)
def test_a_minus_pool_is_flagged_if_and_only_if_the_profit_is_below_zero(net_pool, rules):
    pool, stakes, takeout = net_pool
    profit = net_profit(pool, stakes, 0.0, takeout=takeout)
    assume(abs(profit) > 1e-6 * pool)

    found = shared_dividends(pool, stakes, takeout=takeout, rules=rules)
    assert ("minus_pool" in found.flags) == (profit < 0)
    assert ("minus_pool" in found.flags) == bool((found.gross < 1).all())


@given(pools, st.floats(0.3, 1.0), takeouts, pay_rules)
def test_a_minus_win_pool_is_one_whose_winner_holds_more_than_the_net_pool(
    pool, share, takeout, rules
):
    assume(abs(share - (1 - takeout)) > 1e-6)
    found = win_dividend(pool, pool * share, takeout=takeout, rules=rules)

    assert ("minus_pool" in found.flags) == (share > 1 - takeout)


@given(st.lists(st.floats(-10, 1e6), min_size=1, max_size=20), pay_rules)
def test_rounding_twice_changes_nothing(gross, rules):
    once = paid(gross, rules)

    assert paid(once, rules).tolist() == once.tolist()


@given(st.lists(st.floats(-10, 1e6), min_size=1, max_size=20), pay_rules)
def test_rounding_only_takes_less_than_a_step(gross, rules):
    found, values = paid(gross, rules), np.array(gross)

    above = values >= rules.minimum
    assert (found[above] <= values[above] + 2e-9).all()
    lost = values[above] - found[above]
    assert (lost < rules.step + 1e-9).all()
    assert (found[~above] == rules.minimum).all() or rules.step > rules.minimum


@given(st.integers(1, 10**6), st.integers(100, 10**6))
def test_payment_is_the_exact_product_to_the_cent(cents, hundredths):
    exact, rest = divmod(cents * hundredths, 100)
    exact += rest > 50 or (rest == 50 and exact % 2 == 1)

    assert round(float(payment(cents / 100, hundredths / 100)) * 100) == exact


@given(finishes, st.integers(2, 3), st.sampled_from(["by_position", "by_runner"]))
def test_parts_sum_to_one_and_who_ties_has_the_same(tied, places, rule):
    assume(sum(tied[:-1]) < places)
    parts = place_parts(tied, places, rule)

    assert np.isclose(parts.sum(), 1.0, rtol=1e-14)
    ends = np.cumsum([0, *tied]).tolist()
    assert all(np.ptp(parts[start:end]) == 0.0 for start, end in pairwise(ends))


@given(pools, fields(4, 10), takeouts, pay_rules)
def test_a_dead_heat_for_second_changes_nothing_where_three_are_paid(pool, chances, takeout, rules):
    first, second, third = pool * chances[:3]
    plain = place_dividends(
        pool, [[first], [second], [third]], takeout=takeout, places=3, rules=rules
    )
    tied = place_dividends(pool, [[first], [second, third]], takeout=takeout, places=3, rules=rules)

    assert np.allclose(tied.gross, plain.gross, rtol=1e-12)


@given(fields(), st.floats(0.1, 1.0))
def test_place_shares_are_flatter_and_keep_the_order(chances, exponent):
    found = place_share(chances, exponent)

    assert np.isclose(found.sum(), 1.0, rtol=1e-14)
    assert found.max() <= chances.max() * (1 + 1e-12)
    assert (np.diff(found[np.argsort(chances)]) >= -1e-15).all()


@given(fields(), fields(), st.floats(1.1, 50.0))
def test_with_one_dividend_throughout_the_joint_expectation_is_the_product(
    weights, other, per_euro
):
    chances = np.resize(other, weights.size)

    found = expected_return(weights, chances, per_euro)
    assert np.isclose(found, per_euro * (weights * chances).sum(), rtol=1e-12)
