"""Chances to odds, what rounding hides, and several runners at one price."""

from __future__ import annotations

import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hippique.errors import (
    ArgumentOutOfRange,
    FieldTooSmall,
    OddsOutOfRange,
    PoolOutOfRange,
    ProbabilityOutOfRange,
)
from hippique.pricing.win import (
    METHODS,
    book_sum,
    chance_interval,
    coupled,
    odds_from,
    win_chances,
    win_shares,
)
from pricing_books import books
from pricing_strategies import fields

# --- odds from chances ----------------------------------------------------------------------


# By hand: .85/.5 = 1.7, .85/.3 = 2.833…, .85/.2 = 4.25.
def test_odds_are_rounded_down_to_the_step():
    assert odds_from([0.5, 0.3, 0.2], 0.15).tolist() == [1.7, 2.8, 4.2]
    assert odds_from([0.5, 0.3, 0.2], 0.15, step=0.05).tolist() == [1.7, 2.8, 4.25]


@given(st.integers(11, 400), st.sampled_from([0.0, 0.1, 0.16, 0.235]))
def test_odds_on_a_decime_stay_on_it(decimes, takeout):
    # q such that (1−t)/q is the decime itself: floating point may leave it a hair below.
    chance = (1.0 - takeout) / (decimes / 10)
    assume(chance < 1.0)

    assert odds_from([chance, 1.0 - chance], takeout)[0] == decimes / 10


@given(fields(), st.floats(0.0, 0.3))
def test_odds_lie_less_than_a_step_below_the_exact_ones(chances, takeout):
    exact = (1.0 - takeout) / chances
    odds = odds_from(chances, takeout)

    assert (odds <= exact * (1.0 + 1e-9)).all()
    assert (odds > exact - 0.1 - 1e-6).all()
    assert np.allclose(odds * 10, np.round(odds * 10), rtol=0, atol=1e-6)


@given(fields(), st.floats(0.0, 0.3))
def test_chances_come_back_within_the_rounding(chances, takeout):
    odds = odds_from(chances, takeout)
    assume(odds.min() > 1.0)
    within = chance_interval(odds, 0.1, "multiplicative", below=math.inf)

    assert (within.low <= chances * (1 + 1e-8)).all()
    assert (chances <= within.high * (1 + 1e-8)).all()
    fine = odds_from(chances, takeout, step=1e-9)
    assert np.allclose(win_shares(fine), chances, rtol=1e-6, atol=0)


def test_odds_of_a_near_certain_winner_fall_to_one_and_below():
    assert odds_from([0.95, 0.05], 0.15).tolist() == [0.8, 17.0]


@pytest.mark.parametrize(
    ("chances", "takeout", "step", "kind", "why"),
    [
        ([0.5, 0.5], 1.0, 0.1, PoolOutOfRange, "takeout: 1.0 is not in [0, 1)"),
        ([0.5, 0.5], math.nan, 0.1, PoolOutOfRange, "takeout"),
        ([0.5, 0.5], -0.1, 0.1, PoolOutOfRange, "takeout"),
        ([0.5, 0.5], 0.1, 0.0, ArgumentOutOfRange, "step: 0.0"),
        ([1.0, 0.0], 0.1, 0.1, ProbabilityOutOfRange, "runner 2: a win probability is 0"),
        ([0.6, 0.6], 0.1, 0.1, ProbabilityOutOfRange, "do not sum to 1"),
    ],
)
def test_no_odds_from_bad_arguments(chances, takeout, step, kind, why):
    with pytest.raises(kind, match=re.escape(why)):
        odds_from(chances, takeout, step)


# --- rounding intervals ---------------------------------------------------------------------


# By hand, multiplicative: shown 1.1 and 5, the true odds of the first lie in [1.1, 1.2).
def test_short_odds_carry_the_interval_that_they_hide():
    found = chance_interval([1.1, 5.0], method="multiplicative")

    low, high = (1 / 1.2) / (1 / 1.2 + 1 / 5), (1 / 1.1) / (1 / 1.1 + 1 / 5)
    assert np.allclose(found.low, [low, 1 - high], atol=1e-14)
    assert np.allclose(found.high, [high, 1 - low], atol=1e-14)


def test_long_odds_are_taken_as_shown():
    found = chance_interval([2.0, 2.1, 9.0], method="power")

    assert np.array_equal(found.low, found.high)
    assert np.allclose(found.low, win_chances([2.0, 2.1, 9.0], "power").probabilities, atol=1e-13)


@given(books(2, 6), st.sampled_from(METHODS), st.data())
def test_no_odds_within_the_rounding_leave_the_interval(odds, method, data):
    odds[:2] = np.minimum(odds[:2], 1.9)  # two short ones, so that the corners differ
    within = chance_interval(odds, 0.1, method)
    shares = data.draw(st.lists(st.floats(0.0, 1.0), min_size=odds.size, max_size=odds.size))
    true = odds + np.where(odds < 2.0, 0.1 * np.array(shares), 0.0)

    chances = win_chances(true, method).probabilities

    assert (within.low - 1e-12 <= chances).all()
    assert (chances <= within.high + 1e-12).all()


@given(books(2, 4), st.sampled_from(["multiplicative", "tempered", "power", "additive"]))
def test_the_interval_is_the_hull_of_all_corners(odds, method):
    within = chance_interval(odds, 0.1, method, below=math.inf)
    corners = [odds + 0.1 * np.array(ends) for ends in product((0, 1), repeat=odds.size)]
    chances = np.array([win_chances(corner, method).probabilities for corner in corners])

    assert np.allclose(within.low, chances.min(axis=0), rtol=0, atol=1e-12)
    assert np.allclose(within.high, chances.max(axis=0), rtol=0, atol=1e-12)


def test_intervals_of_long_odds_are_refused_for_shin():
    with pytest.raises(ArgumentOutOfRange, match=r"below: 3.0 is above 2.0"):
        chance_interval([1.5, 2.5], method="shin", below=3.0)


# --- coupled entries ------------------------------------------------------------------------


# By hand: entries 2.5 (two runners), 2.5, 5: π = .4, .4, .2, so q = .4, .4, .2; split 3 : 1.
def test_a_shared_price_counts_once_and_is_split_by_the_model():
    found = coupled([2.5, 2.5, 5.0, 2.5], [[0, 3]], [0.3, 0.4, 0.2, 0.1], method="multiplicative")

    assert np.allclose(found.probabilities, [0.3, 0.4, 0.2, 0.1], atol=1e-15)
    assert math.isclose(found.overround, 1.0)
    assert found.runners == (0, 1, 2, 3)


@given(books(4, 12), st.sampled_from(METHODS))
def test_an_entry_has_the_chance_of_its_price(odds, method):
    joined = np.concatenate([odds, odds[:1], odds[:1], odds[1:2]])
    last = odds.size
    weights = np.arange(1.0, joined.size + 1)

    found = coupled(joined, [[last, 0, last + 1], [1, last + 2]], weights, method)
    single = win_chances(odds, method).probabilities

    chances = found.probabilities
    assert math.isclose(chances.sum(), 1.0, abs_tol=1e-12)
    assert math.isclose(found.overround, book_sum(odds), rel_tol=1e-12)
    assert np.allclose(chances[2:last], single[2:], atol=1e-12)
    assert math.isclose(chances[[0, last, last + 1]].sum(), single[0], abs_tol=1e-12)
    assert np.allclose(
        chances[[0, last, last + 1]] * weights[last], chances[last] * weights[[0, last, last + 1]]
    )


def test_no_entry_is_the_plain_conversion():
    odds = [1.8, 3.0, 9.0]

    assert np.allclose(
        coupled(odds, [], [1, 1, 1]).probabilities, win_chances(odds).probabilities, atol=1e-14
    )


@pytest.mark.parametrize(
    ("entries", "weights", "kind", "why"),
    [
        ([[0, 1]], [1, 1, 1], OddsOutOfRange, "runner 2: odds 3.0 differ from the 2.0 of runner 1"),
        ([[0, 2], [2]], [1, 1, 1], ArgumentOutOfRange, "a runner is named twice"),
        ([[0, 3]], [1, 1, 1], ArgumentOutOfRange, "runner 4 is not one of the 3 runners"),
        ([[]], [1, 1, 1], ArgumentOutOfRange, "an entry without a runner"),
        ([[0, 2]], [1, 1], ArgumentOutOfRange, "weights: 2 of them for 3 runners"),
        ([[0, 2]], [1, 1, -1], ArgumentOutOfRange, "weights: runner 3 has one below 0"),
        ([[0, 2]], [0, 1, 0], ArgumentOutOfRange, "weights: all 0 in the entry [1, 3]"),
        ([[0, 2]], [1, np.nan, 1], ArgumentOutOfRange, "runner 2: weights not finite"),
    ],
)
def test_bad_entries_are_refused_by_name(entries, weights, kind, why):
    with pytest.raises(kind, match=re.escape(why)):
        coupled([2.0, 3.0, 2.0], entries, weights)


def test_one_entry_is_no_field():
    with pytest.raises(FieldTooSmall, match="fewer than two runners"):
        coupled([2.0, 2.0], [[0, 1]], [1, 1])
