"""The return of bets with its error, and the bets it takes to show an edge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange, OddsOutOfRange
from hippique.pricing.scoring import bets_needed, returns

BETS = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from([0.0, 1.0, 1.5, 4.0, 12.0])),
    min_size=2,
    max_size=30,
)


def settled(bets: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [stake for stake, _ in bets], [stake * dividend for stake, dividend in bets]


def test_refunds_are_neither_won_nor_lost_but_staked():
    found = returns([2, 2, 5, 1], [7, 0, 5, 0.5])

    assert (found.bets, found.won, found.lost, found.refunded) == (4, 1, 2, 1)
    assert (found.staked, found.paid, found.roi) == (10.0, 12.5, 0.25)


def test_equal_stakes_have_the_error_of_a_mean():
    profits = np.array([4.0, -1.0, -1.0, 2.0, -1.0])

    found = returns(np.ones(5), profits + 1.0)

    assert found.error == pytest.approx(profits.std(ddof=1) / math.sqrt(5), abs=1e-14)


@given(BETS, st.randoms(use_true_random=False), st.sampled_from([0.01, 3.0, 100.0]))
def test_order_and_currency_change_nothing(bets, random, currency):
    moved = random.sample(bets, len(bets))
    one = returns(*settled(bets))
    other = returns(*(np.array(values) * currency for values in settled(moved)))

    assert other.roi == pytest.approx(one.roi, abs=1e-12)
    assert (other.error is None) == (one.error is None)
    assert other.error == pytest.approx(one.error, abs=1e-12)


@given(BETS)
def test_interval_stands_around_the_return_of_all_bets(bets):
    stakes, paid = settled(bets)
    found = returns(stakes, paid)

    assert found.roi == pytest.approx((sum(paid) - sum(stakes)) / sum(stakes), abs=1e-12)
    assert found.won + found.lost + found.refunded == found.bets == len(bets)
    if found.error is not None:
        assert found.low < found.roi < found.high
        assert found.high - found.low == pytest.approx(2 * 1.959964 * found.error, rel=1e-6)


@pytest.mark.parametrize(
    ("stakes", "paid"),
    [
        pytest.param([2.0], [7.0], id="one bet"),
        pytest.param([2.0, 3.0, 0.7] * 5, [0.0] * 15, id="all lost"),
        pytest.param([2.0, 3.0, 0.7] * 5, [2.0, 3.0, 0.7] * 5, id="all refunded"),
    ],
)
def test_bets_that_do_not_differ_give_no_interval(stakes, paid):
    found = returns(stakes, paid)

    assert (found.error, found.low, found.high, found.conclusive) == (None, None, None, False)


def test_ten_decided_bets_with_an_interval_above_zero_conclude():
    nine = returns([1.0] * 10, [2.0, 3.0] * 4 + [2.0, 1.0])
    ten = returns([1.0] * 10, [2.0, 3.0] * 5)

    assert nine.low > 0.0
    assert not nine.conclusive  # one of the ten was refunded
    assert ten.conclusive


def test_interval_holds_the_true_return_about_as_often_as_it_says():
    generator = np.random.default_rng(21)
    inside = []
    for _ in range(400):
        stakes = generator.integers(1, 6, 500)
        found = returns(stakes, stakes * 3.0 * (generator.random(500) < 0.3))
        inside.append(found.low <= -0.1 <= found.high)  # 3 · .3 − 1

    assert 0.92 <= np.mean(inside) <= 0.98  # three standard errors


@pytest.mark.parametrize(
    ("staked", "paid", "why"),
    [
        pytest.param([1.0, 0.0], [0.0, 0.0], "staked <= 0: bet 2", id="no stake"),
        pytest.param([1.0, 1.0], [0.0, -1.0], "paid < 0: bet 2", id="profit for payout"),
        pytest.param([1.0, math.nan], [0.0, 0.0], "staked not finite: bet 2", id="nan"),
        pytest.param([1.0, 1.0], [0.0, math.inf], "paid not finite: bet 2", id="infinite"),
        pytest.param([1.0], [0.0, 1.0], "staked 1, paid 2", id="lengths"),
        pytest.param([], [], "nothing to score", id="no bet"),
    ],
)
def test_bad_bets_are_refused_by_number(staked, paid, why):
    with pytest.raises(ArgumentOutOfRange, match=why):
        returns(staked, paid)


# --- bets needed -----------------------------------------------------------------------------


@given(st.floats(1.5, 200.0), st.floats(0.01, 0.2))
def test_longer_odds_smaller_edges_and_more_power_need_more_bets(odds, edge):
    usual = bets_needed([odds, odds * 1.5], edge=edge)
    finer = bets_needed([odds], edge=edge / 2)
    surer = bets_needed([odds], edge=edge, power=0.9)

    assert usual.null[0] < usual.null[1]
    assert usual.true[0] < usual.true[1]
    assert finer.null[0] == pytest.approx(4 * usual.null[0], rel=1e-12)
    assert surer.true[0] > usual.true[0]


def test_that_many_bets_show_the_edge_as_often_as_the_power_says():
    # Odds 3 with an edge of .3, so p = 1.3/3: the test of "no edge" by the true variance.
    generator = np.random.default_rng(31)
    bets = math.ceil(bets_needed([3.0], edge=0.3).true[0])
    roi = 3.0 * generator.binomial(bets, 1.3 / 3, 4000) / bets - 1.0
    deviation = math.sqrt(9.0 * (1.3 / 3) * (1 - 1.3 / 3) / bets)

    assert np.mean(roi > 1.959964 * deviation) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("odds", "how", "kind", "why"),
    [
        pytest.param([3.0, 1.05], {}, OddsOutOfRange, "odds <= 1 [+] edge: entry 2", id="sure"),
        pytest.param([math.nan], {}, OddsOutOfRange, "odds not finite: entry 1", id="nan"),
        pytest.param([3.0], {"edge": 0.0}, ArgumentOutOfRange, "edge", id="no edge"),
        pytest.param([3.0], {"alpha": 0.0}, ArgumentOutOfRange, "alpha", id="never wrong"),
        pytest.param([3.0], {"power": 1.0}, ArgumentOutOfRange, "power", id="always found"),
        pytest.param([3.0], {"power": 0.2}, ArgumentOutOfRange, "power", id="below a coin"),
        pytest.param([], {}, ArgumentOutOfRange, "nothing", id="no odds"),
    ],
)
def test_bad_question_is_refused_by_name(odds, how, kind, why):
    with pytest.raises(kind, match=why):
        bets_needed(odds, **how)
