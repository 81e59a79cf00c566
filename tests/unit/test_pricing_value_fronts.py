"""Fronts and bets: which states there are, what they weigh, and who is paid in them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.front_index import coarser_rows, fronts_of
from hippique.pricing.ordering.normal_times import henery, henery_of
from hippique.pricing.value import (
    Bet,
    combinations_of,
    fronts,
    in_front,
    pair_among,
    parts_for,
    top,
    within,
)
from hippique.pricing.value.bets import settled, settled_on
from pricing_strategies import fields

PARTS = [(1,), (3,), (1, 1, 1), (2, 1), (1, 2), (3, 1), (1, 1, 2), (2, 1, 1), (2, 2), (4,)]
BETS = {
    "winner": top(1),
    "placed of two": top(2),
    "placed of three": top(3),
    "second": Bet(legs=1, first=2, last=2),
    "fourth": Bet(legs=1, first=4, last=4),
    "pair in front": in_front(2),
    "pair in order": in_front(2, in_order=True),
    "three in front": in_front(3),
    "three in order": in_front(3, in_order=True),
    "two of three": pair_among(3),
    "two of four": pair_among(4, "alike"),
    "four in front": within(4, 4),
    "first four within five": within(5, 4),
    "first four within all": within(6, 4),
}
every_bet = pytest.mark.parametrize("bet", BETS.values(), ids=BETS)


def is_paid(bet, combination, order):
    """The rule of a bet in plain words, on a whole order of finish."""
    there = set(order[bet.first - 1 : bet.last])
    if bet.in_order:
        return tuple(combination) == tuple(order[: bet.legs])
    if bet.legs <= len(there):
        return set(combination) <= there
    return there <= set(combination)


def blocks(order, parts):
    ends = np.cumsum(parts)
    cut = [sorted(order[end - size : end]) for size, end in zip(parts, ends, strict=True)]
    return tuple(runner for block in cut for runner in block)


@pytest.mark.parametrize(
    ("parts", "states"),
    [((3,), 816), ((1, 1, 1), 4896), ((2, 1), 2448), ((3, 1), 12240), ((2, 1, 1), 36720)],
)
def test_eighteen_runners_have_as_many_fronts_as_counting_says(parts, states):
    assert len(fronts_of(18, parts)) == states


@pytest.mark.parametrize("parts", PARTS, ids=str)
@given(win=fields(least=5, most=7))
@settings(max_examples=12)
def test_a_front_weighs_as_much_as_all_the_orders_in_it(parts, win):
    ordering = harville(win)
    summed = Counter()
    for order in permutations(range(win.size), sum(parts)):
        summed[blocks(order, parts)] += ordering.ordered(order)
    found = fronts(ordering, parts)
    assert [tuple(row) for row in found.members.tolist()] == sorted(summed)
    np.testing.assert_allclose(found.chances, [summed[key] for key in sorted(summed)], atol=1e-13)


@pytest.mark.parametrize("parts", PARTS, ids=str)
@given(win=fields(least=4, most=12))
@settings(max_examples=12)
def test_fronts_cover_everything_once(parts, win):
    for ordering in (harville(win), henery(win, nodes=64)):
        chances = fronts(ordering, parts).chances
        assert chances.min() >= 0.0
        assert chances.sum() == pytest.approx(1.0, abs=1e-6)


@given(win=fields(least=5, most=8), data=st.data())
@settings(max_examples=25)
def test_permuting_the_runners_permutes_the_fronts(win, data):
    moved = np.array(data.draw(st.permutations(range(win.size))))
    parts = data.draw(st.sampled_from(PARTS))
    here, there = fronts(harville(win), parts), fronts(harville(win[moved]), parts)
    rows = {tuple(row): p for row, p in zip(here.members.tolist(), here.chances, strict=True)}
    for row, chance in zip(there.members.tolist(), there.chances, strict=True):
        assert chance == pytest.approx(rows[blocks(moved[row].tolist(), parts)], abs=1e-13)


def test_what_the_integrals_leave_below_zero_is_no_chance():
    ordering = henery_of(np.linspace(-6.0, 6.0, 8))
    assert ordering.all_ordered(4).min() < 0.0  # about -1e-16: else this test says nothing
    assert fronts(ordering, (1, 1, 1, 1)).chances.min() == 0.0


def test_a_coarser_front_is_the_sum_of_the_finer_ones_in_it():
    ordering = harville([0.3, 0.25, 0.2, 0.15, 0.1])
    fine, coarse = fronts(ordering, (2, 1, 1)), fronts(ordering, (3, 1))
    rows = coarser_rows(5, (2, 1, 1), (3, 1))
    np.testing.assert_allclose(np.bincount(rows, weights=fine.chances), coarse.chances, atol=1e-14)


@pytest.mark.parametrize(
    ("bets", "parts"),
    [
        ([top(1)], (1,)),
        ([top(3)], (3,)),
        ([top(3), pair_among(3)], (3,)),
        ([top(3), in_front(2)], (2, 1)),
        ([top(2), in_front(2)], (2,)),
        ([top(3), pair_among(4, "alike")], (3, 1)),
        ([top(1), top(3)], (1, 2)),
        ([in_front(3, in_order=True), top(3)], (1, 1, 1)),
        ([BETS["second"]], (1, 1)),
        ([BETS["fourth"]], (3, 1)),
        ([top(3), in_front(2), pair_among(4, "alike")], (2, 1, 1)),
    ],
)
def test_the_coarsest_front_that_settles_the_bets_is_taken(bets, parts):
    assert parts_for(bets) == parts


@every_bet
@pytest.mark.parametrize("runners", [6, 7])
def test_those_paid_are_those_the_rule_names(bet, runners):
    table, played = settled(bet, runners), combinations_of(bet, runners).tolist()
    for state, members in enumerate(fronts_of(runners, bet.parts).tolist()):
        order = members + [i for i in range(runners) if i not in members]
        named = [row for row, one in enumerate(played) if is_paid(bet, one, order)]
        assert sorted(table.paid[state].tolist()) == named
    for row, states in enumerate(table.states):
        assert states.tolist() == np.flatnonzero((table.paid == row).any(axis=1)).tolist()


@every_bet
def test_on_a_finer_front_a_bet_is_paid_in_the_states_that_refine_its_own(bet):
    runners, fine = 6, (1, 1, 1, 1)
    states, slots = settled_on(bet, runners, fine)
    coarse, own = coarser_rows(runners, fine, bet.parts), settled(bet, runners).states
    for row in range(len(own)):
        assert coarse[states[row]].tolist() == own[row][slots[row]].tolist()
        assert np.isin(coarse, own[row]).sum() == len(states[row])
        assert (np.diff(states[row]) > 0).all()


def test_chances_to_be_paid_are_those_of_the_ordering():
    ordering = henery([0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05])
    for bet, expected in [
        (top(3), ordering.top_k(3)),
        (pair_among(4, "alike"), ordering.all_joint(2, 4)),
        (within(6, 4), ordering.all_within(6, 4)),
        (in_front(3, in_order=True), ordering.all_ordered(3)),
        (BETS["fourth"], ordering.finishes(4)),
    ]:
        paid = fronts(ordering, bet.parts).chances[settled(bet, 7).states].sum(axis=1)
        np.testing.assert_allclose(paid, expected, atol=1e-11)


@pytest.mark.parametrize(
    "wrong",
    [
        {"legs": 0, "last": 1},
        {"legs": 1, "last": 6},
        {"legs": 1, "first": 3, "last": 2},
        {"legs": 2, "last": 3, "in_order": True},
        {"legs": 2, "last": 3},  # three pairs are paid, so one cannot take the pool
    ],
    ids=str,
)
def test_a_bet_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ArgumentOutOfRange):
        Bet(**wrong)


@pytest.mark.parametrize("parts", [(), (0, 1), (3, 3), (5,)], ids=str)
def test_fronts_deeper_than_the_field_or_the_model_are_refused(parts):
    with pytest.raises(ArgumentOutOfRange):
        fronts(harville([0.4, 0.3, 0.2, 0.1]), parts)


def test_a_front_that_mixes_what_a_bet_tells_apart_is_refused():
    with pytest.raises(ArgumentOutOfRange, match="apart"):
        settled_on(in_front(2), 6, (3,))


def test_two_of_three_pays_three_pairs_in_each_state():
    assert settled(pair_among(3), 5).paid.shape == (10, len(list(combinations(range(3), 2))))
