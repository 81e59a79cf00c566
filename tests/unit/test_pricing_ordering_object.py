"""The one object of all models: single chances, tables of them, and what it refuses."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from hippique.errors import ArgumentOutOfRange, FieldTooSmall
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.index import order_row, sets_of
from pricing_strategies import fields

SIX = harville((0.35, 0.25, 0.15, 0.12, 0.08, 0.05))


def by_hand(ordering, places, wanted):
    """The sum over the sets in front that are wanted, one by one."""
    fronts = combinations(range(ordering.runners), places)
    return sum(ordering.set(front) for front in fronts if wanted(set(front)))


def test_first_and_second_by_hand():
    # .35 · .25/.65: the second is drawn from what the winner leaves.
    assert SIX.exacta(0, 1) == pytest.approx(0.35 * 0.25 / 0.65, abs=1e-15)
    assert SIX.ordered((0, 1)) == SIX.exacta(0, 1)
    assert SIX.all_exacta()[0, 1] == pytest.approx(SIX.exacta(0, 1), abs=1e-15)
    assert np.diag(SIX.all_exacta()).tolist() == [0.0] * 6


@pytest.mark.parametrize("chosen", [(0,), (4, 2), (5, 0, 3)])
@pytest.mark.parametrize("places", [1, 2, 3, 4])
def test_joint_adds_up_the_sets_that_hold_all_of_them(chosen, places):
    expected = by_hand(SIX, places, lambda front: front >= set(chosen))

    assert SIX.joint(chosen, places) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("chosen", [(1,), (4, 2), (5, 0, 3), (1, 2, 3, 5), (0, 1, 2, 4, 5)])
@pytest.mark.parametrize("places", [1, 2, 3, 4])
def test_within_adds_up_the_sets_that_lie_among_them(chosen, places):
    expected = by_hand(SIX, places, lambda front: front <= set(chosen))

    assert SIX.within(chosen, places) == pytest.approx(expected, abs=1e-14)


@given(win=fields(4))
@settings(max_examples=20)
def test_tables_of_joint_add_up_to_the_selections_in_front(win):
    ordering = harville(win)

    # Four in front hold 4 singles, 6 pairs, 4 threes and 1 four.
    sums = [ordering.all_joint(size, 4).sum() for size in (1, 2, 3, 4)]
    assert sums == pytest.approx([4.0, 6.0, 4.0, 1.0], abs=1e-11)


@given(win=fields(4, 12))
@settings(max_examples=20)
def test_more_runners_on_a_ticket_never_hold_less(win):
    ordering = harville(win)
    chances = [ordering.within(range(size), 3) for size in range(1, win.size + 1)]

    assert (np.diff(chances) >= -1e-14).all()
    assert chances[-1] == 1.0


def test_seven_of_a_large_field_hold_the_first_four_as_often_as_their_sets_say():
    ordering = harville(np.arange(1.0, 19.0) / 171.0)
    table = ordering.all_within(7, 4)
    row = 12_345

    chosen = sets_of(18, 7)[row].tolist()
    assert len(table) == 31_824
    assert table[row] == pytest.approx(ordering.within(chosen, 4), abs=1e-15)
    fours = combinations(chosen, 4)
    assert table[row] == pytest.approx(sum(ordering.set(four) for four in fours), abs=1e-14)


@given(win=fields(3))
@settings(max_examples=20)
def test_everybody_finishes_somewhere(win):
    ordering = harville(win)
    places = min(5, win.size)
    finishes = np.array([ordering.finishes(place) for place in range(1, places + 1)])

    assert finishes.sum(axis=1) == pytest.approx(np.ones(places), abs=1e-12)
    assert finishes.sum(axis=0) == pytest.approx(ordering.top_k(places), abs=1e-12)


def test_third_of_three_is_who_is_neither_first_nor_second():
    ordering = harville((0.5, 0.3, 0.2))

    assert ordering.finishes(3) == pytest.approx(1.0 - ordering.top_k(2), abs=1e-15)


@pytest.mark.parametrize("exponents", [(0, 5, 7, 8, 1, 2, 7), (0, 6, 5, 7, 4, 4)])
def test_a_near_certainty_rounds_neither_past_one_nor_below_nothing(exponents):
    # The sums of these two fields do: 1 + 2e-16 among five places, and fifth less often than never.
    weights = 10.0 ** -np.array(exponents)
    ordering = harville(weights / weights.sum())

    assert ordering.top_k(5).max() <= 1.0
    assert ordering.finishes(5).min() >= 0.0


def test_a_field_that_fills_the_places_is_certain():
    ordering = harville((0.7, 0.3))

    assert ordering.top_k(2).tolist() == [1.0, 1.0]
    assert ordering.all_sets(2).tolist() == [1.0]
    assert ordering.set((1, 0)) == 1.0
    assert ordering.joint((0,), 2) == 1.0
    assert ordering.all_joint(1, 2).tolist() == [1.0, 1.0]
    assert ordering.within((0, 1), 1) == 1.0


def test_all_places_of_a_field_above_five_are_still_certain():
    assert SIX.top_k(6).tolist() == [1.0] * 6
    assert SIX.joint((0, 3), 6) == 1.0
    assert SIX.all_joint(2, 6).tolist() == [1.0] * 15


def test_more_runners_than_places_cannot_all_be_placed():
    assert SIX.joint((0, 1, 2), 2) == 0.0
    assert SIX.all_joint(3, 2).tolist() == [0.0] * 20


def test_fewer_runners_than_places_cannot_fill_them():
    assert SIX.within((0, 1), 3) == 0.0
    assert SIX.all_within(2, 3).tolist() == [0.0] * 15


def test_the_order_of_naming_matters_only_where_order_does():
    assert SIX.set((3, 0, 5)) == SIX.set((0, 3, 5))
    assert SIX.ordered((3, 0, 5)) != SIX.ordered((0, 3, 5))
    row = order_row((3, 0, 5), 6)
    assert SIX.all_ordered(3)[row] == pytest.approx(SIX.ordered((3, 0, 5)), abs=1e-15)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(SIX.ordered, id="ordered"),
        pytest.param(SIX.set, id="set"),
        pytest.param(lambda runners: SIX.joint(runners, 3), id="joint"),
        pytest.param(lambda runners: SIX.within(runners, 3), id="within"),
    ],
)
@pytest.mark.parametrize(
    ("runners", "message"),
    [
        pytest.param((0, 6), "runner 7 is not one of the 6", id="a runner too many"),
        pytest.param((-1, 2), "runner 0 is not one of the 6", id="a place before the first"),
        pytest.param((2, 1, 2), r"named twice in \[3, 2, 3\]", id="twice"),
        pytest.param((), "none is named|less than 1", id="nobody"),
    ],
)
def test_runners_who_are_not_there_are_refused(ask, runners, message):
    with pytest.raises(ArgumentOutOfRange, match=message):
        ask(runners)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: SIX.top_k(7), id="top_k"),
        pytest.param(lambda: SIX.joint((0, 1), 7), id="joint"),
        pytest.param(lambda: SIX.within((0, 1), 7), id="within"),
        pytest.param(lambda: SIX.all_joint(2, 7), id="all_joint"),
        pytest.param(lambda: SIX.all_within(2, 7), id="all_within"),
        pytest.param(lambda: SIX.finishes(7), id="finishes"),
        pytest.param(lambda: harville((0.5, 0.3, 0.2)).all_sets(4), id="all_sets"),
        pytest.param(lambda: harville((0.5, 0.3, 0.2)).all_ordered(4), id="all_ordered"),
    ],
)
def test_more_places_than_runners_are_refused(ask):
    with pytest.raises(ArgumentOutOfRange, match="more places than runners"):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: SIX.ordered(range(6)), id="ordered"),
        pytest.param(lambda: SIX.set(range(6)), id="set"),
        pytest.param(lambda: SIX.all_sets(6), id="all_sets"),
        pytest.param(lambda: SIX.all_ordered(6), id="all_ordered"),
        pytest.param(lambda: harville(np.full(8, 0.125)).top_k(6), id="top_k"),
    ],
)
def test_more_than_the_first_five_are_refused(ask):
    with pytest.raises(ArgumentOutOfRange, match="the first 5"):
        ask()


def test_no_place_is_refused():
    with pytest.raises(ArgumentOutOfRange, match="less than 1"):
        SIX.top_k(0)
    with pytest.raises(ArgumentOutOfRange, match="less than 1"):
        SIX.finishes(0)


def test_a_withdrawal_that_leaves_one_runner_is_refused():
    with pytest.raises(FieldTooSmall, match="without runner 2: one runner is left"):
        harville((0.7, 0.3)).without(1)


def test_the_withdrawal_of_nobody_is_refused():
    with pytest.raises(ArgumentOutOfRange, match="runner 9 is not one of the 6"):
        SIX.without(8)
