"""Harville and Lo-Bacon-Shone: places drawn one by one from the runners left."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings

import oracles
import ordering_laws
from hippique.errors import ArgumentOutOfRange, FieldTooSmall, ProbabilityOutOfRange
from hippique.pricing.ordering.discounted import harville, lbs
from hippique.pricing.ordering.discounts import LITERATURE, usual_discounts
from hippique.pricing.ordering.draws import one_more_member, two_more_places
from hippique.pricing.ordering.index import orders_of, rows_without, sets_of
from ordering_facts import facts
from pricing_strategies import fields

MODELS = {
    "harville": harville,
    "usual discounts": lbs,
    "strong discounts": partial(lbs, lambdas=(0.5, 0.25, 0.1, 0.05)),
    "favourites still stronger behind": partial(lbs, lambdas=(1.5, 2.0, 2.0, 3.0)),
    "all alike after the winner": partial(lbs, lambdas=(0.0, 0.0, 0.0, 0.0)),
}
FIELD = (0.4, 0.25, 0.2, 0.1, 0.05)


@pytest.mark.parametrize("case", oracles.cases("harville.json"))
def test_harville_agrees_with_exact_fractions(case):
    oracles.agree(case, facts(harville(case["inputs"]["win"]), case["expected"]))


@pytest.mark.parametrize("case", oracles.cases("lbs.json"))
def test_discounts_agree_with_long_arithmetic(case):
    ordering = lbs(case["inputs"]["win"], case["inputs"]["lambda"])

    oracles.agree(case, facts(ordering, case["expected"]))


@pytest.mark.parametrize("build", [pytest.param(MODELS[name], id=name) for name in MODELS])
@pytest.mark.parametrize("law", ordering_laws.LAWS, ids=ordering_laws.sentence)
@settings(max_examples=15)
@given(win=fields())
def test_drawn_places_obey(law, build, win):
    law(build, win, 1e-12)


# --- precision ------------------------------------------------------------------------------


def test_an_overwhelming_favourite_costs_no_digits():
    # What is left beside the favourite is 4e-4 in all: taken as 1 minus the rest it loses 4 digits.
    exact = [Fraction(9996, 10000), *[Fraction(1, 10000)] * 4]
    ordering = harville([float(chance) for chance in exact])

    for row, runners in enumerate(permutations(range(5), 3)):
        left, chance = Fraction(1), Fraction(1)
        for runner in runners:
            chance *= exact[runner] / left
            left -= exact[runner]
        assert ordering.ordered(runners) == pytest.approx(float(chance), rel=1e-14)
        assert ordering.all_ordered(3)[row] == pytest.approx(float(chance), rel=1e-14)


def test_both_forms_of_the_orders_agree_place_by_place():
    pytest.importorskip("numba")
    law = lbs(FIELD).law
    arguments = (orders_of(5, 1), law.win(), law.weights[1], law.weights[2])

    assert np.abs(
        two_more_places.plain(*arguments) - two_more_places.compiled(*arguments)
    ).max() < (1e-16)


def test_both_forms_of_the_sets_agree_member_by_member():
    pytest.importorskip("numba")
    law = lbs(FIELD).law
    arguments = (law.firsts(2), law.weights[2], sets_of(5, 2), sets_of(5, 3), rows_without(5, 3))

    assert np.abs(
        one_more_member.plain(*arguments) - one_more_member.compiled(*arguments)
    ).max() < (1e-16)


# --- discounts ------------------------------------------------------------------------------


@given(win=fields())
def test_discounts_of_one_are_harville(win):
    size = min(3, win.size)

    expected = harville(win).all_ordered(size)
    assert lbs(win, (1.0, 1.0, 1.0, 1.0)).all_ordered(size) == pytest.approx(expected, abs=1e-15)


@given(win=fields(3))
def test_a_discount_lifts_the_outsider_to_second_place(win):
    outsider, *_, favourite = np.argsort(win)
    order = (favourite, outsider)

    assert lbs(win, (0.7,)).ordered(order) >= harville(win).ordered(order) - 1e-15


@pytest.mark.parametrize(
    ("runners", "expected"),
    [
        pytest.param(12, [0.775, 0.654, 0.572, 0.509], id="a size of the table"),
        pytest.param(13, [0.7785, 0.661, 0.581, 0.52], id="half way between two sizes"),
        pytest.param(3, [0.725, 0.583, 0.475, 0.390], id="below the smallest, as the smallest"),
        pytest.param(24, [0.792, 0.687, 0.607, 0.551], id="above the largest, as the largest"),
    ],
)
def test_usual_discounts_follow_the_size_of_the_field(runners, expected):
    assert usual_discounts(runners) == pytest.approx(expected, abs=1e-12)


def test_no_discounts_given_means_the_usual_ones():
    given_by_hand = lbs(FIELD, usual_discounts(5).tolist())

    assert lbs(FIELD).all_ordered(3).tolist() == given_by_hand.all_ordered(3).tolist()


@pytest.mark.parametrize(
    ("lambdas", "message"),
    [
        pytest.param((0.8, -0.1), "discount of place 3: -0.1", id="negative"),
        pytest.param((float("nan"),), "discount of place 2: nan", id="not a number"),
        pytest.param((0.8, 0.7, float("inf")), "discount of place 4: inf", id="infinite"),
        pytest.param((), "0 given", id="none"),
        pytest.param((0.8, 0.7, 0.6, 0.5, 0.4), "5 given", id="more than four"),
        pytest.param(("strong",), "discounts: not an array of numbers", id="a word"),
        pytest.param(((0.8, 0.7),), "one dimension", id="a table"),
    ],
)
def test_a_bad_discount_is_refused_by_its_place(lambdas, message):
    with pytest.raises(ArgumentOutOfRange, match=message):
        lbs(FIELD, lambdas)


def test_a_place_without_a_discount_is_refused():
    ordering = lbs(FIELD, LITERATURE)

    assert ordering.top_k(3).sum() == pytest.approx(3.0)
    with pytest.raises(ArgumentOutOfRange, match="no discount was given for place 4"):
        ordering.all_sets(4)


def test_the_last_of_all_needs_no_discount():
    # Of three, the third is whoever is left: all three in order say no more than the first two.
    ordering = lbs((0.5, 0.3, 0.2), (0.8,))

    assert ordering.ordered((2, 0, 1)) == ordering.ordered((2, 0))
    assert ordering.all_ordered(3).tolist() == ordering.all_ordered(2).tolist()


# --- no chance at all -----------------------------------------------------------------------


def test_a_runner_without_a_chance_is_last_while_others_are_left():
    ordering = harville((0.5, 0.3, 0.2, 0.0))

    assert ordering.ordered((0, 1, 3)) == 0.0
    assert ordering.set((3, 1)) == 0.0
    assert ordering.top_k(3) == pytest.approx([1.0, 1.0, 1.0, 0.0], abs=1e-15)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda ordering: ordering.ordered((0, 1)), id="an order"),
        pytest.param(lambda ordering: ordering.set((0, 2)), id="a set"),
        pytest.param(lambda ordering: ordering.all_ordered(2), id="all orders"),
        pytest.param(lambda ordering: ordering.all_sets(2), id="all sets"),
        pytest.param(lambda ordering: ordering.top_k(2), id="places"),
    ],
)
def test_nothing_to_divide_the_next_place_by_is_refused(ask):
    with pytest.raises(ProbabilityOutOfRange, match=r"runner 2: .*0/0"):
        ask(harville((1.0, 0.0, 0.0)))


def test_who_cannot_be_in_front_leaves_nothing_to_refuse():
    ordering = harville((1.0, 0.0, 0.0, 0.0))

    assert ordering.ordered((1, 0, 2)) == 0.0  # though the third would be drawn from nothing
    assert ordering.set((1, 2)) == 0.0


def test_without_any_say_of_the_chances_even_no_chance_takes_a_place():
    ordering = lbs((1.0, 0.0, 0.0), (0.0,))

    assert ordering.top_k(2).tolist() == [1.0, 0.5, 0.5]


@pytest.mark.parametrize(
    ("win", "lambdas"),
    [
        pytest.param((1.0, 1e-300, 0.0), (1.0,), id="a chance next to nothing"),
        pytest.param((0.9999, 1e-4, 0.0), (100.0,), id="a weight next to nothing"),
    ],
)
def test_a_chance_too_small_for_a_float_is_refused(win, lambdas):
    with pytest.raises(ProbabilityOutOfRange, match="runner 2: chance too small"):
        lbs(win, lambdas)


@pytest.mark.parametrize("build", [harville, lbs])
@pytest.mark.parametrize(
    ("win", "error", "message"),
    [
        pytest.param([0.5, float("nan")], ProbabilityOutOfRange, "runner 2", id="not a number"),
        pytest.param([0.5, 0.4], ProbabilityOutOfRange, "do not sum to 1", id="a sum below 1"),
        pytest.param([1.2, -0.2], ProbabilityOutOfRange, "runner 1", id="above 1"),
        pytest.param([1.0], FieldTooSmall, "one runner", id="a walkover"),
        pytest.param([[0.5, 0.5]], ArgumentOutOfRange, "one dimension", id="a table"),
    ],
)
def test_bad_win_chances_are_refused(build, win, error, message):
    with pytest.raises(error, match=message):
        build(win)


# --- withdrawals ----------------------------------------------------------------------------


@pytest.mark.parametrize("build", [harville, lbs, partial(lbs, lambdas=LITERATURE)])
def test_a_withdrawal_leaves_the_field_of_the_others(build):
    field = np.arange(9.0, 0.0, -1.0) / 45.0  # nine to eight: the usual discounts differ
    others = np.delete(field, 2) / (1.0 - field[2])
    expected = build(others)

    ordering = build(field).without(2)

    assert ordering.model == expected.model
    assert ordering.win == pytest.approx(others, abs=1e-15)
    assert ordering.all_ordered(2) == pytest.approx(expected.all_ordered(2), abs=1e-14)


def test_the_withdrawal_of_the_only_chance_is_refused():
    with pytest.raises(ProbabilityOutOfRange, match="runner 1 has left none"):
        harville((1.0, 0.0, 0.0)).without(0)
